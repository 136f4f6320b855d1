"""Register lifetimes: what a register of the elements holds in each cycle of a segment, and until when it is needed.

Example
-------
>>> r = Lifetimes()
>>> r.load(2, "s0"); r.use(5)
>>> r.holds(3), r.can_load(4), r.can_load(5)
('s0', False, True)
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable

__all__ = ["Lifetimes"]


class Lifetimes:
    """Lifetimes of one register's contents.

    A load in cycle c shows from cycle c + 1 on; a use in cycle c is of what was loaded last before c.
    """

    def __init__(self) -> None:
        self._loads: list[int] = []
        self._content: dict[int, Hashable] = {}
        self._until: dict[int, int] = {}

    def _last(self, cycle: int) -> int | None:
        """The load whose content shows in a cycle."""
        at = bisect_left(self._loads, cycle)
        return self._loads[at - 1] if at else None

    def holds(self, cycle: int) -> Hashable:
        """The content in a cycle, None before the first load."""
        last = self._last(cycle)
        return None if last is None else self._content[last]

    def can_load(self, cycle: int) -> bool:
        """Whether a load in this cycle destroys nothing that is used later."""
        last = self._last(cycle)
        return cycle not in self._content and (last is None or self._until[last] <= cycle)

    def is_quiet(self, first: int, end: int) -> bool:
        """Whether nothing is loaded in the cycles from first to before end."""
        return bisect_left(self._loads, first) == bisect_left(self._loads, end)

    def load(self, cycle: int, content: Hashable) -> None:
        """Book a load."""
        assert self.can_load(cycle)
        insort(self._loads, cycle)
        self._content[cycle], self._until[cycle] = content, cycle

    def use(self, cycle: int) -> None:
        """Book a use of the content that shows in a cycle."""
        last = self._last(cycle)
        assert last is not None
        self._until[last] = max(self._until[last], cycle)
