"""The integer rules: floor, half-up, saturation and wrap of raw words (docs/numerics.md, section 2).

All functions take int64 arrays of any shape, act element by element, and write into `out` when it is given (it may be
the argument itself). `lost`, where offered, is an int64 array of the same shape that becomes non-zero, and stays so,
wherever a word was changed: the sticky flag. Values stay below 2**62 in magnitude; `Program.verify` proves it.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError

__all__ = ["Words", "floor_shift", "half_up", "half_up_each", "power_of_two", "saturate", "wrap"]

Words = NDArray[np.int64]

_BITS = 64
_CONSTANT = [np.array(i, np.int64) for i in range(_BITS)]  # 0-d arrays: NumPy takes them twice as fast as Python ints
_HALF = [np.array(1 << max(n - 1, 0), np.int64) for n in range(_BITS - 1)]
_HIGH = [np.array((1 << max(w - 1, 0)) - 1, np.int64) for w in range(_BITS)]
_LOW = [np.array(-(1 << max(w - 1, 0)), np.int64) for w in range(_BITS)]


def floor_shift(x: Words, n: int, out: Words | None = None) -> Words:
    """floor(x / 2**n) for n >= 0, the exact product x * 2**-n for n < 0.

    >>> floor_shift(np.array([-3, 3]), 1), floor_shift(np.array([-3, 3]), -1)
    (array([-2,  1]), array([-6,  6]))
    """
    if n >= 0:
        return _array(np.right_shift(x, _CONSTANT[min(n, _BITS - 1)], out))
    return _array(np.left_shift(x, _CONSTANT[-n], out))


def half_up(x: Words, n: int, out: Words | None = None) -> Words:
    """floor(x / 2**n + 1/2), that is (x + 2**(n-1)) >> n for n >= 1; x * 2**-n, exact, for n <= 0.

    >>> half_up(np.array([-3, -2, -1, 1, 2, 3]), 1)
    array([-1, -1,  0,  1,  1,  2])
    """
    if n <= 0:
        return floor_shift(x, n, out)
    n = min(n, _BITS - 2)  # 0 from there on
    out = _array(np.add(x, _HALF[n], out))
    return _array(np.right_shift(out, _CONSTANT[n], out))


def half_up_each(x: Words, n: Words) -> Words:
    """`half_up` by a shift of its own for every element; modulo 2**64, for n >= -62.

    >>> half_up_each(np.array([-3, 3, 3]), np.array([1, 1, -1]))
    array([-1,  2,  6])
    """
    right, left = np.clip(n, 0, _BITS - 2), np.clip(np.negative(n), 0, _BITS - 2)
    return np.asarray(((x << left) + ((np.int64(1) << right) >> 1)) >> right)


def saturate(x: Words, width: int, out: Words | None = None, lost: Words | None = None) -> Words:
    """The nearest signed word of `width` bits.

    >>> saturate(np.array([-129, -128, 127, 128]), 8)
    array([-128, -128,  127,  127])
    """
    kept = _array(np.minimum(x, _HIGH[width], out=None if lost is not None and out is x else out))
    np.maximum(kept, _LOW[width], out=kept)
    return _record(x, kept, out, lost)


def wrap(x: Words, width: int, out: Words | None = None, lost: Words | None = None) -> Words:
    """The signed word of `width` bits that equals x modulo 2**width.

    >>> wrap(np.array([-129, -128, 127, 128]), 8)
    array([ 127, -128,  127, -128])
    """
    spare = _CONSTANT[_BITS - width]
    kept = _array(np.left_shift(x, spare, None if lost is not None and out is x else out))
    np.right_shift(kept, spare, kept)
    return _record(x, kept, out, lost)


def power_of_two(value: Any, name: str = "eps") -> int:
    """log2 of an exact power of two.

    Raises HelError for anything else, naming the two nearest powers.

    >>> power_of_two(0.0625)
    -4
    >>> power_of_two(0.1)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the hardware shifts by eps, so eps must be a power of two, got 0.1; use 0.0625 or 0.125
    """
    try:
        number = math.nan if isinstance(value, str | bytes) or np.ndim(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (np.isfinite(number) and number > 0):
        got = value if isinstance(value, float | np.number) else f"{value!r:.60}"
        raise HelError(f"{name} must be a positive power of two, got {got}; use for instance 0.0625")
    mantissa, exponent = np.frexp(number)
    if mantissa != 0.5:
        below, above = 2.0 ** (int(exponent) - 1), 2.0 ** int(exponent)
        raise HelError(
            f"the hardware shifts by {name}, so {name} must be a power of two, got {value}; use {below:g} or {above:g}"
        )
    return int(exponent) - 1


def _record(x: Words, kept: Words, out: Words | None, lost: Words | None) -> Words:
    """Adds the changed bits to `lost`, then moves `kept` into `out` where it could not be written at once."""
    if lost is not None:
        np.bitwise_or(lost, np.bitwise_xor(x, kept), lost)
    if out is None or out is kept:
        return kept
    np.copyto(out, kept)
    return out


def _array(x: Any) -> Words:
    """An int64 array; NumPy returns scalars for 0-d operands."""
    return np.asarray(x)
