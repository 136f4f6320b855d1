"""A program: one leapfrog kick and its gradients as typed integer operations in SSA form. Prose: docs/program.md.

Predefined: position words q (n,), inputs u (m,), the number `one` (), every parameter by its name, as an operand, and
every constant and declared table; no momentum: a kick is a function of position, or it could not be undone.
Outputs: `kick` (h * force in p's format, so p -= kick), `gradients` (per parameter the operands of its density),
`input_gradient` (dV/du as an exact value).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import FunctionTable
from golden.arithmetic.tables import FUNCTIONS, REDUCED
from golden.errors import HelError
from golden.program.constants import Constant
from golden.program.densities import Density, Gradient
from golden.program.ops import Cut, Matvec, MatvecT, Mul, Op, Sum, Turn
from golden.program.parameter_range import ParameterRange
from golden.program.text import Parser
from golden.program.types import Type
from golden.program.verifier import verify

__all__ = ["MAX_SHIFT", "Density", "Gradient", "Program"]

MAX_SHIFT = 35
"""Largest shift of a gradient word by an update, which has 36 bits; 0 is the smallest (docs/numerics.md, section 5)."""

_RESERVED = ("q", "p", "u", "one")
_TAKEN = f"taken: {', '.join(_RESERVED)}"


@dataclass(frozen=True)
class Program:
    """See the module; build one with golden.compiler.compile_system or Program.parse. Equality is by content.

    Members
    -------
    name : of the system
    formats : Formats
    n, m : neurons, inputs
    parameters : (name, shape) pairs in the system's order
    ops : operations, operands before users
    kick : name of the rounded force
    gradients : one Gradient a parameter, in the order of `parameters`
    input_gradient : name of dV/du; "" where the potential does not depend on u, or dV/du has no integer form
    constants : Constant
    symmetric : names of the square parameters that are symmetric matrices
    ranges : ParameterRange, of the parameters that have one
    tables : FunctionTable, those declared
    origins : (value, line of the user's code) pairs; no part of the text, nor of equality
    inputs_refused : why dV/du has no integer form, with its line; "" where it has one, where the potential does not
        depend on u, and in a parsed program; no part of the text, nor of equality
    """

    name: str
    formats: Formats
    n: int
    m: int
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    ops: tuple[Op, ...]
    kick: str
    gradients: tuple[Gradient, ...]
    input_gradient: str = ""
    constants: tuple[Constant, ...] = ()
    symmetric: tuple[str, ...] = ()
    tables: tuple[FunctionTable, ...] = ()
    ranges: tuple[ParameterRange, ...] = ()
    origins: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    inputs_refused: str = field(default="", compare=False, repr=False)

    @cached_property
    def types(self) -> Mapping[str, Type]:
        """name -> Type of every value, predefined ones first. HelError when an operation does not fit."""
        f = self.formats
        types = {
            "q": Type.of(f.q, (self.n,)),
            "u": Type.of(f.u, (self.m,)),
            "one": Type((), f.x.fraction_bits, f.one, f.one),
        }
        for name, shape in self.parameters:
            if name in _RESERVED or name in types:
                raise HelError(f'a parameter\'s name must be its own, got "{name}"; rename it ({_TAKEN})')
            types[name] = Type.of(f.weight, shape or (1,))
        for constant in self.constants:
            if constant.name in _RESERVED or constant.name in types:
                raise HelError(f'a constant\'s name must be its own, got "{constant.name}"; rename it')
            constant.check(f.weight.low, f.weight.high)
            types[constant.name] = Type.of_constant(constant, f.weight)
        for table in self.tables:
            if table.name in (*_RESERVED, *FUNCTIONS, *REDUCED) or table.name in types:
                raise HelError(f'a table\'s name must be its own, got "{table.name}"; rename it')
            table.check(f.operand_bits)
            types[table.name] = Type.of_table(table)
        for op in self.ops:
            if op.name in types:
                raise HelError(f'{op}: a value is defined once, got a second "{op.name}"; rename it')
            for operand in op.operands:
                if operand not in types:
                    raise HelError(f'{op}: a value is defined before its use, got "{operand}"; add its definition')
            types[op.name] = op.infer(types, f)
        return MappingProxyType(types)

    def verify(self) -> "Program":
        """Checks all that docs/program.md asks (golden/program/verifier.py); returns the program. Raises HelError."""
        verify(self)
        return self

    @property
    def accumulator_bits(self) -> int:
        """Width of the widest product sum, by interval; partial sums in any order fit as well."""
        sums = [op.name for op in self.ops if isinstance(op, Matvec | MatvecT | Mul | Sum)]
        return max((self.types[name].bits for name in sums), default=1)

    @cached_property
    def angular(self) -> bool:
        """Whether positions are read by turns alone: their words come round, and q_overflow is not raised."""
        turns = any(isinstance(op, Turn) and op.source == "q" for op in self.ops)
        return turns and not any(isinstance(op, Cut) and op.source == "q" for op in self.ops)

    @property
    def nudge_shift(self) -> int:
        """e = half_up(q_raw - y_raw, nudge_shift + m) for eps = 2**-m, the cost |q - y|**2 / 2 and y in q's format."""
        return self.formats.log2_inverse_step + 1

    def term_log2(self, term: Density) -> int:
        """e of a term's value: sign * 2**e * (r y as raw integers)."""
        return -(self.types[term.r].fraction + self.types[term.y].fraction) - term.halvings

    def aligns(self, gradient: Gradient) -> tuple[int, ...]:
        """Left shift of each term before it is added to G: to the finest of the parameter's terms."""
        logs = [self.term_log2(term) for term in gradient.terms]
        return tuple(log - min(logs) for log in logs)

    def gradient_log2(self, parameter: str) -> tuple[int, int]:
        """(sign, e) with dC/d(parameter) = sign * 2**e * (h / 2 eps) * G."""
        gradient = self.gradient(parameter)
        return gradient.sign, min(map(self.term_log2, gradient.terms)) + self.formats.g_cut

    def update_offset(self, parameter: str) -> int:
        """Shift of G beyond that of a density of fraction 2w - 6 and scale 1: one rate for all."""
        finest = min(map(self.term_log2, self.gradient(parameter).terms))
        return -finest - (2 * self.formats.operand_bits - 6)

    def range_of(self, parameter: str) -> ParameterRange | None:
        """Where its words stay when they are updated; None where it has the whole word."""
        return next((each for each in self.ranges if each.parameter == parameter), None)

    def gradient(self, parameter: str) -> Gradient:
        for gradient in self.gradients:
            if gradient.parameter == parameter:
                return gradient
        names = ", ".join(name for name, _ in self.parameters)
        raise HelError(f'{self.name} has the parameters {names}, got "{parameter}"; choose one of them')

    def needed(self, names: Iterable[str]) -> tuple[Op, ...]:
        """The operations that the named values depend on, in order."""
        wanted = set(names)
        found: list[Op] = []
        for op in reversed(self.ops):
            if op.name in wanted:
                found.append(op)
                wanted.update(op.operands)
        return tuple(reversed(found))

    def line(self, name: str) -> str:
        """``file:line: `text`: `` of the line of the potential that a value comes from; "" if unknown."""
        lines, ops = dict(self.origins), {op.name: op for op in self.ops}
        stack = [name]
        while stack:
            at = stack.pop(0)
            if lines.get(at):
                return f"{lines[at]}: "
            stack += ops[at].operands if at in ops else ()
        return ""

    @property
    def without_inputs(self) -> HelError:
        """The error of who asks a program for the dV/du that it has not."""
        why = self.inputs_refused or (
            f"the program of {self.name} has no dV/du: its potential does not depend on u, or dV/du has no integer form"
        )
        return HelError(f"{why}; dV/du alone needs it: leave out the input gradient, all else runs")

    @property
    def digest(self) -> str:
        """SHA-256 of the text form."""
        return hashlib.sha256(str(self).encode()).hexdigest()

    def __str__(self) -> str:
        types = self.types
        texts = [str(op) for op in self.ops]
        column = max(map(len, texts), default=0)
        lines = [f"program {self.name} n={self.n} m={self.m}", f"formats {self.formats}"]
        for name, shape in self.parameters:
            ranged = self.range_of(name)
            words = ["parameter", name, str(list(shape)), *(["symmetric"] if name in self.symmetric else [])]
            lines.append(" ".join([*words, *([str(ranged)] if ranged else [])]))
        lines += map(str, (*self.constants, *self.tables))
        lines += [f"{text:<{column}} : {types[op.name]}" for op, text in zip(self.ops, texts, strict=True)]
        lines += [f"kick {self.kick}", *map(str, self.gradients)]
        lines += [f"input {self.input_gradient}"] if self.input_gradient else []
        return "\n".join([*lines, f"nudge half_up {self.nudge_shift}"]) + "\n"

    @classmethod
    def parse(cls, text: str) -> "Program":
        """The inverse of str(); blank lines and comments from # on are skipped. The types written are checked."""
        return Parser().run(text, cls)
