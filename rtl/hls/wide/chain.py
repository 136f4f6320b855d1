"""A chain: B column sums a lane that go through all banks of all elements, and the kicks that they become.

Slot s of a lap is step t = (s div B + 1) mod P of the s mod B-th column block. While the first bank is cleared, the
sums start in the local bank; each goes on by one bank a cycle and cannot wait, so a chain is placed whole. Its sums are
there for one cycle: kicks have theirs, and what else wants the state's address goes round them.

Forward, the lanes have a column group each, or each a half of the row groups of one (`halves`): then their sums are
added before the kick, and the first column groups are kicked long before the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtl.hls.plan.control import Fields
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import Local, Statement, Transposed
from rtl.hls.plan.timing import MULTIPLY, STATE_WRITE
from rtl.hls.plan.wide_timing import ACCUMULATE, BANK_LOAD, FORCE, LANE_LOAD, POSITION_READ, SUM_READY, VECTOR
from rtl.hls.wide.slots import Lane, Placed, Product, Slots, Stay, agree

__all__ = ["Chain"]

NOTHING = 0
"""An address with a zero in all banks but the first one, which is held at zero meanwhile."""
PATIENCE = 2000
"""Slots that are tried for a chain."""


@dataclass(frozen=True)
class Chain:
    """A chain of the kick `statement` for a column group a lane; one group for the lanes of an echo, or for halves."""

    slots: Slots
    statement: Statement
    groups: tuple[int, ...]
    halves: bool = False

    def __post_init__(self) -> None:
        assert not self.halves or (len(self.groups) == 1 and not self.slots.twin and self.slots.width.adds)

    @property
    def _lanes(self) -> int:
        return 3 if self.slots.twin or self.halves or len(self.groups) == 2 else 1

    @property
    def _blocks(self) -> list[tuple[int, int]]:
        """Column blocks of the two lanes, in the order of the slots of a lap."""
        first, second = self.groups[0] * self.slots.banks, self.groups[-1] * self.slots.banks
        return [(first + i, second + i) for i in range(self.slots.banks)]

    @property
    def _transposed(self) -> list[Transposed]:
        return [term for term in self.statement.terms if isinstance(term, Transposed)]

    @property
    def start(self) -> int:
        """First slot, as far as operands go."""
        slots, earliest = self.slots, 0
        for at, product in enumerate(self._products()):
            if product.lane is not None:
                earliest = max(earliest, slots.turns(product.lane) - at)
            if product.stay is not None:
                earliest = max(earliest, slots.readable(product.stay) - at)
        return earliest

    def fits(self, earliest: int) -> int:
        """The slot from which it would be placed now."""
        products = list(self._products())
        first = max(earliest, self.start)
        for slot in range(first, first + PATIENCE):
            placed = self._placed(slot, products)
            if self._registers_free(slot, products) and self.slots.reservations.fits(placed):
                return slot
        raise AssertionError(f"no slot from {earliest} fits the column groups {self.groups}")

    def place(self, earliest: int) -> tuple[int, dict[int, int]]:
        """Puts it where it fits; returns its last slot, and when each block's new momentum can be read."""
        slot, products = self.fits(earliest), list(self._products())
        placed = self._placed(slot, products)
        assert agree(placed)
        for cycle, fields in placed:
            self.slots.reservations.at(cycle, **fields)
        self._book(slot, products)
        last = slot + len(products) - 1
        return last, {block: at + STATE_WRITE + 1 for at, block, _ in self._kicks(last)}

    def _products(self) -> Iterator[Product]:
        """Those of the first element, slot by slot; `stay` and `lane` say where loads are."""
        slots, fraction = self.slots, sum_fraction(self.slots.geometry, self.statement)
        local = [term for term in self.statement.terms if isinstance(term, Local)]
        assert len(local) <= 1, local
        for first, second in self._blocks:
            base = Product((NOTHING, NOTHING), enable=self._lanes, prev=True, first_clear=True)
            for own in local:
                address = slots.map.address[own.a]
                once = NOTHING if self.halves else address[second, 0, 0]
                shift, weights = fraction - own.fraction, (address[first, 0, 0], once)
                lane = Lane(first, second)
                base = replace(base, weights=weights, lane=lane, shift=shift, negative=own.negative)
            yield base
        p = slots.geometry.elements
        for term in self._transposed:
            address = slots.map.address[term.matrix]
            base = Product(r_is="b", enable=self._lanes, prev=True, negative=term.negative)
            base = replace(base, shift=fraction - term.fraction)
            for i, j in self._row_groups(term):
                stay = Stay(term.operand, i, other=j if self.halves else None)
                for hop in range(1, p + 1):
                    for first, second in self._blocks:
                        weights = address[i, first, hop % p], address[j, second, hop % p]
                        yield replace(base, weights=weights, stay=stay)

    def _row_groups(self, term: Transposed) -> list[tuple[int, int]]:
        """Of the lanes, one pair after the other."""
        count = self.slots.map.groups(self.slots.map.stored[term.matrix].rows)
        if not self.halves:
            return [(j, j) for j in range(count)]
        assert count % 2 == 0
        return [(j, j + 1) for j in range(0, count, 2)]

    def _placed(self, slot: int, products: list[Product]) -> Placed:
        placed: Placed = []
        before = self._held(slot, products)
        for at, product in enumerate(products, slot):
            placed += self.slots.fields(at, product)
            if product.lane is not None:
                placed += self.slots.load_lane(at, product.lane)
            if product.stay is not None and product.stay != before:
                placed += self.slots.load_stay(at, product.stay)
                before = product.stay
        for at, block, lane in self._kicks(slot + len(products) - 1):
            placed += self._kick(at, block, lane)
        return placed

    def _registers_free(self, slot: int, products: list[Product]) -> bool:
        first = next((at for at, product in enumerate(products, slot) if product.stay), slot)
        loaded = self._held(slot, products) is not None or self.slots.r.can_load(first + BANK_LOAD)
        return self.slots.x.can_load(slot + LANE_LOAD) and loaded

    def _held(self, slot: int, products: list[Product]) -> Stay | None:
        """What stays at first, if it is there from before."""
        at, stay = next(((at, p.stay) for at, p in enumerate(products, slot) if p.stay), (slot, None))
        return stay if self.slots.r.holds(at + MULTIPLY) == stay else None

    def _book(self, slot: int, products: list[Product]) -> None:
        x, r = self.slots.x, self.slots.r
        before = self._held(slot, products)
        for at, product in enumerate(products, slot):
            if product.lane is not None:
                x.load(at + LANE_LOAD, product.lane)
                x.use(at + VECTOR)
                read = at + POSITION_READ
                self.slots.note([(read, product.lane.first), (read, product.lane.second)])
            if product.stay is not None:
                if product.stay != before:
                    r.load(at + BANK_LOAD, product.stay)
                    before = product.stay
                r.use(at + MULTIPLY)

    def _kicks(self, last: int) -> Iterator[tuple[int, int, int]]:
        """(cycle of the choice of the impulse, block, lane) of a chain whose last slot this is."""
        banks = self.slots.banks
        come = last - banks + 1 + SUM_READY + banks - 1 + FORCE
        for index, (first, second) in enumerate(self._blocks):
            yield come + index, first, 0
            if self._lanes == 3 and not self.halves:
                yield come + banks + index, second, 1

    def _kick(self, at: int, block: int, lane: int) -> Placed:
        """Forward, both contexts take it."""
        choice: Fields = {"s_addr0": block, "s_addr1": block, "p_zero": 0, "p_sub": int(not self.slots.twin)}
        write: Fields = {"we_p": 1 << lane if self.slots.twin else 3, "w_addr": block}
        placed: Placed = [(at - 1, {"k_io": 0}), (at, {**choice, "k_sel": lane}), (at + STATE_WRITE, write)]
        return [*placed, (at - FORCE, {"k_add": 1})] if self.halves else placed

    def after(self, last: int) -> int:
        """First slot of a product that other sums take; the last bank's sum is taken in the meantime."""
        return last + SUM_READY - ACCUMULATE
