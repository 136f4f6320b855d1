"""What passes share: operations replaced by others, names followed, shifts aligned anew.

A pass walks the operations in order and defines new ones; `Rewriter.finish` follows replaced names into the outputs.
Sums are aligned to the fractions of their terms, and a rounding keeps the fraction of its result, so that a pass may
change the fraction of an exact value without a thought of its users.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from golden.arithmetic.rounding import Words
from golden.program import Program
from golden.program.constants import Constant
from golden.program.densities import Gradient
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Scale, Sum, Table, Term, Turn
from golden.program.types import Type

__all__ = ["Rewriter", "renamed"]


def renamed(op: Op, names: dict[str, str]) -> Op:
    """The operation with its operands replaced."""
    match op:
        case Matvec() | MatvecT() | Mul():
            return replace(op, a=names.get(op.a, op.a), b=names.get(op.b, op.b))
        case Sum():
            return replace(op, terms=tuple(replace(t, source=names.get(t.source, t.source)) for t in op.terms))
        case Cut() | Turn() | Round() | Scale() | Table():
            return replace(op, source=names.get(op.source, op.source))
    raise AssertionError(op)


class Rewriter:
    """A program under reconstruction: its head and constants, and operations emitted one after the other."""

    def __init__(self, program: Program) -> None:
        self.program, self.formats = program, program.formats
        self.constants = list(program.constants)
        self.types: dict[str, Type] = dict(replace(program, ops=(), kick="", gradients=(), input_gradient="").types)
        self.taken = {*program.types, "p"}
        self.ops: list[Op] = []
        self.names: dict[str, str] = {}
        self.origins = dict(program.origins)

    def emit(self, op: Op) -> str:
        """Adds an operation (of new names), aligned."""
        if isinstance(op, Sum):
            fraction = max(self.types[term.source].fraction for term in op.terms)
            shifts = (fraction - self.types[term.source].fraction for term in op.terms)
            op = replace(op, terms=tuple(replace(t, shift=n) for t, n in zip(op.terms, shifts, strict=True)))
        if isinstance(op, Round) and op.name in self.program.types:
            op = replace(op, shift=self.types[op.source].fraction - self.program.types[op.name].fraction)
        self.types[op.name] = op.infer(self.types, self.formats)
        self.ops.append(op)
        return op.name

    def new(self, wish: str) -> str:
        """A name nobody has."""
        name, count = wish, 0
        while name in self.taken:
            count += 1
            name = f"{wish}{count}"
        self.taken.add(name)
        return name

    def constant(self, words: Words, wish: str) -> str:
        """The name of a constant with these words."""
        for known in self.constants:
            if known.shape == words.shape and np.array_equal(known.words, words):
                return known.name
        constant = Constant.of(self.new(wish), words)
        self.constants.append(constant)
        self.types[constant.name] = Type.of_constant(constant, self.formats.weight)
        return constant.name

    def follow(self, op: Op) -> Op:
        return renamed(op, self.names)

    def terms(self, name: str, log2: int = 0) -> tuple[Term, ...]:
        """2**log2 times an emitted exact value, as terms of a sum."""
        op = next(op for op in self.ops if op.name == name)
        if isinstance(op, Sum):
            return tuple(replace(term, source=self.scaled(term.source, log2)) for term in op.terms)
        if isinstance(op, Scale) and any(isinstance(below, Sum) and below.name == op.source for below in self.ops):
            return self.terms(op.source, log2 + op.log2)
        return (Term(1, self.scaled(name, log2), 0),)

    def scaled(self, name: str, log2: int) -> str:
        return name if log2 == 0 else self.emit(Scale(self.new(f"{name}_scaled"), name, log2))

    def finish(self, gradients: Sequence[Gradient] | None = None) -> Program:
        """The program of what was emitted; the names replaced are followed in its outputs."""
        kept, names = self.program, self.names
        moved = tuple(
            Gradient(g.parameter, tuple(replace(t, r=names.get(t.r, t.r), y=names.get(t.y, t.y)) for t in g.terms))
            for g in (kept.gradients if gradients is None else gradients)
        )
        return replace(
            kept,
            ops=tuple(self.ops),
            kick=names.get(kept.kick, kept.kick),
            gradients=moved,
            input_gradient=names.get(kept.input_gradient, kept.input_gradient),
            constants=tuple(self.constants),
            origins=tuple((name, line) for name, line in self.origins.items() if name in self.types),
        )
