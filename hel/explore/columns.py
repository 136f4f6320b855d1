"""Rows as columns: options of the point, seconds, keys of the result; what a figure and an export read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hel.arguments import UsageError, suggest
from hel.explore.outcome import find

__all__ = ["flat", "names", "series", "value"]

Row = Mapping[str, Any]
Series = dict[Any, dict[Any, list[float]]]
"""Value of Z -> value of X -> the Ys."""


def flat(row: Row) -> dict[str, Any]:
    """Name -> value of a row; what lies deeper in its result has a dotted name; `failed` says why there is none.

    >>> flat({"point": {"seed": 1}, "result": {"fixed": {"best": 2}}, "seconds": 0.5})
    {'seed': 1, 'fixed.best': 2, 'seconds': 0.5}
    >>> flat({"point": {"eps": "2^-3"}, "seconds": 0.5})["eps"]
    0.125
    """
    rest = {"seconds": row["seconds"], **({"failed": row["error"]} if "error" in row else {})}
    point = {name: _number(value) for name, value in row["point"].items()}
    return {**point, **_leaves("", row.get("result", {})), **point, **rest}


def _number(value: Any) -> Any:
    """A power of two as the number that it is."""
    power = re.fullmatch(r"2\^(-?\d{1,3})", value) if isinstance(value, str) else None
    return 2.0 ** int(power[1]) if power else value


def _leaves(head: str, value: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, part in value.items():
        found |= _leaves(f"{head}{key}.", part) if isinstance(part, dict) else {f"{head}{key}": part}
    return found


def names(rows: Iterable[Row]) -> list[str]:
    """All columns, in the order they are met."""
    return list(dict.fromkeys(name for row in rows for name in flat(row)))


def value(row: Row, name: str) -> Any:
    """A column of a row, None where it has none; of a list in the result one entry, `history.-1.cost`."""
    found = flat(row).get(name)
    if found is None:
        found = flat(row).get(name.replace("_", "-"))
    return find(row.get("result", {}), name) if found is None else found


def series(rows: Sequence[Row], x: str, y: str, by: str | None) -> Series:
    """The Ys of every X for every Z, sorted; rows that lack one of them are left out.

    Raises UsageError for a column that no row has, and for a Y that is no number.

    >>> rows = [{"point": {"n": n, "seed": s}, "result": {"e": n + s}, "seconds": 1.0} for n in (4, 8) for s in (0, 1)]
    >>> series(rows, "n", "e", None)
    {None: {4: [4.0, 5.0], 8: [8.0, 9.0]}}
    """
    for name in filter(None, (x, y, by)):
        if all(value(row, name) is None for row in rows):
            known = names(rows)
            raise UsageError(
                f"a figure is of columns that rows have, none has {name!r}{suggest(name, known) or ';'} "
                f"they have {', '.join(known)}"
            )
    found: Series = defaultdict(lambda: defaultdict(list))
    for row in rows:
        at, number, group = value(row, x), value(row, y), value(row, by) if by else None
        if at is None or number is None or (by and group is None):
            continue
        if not isinstance(number, (int, float)):
            raise UsageError(
                f"--plot X Y draws numbers, {y} is {_short(number)}; name a number, such as {y}.0 of a list"
            )
        found[_key(group)][_key(at)].append(float(number))
    return {group: dict(sorted(line.items(), key=_order)) for group, line in sorted(found.items(), key=_order)}


def _key(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, float)) else _short(value)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 40 else f"{text[:37]}..."


def _order(item: tuple[Any, Any]) -> tuple[bool, Any]:
    key = item[0]
    return (False, key) if isinstance(key, (int, float)) else (True, str(key))
