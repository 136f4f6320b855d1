"""What a user passed, as finite float64 arrays and positive numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array

__all__ = ["flag", "known_options", "numbers", "positive", "reals", "shortened", "whole"]


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
        if array.dtype.kind == "c" or (array.dtype == object and any(one is None for one in array.flat)):
            raise TypeError
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise HelError(f"{what} must be an array of numbers, got {shortened(value)}; give real numbers") from None


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
    try:
        found = isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value) and value > 0
    except OverflowError:  # a whole number beyond float64
        found = False
    if not found:
        raise HelError(f"{what} must be a positive number, got {shortened(value)}; use for example {example}")


def flag(value: object, what: str) -> bool:
    """`value`, which is true or false; HelError for anything else.

    >>> flag(np.True_, "keep_bits")
    True
    """
    if not isinstance(value, bool | int | np.bool_) or value not in (0, 1):
        raise HelError(f"{what} is True or False, got {shortened(value)}; choose one")
    return bool(value)


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
        raise HelError(f"{what} must be a whole number {bounds}, got {shortened(value)}; use for example {low}")
    return int(value)  # type: ignore[call-overload, no-any-return]


def known_options(given: Iterable[str], known: Iterable[str], who: str) -> None:
    """Refuses options that `who` does not know.

    >>> known_options(["edge"], ["edges"], "the system graph")
    Traceback (most recent call last):
    ...
    golden.errors.HelError: the system graph has no option edge; it knows edges
    """
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise HelError(f"{who} has no option {', '.join(unknown)}; it knows {', '.join(known) or 'none'}")


def shortened(value: object) -> str:
    """What a message quotes of a wrong value: its repr on one line, at most 60 characters of it.

    >>> shortened(np.zeros((2, 2)))
    'array([[0., 0.], [0., 0.]])'
    """
    try:
        text = repr(value)
    except Exception:  # a user's own __repr__, or a whole number of too many digits
        text = f"a value of type {type(value).__name__}"
    return " ".join(text.split())[:60]
