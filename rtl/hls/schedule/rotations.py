"""Which blocks of a vector the two lanes turn, and how, for a matrix times that vector.

In an echo both lanes hold the same block. In a forward step lane m works on output block b + m, and may hold a block of
its own: the rows of a band are alike, so (block b for lane 0, block b + 1 for lane 1) needs one way where each block
alone would need one. Blocks are paired so that ways get shorter, the largest saving first.

Example
-------
>>> rotations({(0, 0): {0, 3}, (0, 1): {3}, (1, 1): {0, 3}, (1, 2): {3}}, (0, 1), elements=4, two_way=True)
[Rotation(columns=(0, 1), lanes=3, way=((<Move.LOAD: 0>, 0), (<Move.BACK: 2>, 3))), \
Rotation(columns=(1, 2), lanes=3, way=((<Move.LOAD: 0>, None), (<Move.BACK: 2>, 3)))]
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import product

from rtl.hls.plan.ring_visits import Move, visits

__all__ = ["Rotation", "rotations"]


@dataclass(frozen=True)
class Rotation:
    """One turn of the lanes.

    Members
    -------
    columns : column blocks that lane 0 and lane 1 hold
    lanes : bit m: lane m takes part
    way : the lanes' moves, each with the step that is multiplied there or None
    """

    columns: tuple[int, int]
    lanes: int
    way: tuple[tuple[Move, int | None], ...]


def rotations(
    steps: Mapping[tuple[int, int], Set[int]], rows: tuple[int, ...], *, elements: int, two_way: bool
) -> list[Rotation]:
    """Rotations that meet all words of one row block, or of a pair of them.

    Parameters
    ----------
    steps : (row block, column block) -> steps at which there are words
    rows : the lanes' row blocks; one where both have the same
    """

    def made(columns: tuple[int, int], lanes: int, wanted: Set[int]) -> Rotation:
        return Rotation(columns, lanes, tuple(visits(sorted(wanted), elements, two_way=two_way)))

    first, second = ({c: found for (f, c), found in steps.items() if f == row} for row in (rows[0], rows[-1]))
    if first == second:
        return [made((c, c), 3, first[c]) for c in sorted(first)]
    alone = {(m, c): made((c, c), 1 << m, own[c]) for m, own in enumerate((first, second)) for c in own}
    pairs = [made((c, d), 3, first[c] | second[d]) for c, d in product(sorted(first), sorted(second))]

    def gain(pair: Rotation) -> tuple[int, int, bool]:
        """Moves saved, products saved; the same block for both before two blocks."""
        apart = [alone[m, c] for m, c in enumerate(pair.columns)]
        moves = sum(len(r.way) for r in apart) - len(pair.way)
        return moves, sum(_products(r) for r in apart) - _products(pair), pair.columns[0] == pair.columns[1]

    chosen = []
    for pair in sorted(pairs, key=gain, reverse=True):
        if all(lane in alone for lane in enumerate(pair.columns)):
            chosen.append(pair)
            for lane in enumerate(pair.columns):
                del alone[lane]
    return sorted([*chosen, *alone.values()], key=lambda r: (r.columns, r.lanes))


def _products(rotation: Rotation) -> int:
    return sum(step is not None for _, step in rotation.way)
