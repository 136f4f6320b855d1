"""From a program to a ring plan: how words go round the ring for each operation.

A matrix times a vector rotates the vector; a parameter's transpose lets the partial sums travel; a product with the
inputs uses the broadcast word; an element-wise product stays at home. Table outputs and cuts become statements, the
kick the last of them. Constants are stored where they are not zero, and their transposes as matrices of their own.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> plan = bind(compile_system(get("hru", n=8, m=2)))
>>> [(s.name, s.finish.value, [type(term).__name__ for term in s.terms]) for s in plan.statements]
[('s', 'table', ['Local', 'Inputs', 'Local']), ('K', 'kick', ['Local', 'Local'])]
"""

from __future__ import annotations

import numpy as np

from golden.arithmetic.function_table import FunctionTable, builtin
from golden.arithmetic.tables import FUNCTIONS, REDUCED
from golden.errors import HelError
from golden.program import Program
from golden.program.densities import Density
from golden.program.densities import Gradient as Densities
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Turn
from rtl.hls.plan.ring_plan import (
    INPUTS,
    ONE,
    POSITION,
    POSITIONS,
    TURNS,
    Finish,
    Gradient,
    GradientTerm,
    Inputs,
    Layout,
    Local,
    RingPlan,
    Rotating,
    Statement,
    Stored,
    Term,
    Transposed,
)

__all__ = ["bind"]


def bind(program: Program) -> RingPlan:
    """The plan of a verified program.

    Raises
    ------
    HelError
        The first operation that the ring has no form for.
    """
    return _Binder(program).run()


INPUT_VECTOR, INPUT_WIRING = "u.vector", "u.identity"
"""The inputs as a vector that may rotate, and the constant that makes it; names that no program has."""


