"""Where the values of a program lie in the generated C, and when each is computed.

A value that depends on parameters alone is computed when parameters are loaded; one that depends on inputs, once a
step; one that depends on the position, once a step in each context. What gradients read is kept for BLOCK steps, whose
outer products are added up together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from golden.native.headers import taken
from golden.program import Program
from golden.program.execute import INPUTS, PARAMETERS, STATE
from golden.program.ops import Matvec, MatvecT, Mul, Op

__all__ = ["BLOCK", "INPUTS", "PARAMETERS", "STATE", "Layout", "identifiers"]

BLOCK = 8
"""Steps whose outer products are added up together: each gradient word is loaded and stored once for all of them."""


def identifiers(names: list[str]) -> dict[str, str]:
    """A C identifier for every name: the name itself, unless C or the generated code has one like it.

    >>> identifiers(["W_x", "double", "z", "\u03b1"])
    {'W_x': 'W_x', 'double': 'double_', 'z': 'z', 'α': 'u3b1'}
    """
    found: dict[str, str] = {}
    used = {name for name in names if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII)}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", lambda found: f"u{ord(found[0]):x}", name)
        plain = plain if plain[0].isalpha() else "v" + plain
        if plain != name or taken(name):
            while plain in used or taken(plain):  # names that begin like one of the generated code's stay so
                plain = f"v_{plain}" if taken(f"{plain}_") else f"{plain}_"
        used.add(plain)
        found[name] = plain
    return found


class Layout:
    """Of one program.

    Members
    -------
    domain : name -> PARAMETERS, INPUTS or STATE, as in `golden.program.execute`
    c : name -> its C identifier
    word : the C type of a word of q and p
    """

    def __init__(self, program: Program) -> None:
        self.program, self.types = program, program.types
        self.parameters = dict(program.parameters)
        self.constants = {constant.name: constant for constant in program.constants}
        self.tables = {table.name: table for table in program.tables}
        self.domain = {"q": STATE, "u": INPUTS, "one": PARAMETERS}
        self.domain.update((name, PARAMETERS) for name in (*self.parameters, *self.constants))
        for op in program.ops:
            self.domain[op.name] = max(self.domain[name] for name in op.operands)
        names = [*self.parameters, *self.constants, *self.tables, *(op.name for op in program.ops)]
        self.c = {**identifiers(names), "u": "u", "q": "q"}
        wide = max(program.formats.q.width, program.formats.p.width, program.types[program.kick].bits) > 31
        self.word = "int64_t" if wide else "int32_t"

    @cached_property
    def _needs(self) -> dict[str, str]:
        """name -> the condition under which a step computes it: "", or C."""
        program = self.program
        groups = {
            "": [program.kick],
            "gradients": [name for gradient in program.gradients for name in gradient.operands],
            "inputs": [program.input_gradient] if program.input_gradient else [],
        }
        found = {when: {op.name for op in program.needed(names)} for when, names in groups.items()}
        needs = {}
        for op in program.ops:
            by = [when for when, names in found.items() if op.name in names]
            if by:
                needs[op.name] = "" if "" in by else " || ".join(by)
        return needs

    def ops(self, domain: int) -> Iterator[tuple[str, Op]]:
        """(condition, operation) of a domain, in the program's order."""
        for op in self.program.ops:
            if op.name in self._needs and self.domain[op.name] == domain:
                yield self._needs[op.name], op

    @cached_property
    def kept(self) -> frozenset[str]:
        """Values that gradients read: they are kept for BLOCK steps."""
        operands = {name for gradient in self.program.gradients for name in gradient.operands}
        return frozenset(name for name in operands if self.domain[name] != PARAMETERS)

    @cached_property
    def panels(self) -> tuple[tuple[str, bool], ...]:
        """(matrix, transposed): the products that read a parameter, or a constant that is stored in full."""
        found: dict[tuple[str, bool], None] = {}
        for op in self.program.ops:
            if isinstance(op, Matvec | MatvecT) and op.name in self._needs:
                found[op.a, isinstance(op, MatvecT)] = None
        return tuple(found)

    @cached_property
    def vectors(self) -> tuple[str, ...]:
        """Parameters and constants that are read element by element."""
        fixed = (*self.parameters, *self.constants)
        read = {name for op in self.program.ops if isinstance(op, Mul) for name in op.operands}
        return tuple(name for name in fixed if name in read)

    def size(self, name: str) -> int:
        """Of a vector."""
        shape = self.types[name].shape
        return shape[0] if shape else 1

    def at(self, name: str) -> str:
        """Element i of a vector, in context c where it has any."""
        if name == "one":
            return f"{self.program.formats.one}.0"
        return f"{self.c[name]}[c][i]" if self.domain[name] == STATE else f"{self.c[name]}[i]"

    def said(self, op: Op) -> str:
        """The statement of the program, its type and the line of the potential that it comes from."""
        line = self.program.line(op.name).removesuffix(": ")
        return f"{op} : {self.types[op.name]}" + (f"    {line}" if line else "")
