"""Gradient products, in pieces that belong together: one row block, and of a matrix one column block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rtl.hls.plan.control import ImmSource
from rtl.hls.plan.ring_plan import INPUTS, ONE, GradientTerm, Layout, RingPlan
from rtl.hls.plan.ring_visits import visits
from rtl.hls.schedule.products import Fetch, Product, Slots
from rtl.hls.schedule.terms import IMM_ONE

__all__ = ["Piece", "Pieces"]

NEVER = 1 << 30


@dataclass(frozen=True)
class Piece:
    """The products of one term of a parameter's density in row block f (and column block g of a matrix)."""

    parameter: str
    term: GradientTerm
    f: int
    g: int = 0


class Pieces:
    """Gradients of a plan in slots."""

    def __init__(self, plan: RingPlan, slots: Slots) -> None:
        self.plan, self.slots = plan, slots
        self.memory, self.geometry = slots.memory, slots.geometry

    def all(self) -> Iterator[Piece]:
        """Every piece, in the plan's order."""
        for gradient in self.plan.gradients:
            stored = self.plan.stored[gradient.parameter]
            for term in gradient.terms:
                for f in range(self.memory.blocks(stored.rows)):
                    for g in range(self.memory.blocks(stored.shape[1]) if stored.layout is Layout.MATRIX else 1):
                        yield Piece(gradient.parameter, term, f, g)

    def end(self, piece: Piece, earliest: int) -> int:
        """Slot after its last product, if it is placed now."""
        stored = self.plan.stored[piece.parameter]
        length = 1
        if stored.layout is not Layout.VECTOR:
            length = self.geometry.elements if stored.layout is Layout.MATRIX else stored.shape[1]
        return max(earliest, self.start(piece)) + length

    def _lane(self, piece: Piece) -> Fetch | None:
        if piece.term.y in (INPUTS, ONE):
            return None
        block = piece.g if self.plan.stored[piece.parameter].layout is Layout.MATRIX else piece.f
        return Fetch(piece.term.y, block, block)

    def start(self, piece: Piece) -> int:
        """First slot in which its operands can be read; never, where they are not under way."""
        fetches = [fetch for fetch in (Fetch(piece.term.r, piece.f, piece.f), self._lane(piece)) if fetch is not None]
        if any((fetch.operand, fetch.first) not in self.slots.ready for fetch in fetches):
            return NEVER
        return max(self.slots.readable(fetch) for fetch in fetches)

    def place(self, piece: Piece, earliest: int) -> None:
        """Puts its products into the first slots that they fit into."""
        slot = max(earliest, self.start(piece))
        for product in self.products(piece):
            slot = 1 + self.slots.place(slot, product)

    def products(self, piece: Piece) -> Iterator[Product]:
        term, stored, f = piece.term, self.plan.stored[piece.parameter], piece.f
        address = self.memory.address[piece.parameter]
        base = Product(stationary=Fetch(term.r, f, f), shift=term.alignment, negative=term.negative)
        lane = self._lane(piece)
        if stored.layout is Layout.COLUMNS:
            for column in range(stored.shape[1]):
                imm = (("imm_src", int(ImmSource.INPUT)), ("u_index", column))
                yield replace(base, imm=imm, gradient=address[f, column, 0])
        elif lane is None:
            yield replace(base, imm=IMM_ONE, gradient=address[f, 0, 0])
        elif stored.layout is Layout.VECTOR:
            yield replace(base, lane=lane, gradient=address[f, 0, 0])
        else:
            steps = range(self.geometry.elements)
            for move, step in visits(steps, self.geometry.elements, two_way=False):
                assert step is not None
                yield replace(base, lane=lane, move=move, step=step, turns=True, gradient=address[f, piece.g, step])
