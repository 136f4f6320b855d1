"""The products of a sum's terms, in an order in which the ring can do them, and the operands they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rtl.hls.plan.control import AccSource, ImmSource
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import ONE, POSITIONS, Finish, Inputs, Local, RingPlan, Rotating, Statement, Term
from rtl.hls.schedule.products import Fetch, Product, Slots
from rtl.hls.schedule.rotations import Rotation, rotations

__all__ = ["IMM_ONE", "IMM_ZERO", "OutputBlocks", "Terms", "needed_statements", "needed_sums", "operands"]

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


def needed_statements(plan: RingPlan, *, gradients: bool) -> list[Statement]:
    """The statements of a step, in order: those that the kick depends on, and with gradients theirs."""
    wanted = {s.name for s in plan.statements if s.finish is Finish.KICK}
    if gradients:
        wanted |= {name for g in plan.gradients for term in g.terms for name in (term.r, term.y)}
    for statement in reversed(plan.statements):
        if statement.name in wanted:
            wanted.update(name for term in statement.terms for name in operands(plan, term))
    return [statement for statement in plan.statements if statement.name in wanted]


def needed_sums(plan: RingPlan, memory: MemoryMap, *, twin: bool) -> list[tuple[Statement, OutputBlocks]]:
    """The sums of a step, in order: a forward step makes two blocks at a time, an echo one."""
    stride = 1 if twin else 2
    return [
        (statement, tuple(range(b, min(b + stride, blocks))))
        for statement in needed_statements(plan, gradients=twin)
        for blocks in [memory.blocks(statement.length)]
        for b in range(0, blocks, stride)
    ]


class Terms:
    """Terms of a plan's sums in slots."""

    def __init__(self, plan: RingPlan, slots: Slots) -> None:
        self.plan, self.slots = plan, slots
        self.memory: MemoryMap = slots.memory
        self.geometry, self.twin = slots.geometry, slots.twin
        self._rotations: dict[tuple[str, OutputBlocks], list[Rotation]] = {}

    def fetches(self, term: Term, block: OutputBlocks) -> list[tuple[Fetch, int]]:
        """Operand blocks that a term needs, each with the number of its products."""
        g = self.geometry
        pair = block[0], block[-1]
        if isinstance(term, Local):
            return [(Fetch(name, *pair), 1) for name in operands(self.plan, term)]
        if isinstance(term, Inputs):
            return []
        if isinstance(term, Rotating):
            return [(Fetch(term.operand, *turn.columns), len(turn.way)) for turn in self._turns(term.matrix, block)]
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
                yield replace(self._cells(term.matrix, block, (column, column), 0, base), imm=imm)
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

    def _turns(self, matrix: str, block: OutputBlocks) -> list[Rotation]:
        """How the lanes turn what a matrix multiplies; every block of its own where it is full."""
        if (matrix, block) not in self._rotations:
            steps: dict[tuple[int, int], set[int]] = {}
            for f, g, t in self.memory.cells[matrix]:
                if f in block:
                    steps.setdefault((f, g), set()).add(t)
            elements, two_way = self.geometry.elements, self.geometry.two_way
            self._rotations[matrix, block] = rotations(steps, block, elements=elements, two_way=two_way)
        return self._rotations[matrix, block]

    def _rotating(self, term: Rotating, block: OutputBlocks, base: Product) -> Iterator[Product]:
        known = {r.columns: r for r in self._turns(term.matrix, block)}
        for fetch, _ in self._early(term, block):
            turn, at = known[fetch.first, fetch.second], 0
            for move, step in turn.way:
                at = (at + (0, 1, -1)[move]) % self.geometry.elements if move else 0
                found = Product()
                if step is not None:
                    found = self._cells(term.matrix, block, turn.columns, step, base, turn.lanes)
                yield replace(found, lane=fetch, move=move, step=at, turns=True)

    def _cells(
        self, name: str, block: OutputBlocks, columns: tuple[int, int], t: int, base: Product, lanes: int = 3
    ) -> Product:
        """With the addresses of the lanes' words, enabled where there is one: a constant's zeros are not stored."""
        there = self.memory.address[name]
        first = there.get((block[0], columns[0], t)) if lanes & 1 else None
        second = there.get((block[-1], columns[1], t)) if lanes & 2 else None
        if first is None or second is None:
            enable = (first is not None) | (second is not None) << 1
            known = second if first is None else first
            assert known is not None
            return replace(base, weights=(known, known), enable=enable)
        return replace(base, weights=(first, second))

    def _columns(self, name: str, block: OutputBlocks) -> list[int]:
        return sorted({c[1] for c in self.memory.cells[name] if c[0] in block})
