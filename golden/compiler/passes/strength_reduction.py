"""Strength reduction: what the array has in place of what it has not, and cheaper forms of the same numbers.

====================================  ==============================================================================
before                                after
====================================  ==============================================================================
cos z                                 sin(z + c), c the word of pi / 2: one more term of the table's argument
logistic z                            (1 + tanh(z / 2)) / 2: the argument's terms scaled, a sum, a cut
diagonal constant matrix @ v          constant vector * v
constant vector * v, all one 2**j     v * one, its binary point moved
a constant vector of 0, scale by 0    gone
the same product in a sum twice       once, its binary point moved
====================================  ==============================================================================

Bit for bit the same outputs: cos and logistic are defined by their tables (docs/numerics.md, section 3).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golden.arithmetic.formats import SQ
from golden.arithmetic.tables import half_pi
from golden.compiler.passes.rewrite import Rewriter
from golden.program import Program
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Term

__all__ = ["strength_reduction"]


def strength_reduction(program: Program) -> Program:
    """The program in terms of the tables and factors that cost least.

    >>> text = '''program s n=2 m=1
    ... parameter k [2]
    ... x = cut q SQ(5, 13)
    ... x_one = mul x one
    ... zt = round floor x_one 8
    ... c = table cos zt
    ... k_c = mul k c
    ... K = round half_up k_c 20
    ... kick K
    ... gradient k = mul c c'''
    >>> for op in strength_reduction(Program.parse(text)).ops[2:6]:
    ...     print(op)
    zt = round floor x_one 8
    c1_one = mul c1 one
    z = sum + x_one << 3 + c1_one
    zt1 = round floor z 11
    """
    reducer = _Reducer(program)
    for op in program.ops:
        reducer.reduce(reducer.follow(op))
    return reducer.finish()


class _Reducer(Rewriter):
    def reduce(self, op: Op) -> None:
        match op:
            case Table(function="cos"):
                self.cosine(op)
            case Table(function="logistic"):
                self.logistic(op)
            case Matvec() | MatvecT() if op.b != "u" and self.diagonal(op.a) is not None:
                diagonal = self.diagonal(op.a)
                assert diagonal is not None
                self.vector(op.name, diagonal, op.b)
            case Mul() if self.words(op.a) is not None and op.b != "one":
                words = self.words(op.a)
                assert words is not None
                self.vector(op.name, words, op.b)
            case Scale(log2=0):
                self.names[op.name] = op.source
            case Sum():
                self.sum(op)
            case _:
                self.emit(op)

    def words(self, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None:
        """The words of a constant vector."""
        found = next((c for c in self.constants if c.name == name), None)
        return found.words if found is not None and len(found.shape) == 1 else None

    def diagonal(self, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]] | None:
        """The words of a constant square matrix that has no others."""
        found = next((c for c in self.constants if c.name == name), None)
        if found is None or len(found.shape) != 2 or found.shape[0] != found.shape[1] or found.diagonals != (0,):
            return None
        return np.diagonal(found.words)

    def vector(self, name: str, words: np.ndarray[tuple[int, ...], np.dtype[np.int64]], operand: str) -> None:
        """words * operand."""
        word = int(words[0])
        if word > 0 and (words == word).all() and word & (word - 1) == 0:
            log2 = word.bit_length() - 1 - self.formats.weight.fraction_bits
            if log2 == 0:
                self.emit(Mul(name, operand, "one"))
            else:
                self.emit(Scale(name, self.emit(Mul(self.new(f"{operand}_one"), operand, "one")), log2))
        else:
            self.emit(Mul(name, self.constant(words, "c"), operand))

    def sum(self, op: Sum) -> None:
        """Equal terms added up: n of them are n's signed powers of two."""
        counts: dict[str, int] = {}
        for term in op.terms:
            counts[term.source] = counts.get(term.source, 0) + term.sign
        if len(counts) == len(op.terms):
            self.emit(op)
            return
        terms: list[Term] = []
        for source, count in counts.items():
            sign, rest, log2 = (1 if count > 0 else -1), abs(count), 0
            while rest:
                if rest & 1:
                    terms.append(Term(sign, self.scaled(source, log2), 0))
                rest, log2 = rest >> 1, log2 + 1
        # A sum of nothing stays as it was: there is no name for 0.
        self.emit(replace(op, terms=tuple(terms)) if terms else op)

    def constant_vector(self, size: int, word: int, wish: str) -> str:
        """A constant vector times one."""
        vector = self.constant(np.full(size, word, np.int64), wish)
        return self.emit(Mul(self.new(f"{vector}_one"), vector, "one"))

    def argument(self, table: Table, terms: tuple[Term, ...]) -> str:
        """A floor rounding of a sum to the table's argument."""
        total = self.emit(Sum(self.new("z"), terms))
        shift = self.types[total].fraction - self.types[table.source].fraction
        return self.emit(Round(self.new("zt"), Rounding.FLOOR, total, shift))

    def source(self, table: Table) -> str:
        """The exact value whose rounding is the table's argument."""
        rounded = next(op for op in self.ops if op.name == table.source)
        assert isinstance(rounded, Round)
        return rounded.source

    def cosine(self, op: Table) -> None:
        exact = self.source(op)
        size = self.types[exact].shape[0]
        shifted = self.constant_vector(size, half_pi(self.formats.operand_bits), "c")
        self.emit(Table(op.name, "sin", self.argument(op, (*self.terms(exact), Term(1, shifted, 0)))))

    def logistic(self, op: Table) -> None:
        exact = self.source(op)
        t = self.emit(Table(self.new("t"), "tanh", self.argument(op, self.terms(exact, -1))))
        half = self.scaled(self.emit(Mul(self.new(f"{t}_one"), t, "one")), -1)
        weight = self.formats.weight
        word = self.constant_vector(self.types[exact].shape[0], 1 << (weight.fraction_bits - 1), "c")
        total = self.emit(Sum(self.new("y"), (Term(1, half, 0), Term(1, word, 0))))
        self.emit(Cut(op.name, total, SQ(1, self.formats.operand_bits - 1)))
