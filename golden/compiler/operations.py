"""Step 3's values: the operations of a program under numbers, before they have names, types and formats.

A Ref is the number of an operation before, or the name of a word that is there (a parameter, ``u``, ``q``, ``one``).
Operations are values: equal ones are one. docs/program.md says what each computes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from golden.arithmetic.formats import SQ
from golden.arithmetic.function_table import FunctionTable
from golden.program.constants import Constant
from golden.program.ops import Rounding

__all__ = ["CutTo", "DensityTerm", "LookUp", "MatrixTimes", "Operation", "Plus", "Ref", "Rounded", "Selected",
           "Shifted", "Times"]  # fmt: skip

Ref = int | str


@dataclass(frozen=True)
class Times:
    """a * b, element by element."""

    a: Ref
    b: Ref

    def __str__(self) -> str:
        return f"mul {_text(self.a)} {_text(self.b)}"


@dataclass(frozen=True)
class MatrixTimes:
    """matrix @ vector, or its transpose @ vector."""

    matrix: Ref
    transposed: bool
    vector: Ref

    def __str__(self) -> str:
        return f"matvec{'_t' * self.transposed} {_text(self.matrix)} {_text(self.vector)}"


@dataclass(frozen=True)
class Plus:
    """The sum of (sign, value)."""

    parts: tuple[tuple[int, Ref], ...]
    wish: str = field(compare=False)

    def __str__(self) -> str:
        return "sum " + " ".join(f"{'-' if sign < 0 else '+'} {_text(ref)}" for sign, ref in self.parts)


@dataclass(frozen=True)
class Shifted:
    """value 2**log2."""

    value: Ref
    log2: int

    def __str__(self) -> str:
        return f"scale {_text(self.value)} {self.log2}"


@dataclass(frozen=True)
class CutTo:
    """The value as an operand; or 2**-turn times it, modulo 1."""

    value: Ref
    turn: int | None = None

    def __str__(self) -> str:
        return f"cut {_text(self.value)}" if self.turn is None else f"turn {_text(self.value)} {self.turn}"


@dataclass(frozen=True)
class Rounded:
    """The value with `fraction` bits behind the point."""

    value: Ref
    how: Rounding
    fraction: int

    def __str__(self) -> str:
        return f"round {self.how} {_text(self.value)} to {self.fraction}"


@dataclass(frozen=True)
class LookUp:
    """A function of a table's argument: one that is there, or a table of the program with its words' format."""

    function: str | FunctionTable
    argument: Ref
    to: SQ | None = None

    def __str__(self) -> str:
        name = self.function if isinstance(self.function, str) else self.function.name
        return f"table {name} {_text(self.argument)}" + (f" {self.to}" if self.to is not None else "")


Operation = Constant | Times | MatrixTimes | Plus | Shifted | CutTo | Rounded | LookUp
"""A `Constant` has no name yet."""


@dataclass(frozen=True)
class DensityTerm:
    """sign * 2**-halvings * (r outer y | r * y)."""

    product: str  # "outer" or "mul"
    r: Ref
    y: Ref
    sign: int = 1
    halvings: int = 0

    def __str__(self) -> str:
        return f"{'-' if self.sign < 0 else '+'} {self.product} {_text(self.r)} {_text(self.y)} >> {self.halvings}"


@dataclass(frozen=True)
class Selected:
    """Operations in the order in which they are computed, each with its line of the user's code; and what is read."""

    operations: tuple[tuple[Operation, str], ...]
    kick: Ref
    gradients: tuple[tuple[str, tuple[DensityTerm, ...]], ...]
    inputs: Ref | None

    def __str__(self) -> str:
        lines = [f"%{i} = {operation}" for i, (operation, _) in enumerate(self.operations)]
        lines.append(f"kick {_text(self.kick)}")
        lines += [f"gradient {name} = {' '.join(map(str, terms))}" for name, terms in self.gradients]
        return "\n".join(lines if self.inputs is None else [*lines, f"input {_text(self.inputs)}"])


def _text(ref: Ref) -> str:
    return f"%{ref}" if isinstance(ref, int) else ref
