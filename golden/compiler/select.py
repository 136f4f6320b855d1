"""Step 3: from terms to operations. Wires of one operand become one constant; factors powers of two or constants.

- constant matrices of one operand in one sum are merged; a diagonal one is a vector, element by element
- a factor of one signed power of two moves the binary point, one of two makes two terms of an element-wise product;
  products with another factor are added up first, those of one mantissa together, cut, and multiplied by it once
- what stands alone is multiplied by `one`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import MAX_SEGMENTS
from golden.arithmetic.tables import ARGUMENT_FRACTION
from golden.compiler.operations import (
    CutTo,
    DensityTerm,
    LookUp,
    MatrixTimes,
    Operation,
    Plus,
    Ref,
    Rounded,
    Selected,
    Shifted,
    Times,
)
from golden.compiler.patterns import unavailable
from golden.compiler.powers import signed_powers
from golden.compiler.table_words import Choice, Range, provisional, words_of
from golden.compiler.terms import (
    Cut,
    Density,
    Factor,
    Fixed,
    MatrixProduct,
    Named,
    Outputs,
    Product,
    Sum,
    Term,
    Wire,
)
from golden.compiler.univariate import Univariate
from golden.errors import HelError
from golden.language.graph import Array
from golden.program.constants import Constant, normalised
from golden.program.ops import Rounding

__all__ = ["Ranges", "select"]

Part = tuple[int, Ref]
"""(sign, exact value)."""

Ranges = Mapping[Univariate, Range]
"""What the variable of a function reaches."""


TABLE_WORDS = 3584
"""What the largest array has for all tables of a program: 4096 words an element, without its parameters."""
LIMITS = tuple(MAX_SEGMENTS >> k for k in range(6))
"""Segments that a table may have, tried in turn until all tables of a program fit."""


class Tables:
    """The tables chosen, one a function, each of at most `most` segments."""

    def __init__(self, operand_bits: int, ranges: Ranges | None, most: int) -> None:
        self.operand_bits, self.ranges, self.most = operand_bits, ranges, most
        self.chosen: dict[Univariate, Choice] = {}

    @property
    def fit(self) -> bool:
        """Whether all of them go into an array; one larger than all that is told there."""
        return sum(len(each.table.words) for each in self.chosen.values()) <= TABLE_WORDS

    def choice(self, function: Univariate) -> Choice:
        if function not in self.chosen:
            self.chosen[function] = self._choice(function)
        return self.chosen[function]

    def _choice(self, function: Univariate) -> Choice:
        if function.periodic:
            return self._words(function, (-0.5, 0.5))
        if function.bounds is not None:
            return self._words(function, function.bounds, stated=True)
        if self.ranges is None:
            return provisional(function, self.operand_bits, len(self.chosen))
        return self._words(function, self.ranges[function])

    def _words(self, function: Univariate, bounds: Range, stated: bool = False) -> Choice:
        return words_of(function, bounds, self.operand_bits, stated=stated, most=self.most)


def select(outputs: Outputs, formats: Formats, ranges: Ranges | None = None) -> Selected:
    """The operations that compute the kick, the operands of every density, and dV/du.

    `ranges` says where each function of a table is looked up, if its own text does not; without `ranges` such a table
    has no words yet. Tables that do not fit into an array together are made again, of half as many segments at the
    most.

    Raises
    ------
    HelError : a sum is always 0, or a parameter does not act on the state.

    >>> from golden.compiler.normalise import normalise
    >>> from golden.compiler.operands import choose_operands
    >>> from golden.systems import get
    >>> print(select(choose_operands(normalise(get("linear", n=2, m=1).gradient)), Formats()))
    %0 = cut q
    %1 = mul a %0
    %2 = matvec B u
    %3 = sum + %1 - %2
    %4 = round half_up %3 to 13
    %5 = matvec_t B %0
    %6 = sum - %5
    kick %4
    gradient a = + mul %0 %0 >> 1
    gradient B = - outer %0 u >> 0
    input %6
    """
    first, fits = _selected(outputs, formats, ranges, LIMITS[0])
    if fits:
        return first
    for most in LIMITS[1:]:
        found, fits = _selected(outputs, formats, ranges, most)
        if fits:
            return found
    return first


def _selected(outputs: Outputs, formats: Formats, ranges: Ranges | None, most: int) -> tuple[Selected, bool]:
    """With tables of at most so many segments; and whether they fit."""
    work = _Selector(formats, Tables(formats.operand_bits, ranges, most))
    force = work.total(outputs.force)
    kick = work.define(Rounded(force, Rounding.HALF_UP, formats.kick_fraction), "")
    gradients = tuple((each.parameter, work.density(each)) for each in outputs.densities)
    inputs = work.total(outputs.inputs) if outputs.inputs is not None else None
    made = tuple(zip(work.numbers, work.sources, strict=True))
    return Selected(made, kick, gradients, inputs), work.tables.fit


class _Selector:
    """Operations by value, in order, with their numbers; and the operands that are defined."""

    def __init__(self, formats: Formats, tables: Tables) -> None:
        self.formats, self.tables = formats, tables
        self.numbers: dict[Operation, int] = {}
        self.sources: list[str] = []
        self.refs: dict[Factor, Ref] = {}

    def define(self, operation: Operation, source: str) -> int:
        """The number of an equal operation that exists, or of this one."""
        if operation not in self.numbers:
            self.numbers[operation] = len(self.numbers)
            self.sources.append(source)
        return self.numbers[operation]

    # Operands and products
    def operand(self, factor: Factor) -> Ref:
        if factor not in self.refs:
            self.refs[factor] = self._operand(factor)
        return self.refs[factor]

    def _operand(self, factor: Factor) -> Ref:
        if isinstance(factor, Named):
            return factor.name
        if isinstance(factor, Cut):
            match factor.exact:
                case Named(name):
                    return self.define(CutTo(name, factor.turn), factor.source)
                case Product() as product:
                    return self.define(CutTo(self.product(product), factor.turn), factor.source)
                case total:
                    return self.define(CutTo(self.total(total), factor.turn), factor.source)
        return self._look_up(factor.function, factor.argument, factor.source)

    def _look_up(self, function: str | Univariate, argument: Sum, source: str) -> Ref:
        if isinstance(function, str):
            rounded = self.define(Rounded(self.total(argument), Rounding.FLOOR, ARGUMENT_FRACTION), source)
            return self.define(LookUp(function, rounded), source)
        choice = self.tables.choice(function)
        if choice.shift:
            moved = Fixed(-choice.shift, np.ones(argument.size), source=source)
            argument = replace(argument, terms=(*argument.terms, moved))
        rounded = self.define(Rounded(self.total(argument), Rounding.FLOOR, choice.table.fraction), source)
        return self.define(LookUp(choice.table, rounded, choice.to), source)

    def product(self, product: Product) -> Ref:
        """Without its factor."""
        a = self.operand(product.a)
        return self.define(Times(a, self.operand(product.b)), product.source)

    def _value(self, term: Term) -> Ref:
        """What a term's factor, matrix or vector is multiplied with."""
        match term:
            case Product():
                return self.product(term)
            case MatrixProduct():
                vector = self.operand(term.vector)
                return self.define(MatrixTimes(term.matrix, term.transposed, vector), term.source)
            case Wire():
                return self.operand(term.operand)
        return "one"

    # Sums
    def total(self, total: Sum) -> Ref:
        """The exact value: one sum of its terms, or its only term."""
        parts = self._parts(total)
        if not parts:
            assert total.node is not None
            line = total.source or next((term.source for term in total.terms), "")
            raise unavailable(
                replace(total.node, source=line), "a value that is always 0 needs no factor; remove the term"
            )
        return self._plus(parts, total.wish, total.source)

    def _plus(self, parts: list[Part], wish: str, source: str) -> Ref:
        """The sum; a single positive part is itself."""
        return parts[0][1] if len(parts) == 1 and parts[0][0] == 1 else self.define(Plus(tuple(parts), wish), source)

    def _merged(self, total: Sum) -> list[tuple[Term, Ref]]:
        """One term for each value, at the place of the first; without those that are 0."""
        found: dict[tuple[type[Term], Ref], Term] = {}
        for term in total.terms:
            key = (type(term), self._value(term))
            found[key] = _both(found[key], term, total.source) if key in found else term
        return [(term, ref) for (_, ref), term in found.items() if not term.zero]

    def _parts(self, total: Sum) -> list[Part]:
        found, others = list[Part](), dict[float, list[Part]]()
        lines: dict[float, str] = {}
        for term, ref in self._merged(total):
            source = term.source or total.source
            if isinstance(term, Fixed):
                found += self._wired(np.diag(term.factor * np.atleast_1d(term.vector)), ref, source)
            elif isinstance(term, Wire):
                found += self._wired(term.dense(total.size), ref, source)
            else:
                powers = signed_powers(term.factor)
                if powers is not None and (len(powers) == 1 or isinstance(term, Product)):
                    found += [(sign, self._shifted(ref, log2, source)) for sign, log2 in powers]
                    continue
                mantissa, exponent = np.frexp(abs(term.factor))
                part = (1 if term.factor > 0 else -1, self._shifted(ref, int(exponent), source))
                others.setdefault(float(mantissa), []).append(part)
                lines[float(mantissa)] = _shared(lines.get(float(mantissa), source), source, total.source)
        for mantissa, group in others.items():
            source = lines[mantissa]
            operand = self.define(CutTo(self._plus(group, "y", source)), source)
            found += self._wired(mantissa * np.eye(total.size), operand, source)
        return found

    def _shifted(self, ref: Ref, log2: int, source: str) -> Ref:
        return ref if log2 == 0 else self.define(Shifted(ref, log2), source)

    def _wired(self, matrix: Array, operand: Ref, source: str) -> list[Part]:
        """matrix @ operand: element by element where the matrix is diagonal. With `one` it is that of a vector."""
        square = matrix.shape[0] == matrix.shape[1]
        if not square or operand == "u" or np.any(matrix - np.diag(np.diagonal(matrix))):
            return [self._coupled(matrix, operand, source)]
        values = np.diagonal(matrix)
        powers = signed_powers(float(values[0])) if operand != "one" and np.all(values == values[0]) else None
        if powers is not None:
            exact = self.define(Times(operand, "one"), source)
            return [(sign, self._shifted(exact, log2, source)) for sign, log2 in powers]
        words, log2 = normalised(values, self.formats.weight.fraction_bits)
        vector = self.define(Constant.of("", words), source)
        return [(1, self._shifted(self.define(Times(vector, operand), source), log2, source))]

    def _coupled(self, matrix: Array, operand: Ref, source: str) -> Part:
        """matrix @ operand by a constant matrix, or by the transpose of one that there is."""
        weight = self.formats.weight
        words, log2 = normalised(matrix, weight.fraction_bits)
        sign = -1 if words.ravel()[np.flatnonzero(words)[0]] < 0 and words.max() <= weight.high else 1
        constant, turned = Constant.of("", sign * words), Constant.of("", sign * words.T)
        if turned in self.numbers and turned != constant and operand != "u":
            made = MatrixTimes(self.numbers[turned], True, operand)
        else:
            made = MatrixTimes(self.define(constant, source), False, operand)
        return sign, self._shifted(self.define(made, source), log2, source)

    # Densities
    def density(self, density: Density) -> tuple[DensityTerm, ...]:
        """A sum of products of two operands; equal products are one."""
        found: dict[tuple[Ref, Ref], float] = {}
        for product in density.products:
            key = self.operand(product.a), self.operand(product.b)
            found[key] = found.get(key, 0.0) + product.factor
        placed: dict[tuple[Ref, Ref], list[DensityTerm]] = {}
        for (r, y), factor in found.items():
            if density.outer and (y, r) in placed and found[y, r] == factor:  # r y^T and its transpose, to the bit
                placed[r, y] = [replace(term, r=term.y, y=term.r) for term in placed[y, r]]
            elif factor:
                placed[r, y] = self._placed(density, r, y, factor)
        terms = [term for some in placed.values() for term in some]
        match density.rest:
            case Product() as alone:
                terms += self._placed(density, self.operand(alone.a), "one", alone.factor)
            case Sum() as rest if parts := self._parts(rest):
                terms.append(DensityTerm("mul", self.define(CutTo(self._plus(parts, rest.wish, "")), ""), "one"))
        if not terms:
            name = density.parameter
            raise HelError(f"every parameter acts on the state, {name} does not; use it in the potential or remove it")
        return tuple(terms)

    def _placed(self, density: Density, r: Ref, y: Ref, factor: float) -> list[DensityTerm]:
        """factor * r y: twice where the factor is a sum of two powers of two, else the factor enters r, once."""
        powers = signed_powers(factor)
        if powers is None or (len(powers) > 1 and density.outer):
            exact = self._plus(self._wired(factor * np.eye(density.size), r, ""), "y", "")
            r, powers = self.define(CutTo(exact), ""), [(1, 0)]
        return [DensityTerm("outer" if density.outer else "mul", r, y, sign, -log2) for sign, log2 in powers]


def _both(one: Term, other: Term, around: str) -> Term:
    """Two terms of one value as one."""
    return replace(one.plus(other), source=_shared(one.source, other.source, around))


def _shared(one: str, other: str, around: str) -> str:
    """The line of what is made of two terms: theirs, else that of the sum around; if it has none, the first's."""
    return one if one == other else around or one
