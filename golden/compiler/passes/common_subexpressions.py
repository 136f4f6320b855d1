"""Common subexpressions: equal operations on equal operands, and equal constants, are one value."""

from __future__ import annotations

from dataclasses import replace

from golden.compiler.passes.rewrite import Rewriter
from golden.program import Program
from golden.program.ops import Mul, Op

__all__ = ["common_subexpressions"]


def common_subexpressions(program: Program) -> Program:
    """The program with each distinct value once, under its first name. Bit for bit the same outputs.

    >>> text = '''program twice n=2 m=1
    ... parameter k [2]
    ... x = cut q SQ(5, 13)
    ... y = cut q SQ(5, 13)
    ... k_y = mul k y
    ... K = round half_up k_y 16
    ... kick K
    ... gradient k = mul y x'''
    >>> print(", ".join(map(str, common_subexpressions(Program.parse(text)).ops)))
    x = cut q SQ(5, 13), k_y = mul k x, K = round half_up k_y 16
    """
    rewriter = Rewriter(program)
    seen: dict[str, str] = {}
    for constant in program.constants:
        text = str(replace(constant, name="_"))
        rewriter.names[constant.name] = seen.setdefault(text, constant.name)
    rewriter.constants = [c for c in program.constants if rewriter.names[c.name] == c.name]
    for op in program.ops:
        op = rewriter.follow(op)
        text = _key(op)
        if text in seen:
            rewriter.names[op.name] = seen[text]
        else:
            seen[text] = rewriter.emit(op)
    return rewriter.finish()


def _key(op: Op) -> str:
    """The operation without its name; a product of two operands in one order."""
    if isinstance(op, Mul):
        return f"mul {' '.join(sorted((op.a, op.b)))}"
    return str(replace(op, name="_"))
