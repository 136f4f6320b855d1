"""Where the rooms of the floor plan stand in its picture: rows from the ground up, an order in each, positions across.

The method is that of layered graph drawing (Sugiyama et al. 1981): an arrow that passes a row has a place of its own
there, rows are ordered by the mean place of their neighbours, and of all orders tried the one with the fewest crossings
stays. All arrows to one room share one riser: they meet as soon as they can and arrive as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["BOX", "Layout", "Place", "laid_out"]

BOX, RISER, SPACE = 216.0, 8.0, 8.0
"""Widths in pixels: of a room's box, of a riser that passes a row, between two of them."""
PER_ROW = 4
SWEEPS = 40


@dataclass(frozen=True, order=True)
class Place:
    """A room in its row, or (`passes`) the riser to that room where it passes a higher row."""

    row: int
    room: str
    passes: bool = False


@dataclass(frozen=True)
class Layout:
    """Rows of places from the ground up, the centre of each place in pixels from the left, and the pieces of arrows.

    Members
    -------
    rows : row -> places from left to right
    x : place -> centre
    pieces : (upper, lower) places of neighbouring rows that a line joins
    """

    rows: list[list[Place]]
    pieces: set[tuple[Place, Place]]
    x: dict[Place, float] = field(default_factory=dict)

    def ends(self) -> dict[tuple[Place, Place], float]:
        """Where each piece leaves its upper place: lines leave a box side by side, in the order of their aims."""
        leaving: dict[Place, list[Place]] = {}
        for upper, lower in sorted(self.pieces):
            leaving.setdefault(upper, []).append(lower)
        result = {}
        for upper, aims in leaving.items():
            step = 0.0 if upper.passes else min(26.0, (BOX - 40) / len(aims))
            for k, lower in enumerate(sorted(aims, key=lambda place: (self.x[place], place))):
                result[upper, lower] = self.x[upper] + step * (k - (len(aims) - 1) / 2)
        return result


def laid_out(
    bands: Sequence[Sequence[Mapping[str, int]]], arrows: Iterable[tuple[str, str]], width: float
) -> tuple[Layout, dict[str, int]]:
    """The layout of rooms in bands, and the row of every room.

    Parameters
    ----------
    bands : from the ground up; the packages that share a band, each as room -> floor within the package. The second
        package of a band stands at its right end
    arrows : (from, to), from a higher row to a lower one
    width : pixels
    """
    row: dict[str, int] = {}
    right: set[str] = set()
    start = 0
    for band in bands:
        height = 0
        for k, package in enumerate(band):
            level = start
            for floor in sorted(set(package.values())):
                names = sorted(room for room, its in package.items() if its == floor)
                for part in range(0, len(names), PER_ROW):
                    row |= dict.fromkeys(names[part : part + PER_ROW], level)
                    level += 1
            right |= package.keys() if k else set()
            height = max(height, level - start)
        start += height
    layout = _places(row, [arrow for arrow in arrows if row[arrow[0]] > row[arrow[1]]], start)
    _order(layout, right)
    _spread(layout, right, width)
    return layout, row


def _places(row: Mapping[str, int], arrows: Iterable[tuple[str, str]], height: int) -> Layout:
    rows: list[list[Place]] = [[] for _ in range(height)]
    for room, its in sorted(row.items()):
        rows[its].append(Place(its, room))
    pieces = set()
    for start, target in sorted(arrows):
        upper = Place(row[start], start)
        for level in range(row[start] - 1, row[target] - 1, -1):
            lower = Place(level, target, passes=level > row[target])
            if lower not in rows[level]:
                rows[level].append(lower)
            pieces.add((upper, lower))
            upper = lower
    return Layout(rows, pieces)


def _neighbours(layout: Layout) -> dict[Place, list[Place]]:
    found: dict[Place, list[Place]] = {place: [] for places in layout.rows for place in places}
    for upper, lower in sorted(layout.pieces):
        found[upper].append(lower)
        found[lower].append(upper)
    return found


def _order(layout: Layout, right: set[str]) -> None:
    """Orders every row in place."""
    near = _neighbours(layout)
    best, fewest = [list(places) for places in layout.rows], _crossings(layout)
    for sweep in range(SWEEPS):
        step = 1 if sweep % 2 else -1
        for level in range(len(layout.rows))[::step]:
            at = {place: (k + 0.5) / len(places) for places in layout.rows for k, place in enumerate(places)}

            def key(
                place: Place, at: Mapping[Place, float] = at, level: int = level, step: int = step
            ) -> tuple[bool, float]:
                seen = [at[other] for other in near[place] if other.row == level - step]
                aim = sum(seen) / len(seen) if seen else at[place]
                return place.room in right and not place.passes, aim

            layout.rows[level].sort(key=key)
        crossings = _crossings(layout)
        if crossings < fewest:
            best, fewest = [list(places) for places in layout.rows], crossings
    layout.rows[:] = best


def _crossings(layout: Layout) -> int:
    at = {place: k for places in layout.rows for k, place in enumerate(places)}
    gaps: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in layout.pieces:
        gaps.setdefault(lower.row, []).append((at[upper], at[lower]))
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for gap in gaps.values() for k, a in enumerate(gap) for b in gap[:k])


def _spread(layout: Layout, right: set[str], width: float) -> None:
    """Positions: every place as near to the mean of its neighbours as its row has room for."""
    near = _neighbours(layout)
    for places in layout.rows:
        layout.x.update(zip(places, _fitted(places, [width / 2] * len(places), right, width), strict=True))
    for sweep in range(SWEEPS):
        for places in layout.rows[:: 1 if sweep % 2 else -1]:
            aims = []
            for place in places:
                # A riser that goes on through the next row should go on straight.
                weights = [(4.0 if place.passes and other.passes else 1.0, layout.x[other]) for other in near[place]]
                total = sum(weight for weight, _ in weights)
                aims.append(sum(weight * x for weight, x in weights) / total if total else layout.x[place])
            layout.x.update(zip(places, _fitted(places, aims, right, width), strict=True))


def _fitted(places: Sequence[Place], aims: Sequence[float], right: set[str], width: float) -> list[float]:
    """Centres in the given order that keep their distance and are nearest to the aims (isotonic regression)."""
    half = [(RISER if place.passes else BOX) / 2 for place in places]
    offset = [0.0]
    for k in range(1, len(places)):
        offset.append(offset[-1] + half[k - 1] + SPACE + half[k])
    groups: list[tuple[float, int]] = []
    for aim, shift in zip(aims, offset, strict=True):
        groups.append((aim - shift, 1))
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (a, n), (b, m) = groups[-2:]
            groups[-2:] = [((a * n + b * m) / (n + m), n + m)]
    level = [value for value, count in groups for _ in range(count)]
    x = [value + shift for value, shift in zip(level, offset, strict=True)]
    edge = width
    for k in reversed(range(len(x))):
        x[k] = min(x[k], edge - half[k])
        edge = x[k] - half[k] - SPACE
    edge = 0.0
    for k in range(len(x)):
        x[k] = max(x[k], edge + half[k])
        edge = x[k] + half[k] + SPACE
    return x
