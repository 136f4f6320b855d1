"""The ring plan: a program bound to what the array can do.

A plan is an ordered list of statements, each a vector made of a sum of products:

    vector = table(sum)      look-up, then an operand in the vector store
    vector = cut(sum)        shifted, saturated, then an operand in the vector store
    kick   = round(sum)      the momenta take it

and of gradients, which are sums of products of two operands. A product's factors are stored words (parameters and
constants), positions as x or in turns, vectors of earlier statements, inputs u, and the constant one.
`rtl.hls.plan.bind` makes the plan from a program; `rtl.hls.schedule.schedule` schedules it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from golden.arithmetic.function_table import FunctionTable

__all__ = [
    "INPUTS",
    "ONE",
    "POSITION",
    "POSITIONS",
    "Finish",
    "Gradient",
    "GradientTerm",
    "Inputs",
    "Layout",
    "Local",
    "RingPlan",
    "Rotating",
    "Statement",
    "Stored",
    "TURNS",
    "Term",
    "Transposed",
]

POSITION, TURNS, INPUTS, ONE = "q.x", "q.t", "u", "one"
"""Operands that no statement makes; no program has names with dots."""
POSITIONS = (POSITION, TURNS)
"""What a state word can be as an operand: x, saturated, or t, in turns modulo 1."""


class Layout(Enum):
    """How a parameter or a constant lies in the elements' weight memories."""

    MATRIX = "matrix"
    """Rows x columns, skewed: address (f, g, t) of element k holds W[k + fP, gP + (k - t) mod P]."""
    COLUMNS = "columns"
    """Rows x m: address (f, c) holds B[k + fP, c]."""
    VECTOR = "vector"
    """Rows: address f holds b[k + fP]."""


@dataclass(frozen=True)
class Stored:
    """One array of the weight memory; what lies beyond its shape is zero.

    Members
    -------
    shape : (rows, columns) or (rows,); () for a single number
    words : of a constant, (row, column, word) of those that are not zero; None for a parameter, which has a gradient
    """

    layout: Layout
    shape: tuple[int, ...]
    words: tuple[tuple[int, int, int], ...] | None = None

    @property
    def rows(self) -> int:
        """Entries of a vector, rows of a matrix."""
        return self.shape[0] if self.shape else 1


@dataclass(frozen=True)
class Rotating:
    """W x: the operand rotates, the sum stays."""

    matrix: str
    operand: str
    fraction: int
    negative: bool = False


@dataclass(frozen=True)
class Transposed:
    """W^T s: the operand stays, the partial sum travels home."""

    matrix: str
    operand: str
    fraction: int
    negative: bool = False


@dataclass(frozen=True)
class Local:
    """a * b, entry by entry; `a` a stored vector or an operand, `b` an operand or ONE."""

    a: str
    b: str
    fraction: int
    negative: bool = False


@dataclass(frozen=True)
class Inputs:
    """B u: the inputs are broadcast, one a cycle."""

    matrix: str
    fraction: int
    negative: bool = False


Term = Rotating | Transposed | Local | Inputs
"""`fraction` counts the fraction bits of the product; the array aligns it to its sum's."""


class Finish(Enum):
    """What becomes of a statement's sum."""

    TABLE = "table"
    CUT = "cut"
    KICK = "kick"


@dataclass(frozen=True)
class Statement:
    """One vector.

    Members
    -------
    length : entries; the last block's missing ones are zero
    sum_bits, sum_fraction : width of the sum, by interval, and its fraction bits
    fraction : fraction bits of a cut's result, of a table's argument
    table : name of the table; "" without one
    """

    name: str
    length: int
    finish: Finish
    terms: tuple[Term, ...]
    sum_bits: int
    sum_fraction: int
    fraction: int = 0
    table: str = ""


@dataclass(frozen=True)
class GradientTerm:
    """One product of a parameter's density: outer(r, y) for a matrix, r * y for a vector.

    Members
    -------
    r : stays; one of POSITIONS or a vector
    y : rotates; one of POSITIONS or a vector; or INPUTS, ONE
    alignment : left shift that aligns it to the parameter's finest product
    negative : the difference of this product is subtracted
    """

    r: str
    y: str
    alignment: int = 0
    negative: bool = False


@dataclass(frozen=True)
class Gradient:
    """Gradient density of a parameter.

    Members
    -------
    offset : shift of this parameter's update relative to the base shift of docs/numerics.md
    negative : the density is minus the terms, so the update adds
    range : (low, high) in words, where the update keeps the parameter; None for the whole word
    """

    parameter: str
    terms: tuple[GradientTerm, ...]
    offset: int = 0
    negative: bool = False
    range: tuple[int, int] | None = None


@dataclass(frozen=True)
class RingPlan:
    """Everything the scheduler needs to know of a program.

    Members
    -------
    stored : parameters, then constants, in memory order
    statements : in an order in which each uses only vectors made before; the kick is one of them
    gradients : one a parameter
    tables : those that are looked up
    inputs : input words a step
    turn_log2 : t, a position in turns, is 2**-turn_log2 q modulo 1
    """

    name: str
    stored: dict[str, Stored]
    statements: tuple[Statement, ...]
    gradients: tuple[Gradient, ...]
    tables: tuple[FunctionTable, ...] = ()
    inputs: int = 0
    turn_log2: int = 0

    @property
    def parameters(self) -> dict[str, Layout]:
        """Layout of each parameter."""
        return {name: stored.layout for name, stored in self.stored.items() if stored.words is None}

    @property
    def vectors(self) -> dict[str, int]:
        """Length of each vector that lies in the vector store."""
        return {s.name: s.length for s in self.statements if s.finish is not Finish.KICK}

    @property
    def positions(self) -> set[str]:
        """Those of POSITIONS that something multiplies."""
        found = {y for gradient in self.gradients for term in gradient.terms for y in (term.r, term.y)}
        for term in (term for statement in self.statements for term in statement.terms):
            found |= {term.a, term.b} if isinstance(term, Local) else {getattr(term, "operand", "")}
        return found & set(POSITIONS)

    def shown(self, operand: str) -> str:
        """What reports call an operand: positions x and t, where nothing else is called so."""
        short = operand.removeprefix("q.") if operand in POSITIONS else operand
        return operand if short in self.stored or short in self.vectors else short

    @property
    def neurons(self) -> int:
        """N: the kick's length; an array has places for as many or, where P does not divide N, for more."""
        return next(s.length for s in self.statements if s.finish is Finish.KICK)

    @property
    def look_ups(self) -> dict[str, str]:
        """The table of each vector that is made by one."""
        return {s.name: s.table for s in self.statements if s.table}
