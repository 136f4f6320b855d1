"""What JSON must look like to be drawn: a value against a shape, so that no section meets what it cannot show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["COUNT", "NUMBER", "TEXT", "fits", "maybe"]

LARGEST = 1e18
"""Of a number on a page: beyond it nothing is drawn to scale any more."""


def NUMBER(value: Any) -> bool:
    """A number that is finite and no truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST


def COUNT(value: Any) -> bool:
    """A whole number of at least 0."""
    return isinstance(value, int) and NUMBER(value) and value >= 0


def TEXT(value: Any) -> bool:
    """A string."""
    return isinstance(value, str)


def maybe(shape: Any) -> Callable[[Any], bool]:
    """The shape, or null."""
    return lambda value: value is None or fits(value, shape)


def fits(value: Any, shape: Any) -> bool:
    """Whether a value of a JSON document has a shape.

    A shape is one of the above; a list of one shape: a list of such; a tuple: a list of just these; a dict: an object
    with at least these keys; a dict whose one key is `str`: an object of any keys with such values.

    >>> fits({"a": [1, 2.5], "b": "c", "more": None}, {"a": [NUMBER], "b": TEXT})
    True
    >>> fits([3, "x"], (COUNT, NUMBER)), fits({"u": -1}, {str: COUNT}), fits(None, maybe(TEXT))
    (False, False, True)
    """
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    if isinstance(shape, tuple):
        pairs_up = isinstance(value, list) and len(value) == len(shape)
        return pairs_up and all(fits(each, one) for each, one in zip(value, shape, strict=True))
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return False
        if str in shape:
            return all(fits(each, shape[str]) for each in value.values())
        return all(key in value and fits(value[key], one) for key, one in shape.items())
    return bool(shape(value))
