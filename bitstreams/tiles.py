"""Where the elements of several banks lie: a tile each, whole segments of multipliers and the block RAMs below them.

A bank has two multipliers and two block RAMs, half a segment of a row. The ring is a tour over the tiles: along one row
and back along the next, or, where two rows are too few, back along the next two in turns, one tile up, one down. Tiles
that nobody needs are left out in the middle of the last row, where control store and host port find room.

Within a tile banks lie side by side, for each adds to the sum of the one before it; which end is the first is chosen
for the shortest ways between the last bank of an element and the first of the next.

Example
-------
>>> first = tiles(16, 4, "85k")[0]
>>> first["bank0.multiplier0.dsp"], first["bank3.multiplier1.dsp"], first["bank3.memory.ram"]
('X4/Y10/MULT18_0', 'X18/Y10/MULT18_5', 'X19/Y22/EBR3')
"""

from __future__ import annotations

from collections.abc import Sequence

from bitstreams.floorplan import GRIDS

__all__ = ["ROWS", "tiles", "tour"]

ROWS = {"85k": ((10, 22), *GRIDS["85k"].rows), "45k": GRIDS["45k"].rows}
"""(row of multipliers, row of block RAMs) of the rows of tiles, by nextpnr's option for the device."""
BANKS_A_SEGMENT = 2

Place = tuple[int, int]
"""Row of tiles, column of tiles."""


def tiles(elements: int, banks: int, size: str) -> list[dict[str, str]]:
    """BELs of each element's hard blocks by the ends of their names; empty where the device has no such plan.

    Memories of several block RAMs are left to the placer.
    """
    if size not in ROWS:
        return []
    segments, rows, width = GRIDS[size].columns, ROWS[size], banks // BANKS_A_SEGMENT
    places = tour(elements, len(segments) // width, len(rows))
    ways = _ways([_ends(place, segments, rows, width) for place in places])
    found = []
    for (row, column), backwards in zip(places, ways, strict=True):
        blocks = {}
        for bank in range(banks):
            segment, half = divmod(banks - 1 - bank if backwards else bank, BANKS_A_SEGMENT)
            x, (y, memories) = segments[column * width + segment], rows[row]
            for lane in range(2):
                number = 4 * half + lane
                blocks[f"bank{bank}.multiplier{lane}.dsp"] = f"X{x + number}/Y{y}/MULT18_{number}"
            for number, name in enumerate(("weights", "memory"), 2 * half):
                blocks[f"bank{bank}.{name}.ram"] = f"X{x + 2 * number}/Y{memories}/EBR{number}"
        found.append(blocks)
    return found


def tour(elements: int, columns: int, rows: int) -> list[Place]:
    """The tiles of the ring's elements, in order; empty where there are too few.

    >>> tour(4, 6, 3)
    [(1, 0), (1, 1), (2, 1), (2, 0)]
    >>> tour(8, 3, 3)
    [(0, 0), (0, 1), (0, 2), (1, 2), (2, 1), (1, 1), (1, 0), (2, 0)]
    """
    if elements > columns * rows:
        return []
    if elements <= 2 * columns:
        half = -(-elements // 2)
        there = [(rows - 2, column) for column in range(half)]
        return there + [(rows - 1, column) for column in reversed(range(half))][: elements - half]
    left_out = _left_out(columns * rows - elements, columns)
    back: list[Place] = []
    for index, column in enumerate(reversed(range(columns))):
        pair = [(1, column), (2, column)]
        back += pair if index % 2 == 0 else pair[::-1]
    return [(0, column) for column in range(columns)] + [place for place in back if place not in left_out]


def _left_out(count: int, columns: int) -> set[Place]:
    """Of the last row; two tiles that follow each other on the tour, from the middle on."""
    pairs = [(column, column - 1) for column in range(columns - 1, 0, -2)]
    pairs += [(0, 0)] if columns % 2 else []
    middle = (columns - 1) / 2
    pairs.sort(key=lambda pair: abs(sum(pair) / 2 - middle))
    order = list(dict.fromkeys(column for pair in pairs for column in pair))
    return {(2, column) for column in order[:count]}


def _ends(
    place: Place, segments: Sequence[int], rows: Sequence[tuple[int, int]], width: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last multiplier of a tile, as (column, row)."""
    row, column = place
    y = rows[row][0]
    return (segments[column * width], y), (segments[column * width + width - 1] + 5, y)


def _ways(ends: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[bool]:
    """For each tile whether its banks lie backwards: the shortest longest way, then the least sum of squares."""

    def step(before: int, way: int, after: int, then: int) -> int:
        (x, y), (x_next, y_next) = ends[before][0 if way else 1], ends[after][1 if then else 0]
        return abs(x - x_next) + abs(y - y_next)

    found: list[tuple[int, int, list[bool]]] = []
    for first in (False, True):
        reached = {first: (0, 0, [first])}
        for index in range(1, len(ends)):
            reached = {
                then: min(
                    (max(longest, way := step(index - 1, last, index, then)), squares + way * way, [*ways, then])
                    for last, (longest, squares, ways) in reached.items()
                )
                for then in (False, True)
            }
        for last, (longest, squares, ways) in reached.items():
            way = step(len(ends) - 1, last, 0, first) if ends else 0
            found.append((max(longest, way), squares + way * way, ways))
    return min(found)[2][: len(ends)]
