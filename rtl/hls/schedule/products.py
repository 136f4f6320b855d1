"""Products of the two lanes, placed one a slot: factors fetched, operands loaded where the registers hold others.

`Slots` knows what the rotating and the stationary operands hold in every cycle (`rtl.hls.schedule.lifetimes`), so
that products may be placed in any order: nothing is overwritten while it is still needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rtl.hls.plan.control import AccSource, Fields, OpA0, OpA1, OpB, StationarySource
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.requirements import alignment
from rtl.hls.plan.ring_plan import POSITION, POSITIONS, TURNS
from rtl.hls.plan.ring_visits import Move
from rtl.hls.plan.timing import (
    ACCUMULATE,
    GRAD_READ,
    GRAD_WRITE,
    LANE,
    MULTIPLY,
    OPERAND,
    SCALE,
    STATIONARY,
    STORE,
    TURN,
)
from rtl.hls.schedule.lifetimes import Lifetimes
from rtl.hls.schedule.reservation_table import ReservationTable

__all__ = ["Booking", "Fetch", "Found", "Placed", "Product", "Slots", "agree"]

Placed = list[tuple[int, Fields]]
Booking = Callable[[], None]
Found = tuple[Placed, list[Booking]]

AHEAD = 3
"""Cycles that a stationary operand may be loaded before it must be: where its read port is taken then."""


@dataclass(frozen=True)
class Fetch:
    """An operand and the blocks that context 0 and context 1 (forward: lane 0 and lane 1) take of it."""

    operand: str
    first: int
    second: int


@dataclass(frozen=True)
class Product:
    """One product a lane.

    Members
    -------
    weights : word addresses of the lanes' first factors; None where that is the stationary operand
    stationary : what r0 and r1 must hold, as first or as second factor
    lane : what the lanes rotate, with the move that brings it to `step`; None where the lanes take no part
    turns : it is one of a rotation's products: no other use of the lanes may come in between
    imm : sequencer fields of the broadcast word, which is the second factor then
    enable : bit m: accumulator m takes it
    source : what it is added to
    gradient : address of the gradient word that gains the difference of the two products
    """

    weights: tuple[int, int] | None = None
    stationary: Fetch | None = None
    lane: Fetch | None = None
    move: Move = Move.LOAD
    step: int = 0
    turns: bool = False
    imm: tuple[tuple[str, int], ...] | None = None
    shift: int = 0
    negative: bool = False
    enable: int = 0
    source: AccSource = AccSource.ZERO
    gradient: int | None = None

    @property
    def glides(self) -> bool:
        """The lanes move, and nothing is multiplied."""
        return self.weights is None and self.stationary is None


class Slots:
    """Where products are placed."""

    lane_load, lane_use = LANE, MULTIPLY
    """Load or hop of the lanes, and the choice of their word as a factor, in cycles after the product's slot."""

    def __init__(self, memory: MemoryMap, reservations: ReservationTable, *, twin: bool) -> None:
        self.memory = memory
        self.geometry: Geometry = memory.geometry
        self.reservations = reservations
        self.twin = twin
        self.lanes, self.stationary = Lifetimes(), Lifetimes()
        self.ready: dict[tuple[str, int], int] = {}
        """First cycle in which a block of an operand can be read."""
        self.position_reads: dict[tuple[str, int], int] = {}
        """Last cycle that reads a half-step position of a block, as the one or the other of POSITIONS."""
        self._written: dict[int, int] = {}
        self._rotated = 0
        """Slot after the last product with lanes. A rotation starts no earlier: no other use may come in between."""

    def readable(self, fetch: Fetch) -> int:
        """First slot of a product that fetches this."""
        at = max(self.ready[fetch.operand, fetch.first], self.ready[fetch.operand, fetch.second])
        return max(0, at - (OPERAND if fetch.operand in POSITIONS else STORE))

    def place(self, earliest: int, product: Product) -> int:
        """Puts a product into the first slot that it fits into; returns the slot."""
        fixed = self._fixed(product)
        loads = (product.lane is not None and product.move is Move.LOAD, product.stationary is not None)
        for fetch, loaded in zip((product.lane, product.stationary), loads, strict=True):
            if fetch is not None and loaded:
                earliest = max(earliest, self.readable(fetch))
        slot = max(earliest, self._rotated if product.turns else 0)
        limit = max(slot, self.reservations.length) + 200
        while (found := self._try(slot, product, fixed)) is None:
            slot += 1
            assert slot < limit, product
        self._book(found)
        if product.lane is not None:
            self._rotated = max(self._rotated, slot + 1)
        return slot

    def _book(self, found: Found) -> None:
        placed, bookings = found
        for cycle, fields in placed:
            self.reservations.at(cycle, **fields)
        for booking in bookings:
            booking()

    def glide(self, earliest: int, product: Product) -> int:
        """Moves the lanes without a product; returns the slot whose product it would be."""
        lane = product.lane
        assert lane is not None
        slot = max(earliest, self._rotated, self.readable(lane) if product.move is Move.LOAD else 0)
        limit = max(slot, self.reservations.length) + 200
        while True:
            found = self._lane(slot, lane, product.move, product.step, used=False)
            if found is not None and self.reservations.fits(found[0]):
                break
            slot += 1
            assert slot < limit, product
        self._book(found)
        self._rotated = slot + 1
        return slot

    def touch(self, block: int) -> None:
        """Loads a position that nothing multiplies: its clipping is to be seen all the same."""
        fetch = Fetch(POSITION, block, block)
        slot = self.readable(fetch)
        while not (self.stationary.can_load(slot + STATIONARY) and self.reservations.fits(self._fetched(slot, fetch))):
            slot += 1
        self._book((self._fetched(slot, fetch), [lambda: self.stationary.load(slot + STATIONARY, fetch)]))
        self._read(fetch, slot)

    def _fixed(self, p: Product) -> Placed:
        """The fields that do not depend on what the operands' registers hold, by cycle after the slot."""
        placed: Placed = []
        multiply: Fields = {"opa0": OpA0.R, "opa1": OpA1.R}
        if p.weights is not None:
            placed.append((0, {"addr_a": p.weights[0], "addr_b": p.weights[1], "lookup": 0, "we_b": 0}))
            multiply = {"opa0": OpA0.WEIGHT, "opa1": OpA1.WEIGHT_A if self.twin else OpA1.WEIGHT_B}
        if p.imm is not None:
            multiply |= {"opb": OpB.IMM, **dict(p.imm)}
        else:
            multiply["opb"] = OpB.R if p.lane is None else OpB.X
        placed.append((MULTIPLY, multiply))
        placed.append((SCALE, {"scale": alignment(self.geometry, p.shift), "negate": int(p.negative)}))
        accumulate: Fields = {"acc_en": p.enable}
        if p.enable:
            accumulate["acc_src"] = p.source
        placed.append((ACCUMULATE, accumulate))
        if p.gradient is not None:
            placed.append((GRAD_READ, {"g_raddr": p.gradient}))
            placed.append((GRAD_WRITE, {"g_we": 1, "g_clear": 0, "g_waddr": p.gradient}))
        return placed

    def _try(self, slot: int, p: Product, fixed: Placed) -> Found | None:
        """The fields and bookings of the product in a slot, or None where it does not fit."""
        if p.gradient is not None and self._written.get(p.gradient, -1) >= slot + GRAD_READ:
            return None
        placed: Placed = [(slot + cycle, fields) for cycle, fields in fixed]
        if not self.reservations.fits(placed):
            return None
        booked: list[Booking] = []
        if p.lane is not None:
            lane = self._lane(slot, p.lane, p.move, p.step, used=True)
            if lane is None:
                return None
            placed += lane[0]
            booked += lane[1]
        if p.stationary is not None:
            kept = self._kept(slot, p.stationary, placed)
            if kept is None:
                return None
            placed += kept[0]
            booked += kept[1]
        if not agree(placed) or not self.reservations.fits(placed):
            return None
        if p.gradient is not None:
            address = p.gradient
            booked.append(lambda: self._written.update({address: slot + GRAD_WRITE}))
        return placed, booked

    def _lane(self, slot: int, fetch: Fetch, move: Move, step: int, *, used: bool) -> Found | None:
        """The load or the hop that brings a lane to its step, unless it is there already."""
        lanes, cycle = self.lanes, slot + self.lane_load
        content = (fetch, step)
        uses: list[Booking] = [partial(lanes.use, slot + self.lane_use)] if used else []
        if move is Move.LOAD:
            if used and lanes.holds(slot + self.lane_use) == content:
                return [], uses
            if not lanes.can_load(cycle):
                return None
            placed = self._fetched(slot, fetch, lane=True)
            return placed, [partial(self._read, fetch, slot), partial(lanes.load, cycle, content), *uses]
        before = (step + (1 if move is Move.BACK else -1)) % self.geometry.elements
        if lanes.holds(cycle) != (fetch, before):
            return None
        if not lanes.can_load(cycle):
            return None
        fields: Fields = {"x_en": 1, "x_load": 0}
        if self.geometry.two_way:
            fields["x_back"] = int(move is Move.BACK)
        return [(cycle, fields)], [partial(lanes.use, cycle), partial(lanes.load, cycle, content), *uses]

    def _kept(self, slot: int, fetch: Fetch, others: Placed) -> Found | None:
        """The load of the stationary operands, unless they are there already; ahead of their use if need be."""
        stationary = self.stationary
        if stationary.holds(slot + MULTIPLY) == fetch:
            return [], [partial(stationary.use, slot + MULTIPLY)]
        for at in range(slot, max(slot - AHEAD, self.readable(fetch)) - 1, -1):
            load = at + STATIONARY
            if not (stationary.can_load(load) and stationary.is_quiet(load + 1, slot + MULTIPLY)):
                continue
            placed = self._fetched(at, fetch)
            if agree([*placed, *others]) and self.reservations.fits(placed):
                return placed, [
                    partial(self._read, fetch, at),
                    partial(stationary.load, load, fetch),
                    partial(stationary.use, slot + MULTIPLY),
                ]
        return None

    def _fetched(self, slot: int, fetch: Fetch, *, lane: bool = False) -> Placed:
        """Address and load of an operand, for the lanes or for the stationary registers."""
        state = fetch.operand in POSITIONS
        placed: Placed
        if state:
            placed = [(slot + OPERAND, {"s_addr0": fetch.first, "s_addr1": fetch.second, "q_io": 0})]
            if self.geometry.chooses_operand:
                placed.append((slot + TURN, {"x_turn": int(fetch.operand == TURNS)}))
        else:
            base = self.memory.vector_base[fetch.operand]
            placed = [(slot + STORE, {"s_addr0": base + fetch.first, "s_addr1": base + fetch.second})]
        if not lane:
            source = StationarySource.X if state else StationarySource.S
            return [*placed, (slot + STATIONARY, {"r_src": source})]
        load: Fields = {"x_en": 1, "x_load": 1}
        if self.geometry.lane_store:
            load["x_store"] = int(not state)
        return [*placed, (slot + LANE, load)]

    def _read(self, fetch: Fetch, slot: int) -> None:
        if fetch.operand in POSITIONS:
            for key in ((fetch.operand, fetch.first), (fetch.operand, fetch.second)):
                self.position_reads[key] = max(self.position_reads.get(key, 0), slot + OPERAND)


def agree(placed: Placed) -> bool:
    """Whether no two of these give one field two values."""
    seen: dict[tuple[int, str], int] = {}
    return all(seen.setdefault((c, name), value) == value for c, fields in placed for name, value in fields.items())
