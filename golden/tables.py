"""Table look-up with linear interpolation: the smooth functions the hardware has.

The one table is tanh: 513 entries over [0, 8], odd. For a raw argument z of fraction 18 (docs/numerics.md, section 3)

    a = z if z >= 0 else -1 - z;  a = min(a, 2**21 - 1);  i = a >> 12;  r = a & 4095
    s = (table[i] * (4096 - r) + table[i + 1] * r + 2048) >> 12, negated when z < 0
    table[i] = min(rint(tanh(i / 64) * 2**(w - 1)), 2**(w - 1) - 1)

The ones' complement costs no carry and makes the function exactly odd about z = -1/2 LSB: lookup(-1 - z) == -lookup(z).
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from golden.words import Words, half_up

__all__ = ["ARGUMENT_FRACTION", "FUNCTIONS", "entries", "lookup"]

ARGUMENT_FRACTION = 18
SEGMENTS_LOG2 = 9  # 512 segments
FRACTION_LOG2 = 12  # bits of interpolation
REACH_LOG2 = SEGMENTS_LOG2 + FRACTION_LOG2  # |z| < 8 in fraction 18

FUNCTIONS: dict[str, Callable[[float], float]] = {"tanh": lambda z: float(np.tanh(z))}
"""The functions with a table: odd, from [0, 8] into [0, 1]."""


@cache
def entries(function: str, operand_bits: int) -> Words:
    """The 513 raw entries in SQ(1, operand_bits - 1).

    >>> table = entries("tanh", 18)
    >>> table[0], table[64], table[512]
    (np.int64(0), np.int64(99824), np.int64(131071))
    """
    top = 1 << (operand_bits - 1)
    step = 2.0 ** (REACH_LOG2 - ARGUMENT_FRACTION - SEGMENTS_LOG2)
    values = [min(round(FUNCTIONS[function](i * step) * top), top - 1) for i in range((1 << SEGMENTS_LOG2) + 1)]
    table = np.array(values, np.int64)
    table.flags.writeable = False
    return table


_TOP = np.array((1 << REACH_LOG2) - 1)
_MASK = np.array((1 << FRACTION_LOG2) - 1)
_SHIFT = np.array(FRACTION_LOG2)
_SIGN = np.array(63)


@cache
def _slopes(function: str, operand_bits: int) -> tuple[Words, Words]:
    """(table << 12, table[i + 1] - table[i]): the same sum with one multiplication."""
    table = entries(function, operand_bits)
    return table[:-1] << FRACTION_LOG2, np.diff(table)


def lookup(function: str, operand_bits: int, z: Words, out: Words | None = None) -> Words:
    """function(z) for raw z of fraction 18, any shape, as raw words of fraction operand_bits - 1.

    >>> lookup("tanh", 18, np.array([0, -1, 1 << 18, -(1 << 18) - 1, 1 << 30]))
    array([     0,      0,  99824, -99824, 131071])
    """
    base, slope = _slopes(function, operand_bits)
    sign = np.right_shift(z, _SIGN)  # 0 or -1
    a = np.bitwise_xor(z, sign)
    a = np.minimum(a, _TOP)
    i = np.right_shift(a, _SHIFT)
    a = np.bitwise_and(a, _MASK)
    a = np.multiply(slope.take(i), a)
    a = half_up(np.add(base.take(i), a), FRACTION_LOG2)
    a = np.bitwise_xor(a, sign)
    return np.asarray(np.subtract(a, sign, out))
