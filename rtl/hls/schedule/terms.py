"""The products of a sum's terms, in an order in which the ring can do them, and the operands they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rtl.hls.plan.control import AccSource, ImmSource
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import ONE, POSITIONS, Inputs, Local, RingPlan, Rotating, Term
from rtl.hls.plan.ring_visits import visits
from rtl.hls.schedule.products import Fetch, Product, Slots

__all__ = ["IMM_ONE", "IMM_ZERO", "OutputBlocks", "Terms", "operands"]

OutputBlocks = tuple[int, ...]
"""Output blocks of the lanes: two in a forward step, where there are two; one for both contexts of an echo."""
IMM_ZERO = (("imm_src", int(ImmSource.ZERO)),)
IMM_ONE = (("imm_src", int(ImmSource.ONE)),)


def operands(plan: RingPlan, term: Term) -> list[str]:
    """Positions and vectors that a term multiplies."""
    if isinstance(term, Inputs):
        return []
    if isinstance(term, Local):
        return [name for name in (term.a, term.b) if name != ONE and name not in plan.stored]
    return [term.operand]


class Terms:
    """Terms of a plan's sums in slots."""

    def __init__(self, plan: RingPlan, slots: Slots) -> None:
        self.plan, self.slots = plan, slots
        self.memory: MemoryMap = slots.memory
        self.geometry, self.twin = slots.geometry, slots.twin

    def fetches(self, term: Term, block: OutputBlocks) -> list[tuple[Fetch, int]]:
        """Operand blocks that a term needs, each with the number of its products."""
        g = self.geometry
        pair = block[0], block[-1]
        if isinstance(term, Local):
            return [(Fetch(name, *pair), 1) for name in operands(self.plan, term)]
        if isinstance(term, Inputs):
            return []
        if isinstance(term, Rotating):
            columns = sorted({c[1] for c in self.memory.cells[term.matrix] if c[0] in block})
            return [(Fetch(term.operand, c, c), g.elements) for c in columns]
        rows = sorted({c[0] for c in self.memory.cells[term.matrix]})
        return [(Fetch(term.operand, f, f), g.elements) for f in rows]

    def lead(self, term: Term, block: OutputBlocks) -> int:
        """First slot from which the term's products follow each other without a gap, as far as operands go."""
        start = before = 0
        for fetch, products in self._early(term, block):
            start = max(start, self.slots.readable(fetch) - before)
            before += products
        return start

    def _early(self, term: Term, block: OutputBlocks) -> list[tuple[Fetch, int]]:
        """The fetches in the order in which they can be made."""
        return sorted(self.fetches(term, block), key=lambda found: self.slots.readable(found[0]))

    def length(self, term: Term, block: OutputBlocks) -> int:
        """Slots that a term takes, about."""
        if isinstance(term, Inputs):
            return len(self._columns(term.matrix, block))
        return sum(products for _, products in self.fetches(term, block)) or 1

    def products(self, term: Term, block: OutputBlocks, base: Product) -> Iterator[Product]:
        """Products of a term, like `base`; `source` is ZERO where it is the sum's own accumulator."""
        pair = block[0], block[-1]
        if isinstance(term, Inputs):
            for column in self._columns(term.matrix, block):
                imm = (("imm_src", int(ImmSource.INPUT)), ("u_index", column))
                yield replace(self._cell(term.matrix, block, column, 0, base), imm=imm)
        elif isinstance(term, Local):
            yield self._local(term, pair, base)
        elif isinstance(term, Rotating):
            yield from self._rotating(term, block, base)
        else:
            source = AccSource.ZERO
            for fetch, _ in self._early(term, block):
                for t in range(self.geometry.elements):
                    first, second = (self.memory.matrix(term.matrix, fetch.first, g, t) for g in pair)
                    yield replace(base, weights=(first, second), stationary=fetch, source=source)
                    source = AccSource.PREV
            # One more hop, with nothing to add, brings the partial sums home.
            yield Product((0, 0), imm=IMM_ZERO, enable=base.enable, source=AccSource.PREV)

    def _local(self, term: Local, pair: tuple[int, int], base: Product) -> Product:
        if term.a in self.memory.stored:
            a, b = self.memory.vector(term.a, pair[0]), self.memory.vector(term.a, pair[1])
            if term.b == ONE:
                return replace(base, weights=(a, b), imm=IMM_ONE)
            if term.b in POSITIONS:
                return replace(base, weights=(a, b), lane=Fetch(term.b, *pair))
            return replace(base, weights=(a, b), stationary=Fetch(term.b, *pair))
        stays, turns = (term.b, term.a) if term.a in POSITIONS and term.b != ONE else (term.a, term.b)
        if turns == ONE:
            return replace(base, stationary=Fetch(stays, *pair), imm=IMM_ONE)
        return replace(base, stationary=Fetch(stays, *pair), lane=Fetch(turns, *pair))

    def _rotating(self, term: Rotating, block: OutputBlocks, base: Product) -> Iterator[Product]:
        g = self.geometry
        for fetch, _ in self._early(term, block):
            steps = {c[2] for c in self.memory.cells[term.matrix] if c[0] in block and c[1] == fetch.first}
            at = 0
            for move, step in visits(sorted(steps), g.elements, two_way=g.two_way):
                at = (at + (0, 1, -1)[move]) % g.elements if move else 0
                found = Product() if step is None else self._cell(term.matrix, block, fetch.first, step, base)
                yield replace(found, lane=fetch, move=move, step=at, turns=True)

    def _cell(self, name: str, block: OutputBlocks, g: int, t: int, base: Product) -> Product:
        """With the addresses of the lanes' words, enabled where there is one: a constant's zeros are not stored."""
        there = self.memory.address[name]
        first, second = (there.get((f, g, t)) for f in (block[0], block[-1]))
        if first is None or second is None:
            enable = (first is not None) | (second is not None) << 1
            known = second if first is None else first
            assert known is not None
            return replace(base, weights=(known, known), enable=enable)
        return replace(base, weights=(first, second))

    def _columns(self, name: str, block: OutputBlocks) -> list[int]:
        return sorted({c[1] for c in self.memory.cells[name] if c[0] in block})
