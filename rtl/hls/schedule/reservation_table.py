"""The reservation table of a segment under construction: which control fields are taken in which cycle.

Example
-------
>>> reservations = ReservationTable()
>>> reservations.place(0, lambda t: [(t, {"addr_a": 3})]), reservations.place(0, lambda t: [(t, {"addr_a": 4})])
(0, 1)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rtl.hls.plan.control import Fields

__all__ = ["ReservationTable"]


class ReservationTable:
    """Fields of each cycle so far. A field that is set, to zero too, is taken: it cannot get another value."""

    def __init__(self) -> None:
        self._cycles: dict[int, Fields] = {}

    @property
    def length(self) -> int:
        """Cycles up to and including the last field set."""
        return max(self._cycles, default=-1) + 1

    def fits(self, placed: Iterable[tuple[int, Fields]]) -> bool:
        """Whether no field of these is taken with another value."""
        for cycle, fields in placed:
            there = self._cycles.get(cycle)
            if there is not None and any(there.get(name, value) != value for name, value in fields.items()):
                return False
        return True

    def at(self, cycle: int, **fields: int) -> None:
        """Set fields of one cycle; an assertion fails when one is taken."""
        assert cycle >= 0
        assert self.fits([(cycle, fields)]), (cycle, fields, self._cycles.get(cycle))
        self._cycles.setdefault(cycle, {}).update(fields)

    def place(self, earliest: int, operation: Callable[[int], list[tuple[int, Fields]]]) -> int:
        """Put an operation (its fields as a function of its slot) into the first slot from `earliest` where it fits."""
        slot = earliest
        while not self.fits(placed := operation(slot)):
            slot += 1
        for cycle, fields in placed:
            self.at(cycle, **fields)
        return slot

    def words(self) -> list[Fields]:
        """One dictionary of fields a cycle."""
        return [dict(self._cycles.get(cycle, {})) for cycle in range(self.length)]
