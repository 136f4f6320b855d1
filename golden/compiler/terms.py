"""Step 2's values: sums of terms, a class a kind, and the operands that the terms read.

Operands are compared by identity: each node of the graph is one operand at most. Products that are cut on the way may
be equal: they are one operation in step 3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from golden.compiler.univariate import Univariate
from golden.language.graph import Array, Node

__all__ = ["Cut", "Density", "Factor", "Fixed", "LookUp", "MatrixProduct", "Named", "Outputs", "Product", "Sum", "Term",
           "Wire"]  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A word that is there: a parameter, ``u``, ``q`` or ``one``."""

    name: str


@dataclass(frozen=True, eq=False)
class Cut:
    """An exact value, or q, as an operand; with `turn` 2**-turn times it, modulo 1. `source` is the user's line."""

    exact: Sum | Product | Named
    source: str
    turn: int | None = None


@dataclass(frozen=True, eq=False)
class LookUp:
    """A function of a table: the name of one that is there, or a function of one variable."""

    function: str | Univariate
    argument: Sum
    source: str


Factor = Named | Cut | LookUp
Names = Callable[[Factor], str]


@dataclass(frozen=True, eq=False)
class Term(ABC):
    """factor * what the class says. `source` is the line of the user's code, "" where it is that of the sum around."""

    factor: float
    source: str = field(kw_only=True)

    def times(self, factor: float) -> Self:
        return replace(self, factor=self.factor * factor)

    def plus(self, other: Self) -> Self:
        """Both, where they differ in the factor (and the matrix or vector) alone."""
        return replace(self, factor=self.factor + other.factor)

    @property
    def zero(self) -> bool:
        return not self.factor

    @abstractmethod
    def text(self, names: Names) -> str:
        """In a line, with these names of the operands."""


@dataclass(frozen=True, eq=False)
class Product(Term):
    """factor * a * b, element by element; in a matrix's density a b^T."""

    a: Factor
    b: Factor

    def text(self, names: Names) -> str:
        return f"{self.factor:+g} {names(self.a)} {names(self.b)}"


@dataclass(frozen=True, eq=False)
class MatrixProduct(Term):
    """factor * matrix @ vector, or its transpose @ vector; the matrix is a parameter."""

    matrix: str
    transposed: bool
    vector: Factor

    def text(self, names: Names) -> str:
        return f"{self.factor:+g} {self.matrix}{'^T' * self.transposed} @ {names(self.vector)}"


@dataclass(frozen=True, eq=False)
class Wire(Term):
    """factor * matrix @ operand; a fixed matrix, None for the identity."""

    matrix: Array | None
    operand: Factor

    def through(self, matrix: Array, source: str) -> Wire:
        """What a fixed matrix of that line makes of it."""
        inner = np.eye(matrix.shape[1]) if self.matrix is None else self.matrix
        return replace(self, matrix=matrix @ inner, source=source)

    def dense(self, size: int) -> Array:
        """factor * matrix, of `size` rows."""
        return self.factor * (np.eye(size) if self.matrix is None else self.matrix)

    def plus(self, other: Self) -> Self:
        if self.matrix is None and other.matrix is None:
            return replace(self, factor=self.factor + other.factor)
        size = next(wire.matrix.shape[0] for wire in (self, other) if wire.matrix is not None)
        return replace(self, factor=1.0, matrix=self.dense(size) + other.dense(size))

    @property
    def zero(self) -> bool:
        return not (self.factor and (self.matrix is None or np.any(self.matrix)))

    def text(self, names: Names) -> str:
        fixed = "" if self.matrix is None else f"fixed {list(self.matrix.shape)} @ "
        return f"{self.factor:+g} {fixed}{names(self.operand)}"


@dataclass(frozen=True, eq=False)
class Fixed(Term):
    """factor * a constant vector or number."""

    vector: Array

    def through(self, matrix: Array, source: str) -> Fixed:
        """What a fixed matrix of that line makes of it; a number is a vector of one element."""
        return replace(self, vector=matrix @ np.atleast_1d(self.vector), source=source)

    def plus(self, other: Self) -> Self:
        return replace(self, factor=1.0, vector=self.factor * self.vector + other.factor * other.vector)

    @property
    def zero(self) -> bool:
        return not (self.factor and np.any(self.vector))

    def text(self, names: Names) -> str:
        return f"{self.factor:+g} fixed {list(self.vector.shape)}"


@dataclass(frozen=True, eq=False)
class Sum:
    """The exact sum of terms, a vector; a number is a vector of one element.

    Members
    -------
    terms : in the order of the potential
    size : of the vector
    wish : the name it would like to have
    source : line of the user's code
    node : where it stands in the graph; None for the sum of what is left of a density
    """

    terms: tuple[Term, ...]
    size: int
    wish: str
    source: str = ""
    node: Node | None = None

    def text(self, names: Names) -> str:
        return " ".join(term.text(names) for term in self.terms)


@dataclass(frozen=True, eq=False)
class Density:
    """dV/d(parameter): products of two operands, then what is none, as one product with `one` or as one sum.

    `size` is the length of the products' first operands; `outer` says that they are a b^T.
    """

    parameter: str
    outer: bool
    size: int
    products: tuple[Product, ...]
    rest: Product | Sum | None

    def text(self, names: Names) -> str:
        rest = [self.rest] if self.rest is not None else []
        return " ".join(each.text(names) for each in [*self.products, *rest])


def _word(factor: Cut | LookUp) -> str:
    if isinstance(factor, LookUp):
        return str(factor.function)
    return "cut" if factor.turn is None else f"turn {factor.turn}"


@dataclass(frozen=True, eq=False)
class Outputs:
    """What a program has to compute; ``str()`` numbers the operands."""

    force: Sum
    densities: tuple[Density, ...]
    inputs: Sum | None

    def __str__(self) -> str:
        numbers: dict[Factor, str] = {}
        lines: list[str] = []

        def name(factor: Factor) -> str:
            if isinstance(factor, Named):
                return factor.name
            if factor not in numbers:
                exact = factor.exact if isinstance(factor, Cut) else factor.argument
                below = exact.name if isinstance(exact, Named) else exact.text(name)
                numbers[factor] = f"%{len(numbers)}"
                lines.append(f"{numbers[factor]} = {_word(factor)} {below}")
            return numbers[factor]

        lines.append(f"force = {self.force.text(name)}")
        for density in self.densities:
            lines.append(f"gradient {density.parameter} = {density.text(name)}")
        if self.inputs is not None:
            lines.append(f"inputs = {self.inputs.text(name)}")
        return "\n".join(lines)
