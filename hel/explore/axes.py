"""The values of an axis, and the points that axes span: the product of all, where zipped axes count as one."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hel.arguments import UsageError

__all__ = ["Axes", "count", "product", "values", "zipped"]

Axes = Sequence[Mapping[str, Sequence[Any]]]
"""Groups of axes that go together, value by value; an axis of its own is a group of one."""


def values(name: str, given: Any) -> Sequence[Any]:
    """An axis: a list, or a range written as text, both ends included.

    >>> list(values("seed", "0..3")), values("eps", "2^-2..2^-4"), values("cost", ["final", "summed"])
    ([0, 1, 2, 3], ['2^-2', '2^-3', '2^-4'], ['final', 'summed'])
    >>> values("seed", 3)
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: axis seed must be a list or a range such as "0..9" or "2^-8..2^-2", got 3; write [3]
    """
    found: Sequence[Any] | None = given if isinstance(given, list) else None
    if isinstance(given, str) and (match := re.fullmatch(r"(2\^)?(-?\d{1,18})\.\.(2\^)?(-?\d{1,18})", given.strip())):
        first, last = int(match[2]), int(match[4])
        run = range(first, last + 1) if first <= last else range(first, last - 1, -1)
        if match[1] == match[3]:
            found = run if match[1] is None else [f"2^{k}" for k in itertools.islice(run, 4096)]
    if found is None:
        shown = str(given).lower() if isinstance(given, bool) else repr(given)
        raise UsageError(
            f'axis {name} must be a list or a range such as "0..9" or "2^-8..2^-2", got {shown}; write [{shown}]'
        )
    if not found:
        raise UsageError(f"axis {name} must have a value at least, got none; give it one, or take the axis away")
    return found


def zipped(group: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    """The axes of a group, which must be equally long.

    >>> zipped({"neurons": [8, 16], "elements": [2]})
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: zipped axes must be equally long, got neurons 2, elements 1; or put them under [axes], ...
    """
    if len({len(axis) for axis in group.values()}) > 1:
        lengths = ", ".join(f"{name} {len(axis)}" for name, axis in group.items())
        raise UsageError(
            f"zipped axes must be equally long, got {lengths}; or put them under [axes], for every value with every"
        )
    return group


def count(axes: Axes) -> int:
    """How many points there are.

    >>> count([{"seed": range(10)}, {"neurons": [8, 16], "elements": [2, 4]}])
    20
    """
    return math.prod(len(next(iter(group.values()))) for group in axes)


def product(axes: Axes) -> Iterator[dict[str, Any]]:
    """Every point's own options; the last axis changes fastest.

    >>> list(product([{"seed": range(2)}, {"neurons": [8, 16], "elements": [2, 4]}]))[:2]
    [{'seed': 0, 'neurons': 8, 'elements': 2}, {'seed': 0, 'neurons': 16, 'elements': 4}]
    """
    groups = [[dict(zip(group, row, strict=True)) for row in zip(*group.values(), strict=True)] for group in axes]
    for parts in itertools.product(*groups):
        yield {name: value for part in parts for name, value in part.items()}
