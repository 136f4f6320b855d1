"""What a user passed, as finite float64 arrays and positive numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array

__all__ = ["numbers", "positive", "reals", "whole"]


def reals(value: Any, what: str) -> Array:
    """`value` as a float64 array; inf and nan pass.

    Raises
    ------
    HelError : not real numbers; nothing is dropped of a complex one.

    >>> reals([1, 2], "q0")
    array([1., 2.])
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind == "c":
            raise TypeError
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        got = " ".join(repr(value).split())
        raise HelError(f"{what} must be an array of numbers, got {got:.60}; give real numbers") from None


def numbers(value: Any, what: str) -> Array:
    """`value` as a float64 array.

    Raises
    ------
    HelError : not numbers, or not all finite.

    >>> numbers([1, 2], "q0")
    array([1., 2.])
    """
    array = reals(value, what)
    if not np.all(np.isfinite(array)):
        raise HelError(f"{what} must be finite, got inf or nan; look where it comes from")
    return array


def positive(value: object, what: str, example: str = "1e-3") -> None:
    """Refuses what is not a positive, finite number.

    >>> positive(-1, "the step h", "0.125")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the step h must be a positive number, got -1; use for example 0.125
    """
    if not (isinstance(value, int | float | np.number) and math.isfinite(value) and value > 0):
        raise HelError(f"{what} must be a positive number, got {value!r}; use for example {example}")


def whole(value: object, what: str, low: int, high: int | None = None) -> int:
    """`value` as a Python int, if it is a whole number in [low, high].

    >>> whole(np.int64(3), "the number of steps", 1)
    3
    >>> whole(True, "the seed", 0)
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the seed must be a whole number >= 0, got True; use for example 0
    """
    inside = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not inside or not (low <= int(value) and (high is None or int(value) <= high)):  # type: ignore[call-overload]
        bounds = f">= {low}" if high is None else f"from {low} to {high}"
        raise HelError(f"{what} must be a whole number {bounds}, got {value!r}; use for example {low}")
    return int(value)  # type: ignore[call-overload, no-any-return]