class _Binder:
    def __init__(self, program: Program) -> None:
        self.program, self.formats = program, program.formats
        self.types = program.types
        self.ops: dict[str, Op] = {op.name: op for op in program.ops}
        self.shapes = dict(program.parameters)
        factors = [name for gradient in program.gradients for name in gradient.operands]
        self.needed = program.needed([program.kick, *factors])
        self.stored = {name: self._layout(name) for name in self.shapes}
        self.fixed = {constant.name: constant for constant in program.constants}
        self.constants: dict[str, Stored] = {}
        self.moved_inputs = False

    def run(self) -> RingPlan:
        program = self.program
        statements, tables = [], dict[str, FunctionTable]()
        turns = {op.log2 for op in self.needed if isinstance(op, Turn)}
        for op in self.needed:
            if isinstance(op, Table):
                if op.function in REDUCED:
                    raise self._unavailable(op, f"the table of {REDUCED[op.function]}")
                argument = self.ops[op.source]
                assert isinstance(argument, Round) and argument.rule is Rounding.FLOOR
                table = self._table(op.function)
                tables[table.name] = table
                statements.append(self._statement(op.name, Finish.TABLE, argument.source, table.fraction, table.name))
            elif isinstance(op, Turn):
                if op.source != "q":
                    read = f'"round floor {op.source} ..." and a table over a turn, which takes any sum modulo 1'
                    raise self._unavailable(op, f"turns of q alone; write {read}")
                if len(turns) > 1:
                    parts = ", ".join(map(str, sorted(turns)))
                    raise self._unavailable(op, f"one power of two for all turns of q, got {parts}; write the largest")
            elif isinstance(op, Cut) and op.source == "q":
                if op.to != self.formats.x:
                    raise self._unavailable(op, f"positions cut to {self.formats.x}")
            elif isinstance(op, Cut):
                if op.to.width != self.formats.operand_bits:
                    raise self._unavailable(op, f"cuts to words of {self.formats.operand_bits} bits")
                statements.append(self._statement(op.name, Finish.CUT, op.source, op.to.fraction_bits))
        kick = self.ops[program.kick]
        assert isinstance(kick, Round) and kick.rule is Rounding.HALF_UP
        statements.append(self._statement(kick.name, Finish.KICK, kick.source))
        gradients = tuple(self._gradient(gradient) for gradient in program.gradients)
        if self.moved_inputs:
            statements.insert(0, self._input_vector())
        stored, looked_up = self.stored | self.constants, tuple(tables.values())
        return RingPlan(program.name, stored, tuple(statements), gradients, looked_up, program.m, *turns)

    def _table(self, name: str) -> FunctionTable:
        """A declared one, or a built-in one."""
        if name in FUNCTIONS:
            return builtin(name, self.formats.operand_bits)
        return next(table for table in self.program.tables if table.name == name)

    # What is stored.

    def _layout(self, name: str) -> Stored:
        """Columns where a matrix multiplies nothing but inputs."""
        shape = self.shapes[name]
        if len(shape) < 2:
            return Stored(Layout.VECTOR, shape)
        uses = [op for op in self.needed if isinstance(op, Matvec | MatvecT) and op.a == name]
        driven = all(op.b == "u" for op in uses) and all(t.y == "u" for t in self.program.gradient(name).terms)
        return Stored(Layout.COLUMNS if driven else Layout.MATRIX, shape)

    def _constant(self, name: str, layout: Layout, *, transposed: bool = False) -> str:
        """Stores a constant once for each way in which it is used; returns what the plan calls it."""
        words = self.fixed[name].words.T if transposed else self.fixed[name].words
        table = words[:, None] if words.ndim == 1 else words
        triples = tuple((int(row), int(column), int(table[row, column])) for row, column in np.argwhere(table))
        known = name + (".T" if transposed else "") + (".u" if layout is Layout.COLUMNS else "")
        self.constants[known] = Stored(layout, words.shape, words=triples)
        return known

    def _input_vector(self) -> Statement:
        """The inputs, cut from their products with one: exact."""
        bits, m = self.formats.operand_bits, self.program.m
        one = 1 << self.formats.weight.fraction_bits
        self.constants[INPUT_WIRING] = Stored(Layout.COLUMNS, (m, m), words=tuple((i, i, one) for i in range(m)))
        product = self.formats.u.fraction_bits + self.formats.weight.fraction_bits
        terms = (Inputs(INPUT_WIRING, product),)
        return Statement(INPUT_VECTOR, m, Finish.CUT, terms, 2 * bits, product, self.formats.u.fraction_bits)

    # Sums.

    def _statement(self, name: str, finish: Finish, source: str, fraction: int = 0, table: str = "") -> Statement:
        terms = tuple(self._terms(source, 1, 0))
        total = self.types[source]
        return Statement(name, total.shape[0], finish, terms, total.bits, total.fraction, fraction, table)

    def _terms(self, name: str, sign: int, log2: int) -> list[Term]:
        """An exact value as products; `log2` is the power of two that scales it."""
        op = self.ops.get(name)
        if isinstance(op, Sum):
            return [t for term in op.terms for t in self._terms(term.source, sign * term.sign, log2)]
        if isinstance(op, Scale):
            return self._terms(op.source, sign, log2 + op.log2)
        fraction, negative = self.types[name].fraction - log2, sign < 0
        if isinstance(op, Mul):
            return [self._local(op, fraction, negative)]
        assert isinstance(op, Matvec | MatvecT), op
        return [self._product(op, fraction, negative)]

    def _local(self, op: Mul, fraction: int, negative: bool) -> Term:
        if op.a in self.fixed:
            first = self._constant(op.a, Layout.VECTOR)
        else:
            first = op.a if op.a in self.stored else self._moving(op.a)
        return Local(first, self._moving(op.b), fraction, negative)

    def _product(self, op: Matvec | MatvecT, fraction: int, negative: bool) -> Term:
        transposed, matrix = isinstance(op, MatvecT), op.a
        driven = op.b == "u" and (matrix in self.fixed or self.stored[matrix].layout is Layout.COLUMNS)
        if matrix in self.fixed:
            layout = Layout.COLUMNS if driven else Layout.MATRIX
            matrix, transposed = self._constant(matrix, layout, transposed=transposed), False
        if driven:
            return Inputs(matrix, fraction, negative)
        kind = Transposed if transposed else Rotating
        return kind(matrix, self._moving(op.b), fraction, negative)

    def _moving(self, name: str) -> str:
        """What the plan calls an operand; inputs become a vector of their own, for this one may rotate."""
        if name == "one":
            return ONE
        if name == "u":
            self.moved_inputs = True
            return INPUT_VECTOR
        op = self.ops[name]
        if isinstance(op, Turn):
            return TURNS
        return POSITION if isinstance(op, Cut) and op.source == "q" else name

    # Gradients.

    def _gradient(self, densities: Densities) -> Gradient:
        program, parameter = self.program, densities.parameter
        parts = zip(densities.terms, program.aligns(densities), densities.signs, strict=True)
        terms = tuple(self._density(parameter, term, alignment, sign < 0) for term, alignment, sign in parts)
        kept = program.range_of(parameter)
        ends = (kept.low, kept.high) if kept else None
        return Gradient(parameter, terms, program.update_offset(parameter), densities.sign < 0, ends)

    def _density(self, parameter: str, density: Density, alignment: int, negative: bool) -> GradientTerm:
        stored = self.stored[parameter]
        if stored.layout is Layout.COLUMNS:
            return GradientTerm(self._moving(density.r), INPUTS, alignment, negative)
        r, y = self._moving(density.r), self._moving(density.y)
        if density.product == "mul" and (r == ONE or (r in POSITIONS and y not in (*POSITIONS, ONE))):
            # A product does not care which factor stays; the one that rotates best is the position.
            r, y = y, r
        return GradientTerm(r, y, alignment, negative)

    def _unavailable(self, op: Op, available: str) -> HelError:
        return HelError(f'the ring has no form for "{op}" of system {self.program.name}; it has {available}')
