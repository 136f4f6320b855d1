"""What happens to a complete sum: table look-up, cut, or kick; and the drifts. Each as control fields of its own.

A sum is taken from its accumulator one lane at a time where it goes to a table or a cut (there is one sum register),
both lanes at once where it is a force.
"""

from __future__ import annotations

from functools import partial

from rtl.hls.plan.control import Fields, KickSelect, KickSource, OpA0, OpA1, OpB, StationarySource, ZTake
from rtl.hls.plan.requirements import alignment, sum_fraction
from rtl.hls.plan.ring_plan import Finish, Statement
from rtl.hls.plan.timing import (
    ACCUMULATE,
    CHOICE,
    CUT_WRITE,
    LOOKUP,
    LOOKUP_SPACING,
    MULTIPLY,
    SCALE,
    SIGN_LIFE,
    STATE_WRITE,
    STATIONARY,
    SUM_READY,
    TABLE_SIGN,
    TABLE_WRITE,
    TAKE,
)
from rtl.hls.schedule.products import Slots

__all__ = ["Finisher"]


class Finisher:
    """Takes sums from the accumulators and books what follows.

    Members
    -------
    kicked : first cycle in which the new momentum of a block can be read
    """

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.reservations, self.geometry, self.twin = slots.reservations, slots.geometry, slots.twin
        self.kicked: dict[int, int] = {}
        self._taken = 0
        """First cycle in which the sum register is free."""
        self._split = -LOOKUP_SPACING
        self._sign_free = [0, 0]
        self._kick_used = 0

    def finish(self, statement: Statement, block: tuple[int, ...], slot: int) -> int:
        """Books what follows a sum whose last product is in `slot`; returns the cycle that takes the last lane's."""
        if statement.finish is Finish.KICK:
            return self._kick(block, max(slot + SUM_READY, self._kick_used))
        take = slot
        for lane in range(2 if self.twin or len(block) == 2 else 1):
            owner = block[0] if self.twin else block[lane]
            take = max(slot + SUM_READY, self._taken)
            if statement.finish is Finish.TABLE:
                # The accumulator is freed early; the taken sum waits for its look-up.
                take = self.reservations.place(take, partial(self._take, lane))
                earliest = max(take + TAKE, self._split + LOOKUP_SPACING, self._sign_free[lane])
                self._split = self._look_up(earliest, statement, owner, lane)
                self._sign_free[lane] = self._split + (SIGN_LIFE if self.geometry.odd_table else 0)
                self._taken = self._split
                written = self._split + LOOKUP + TABLE_WRITE
            else:
                cut = sum_fraction(self.geometry, statement) - statement.fraction
                take = self.reservations.place(take, partial(self._cut, statement.name, owner, lane, cut))
                self._taken = take + TAKE
                written = take + CUT_WRITE
            self.slots.ready[statement.name, owner] = written + 1
        return take

    def taken(self, statement: Statement, lanes: int, slot: int) -> int:
        """About when the last lane of a sum can be taken whose last product is in `slot`."""
        take = slot + SUM_READY
        if statement.finish is Finish.KICK:
            return take
        if statement.finish is Finish.CUT:
            return max(take, self._taken) + TAKE * (lanes - 1)
        split = 0
        last = self._split
        taken = self._taken
        for lane in range(lanes):
            take = max(take, taken)
            split = max(take + TAKE, last + LOOKUP_SPACING, self._sign_free[lane])
            taken = last = split
        return take

    def drift(self, earliest: int, f: int) -> int:
        """A half drift of a block; returns its slot."""

        def fields(t: int) -> list[tuple[int, Fields]]:
            return [
                (t, {"s_addr0": f, "s_addr1": f, "q_io": 0, "p_zero": 0}),
                (t + 1, {"q_sub": int(self.twin)}),
                (t + STATE_WRITE, {"we_q": 1, "w_addr": f}),
            ]

        return self.reservations.place(earliest, fields)

    def _write(self, name: str, owner: int, lane: int) -> Fields:
        """Forward, both contexts get what a lane has computed."""
        return {"s_we": 1 << lane if self.twin else 3, "s_waddr": self.slots.memory.vector_base[name] + owner}

    def _take(self, lane: int, take: int) -> list[tuple[int, Fields]]:
        return [(take, {"z_take": ZTake.ACC0 if lane == 0 else ZTake.ACC1})]

    def _look_up(self, earliest: int, statement: Statement, owner: int, lane: int) -> int:
        """Splits the taken sum and looks it up, where its interpolation weights destroy no stationary operand."""
        write = self._write(statement.name, owner, lane)
        if self.geometry.cut_shifts:
            write["s_cut"] = 0
        signed = self.geometry.odd_table
        several = len(self.geometry.tables) > 1
        choice = {"table": self.slots.memory.numbers[statement.table]} if several else {}

        def fields(split: int) -> list[tuple[int, Fields]]:
            slot = split + LOOKUP
            return [
                (split - CHOICE, choice),
                (split, {"z_en": 1, "z_lane": lane} if signed else {"z_en": 1}),
                (slot, {"lookup": 1, "addr_a": 0, "addr_b": 0, "we_b": 0}),
                (slot + STATIONARY, {"r_src": StationarySource.FRACTION}),
                (slot + MULTIPLY, {"opa0": OpA0.WEIGHT, "opa1": OpA1.WEIGHT_B, "opb": OpB.R}),
                (slot + SCALE, {"scale": alignment(self.geometry, 0), "negate": 0}),
                (slot + ACCUMULATE, {"acc_en": 0}),
                (slot + TABLE_SIGN, {"s_lane": lane} if signed else {}),
                (slot + TABLE_WRITE, write),
            ]

        stationary, split = self.slots.stationary, earliest
        while not (stationary.can_load(split + LOOKUP + STATIONARY) and self.reservations.fits(fields(split))):
            split += 1
        self.reservations.place(split, fields)
        stationary.load(split + LOOKUP + STATIONARY, ("fraction", split))
        stationary.use(split + LOOKUP + MULTIPLY)
        return split

    def _cut(self, name: str, owner: int, lane: int, shift: int, take: int) -> list[tuple[int, Fields]]:
        write = self._write(name, owner, lane)
        if self.geometry.tables:
            write["s_cut"] = 1
        return [
            *self._take(lane, take),
            (take + TAKE, {"cut": self.geometry.cut_shifts.index(shift)}),
            (take + CUT_WRITE, write),
        ]

    def _kick(self, block: tuple[int, ...], earliest: int) -> int:
        take = self.reservations.place(earliest, lambda t: [(t, {"k_src": KickSource.ACC})])
        for lane, owner in enumerate(block):
            select = KickSelect.OWN if self.twin else (KickSelect.LANE0, KickSelect.LANE1)[lane]

            def fields(t: int, owner: int = owner, select: KickSelect = select) -> list[tuple[int, Fields]]:
                read = {"s_addr0": owner, "s_addr1": owner, "p_zero": 0}
                return [
                    (t, {**read, "p_sub": 0 if self.twin else 3, "k_sel": select}),
                    (t + STATE_WRITE, {"we_p": 1, "w_addr": owner}),
                ]

            slot = self.reservations.place(take + TAKE, fields)
            self.kicked[owner] = slot + STATE_WRITE + 1
            self._kick_used = slot
        return take
