"""Table look-up with linear interpolation: the smooth functions the hardware has.

A table has 513 entries over [0, 8] and is odd: tanh or sin. For a raw argument z of fraction 18 (docs/numerics.md, 3)

    a = z if z >= 0 else -1 - z;  a = min(a, 2**21 - 1);  i = a >> 12;  r = a & 4095
    s = (table[i] * (4096 - r) + table[i + 1] * r + 2048) >> 12, negated when z < 0
    table[i] = rint(f(i / 64) * 2**(w - 1)), saturated to +-(2**(w - 1) - 1)

cos and logistic are the same tables at another argument (golden/compiler/passes/strength_reduction.py writes them so):

    cos z = sin(z + c << (20 - w)),  c = pi / 2 in w - 2 bits;      logistic z = (tanh(z >> 1) + 2**(w - 1)) >> 1

The ones' complement costs no carry and makes the function exactly odd about z = -1/2 LSB: lookup(-1 - z) == -lookup(z).
"""

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from golden.arithmetic.rounding import Words, floor_shift, half_up

__all__ = [
    "ARGUMENT_FRACTION",
    "FUNCTIONS",
    "PERIODIC",
    "REDUCED",
    "apply",
    "beyond",
    "entries",
    "half_pi",
    "interpolated",
    "largest",
    "lookup",
    "slopes",
]

ARGUMENT_FRACTION = 18
SEGMENTS_LOG2 = 9  # 512 segments
FRACTION_LOG2 = 12  # bits of interpolation
REACH_LOG2 = SEGMENTS_LOG2 + FRACTION_LOG2  # |z| < 8 in fraction 18

FUNCTIONS: dict[str, Callable[[float], float]] = {"tanh": lambda z: float(np.tanh(z)), "sin": lambda z: math.sin(z)}
"""The functions with a table: odd, from [0, 8] into [-1, 1]."""

REDUCED = {"cos": "sin", "logistic": "tanh"}
"""Functions that are another one's table at a shifted or halved argument."""

PERIODIC = ("sin", "cos")
"""Functions that are not flat where the table ends: an argument beyond it is not what was meant."""


@cache
def entries(function: str, operand_bits: int) -> Words:
    """The 513 raw entries in SQ(1, operand_bits - 1).

    >>> table = entries("tanh", 18)
    >>> table[0], table[64], table[512]
    (np.int64(0), np.int64(99824), np.int64(131071))
    """
    top = 1 << (operand_bits - 1)
    step = 2.0 ** (REACH_LOG2 - ARGUMENT_FRACTION - SEGMENTS_LOG2)
    values = [round(FUNCTIONS[function](i * step) * top) for i in range((1 << SEGMENTS_LOG2) + 1)]
    table = np.clip(np.array(values, np.int64), 1 - top, top - 1)
    table.flags.writeable = False
    return table


_TOP = np.array((1 << REACH_LOG2) - 1)
_MASK = np.array((1 << FRACTION_LOG2) - 1)
_SHIFT = np.array(FRACTION_LOG2)
_SIGN = np.array(63)


@cache
def _slopes(function: str, operand_bits: int) -> tuple[Words, Words]:
    return slopes(entries(function, operand_bits))


def slopes(words: Words) -> tuple[Words, Words]:
    """(words[i] << 12, words[i + 1] - words[i]), which `interpolated` reads."""
    return words[:-1] << FRACTION_LOG2, np.diff(words)


def interpolated(base: Words, slope: Words, a: Words, low: int = 0) -> Words:
    """(words[i] (4096 - r) + words[i + 1] r + 2048) >> 12 with one multiplication, i = (a >> 12) - low, r = a & 4095.

    >>> interpolated(*slopes(np.array([-8, 0, 8])), np.array([-4096, -2048, 2048]), low=-1)
    array([-8, -4,  4])
    """
    i = np.right_shift(a, _SHIFT)
    if low:
        i -= low
    return half_up(np.add(base.take(i), np.multiply(slope.take(i), np.bitwise_and(a, _MASK))), FRACTION_LOG2)


def lookup(function: str, operand_bits: int, z: Words, out: Words | None = None) -> Words:
    """function(z) for raw z of fraction 18, any shape, as raw words of fraction operand_bits - 1.

    >>> lookup("tanh", 18, np.array([0, -1, 1 << 18, -(1 << 18) - 1, 1 << 30]))
    array([     0,      0,  99824, -99824, 131071])
    """
    base, slope = _slopes(function, operand_bits)
    sign = np.right_shift(z, _SIGN)  # 0 or -1
    a = np.bitwise_xor(z, sign)
    a = np.bitwise_xor(interpolated(base, slope, np.minimum(a, _TOP)), sign)
    return np.asarray(np.subtract(a, sign, out))


def largest(function: str, operand_bits: int, z: Words, seen: Words) -> None:
    """Puts into `seen` the larger of it and |z|, for cos |z + pi / 2|: a sticky record for `beyond`."""
    if function == "cos":
        z = _of_sine(operand_bits, z)
    np.maximum(seen, np.bitwise_xor(z, np.right_shift(z, _SIGN)), out=seen)


def beyond(seen: Words) -> bool:
    """Whether any of the arguments seen was clamped, |z| >= 8.

    >>> seen = np.zeros(1, np.int64)
    >>> for z in ((1 << 21) - 1, -1 << 21, 1 << 21):
    ...     largest("sin", 18, np.array([z]), seen)
    ...     print(beyond(seen))
    False
    False
    True
    """
    return bool((seen > _TOP).any())


def half_pi(operand_bits: int) -> int:
    """pi / 2 as a weight word, SQ(2, operand_bits - 2), with no more fraction bits than a table's argument has."""
    fraction = min(operand_bits - 2, ARGUMENT_FRACTION)
    return round(math.pi / 2 * (1 << fraction)) << (operand_bits - 2 - fraction)


def _of_sine(operand_bits: int, z: Words) -> Words:
    """z + pi / 2: cos z is its sine."""
    return np.asarray(z + floor_shift(np.array(half_pi(operand_bits)), operand_bits - 20))


def apply(function: str, operand_bits: int, z: Words, out: Words | None = None) -> Words:
    """`lookup`, or a function of REDUCED by its definition.

    >>> apply("cos", 18, np.array([0])), apply("logistic", 18, np.array([0, 1 << 30]))
    (array([131068]), array([ 65536, 131071]))
    """
    if function == "cos":
        return lookup("sin", operand_bits, _of_sine(operand_bits, z), out)
    if function == "logistic":
        s = lookup("tanh", operand_bits, np.right_shift(z, 1))
        return np.asarray(np.right_shift(s + (1 << (operand_bits - 1)), 1, out))
    return lookup(function, operand_bits, z, out)
