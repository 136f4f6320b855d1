"""Step 4: gives operations readable names, types, and the formats that follow from the types."""

from __future__ import annotations

from dataclasses import replace

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.function_table import FunctionTable
from golden.arithmetic.tables import FUNCTIONS, REDUCED
from golden.compiler.cut_formats import narrowest
from golden.compiler.operations import (
    CutTo,
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
from golden.program import Program
from golden.program.constants import Constant
from golden.program.densities import Density, Gradient
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Scale, Sum, Table, Term, Turn
from golden.program.types import Type

__all__ = ["ProgramBuilder"]


class ProgramBuilder:
    """Grows one program; `types` grows with the operations, so shifts are derived from fractions.

    Parameters
    ----------
    name, formats, n, m : of the program
    parameters : (name, shape) of each
    symmetric : names of the parameters that are symmetric matrices
    """

    def __init__(
        self,
        name: str,
        formats: Formats,
        n: int,
        m: int,
        parameters: tuple[tuple[str, tuple[int, ...]], ...],
        symmetric: tuple[str, ...] = (),
    ) -> None:
        self.head = (name, formats, n, m, parameters)
        self.symmetric = tuple(name for name, _ in parameters if name in symmetric)
        self.formats = formats
        self.types: dict[str, Type] = dict(Program(*self.head, (), "", ()).types)
        self.names: list[str] = []
        self.ops: list[Op] = []
        self.constants: list[Constant] = []
        self.tables: list[FunctionTable] = []
        self.origins: list[tuple[str, str]] = []

    def build(self, selected: Selected) -> Program:
        """The program of these operations; not yet verified."""
        for operation, source in selected.operations:
            self.names.append(self._define(operation, source))
        gradients = tuple(
            Gradient(
                parameter,
                tuple(Density(t.product, self.name(t.r), self.name(t.y), t.sign, t.halvings) for t in terms),
            )
            for parameter, terms in selected.gradients
        )
        return Program(
            *self.head,
            tuple(self.ops),
            self.name(selected.kick),
            gradients,
            "" if selected.inputs is None else self.name(selected.inputs),
            tuple(self.constants),
            self.symmetric,
            tuple(self.tables),
            origins=tuple(self.origins),
        )

    def name(self, ref: Ref) -> str:
        return ref if isinstance(ref, str) else self.names[ref]

    def _define(self, operation: Operation, source: str) -> str:
        if isinstance(operation, Constant):
            constant = replace(operation, name=self._new("cC"[len(operation.shape) - 1]))
            self.constants.append(constant)
            self.types[constant.name] = Type.of_constant(constant, self.formats.weight)
            return constant.name
        op = self._op(operation)
        self.types[op.name] = op.infer(self.types, self.formats)
        self.ops.append(op)
        if source:
            self.origins.append((op.name, source))
        return op.name

    def _op(self, operation: Operation) -> Op:
        """Under a new name: that of what it reads, or a letter of docs/program.md."""
        name, new = self.name, self._new
        match operation:
            case Times(a, b):
                return Mul(new(f"{name(a)}_{name(b)}"), name(a), name(b))
            case MatrixTimes(matrix, False, vector):
                return Matvec(new(f"{name(matrix)}_{name(vector)}"), name(matrix), name(vector))
            case MatrixTimes(matrix, True, vector):
                return MatvecT(new(f"{name(matrix)}t_{name(vector)}"), name(matrix), name(vector))
            case Plus(parts, wish):
                fraction = max(self.types[name(ref)].fraction for _, ref in parts)
                terms = (Term(sign, name(ref), fraction - self.types[name(ref)].fraction) for sign, ref in parts)
                return Sum(new(wish), tuple(terms))
            case Shifted(value, log2):
                return Scale(new(f"{name(value)}_scaled"), name(value), log2)
            case CutTo(value, None):
                return Cut(new("x" if value == "q" else "d"), name(value), self._operand_format(name(value)))
            case CutTo(value, int(log2)):
                return Turn(new("t"), name(value), log2)
            case Rounded(value, how, fraction):
                wish = "K" if how is Rounding.HALF_UP else "zt"
                return Round(new(wish), how, name(value), self.types[name(value)].fraction - fraction)
            case LookUp(function, argument, to):
                return Table(new("s"), self._table(function), name(argument), to)
        raise AssertionError(operation)

    def _table(self, function: str | FunctionTable) -> str:
        """The name of a table, which is declared where it is the program's own."""
        if isinstance(function, str):
            return function
        for declared in self.tables:
            if replace(function, name=declared.name) == declared and function.function == declared.function:
                return declared.name
        wish = function.name if function.name not in (*FUNCTIONS, *REDUCED) else "f"
        table = replace(function, name=self._new(wish))
        self.tables.append(table)
        self.types[table.name] = Type.of_table(table)
        return table.name

    def _operand_format(self, exact: str) -> SQ:
        """q to SQ(5, w - 5), else the narrowest SQ(i, w - i), i <= 5, for the value's interval."""
        return self.formats.x if exact == "q" else narrowest(self.types[exact], self.formats)

    def _new(self, wish: str) -> str:
        name, count = wish, 0
        while name in self.types or name in ("p",):
            count += 1
            name = f"{wish}{count}"
        return name
