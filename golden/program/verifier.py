"""The checks of a program: what stands in docs/program.md, sections 2 to 4. An error names the line and a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golden.errors import HelError
from golden.program.densities import Density, Gradient
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Turn
from golden.program.types import EXACT_BITS, Type

if TYPE_CHECKING:
    from golden.program import Program

__all__ = ["TooWide", "verify"]


def verify(program: Program) -> None:
    """Raises HelError at the first line that breaks a rule."""
    _Checks(program).run()


class TooWide(HelError):
    """A sum that no word of 53 bits holds.

    Members
    -------
    rule : what is wrong, without the line at its head
    """

    def __init__(self, line: str, rule: str) -> None:
        super().__init__(line + rule)
        self.rule = rule


class _Checks:
    def __init__(self, program: Program) -> None:
        self.program, self.types = program, program.types
        self.ops = {op.name: op for op in program.ops}
        self.shapes = dict(program.parameters)
        self.constants = {constant.name for constant in program.constants}

    def run(self) -> None:
        program = self.program
        for op in program.ops:
            if self.types[op.name].bits > EXACT_BITS:
                raise self.wide(op)
            self.sources(op)
        self.kick()
        for name in program.symmetric:
            shape = self.shapes.get(name, ())
            if len(shape) != 2 or shape[0] != shape[1]:
                raise HelError(f"a symmetric parameter is a square matrix, got {name} {list(shape)}; drop the word")
        for each in program.ranges:
            each.check(program.formats.theta)
        listed = [gradient.parameter for gradient in program.gradients]
        if listed != list(self.shapes):
            wanted, got = (", ".join(names) or "none" for names in (self.shapes, listed))
            raise HelError(f"every parameter has one gradient, in order ({wanted}), got {got}; add or move lines")
        for gradient in program.gradients:
            self.gradient(gradient)
        if program.input_gradient:
            shape = self.type(program.input_gradient, "input").shape
            if shape != (program.m,):
                got = f"dV/du has shape {(program.m,)}, got {shape}"
                raise HelError(f"input {program.input_gradient}: {got}; gather it by a constant")

    def wide(self, op: Op) -> TooWide:
        """Of a value with too many bits: the term that asks for them is the one without which they would do; of several
        such terms that of the most unusual size.
        """
        types = {name: self.types[name] for name in op.operands}

        def strange(name: str) -> tuple[int, int]:
            rest = [one for other, one in types.items() if other != name] or [types[name]]
            top, fraction = max(_top(one) for one in rest), max(one.fraction for one in rest)
            return max(0, top + fraction + 1 - EXACT_BITS), -abs(_top(types[name]))

        term, value = min(types, key=strange), self.types[op.name]
        line = self.program.line(term) or f"{self.program.name}: "
        return TooWide(
            line,
            f"{op}: every value has at most {EXACT_BITS} bits, got {value.bits}: {term} reaches 2**{_top(types[term])},"
            f" and the last place of the sum is 2**{-value.fraction}; bring the factors of the summed terms closer"
            " together, state a smaller range of a function by np.clip, or lower operand_bits",
        )

    def operand(self, name: str) -> bool:
        """Whether a value is a word that was cut, or a table's output: it may travel."""
        return isinstance(self.ops.get(name), Cut | Table | Turn)

    def exact(self, name: str) -> bool:
        """Whether a value is an exact product or sum."""
        return isinstance(self.ops.get(name), Matvec | MatvecT | Mul | Sum | Scale)

    def product(self, name: str) -> bool:
        """Whether a value is a product, scaled or not."""
        op = self.ops.get(name)
        return self.product(op.source) if isinstance(op, Scale) else isinstance(op, Matvec | MatvecT | Mul)

    def fixed(self, name: str) -> bool:
        return name in self.shapes or name in self.constants

    def sources(self, op: Op) -> None:
        """Where each operand comes from."""
        match op:
            case Matvec() | MatvecT():
                self.need(op, self.fixed(op.a), "the matrix is a parameter or a constant", op.a, "declare it")
                if not (op.b == "u" and isinstance(op, Matvec)):
                    self.need(op, self.operand(op.b), "the vector is u, a cut or a table's output", op.b, "cut it")
            case Mul():
                first = self.fixed(op.a) or self.operand(op.a)
                self.need(op, first, "the first factor is a parameter, a constant or an operand", op.a, "cut it")
                second = op.b == "one" or self.operand(op.b)
                self.need(op, second, "the second factor is an operand or one", op.b, "cut it, or swap the factors")
            case Sum():
                for term in op.terms:
                    self.need(op, self.product(term.source), "a term is a product", term.source, "multiply it by one")
            case Cut() | Turn():
                allowed = op.source == "q" or self.exact(op.source)
                self.need(op, allowed, f"a {op.word} takes q, a product or a sum", op.source, "cut that")
            case Round() | Scale():
                self.need(op, self.exact(op.source), "the source is a product or a sum", op.source, "use it itself")
            case Table():
                source = self.ops.get(op.source)
                floored = isinstance(source, Round) and source.rule is Rounding.FLOOR
                self.need(op, floored, "a table's argument is a floor rounding", op.source, "round it by floor first")

    def need(self, op: object, holds: bool, rule: str, got: str, way_out: str) -> None:
        if not holds:
            raise HelError(f"{op}: {rule}, got {got}; {way_out}")

    def kick(self) -> None:
        name, formats = self.program.kick, self.program.formats
        kick = self.type(name, "kick")
        source = self.ops.get(name)
        if not (isinstance(source, Round) and source.rule is Rounding.HALF_UP):
            got = source or name
            raise HelError(f"kick {name}: the kick is one half_up rounding of the force, got {got}; round it")
        if kick.shape != (self.program.n,) or kick.fraction != formats.kick_fraction:
            raise HelError(
                f"kick {name}: the kick has shape {(self.program.n,)} and fraction {formats.kick_fraction} "
                f"(h times the force in p's format), got {kick.shape} and {kick.fraction}; change the rounding's shift"
            )

    def gradient(self, gradient: Gradient) -> None:
        shape = self.shapes[gradient.parameter]
        for term, align in zip(gradient.terms, self.program.aligns(gradient), strict=True):
            r, y = self.factor(gradient, term, term.r), self.factor(gradient, term, term.y)
            made = r.shape + y.shape if term.product == "outer" else r.shape or y.shape
            clash = term.product == "mul" and r.shape != y.shape and () not in (r.shape, y.shape)
            if made != (shape or (1,)) or clash:
                got = f"the product has the parameter's shape {shape}, got {r.shape} and {y.shape}"
                raise HelError(f"{gradient}: {got}; check both")
            if r.bits + y.bits + align > EXACT_BITS:
                got = f"an aligned product has at most {EXACT_BITS} bits, got {r.bits + y.bits + align}"
                line = self.program.line(term.r) or self.program.line(term.y)
                raise HelError(f"{line}{gradient}: {got}; scale the terms of {gradient.parameter} to agree")

    def factor(self, gradient: Gradient, term: Density, name: str) -> Type:
        found = self.type(name, str(gradient))
        if found.bits > self.program.formats.operand_bits:
            raise HelError(
                f"{gradient}: a multiplier operand has at most {self.program.formats.operand_bits} bits, "
                f"got {name} with {found.bits}; cut it first"
            )
        free = name == "one" and term.product == "mul" or name == "u" and term.product == "outer"
        self.need(gradient, free or self.operand(name), "a factor is a cut or a table's output", name, "cut it first")
        return found

    def type(self, name: str, where: str) -> Type:
        if name not in self.types:
            raise HelError(f'{where} {name}: a value is defined before its use, got "{name}"; add its definition')
        return self.types[name]


def _top(value: Type) -> int:
    """A value is less than 2 to this power."""
    return value.bits - 1 - value.fraction
