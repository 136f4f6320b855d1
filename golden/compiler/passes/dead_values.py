"""Dead code: operations, constants and tables that no output needs."""

from __future__ import annotations

from dataclasses import replace

from golden.program import Program
from golden.program.ops import Table

__all__ = ["dead_values"]


def dead_values(program: Program) -> Program:
    """The program without them. Bit for bit the same outputs.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> program = compile_system(get("linear", n=2))
    >>> dead_values(replace(program, input_gradient="")).ops == program.ops[:-2]
    True
    """
    outputs = [program.kick, *(name for gradient in program.gradients for name in gradient.operands)]
    ops = program.needed([*outputs, program.input_gradient])
    used = {name for op in ops for name in op.operands}
    kept = {op.name for op in ops}
    read = {op.function for op in ops if isinstance(op, Table)}
    return replace(
        program,
        ops=ops,
        constants=tuple(constant for constant in program.constants if constant.name in used),
        tables=tuple(table for table in program.tables if table.name in read),
        origins=tuple((name, line) for name, line in program.origins if name in kept),
    )
