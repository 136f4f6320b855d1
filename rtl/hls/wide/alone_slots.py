"""Products of the last bank alone, which works as an element of one bank does; the banks before it have zeros.

    a sum begins     on top of what comes, while the banks before the last one are held at zero
    it goes on       on top of the own sum
    it moves on      on top of what comes: through all banks of the next element, which have zeros there, B slots a hop

As `rtl.hls.schedule.products`, with the fields of a wide element: what a bank's field says in a cycle, the last bank
does B - 1 cycles later. So its stationary operand is read so much later than the word that rotates, which goes along
the banks.
"""

from __future__ import annotations

from functools import partial

from rtl.hls.plan.control import AccSource, Fields
from rtl.hls.plan.requirements import alignment
from rtl.hls.plan.ring_plan import POSITION, POSITIONS, TURNS
from rtl.hls.plan.timing import MULTIPLY, TURN
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    BANK_LOAD,
    GRAD_READ,
    GRAD_WRITE,
    LANE_LOAD,
    POSITION_READ,
    SCALE,
    STATIONARY_CHOICE,
    STORE_READ,
    VECTOR,
)
from rtl.hls.plan.width import Width
from rtl.hls.schedule.products import Booking, Fetch, Found, Placed, Product, Slots, agree
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.wide.bank_map import BankMap

__all__ = ["AloneSlots"]

AHEAD = 3
"""Cycles that a stationary operand may be loaded before it must be: where its read port is taken then."""


class AloneSlots(Slots):
    """Where products of the last bank are placed."""

    lane_load, lane_use = LANE_LOAD, VECTOR

    def __init__(self, there: BankMap, width: Width, reservations: ReservationTable, *, twin: bool) -> None:
        super().__init__(there, reservations, twin=twin)
        self.width, self.late = width, there.geometry.banks - 1

    def readable(self, fetch: Fetch) -> int:
        """First slot of a product that fetches this; for what stays, some cycles later than it must be."""
        at = max(self.ready[fetch.operand, fetch.first], self.ready[fetch.operand, fetch.second])
        return max(0, at - (POSITION_READ if fetch.operand in POSITIONS else STORE_READ))

    def touch(self, block: int) -> None:
        """Loads a position that nothing multiplies: its clipping is to be seen all the same."""
        fetch = Fetch(POSITION, block, block)
        slot = self.readable(fetch)
        while not (self.stationary.can_load(slot + BANK_LOAD) and self.reservations.fits(self._stays(slot, fetch))):
            slot += 1
        self._book((self._stays(slot, fetch), [partial(self.stationary.load, slot + BANK_LOAD, fetch)]))
        self._read(fetch, slot + self.late)

    def _fixed(self, p: Product) -> Placed:
        source = VectorSource.IMM if p.imm is not None else VectorSource.X
        scale: Fields = {"scale": alignment(self.geometry, p.shift)}
        if self.width.negates:
            scale["negate"] = int(p.negative)
        placed: Placed = [
            (VECTOR, {"v_src": source, **dict(p.imm or ())}),
            (MULTIPLY, {"opa": int(p.weights is None), "opb": int(p.imm is None and p.lane is None)}),
            (SCALE, scale),
        ]
        accumulate: Fields = {"acc_en": p.enable}
        if p.enable:
            begins = p.source is AccSource.ZERO
            moves = p.source is not AccSource.OWN
            accumulate |= {"acc_prev": int(moves), "first_clear": int(begins), "acc_clear": 0}
        placed.append((ACCUMULATE, accumulate))
        if p.weights is not None:
            placed.append((0, {"addr_a": p.weights[0], "addr_b": p.weights[1], "lookup": 0, "we_b": 0}))
        if p.gradient is not None:
            placed.append((GRAD_READ, {"g_raddr": p.gradient}))
            placed.append((GRAD_WRITE, {"g_we": 1, "g_clear": 0, "g_waddr": p.gradient, "g_local": 1}))
        return placed

    def _kept(self, slot: int, fetch: Fetch, others: Placed) -> Found | None:
        stationary, use = self.stationary, partial(self.stationary.use, slot + MULTIPLY)
        if stationary.holds(slot + MULTIPLY) == fetch:
            return [], [use]
        for at in range(slot, max(slot - AHEAD, self.readable(fetch)) - 1, -1):
            load = at + BANK_LOAD
            if not (stationary.can_load(load) and stationary.is_quiet(load + 1, slot + MULTIPLY)):
                continue
            placed = self._stays(at, fetch)
            if agree([*placed, *others]) and self.reservations.fits(placed):
                bookings: list[Booking] = [
                    partial(self._read, fetch, at + self.late),
                    partial(stationary.load, load, fetch),
                    use,
                ]
                return placed, bookings
        return None

    def _fetched(self, slot: int, fetch: Fetch, *, lane: bool = False) -> Placed:
        if not lane:
            return self._stays(slot, fetch)
        load: Fields = {"x_en": 1, "x_load": 1}
        if self.geometry.lane_store:
            load["x_store"] = int(fetch.operand not in POSITIONS)
        return [*self._address(slot, fetch), (slot + LANE_LOAD, load)]

    def _stays(self, slot: int, fetch: Fetch) -> Placed:
        """Read and load of the last bank's stationary operands for a product in a slot."""
        choice = slot + self.late + STATIONARY_CHOICE
        return [
            *self._address(slot + self.late, fetch),
            (choice, {"r_src": int(fetch.operand in POSITIONS)}),
            (slot + BANK_LOAD, {"r_en": 1}),
        ]

    def _address(self, slot: int, fetch: Fetch) -> Placed:
        if fetch.operand not in POSITIONS:
            base = self.memory.vector_base[fetch.operand]
            return [(slot + STORE_READ, {"s_addr0": base + fetch.first, "s_addr1": base + fetch.second})]
        read = slot + POSITION_READ
        placed: Placed = [(read, {"s_addr0": fetch.first, "s_addr1": fetch.second, "q_io": 0})]
        if self.geometry.chooses_operand:
            placed.append((read + TURN, {"x_turn": int(fetch.operand == TURNS)}))
        return placed

    def _read(self, fetch: Fetch, slot: int) -> None:
        """A half-step position is read."""
        if fetch.operand in POSITIONS:
            for key in ((fetch.operand, fetch.first), (fetch.operand, fetch.second)):
                self.position_reads[key] = max(self.position_reads.get(key, 0), slot + POSITION_READ)
