"""One integration step whose sums the last bank makes alone: as `rtl.hls.schedule.step`, on a wide element.

For what a chain of all banks has no form for: products of two vectors, constants, sums that are cut, several tables.
Sums, look-ups, cuts and kicks are those of an element of one bank, at other times; the other multipliers do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rtl.hls.plan.control import Fields
from rtl.hls.plan.requirements import alignment, sum_fraction
from rtl.hls.plan.ring_plan import Finish, RingPlan, Statement
from rtl.hls.plan.timing import CHOICE, CUT_WRITE, MULTIPLY, STATE_WRITE, TAKE
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    BANK_LOAD,
    CHOOSE,
    FORCE,
    LANE_LOAD,
    LOOK_UP,
    POSITION_READ,
    SCALE,
    SPLIT,
    STATIONARY_CHOICE,
    STORE_READ,
    SUM_READY,
    TABLE_WRITE,
    VECTOR,
)
from rtl.hls.plan.width import Width
from rtl.hls.schedule.finish import Finisher
from rtl.hls.schedule.products import Placed
from rtl.hls.schedule.step import StepScheduler
from rtl.hls.schedule.sums import Sums
from rtl.hls.wide.alone_slots import AloneSlots
from rtl.hls.wide.bank_map import BankMap

__all__ = ["AloneStep", "operand_loads"]


def operand_loads(words: Sequence[Fields], banks: int) -> Iterator[tuple[int, bool]]:
    """As `rtl.hls.schedule.allocate.operand_loads`, of the lanes and of the last bank's stationary operands."""
    for cycle, f in enumerate(words):
        if f.get("x_en", 0) and f.get("x_load", 0):
            stored = bool(f.get("x_store", 0))
            yield cycle - LANE_LOAD + (STORE_READ if stored else POSITION_READ), stored
        if f.get("r_en", 0):
            slot = cycle - BANK_LOAD + banks - 1
            stored = not words[slot + STATIONARY_CHOICE].get("r_src", 0)
            yield slot + (STORE_READ if stored else POSITION_READ), stored


class AloneFinisher(Finisher):
    """Takes sums from the last bank's accumulators; cycles that `finish` speaks of are those of a bank's fields."""

    slots: AloneSlots

    def __init__(self, slots: AloneSlots) -> None:
        super().__init__(slots)
        self.banks, self.late = slots.geometry.banks, slots.late
        self._chosen = 0
        """Last cycle in which a sum that is held was chosen."""

    def finish(self, statement: Statement, block: tuple[int, ...], slot: int) -> int:
        if statement.finish is Finish.KICK:
            return self._kick(block, slot + SUM_READY)
        lanes = range(2 if self.twin or len(block) == 2 else 1)
        earliest = max(slot + SUM_READY, self._chosen - self.late)
        take = self.reservations.place(earliest, lambda t: [(t, {"take": (1 << len(lanes)) - 1})])
        choose = take + self.late + CHOOSE
        for lane in lanes:
            owner = block[0] if self.twin else block[lane]
            fields = partial(self._fields, statement, owner, lane)
            choose = self.reservations.place(choose, fields)
            looked_up = statement.finish is Finish.TABLE
            written = choose + (LOOK_UP + TABLE_WRITE if looked_up else SPLIT + CUT_WRITE - TAKE)
            self.slots.ready[statement.name, owner] = written + 1
            self._chosen = choose
            choose += 1
        return take

    def _fields(self, statement: Statement, owner: int, lane: int, choose: int) -> Placed:
        chosen: Placed = [(choose, {"z_sel": lane * self.banks + self.late})]
        write = self._write(statement.name, owner, lane)
        if self.geometry.tables and self.geometry.cut_shifts:
            write["s_cut"] = int(statement.finish is Finish.CUT)
        split = choose + SPLIT
        if statement.finish is Finish.CUT:
            cut = self.geometry.cut_shifts.index(sum_fraction(self.geometry, statement) - statement.fraction)
            return [*chosen, (split, {"cut": cut}), (split + CUT_WRITE - TAKE, write)]
        width, slot = self.slots.width, choose + LOOK_UP
        scale = {"scale": alignment(self.geometry, 0)} if width.scales(0) else {}
        if width.negates:
            scale["negate"] = 0
        several = len(self.geometry.tables) > 1
        return [
            *chosen,
            (split - CHOICE, {"table": self.slots.memory.numbers[statement.table]} if several else {}),
            (split, {"z_en": 1} if self.geometry.steep_table else {}),
            (slot, {"lookup": 1, "addr_a": 0, "addr_b": 0, "we_b": 0}),
            (slot + VECTOR, {"v_src": VectorSource.INTERPOLATION}),
            (slot + MULTIPLY, {"opa": 0, "opb": 0}),
            (slot + SCALE, scale),
            (slot + ACCUMULATE, {"acc_en": 0}),
            (slot + TABLE_WRITE, write),
        ]

    def _kick(self, block: tuple[int, ...], earliest: int) -> int:
        """Kicks one after another, as long as the sums stay; that of lane 1 comes so much later than that of lane 0."""
        come, until = earliest + self.late + FORCE, 0
        for lane in range(2 if self.twin or len(block) == 2 else 1):
            owner = block[0] if self.twin else block[lane]
            at = self.reservations.place(come + lane * self.banks, partial(self._impulse, owner, lane))
            until = max(until, at - lane * self.banks)
            self.kicked[owner] = max(self.kicked.get(owner, 0), at + STATE_WRITE + 1)
        return until - FORCE - self.late

    def _impulse(self, owner: int, lane: int, at: int) -> Placed:
        """Forward, both contexts take it."""
        choice: Fields = {"s_addr0": owner, "s_addr1": owner, "p_zero": 0, "p_sub": int(not self.twin), "k_sel": lane}
        write: Fields = {"we_p": 1 << lane if self.twin else 3, "w_addr": owner}
        return [(at - 1, {"k_io": 0}), (at, choice), (at + STATE_WRITE, write)]


class AloneStep(StepScheduler):
    """Builds one step; `run` gives its control words."""

    def __init__(self, plan: RingPlan, there: BankMap, width: Width, *, twin: bool) -> None:
        self.there, self.width = there, width
        super().__init__(plan, there, twin=twin)

    def _slots(self) -> AloneSlots:
        return AloneSlots(self.there, self.width, self.reservations, twin=self.twin)

    def _finisher(self) -> AloneFinisher:
        assert isinstance(self.slots, AloneSlots)
        return AloneFinisher(self.slots)

    def _sums(self) -> Sums:
        """A sum goes through all banks between two elements."""
        return Sums(self.terms, self.slots, self.finisher, accumulate=ACCUMULATE, way=self.geometry.banks - 1)
