"""One sum of products, placed slot by slot, from its first product to the cycle that takes it from the accumulators.

A sum is exact in any order. Where the lanes must glide past a step that needs no product, the glides run ahead of the
slot, under the products before; and products without a rotation go into the slots that the lanes leave empty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rtl.hls.plan.control import AccSource
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import Statement, Term, Transposed
from rtl.hls.plan.timing import ACCUMULATE
from rtl.hls.schedule.finish import Finisher
from rtl.hls.schedule.products import Product, Slots
from rtl.hls.schedule.terms import IMM_ZERO, OutputBlocks, Terms

__all__ = ["Sum", "Sums"]


@dataclass(frozen=True)
class Sum:
    """One block, or pair of blocks, of a statement."""

    statement: Statement
    block: OutputBlocks


class Sums:
    """Places sums one after the other, for there is one pair of accumulators.

    Parameters
    ----------
    accumulate : when a product is added, in cycles after its slot
    way : slots that a sum which moves on to the next element takes beside its own

    Members
    -------
    cursor : slot after the last product of a sum
    """

    def __init__(
        self, terms: Terms, slots: Slots, finisher: Finisher, *, accumulate: int = ACCUMULATE, way: int = 0
    ) -> None:
        self.terms, self.slots, self.finisher = terms, slots, finisher
        self.accumulate, self.way = accumulate, way
        self.cursor = 0
        self._begun = 0
        """Bit m: the sum of accumulator m has begun."""

    def is_ready(self, s: Sum) -> bool:
        """Whether all its operands are under way."""
        return all(
            (fetch.operand, block) in self.slots.ready
            for term in s.statement.terms
            for fetch, _ in self.terms.fetches(term, s.block)
            for block in (fetch.first, fetch.second)
        )

    def start(self, s: Sum) -> int:
        """First slot from which the sum's products follow each other without a gap, as far as operands go."""
        start, before = self.cursor, 0
        for term in self._ordered(s):
            start = max(start, self.terms.lead(term, s.block) - before)
            before += self.terms.length(term, s.block)
        return start

    def waits(self, s: Sum, start: int) -> int:
        """Slots, about, in which the accumulators would stand still for the sum register, if it began there."""
        count = self.count(s)
        take = self.finisher.taken(s.statement, self.lanes(s), start + count - 1)
        return max(0, take - self.accumulate - start - count)

    def count(self, s: Sum) -> int:
        """Slots of its products, about."""
        return max(1, sum(self.terms.length(term, s.block) for term in s.statement.terms))

    def lanes(self, s: Sum) -> int:
        """Accumulators that it takes."""
        return 2 if self.slots.twin else len(s.block)

    def _ordered(self, s: Sum) -> list[Term]:
        """Terms whose operands come first, first."""
        return sorted(s.statement.terms, key=lambda term: self.terms.lead(term, s.block))

    def place(self, s: Sum, start: int) -> None:
        """All of its products, and what follows them."""
        self.cursor, self._begun = start, 0
        fraction = sum_fraction(self.slots.geometry, s.statement)
        everyone = (1 << self.lanes(s)) - 1
        products: list[Product] = []
        for term in self._ordered(s):
            base = Product(shift=fraction - term.fraction, negative=term.negative, enable=everyone)
            products += self.terms.products(term, s.block, base)
        travels = any(isinstance(term, Transposed) for term in s.statement.terms)
        if any(product.glides for product in products) and not travels:
            self._place_around_glides(products, everyone)
        else:
            for product in products:
                self._place_or_glide(product, ahead=0)
        if self._begun != everyone:  # a block in which all constants are zero
            self._add(_nothing(everyone & ~self._begun))
        take = self.finisher.finish(s.statement, s.block, self.cursor - 1)
        # The accumulators must stay until the last lane's sum is taken.
        self.cursor = max(self.cursor, take - self.accumulate)

    def _place_around_glides(self, products: list[Product], everyone: int) -> None:
        """Rotations in their order, then the others into the slots between; one that is there first opens the sum."""
        turning = [product for product in products if product.turns]
        others = [product for product in products if not product.turns]
        if others and products[0] is others[0]:
            self._add(others.pop(0))
        free = self.cursor if self._begun == everyone else None
        for k, product in enumerate(turning):
            glides = next(n for n, later in enumerate(turning[k:]) if not later.glides)
            self._place_or_glide(product, ahead=glides)
            if free is None and self._begun == everyone:
                free = self.cursor
        for product in others:
            if free is None:
                self._add(product)
                free = self.cursor if self._begun == everyone else None
            else:
                slot = self.slots.place(free, replace(product, source=AccSource.OWN))
                self.cursor = max(self.cursor, slot + 1)

    def _place_or_glide(self, product: Product, ahead: int) -> None:
        if not product.glides:
            self._add(product)
        elif ahead:
            self.slots.glide(max(0, self.cursor - ahead), product)
        else:
            self.cursor = 1 + self.slots.glide(self.cursor, product)

    def _add(self, product: Product) -> None:
        """One more product. Where it would begin one accumulator and add to the other, that one is begun before."""
        new = product.enable & ~self._begun
        if new and product.enable & self._begun:
            self._add(_nothing(new))
            new = 0
        if product.source is AccSource.ZERO and not new:
            product = replace(product, source=AccSource.OWN)
        way = self.way if product.source is AccSource.PREV else 0
        self.cursor = 1 + self.slots.place(self.cursor + way, product)
        self._begun |= product.enable


def _nothing(lanes: int) -> Product:
    """Begins the sums of these lanes with zero."""
    return Product((0, 0), imm=IMM_ZERO, enable=lanes)
