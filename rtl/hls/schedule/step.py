"""One integration step as a segment: drift, the plan's statements block by block, kick, gradient, drift.

Forward (`twin=False`): both contexts mirror one state; lane m computes output block b + m, so both ports of the weight
memory work. Echo (`twin=True`): lane m is context m, both share each weight; direction bits turn drift and kick round.

List scheduling: of the (statement, block) whose operands are under way, the one that can start first goes next, ties in
the plan's order; gradients fill the gaps that are long enough for them, and what is left of them comes last. Every
product goes into the first slot in which no control field is taken and no register overwritten that is still needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtl.hls.plan.control import AccSource, Fields
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import POSITION, POSITIONS, Finish, RingPlan, Statement, Term
from rtl.hls.plan.timing import ACCUMULATE, STATE_WRITE
from rtl.hls.schedule.finish import Finisher
from rtl.hls.schedule.pieces import Pieces
from rtl.hls.schedule.products import Product, Slots
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.schedule.terms import IMM_ZERO, OutputBlocks, Terms, operands

__all__ = ["StepScheduler", "needed_statements", "step_segment"]


def needed_statements(plan: RingPlan, *, gradients: bool) -> list[Statement]:
    """The statements of a step, in order: those that the kick depends on, and with gradients theirs."""
    wanted = {s.name for s in plan.statements if s.finish is Finish.KICK}
    if gradients:
        wanted |= {name for g in plan.gradients for term in g.terms for name in (term.r, term.y)}
    for statement in reversed(plan.statements):
        if statement.name in wanted:
            wanted.update(name for term in statement.terms for name in operands(plan, term))
    return [statement for statement in plan.statements if statement.name in wanted]


def step_segment(plan: RingPlan, memory: MemoryMap, *, twin: bool) -> list[Fields]:
    """Control words of one forward (`twin=False`) or echo step."""
    return StepScheduler(plan, memory, twin=twin).run()


@dataclass(frozen=True)
class _Sum:
    """One block, or pair of blocks, of a statement."""

    statement: Statement
    block: OutputBlocks


class StepScheduler:
    """Builds one step; see the module's text."""

    accumulate = ACCUMULATE
    """When a product is added, in cycles after its slot."""

    def __init__(self, plan: RingPlan, memory: MemoryMap, *, twin: bool) -> None:
        self.plan, self.memory, self.twin = plan, memory, twin
        self.geometry = memory.geometry
        self.reservations = ReservationTable()
        self.slots = self._slots()
        self.finisher = self._finisher()
        self.terms, self.pieces = Terms(plan, self.slots), Pieces(plan, self.slots)
        self.cursor = 0
        """Slot after the last product of a sum."""

    def _slots(self) -> Slots:
        return Slots(self.memory, self.reservations, twin=self.twin)

    def _finisher(self) -> Finisher:
        return Finisher(self.slots)

    def run(self) -> list[Fields]:
        """The control words of the step."""
        fold = self.geometry.fold
        for f in range(fold):
            drifted = self.finisher.drift(0, f) + STATE_WRITE + 1
            self.slots.ready.update(((operand, f), drifted) for operand in POSITIONS)
        sums, pieces = list(self._sums()), list(self.pieces.all()) if self.twin else []
        while sums:
            ready = [(self._start(s), index) for index, s in enumerate(sums) if self._is_ready(s)]
            start, chosen = min(ready)
            filling = next((p for p in pieces if self.pieces.end(p, self.cursor) <= start), None)
            if filling is not None:
                pieces.remove(filling)
                self.pieces.place(filling, self.cursor)
            else:
                self._place_sum(sums.pop(chosen), start)
        for piece in pieces:
            self.pieces.place(piece, 0)
        if self._uses_position():
            for f in range(fold):
                if (POSITION, f) not in self.slots.position_reads:
                    self.slots.touch(f)
        for f in range(fold):
            # Written some cycles after the read: no half-step position may be read after that.
            read = max(self.slots.position_reads.get((operand, f), 0) for operand in POSITIONS)
            after = max(read - STATE_WRITE, self.finisher.kicked[f])
            self.finisher.drift(after, f)
        return self.reservations.words()

    def _sums(self) -> Iterator[_Sum]:
        """The sums that this step needs."""
        stride = 1 if self.twin else 2
        for statement in needed_statements(self.plan, gradients=self.twin):
            blocks = self.memory.blocks(statement.length)
            for b in range(0, blocks, stride):
                yield _Sum(statement, tuple(range(b, min(b + stride, blocks))))

    def _uses_position(self) -> bool:
        terms = [term for s in self._sums() for term in s.statement.terms]
        used = {name for term in terms for name in operands(self.plan, term)}
        if self.twin:
            used |= {name for g in self.plan.gradients for term in g.terms for name in (term.r, term.y)}
        return POSITION in used

    def _is_ready(self, s: _Sum) -> bool:
        return all(
            (fetch.operand, block) in self.slots.ready
            for term in s.statement.terms
            for fetch, _ in self.terms.fetches(term, s.block)
            for block in (fetch.first, fetch.second)
        )

    def _ordered(self, s: _Sum) -> list[Term]:
        """Terms whose operands come first, first: a sum is exact in any order."""
        return sorted(s.statement.terms, key=lambda term: self.terms.lead(term, s.block))

    def _start(self, s: _Sum) -> int:
        """First slot from which the sum's products follow each other without a gap, as far as operands go."""
        start, before = self.cursor, 0
        for term in self._ordered(s):
            start = max(start, self.terms.lead(term, s.block) - before)
            before += self.terms.length(term, s.block)
        return start

    def _place_sum(self, s: _Sum, start: int) -> None:
        self.cursor = start
        fraction = sum_fraction(self.geometry, s.statement)
        everyone = 3 if self.twin or len(s.block) == 2 else 1
        source, nothing = AccSource.ZERO, Product((0, 0), imm=IMM_ZERO, enable=everyone)
        for term in self._ordered(s):
            base = Product(shift=fraction - term.fraction, negative=term.negative, enable=everyone)
            for product in self.terms.products(term, s.block, base):
                if product.glides:
                    self.cursor = 1 + self.slots.glide(self.cursor, product)
                    continue
                if source is AccSource.ZERO and product.enable != everyone:
                    self.cursor = 1 + self.slots.place(self.cursor, nothing)
                    source = AccSource.OWN
                if product.source is AccSource.ZERO:
                    product = replace(product, source=source)
                self._place_product(product)
                source = AccSource.OWN
        if source is AccSource.ZERO:  # a block in which all constants are zero
            self.cursor = 1 + self.slots.place(self.cursor, nothing)
        take = self.finisher.finish(s.statement, s.block, self.cursor - 1)
        # The accumulators must stay until the last lane's sum is taken.
        self.cursor = max(self.cursor, take - self.accumulate)

    def _place_product(self, product: Product) -> None:
        self.cursor = 1 + self.slots.place(self.cursor, product)
