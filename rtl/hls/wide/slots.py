"""Products of all banks, placed one a slot, with the loads that bring their operands just in time.

A slot is one word address for all banks; what a field of a bank says in a cycle, bank b does b cycles later. Registers
are watched (`rtl.hls.schedule.lifetimes`), so that products may be placed in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from rtl.hls.plan.control import Fields
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.requirements import alignment
from rtl.hls.plan.ring_plan import POSITION
from rtl.hls.plan.ring_visits import Move
from rtl.hls.plan.timing import MULTIPLY
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
from rtl.hls.schedule.lifetimes import Lifetimes
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.wide.bank_map import BankMap

__all__ = ["Lane", "Placed", "Product", "Slots", "Stay"]

Placed = list[tuple[int, Fields]]
_Booking = Callable[[], None]

AHEAD = 8
"""Cycles that stationary operands may be loaded before they must be: where their read port is taken then."""
PATIENCE = 2000
"""Slots that are tried for a product."""


@dataclass(frozen=True)
class Lane:
    """Blocks of positions that the two lanes rotate, and how far they have moved on."""

    first: int
    second: int
    step: int = 0


@dataclass(frozen=True)
class Stay:
    """What the banks' stationary operands hold: row group j of an operand; or its block f in one bank alone.

    `other` is the row group of lane 1, where that is another one.
    """

    operand: str
    group: int
    alone: int | None = None
    other: int | None = None

    @property
    def groups(self) -> tuple[int, int]:
        """Of both lanes."""
        return self.group, self.group if self.other is None else self.other


@dataclass(frozen=True)
class Product:
    """One product a lane and bank.

    Members
    -------
    weights : word addresses of the lanes' first factors; None where that is the stationary operand
    stay : what r holds; `r_is` says whether it is the first factor ("a"), the second ("b") or both ("ab")
    lane : what rotates, where that is the second factor; None where it is not
    imm : sequencer fields of the broadcast word, which is the second factor then
    enable : bit m: accumulator m takes it
    prev : on top of the sum that comes
    gradient : address of the gradient word that gains the difference of the two products; `local`: in one bank alone
    """

    weights: tuple[int, int] | None = None
    stay: Stay | None = None
    r_is: str = ""
    lane: Lane | None = None
    move: Move = Move.LOAD
    imm: tuple[tuple[str, int], ...] | None = None
    shift: int = 0
    negative: bool = False
    enable: int = 0
    prev: bool = False
    first_clear: bool = False
    gradient: int | None = None
    local: bool = False


class Slots:
    """Where products are placed."""

    def __init__(self, there: BankMap, width: Width, reservations: ReservationTable, *, twin: bool) -> None:
        self.map, self.width, self.reservations, self.twin = there, width, reservations, twin
        self.geometry: Geometry = there.geometry
        self.banks = self.geometry.banks
        self.x, self.r = Lifetimes(), Lifetimes()
        self.ready: dict[tuple[str, int], int] = {}
        """First cycle in which a block of an operand can be read."""
        self.position_reads: dict[int, int] = {}
        """Last cycle that reads a half-step position of a block."""
        self._rotated = 0
        """Slot after the last product with lanes. A rotation starts no earlier: no other use may come in between."""

    # Where operands are.

    def reads(self, slot: int, stay: Stay) -> list[tuple[int, tuple[int, int]]]:
        """(cycle, blocks of the lanes) of the reads that load a stationary operand for products from a slot on."""
        at = slot + (POSITION_READ if stay.operand == POSITION else STORE_READ)
        first, second = stay.groups
        if stay.alone is not None:
            return [(at + stay.alone, (first, second))]
        return [(at + bank, (bank + self.banks * first, bank + self.banks * second)) for bank in range(self.banks)]

    def under_way(self, stay: Stay) -> bool:
        """Whether it is known when it can be read."""
        return all((stay.operand, block) in self.ready for _, blocks in self.reads(0, stay) for block in blocks)

    def readable(self, stay: Stay) -> int:
        """First slot of products with it."""
        return max(0, *(self.ready[stay.operand, block] - at for at, both in self.reads(0, stay) for block in both))

    def turns(self, lane: Lane) -> int:
        """First slot of a product with it."""
        return max(self.ready[POSITION, block] for block in (lane.first, lane.second)) - POSITION_READ

    # Fields.

    def fields(self, slot: int, p: Product) -> Placed:
        """Those that do not depend on what the operands' registers hold."""
        source = VectorSource.IMM if p.imm is not None else VectorSource.X
        accumulate: Fields = {"acc_en": p.enable}
        if p.enable:
            accumulate |= {"acc_prev": int(p.prev), "acc_clear": 0, "first_clear": int(p.first_clear)}
        scale: Fields = {"scale": alignment(self.geometry, p.shift)}
        if self.width.negates:
            scale["negate"] = int(p.negative)
        placed: Placed = [
            (slot + VECTOR, {} if "b" in p.r_is else {"v_src": source, **dict(p.imm or ())}),
            (slot + MULTIPLY, {"opa": int("a" in p.r_is), "opb": int("b" in p.r_is)}),
            (slot + SCALE, scale),
            (slot + ACCUMULATE, accumulate),
        ]
        if p.weights is not None:
            placed.append((slot, {"addr_a": p.weights[0], "addr_b": p.weights[1], "lookup": 0, "we_b": 0}))
        if p.gradient is not None:
            placed.append((slot + GRAD_READ, {"g_raddr": p.gradient}))
            write: Fields = {"g_we": 1, "g_clear": 0, "g_waddr": p.gradient, "g_local": int(p.local)}
            placed.append((slot + GRAD_WRITE, write))
        return placed

    def load_lane(self, slot: int, lane: Lane) -> Placed:
        """The lanes load the elements' own positions."""
        return [
            (slot + POSITION_READ, {"s_addr0": lane.first, "s_addr1": lane.second, "q_io": 0}),
            (slot + LANE_LOAD, {"x_en": 1, "x_load": 1}),
        ]

    def load_stay(self, slot: int, stay: Stay) -> Placed:
        """The banks load their stationary operands, each from its read, the first of them in cycle slot + BANK_LOAD."""
        state = stay.operand == POSITION
        base = 0 if state else self.map.vector_base[stay.operand]
        late = STATIONARY_CHOICE - (POSITION_READ if state else STORE_READ)
        placed: Placed = [(slot + BANK_LOAD, {"r_en": 1})]
        for at, (first, second) in self.reads(slot, stay):
            placed.append((at, {"s_addr0": base + first, "s_addr1": base + second, "q_io": 0}))
            placed.append((at + late, {"r_src": int(state)}))
        return placed

    def note(self, placed: Sequence[tuple[int, int]]) -> None:
        """Positions are read: (cycle, block)."""
        for at, block in placed:
            self.position_reads[block] = max(self.position_reads.get(block, 0), at)

    # Placing.

    def place(self, earliest: int, product: Product) -> int:
        """Puts a product into the first slot that it fits into; returns the slot."""
        slot, (placed, bookings) = self._found(earliest, product)
        for cycle, fields in placed:
            self.reservations.at(cycle, **fields)
        for booking in bookings:
            booking()
        return slot

    def place_at(self, slot: int, product: Product) -> bool:
        """Puts it into this slot if it fits there; returns whether it does."""
        fits = product.stay is None or self.readable(product.stay) <= slot
        fits = fits and self._try(slot, product) is not None
        return fits and self.place(slot, product) == slot

    def fits(self, earliest: int, product: Product) -> int:
        """The slot into which it would be put now."""
        return self._found(earliest, product)[0]

    def _found(self, earliest: int, product: Product) -> tuple[int, tuple[Placed, list[_Booking]]]:
        if product.lane is not None:
            earliest = max(earliest, self._rotated)
            if product.move is Move.LOAD:
                earliest = max(earliest, self.turns(product.lane))
        if product.stay is not None:
            earliest = max(earliest, self.readable(product.stay))
        for slot in range(earliest, earliest + PATIENCE):
            found = self._try(slot, product)
            if found is not None:
                return slot, found
        raise AssertionError(f"no slot from {earliest} fits {product}")

    def _try(self, slot: int, p: Product) -> tuple[Placed, list[_Booking]] | None:
        placed = self.fields(slot, p)
        if not self.reservations.fits(placed):
            return None
        bookings: list[_Booking] = []
        for found in (self._lane(slot, p), self._stay(slot, p, placed)):
            if found is None:
                return None
            placed = placed + found[0]
            bookings += found[1]
        return (placed, bookings) if agree(placed) and self.reservations.fits(placed) else None

    def _lane(self, slot: int, p: Product) -> tuple[Placed, list[_Booking]] | None:
        if p.lane is None:
            return [], []
        lane, cycle = p.lane, slot + LANE_LOAD
        if not self.x.can_load(cycle):
            return None
        content: Hashable = lane
        bookings: list[_Booking] = [
            partial(self.x.load, cycle, content),
            partial(self.x.use, slot + VECTOR),
            partial(self._turned, slot),
        ]
        if p.move is Move.LOAD:
            read = slot + POSITION_READ
            bookings.append(partial(self.note, [(read, lane.first), (read, lane.second)]))
            return self.load_lane(slot, lane), bookings
        before = Lane(lane.first, lane.second, lane.step - 1)
        if self.x.holds(cycle) != before:
            return None
        return [(cycle, {"x_en": 1, "x_load": 0})], [partial(self.x.use, cycle), *bookings]

    def _turned(self, slot: int) -> None:
        self._rotated = slot + 1

    def _stay(self, slot: int, p: Product, others: Placed) -> tuple[Placed, list[_Booking]] | None:
        """The load of the stationary operands, unless they are there already; ahead of their use if need be."""
        if p.stay is None:
            return [], []
        use = partial(self.r.use, slot + MULTIPLY)
        if self.r.holds(slot + MULTIPLY) == p.stay:
            return [], [use]
        for at in range(slot, max(slot - AHEAD, self.readable(p.stay)) - 1, -1):
            load = at + BANK_LOAD
            if not (self.r.can_load(load) and self.r.is_quiet(load + 1, slot + MULTIPLY)):
                continue
            placed = self.load_stay(at, p.stay)
            if agree([*placed, *others]) and self.reservations.fits(placed):
                return placed, [partial(self.r.load, load, p.stay), use, partial(self._noted, at, p.stay)]
        return None

    def _noted(self, slot: int, stay: Stay) -> None:
        if stay.operand == POSITION:
            self.note([(at, block) for at, blocks in self.reads(slot, stay) for block in blocks])


def agree(placed: Placed) -> bool:
    """Whether no two of these give one field two values."""
    seen: dict[tuple[int, str], int] = {}
    return all(seen.setdefault((c, name), value) == value for c, fields in placed for name, value in fields.items())
