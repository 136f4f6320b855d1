"""From a program to a ring plan: which operation is done by which motion of the ring.

matvec by a square matrix rotates its operand; its transpose lets the partial sums travel; a product with the inputs
uses the broadcast word; an element-wise product stays at home. What the ring of this release cannot do (slices, several
tables) is an error that names the operation.

Example
-------
>>> from golden.lower import compile_system
>>> from golden.systems import get
>>> plan = bind(compile_system(get("hru", n=8, m=2)))
>>> [type(term).__name__ for term in plan.force]
['Diagonal', 'Diagonal']
"""

from __future__ import annotations

from golden.errors import HelError
from golden.ops import Cut, Matvec, MatvecT, Mul, Op, Round, Rounding, Sum, Table
from golden.program import Gradient, Program
from rtl.hls.plan import Diagonal, GradientTerm, Inputs, Layout, Operand, Plan, Rotating, Term, Transposed

__all__ = ["bind"]


def bind(program: Program) -> Plan:
    """The plan of a verified program.

    Raises
    ------
    HelError
        The first operation that the ring has no form for.
    """
    return _Binder(program).run()


class _Binder:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.ops: dict[str, Op] = {op.name: op for op in program.ops}
        self.shapes = dict(program.parameters)
        self.operands = {"u": Operand.INPUT, "one": Operand.INPUT}

    def run(self) -> Plan:
        program = self.program
        tables = [op for op in program.needed([program.kick]) if isinstance(op, Table)]
        if len(tables) > 1:
            raise self._unavailable(tables[1], "a force with one table look-up a neuron")
        for op in program.needed([program.kick, *(name for g in program.gradients for name in g.operands)]):
            if isinstance(op, Cut):
                if op.source != "q":
                    raise self._unavailable(op, "operands cut from the position itself")
                self.operands[op.name] = Operand.X
            elif isinstance(op, Table):
                self.operands[op.name] = Operand.S
            elif not isinstance(op, Matvec | MatvecT | Mul | Sum | Round):
                raise self._unavailable(op, "sums of products of parameters with x, s and u")
        z = self._z(tables[0]) if tables else ()
        kick = self.ops[program.kick]
        assert isinstance(kick, Round)
        layouts = {name: self._layout(name) for name, _ in program.parameters}
        gradients = tuple(self._gradient(gradient) for gradient in program.gradients)
        return Plan(program.name, layouts, z, self._terms(kick.source, force=True), gradients)

    def _z(self, table: Table) -> tuple[Term, ...]:
        if table.function != "tanh":
            raise self._unavailable(table, "the table of tanh")
        rounded = self.ops[table.source]
        assert isinstance(rounded, Round) and rounded.rule is Rounding.FLOOR
        return self._terms(rounded.source, force=False)

    def _layout(self, name: str) -> Layout:
        shape, n, m = self.shapes[name], self.program.n, self.program.m
        uses = [op for op in self.program.ops if isinstance(op, Matvec | MatvecT) and op.a == name]
        if shape == (n,):
            return Layout.VECTOR
        if shape == (n, m) and all(op.b == "u" for op in uses if isinstance(op, Matvec)):
            return Layout.COLUMNS
        if shape == (n, n):
            return Layout.MATRIX
        raise HelError(f"the ring stores parameters of shape ({n},), ({n}, {n}) or ({n}, {m}), got {name} with {shape}")

    def _terms(self, name: str, *, force: bool) -> tuple[Term, ...]:
        op = self.ops.get(name)
        if isinstance(op, Sum):
            return tuple(self._term(t.source, t.sign < 0, force) for t in op.terms)
        return (self._term(name, False, force),)

    def _term(self, name: str, negative: bool, force: bool) -> Term:
        op = self.ops.get(name)
        if op is None:
            raise HelError(
                f'the ring has no form for "{name}" without a factor in system {self.program.name};'
                " multiply it by a parameter"
            )
        w = self.program.formats.operand_bits
        if not isinstance(op, Matvec | MatvecT | Mul) or op.a not in self.shapes:
            raise self._unavailable(op, "sums of products of a parameter and an operand")
        scaled = force and self.program.types[name].fraction == 2 * w - 7
        if isinstance(op, Mul):
            if op.b == "one":
                return Inputs(op.a, negative, scaled)
            if not negative and self.operands[op.b] in (Operand.X, Operand.S):
                return Diagonal(op.a, self.operands[op.b], scaled)
        elif isinstance(op, Matvec) and op.b == "u":
            return Inputs(op.a, negative, scaled)
        elif isinstance(op, Matvec) and self.operands[op.b] is Operand.X and not (negative or scaled):
            return Rotating(op.a)
        elif isinstance(op, MatvecT) and self.operands[op.b] is Operand.S and not (negative or scaled):
            return Transposed(op.a)
        raise self._unavailable(op, "W @ x, W.T @ s, B @ u, and element-wise products")

    def _gradient(self, gradient: Gradient) -> GradientTerm:
        if len(gradient.terms) > 1:
            raise HelError(f"the ring has no form for {gradient}; it has densities of one product")
        (term,) = gradient.terms
        r, y = self.operands[term.r], self.operands[term.y]
        if r is Operand.INPUT:
            r, y = y, r
        if y is Operand.S:
            # A product of two operands does not care which rotates or stays, and s is the one that can stay.
            r, y = y, r
        if (
            r is Operand.INPUT
            or y is Operand.S
            or (self._layout(gradient.parameter) is Layout.COLUMNS) != (term.y == "u")
        ):
            raise HelError(
                f"the ring has no form for {gradient}; it has outer(s, x), outer(s or x, u), s * x and x * x"
            )
        offset = self.program.update_offset(gradient.parameter)
        return GradientTerm(gradient.parameter, r, y, offset, gradient.sign < 0)

    def _unavailable(self, op: Op, available: str) -> HelError:
        return HelError(f'the ring has no form for "{op}" of system {self.program.name}; it has {available}')
