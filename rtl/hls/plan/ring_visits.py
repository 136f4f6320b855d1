"""How a rotating word visits the steps at which a matrix has words.

A lane loads a vector's block (step 0), then moves on to the next element, or back to the previous one: at step t
element k holds the word of element k - t.

Example
-------
>>> visits([0, 1, 7], 8, two_way=True)
[(<Move.LOAD: 0>, None), (<Move.ON: 1>, 1), (<Move.LOAD: 0>, 0), (<Move.BACK: 2>, 7)]
>>> [step for _, step in visits([0, 1, 7], 8, two_way=False)]
[0, 1, None, None, None, None, None, 7]
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

__all__ = ["Move", "visits"]


class Move(IntEnum):
    """What the lanes do before a product."""

    LOAD = 0
    ON = 1
    BACK = 2


def visits(steps: Sequence[int], elements: int, *, two_way: bool) -> list[tuple[Move, int | None]]:
    """(move, step that is used there or None), the shortest way that passes all steps; ties go forward."""
    wanted = set(steps)
    assert wanted and wanted <= set(range(elements))
    ways = [_way(wanted, elements, last) for last in ([max(wanted)] if not two_way else sorted({0} | wanted)[::-1])]
    return min(ways, key=len)


def _way(wanted: set[int], elements: int, last: int) -> list[tuple[Move, int | None]]:
    """Forward to `last`, and from there back from the home for what is beyond."""
    beyond = [step for step in wanted if step > last]
    way: list[tuple[Move, int | None]] = []
    if last:
        way.append((Move.LOAD, None if beyond or 0 not in wanted else 0))
        way += [(Move.ON, step if step in wanted else None) for step in range(1, last + 1)]
    if beyond or not last:
        way.append((Move.LOAD, 0 if 0 in wanted else None))
    if beyond:
        way += [(Move.BACK, step if step in wanted else None) for step in range(elements - 1, min(beyond) - 1, -1)]
    return way
