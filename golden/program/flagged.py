"""What left its range, in the user's words: the line of the potential, and the range that it left."""

from __future__ import annotations

from collections.abc import Iterable

from golden.arithmetic.tables import PERIODIC
from golden.errors import abridged
from golden.program.ops import Cut, Table
from golden.program.program import Program

__all__ = ["clamped", "clipped"]


_ANGLE = "an angle beyond the table of sin, -8 to 8 (cos x is sin(x + pi / 2))"


def clamped(program: Program, names: Iterable[str]) -> list[str]:
    """Arguments that went beyond their table, by the names of `golden.program.execute.Executable.clamped`.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> program = compile_system(get("pendulum", n=3))
    >>> (line,) = clamped(program, [op.source for op in program.ops if isinstance(op, Table)][:1])
    >>> line.partition(": ")[2]
    '`np.cos(q)`: an angle beyond the table of sin, -8 to 8 (cos x is sin(x + pi / 2))'
    """
    return sorted({_clamped(program, name) for name in names})


def clipped(program: Program, names: Iterable[str]) -> list[str]:
    """Cuts that saturated, by their names.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> clipped(compile_system(get("phi4", n=3)), ["x", "d"])
    ['phi4.py:35: `q**4`: x_x beyond SQ(5, 13), +-16', 'q as a factor beyond SQ(5, 13), +-16']
    """
    cuts = {op.name: op for op in program.ops if isinstance(op, Cut)}
    return sorted({_clipped(program, cuts[name]) if name in cuts else name for name in names})


def _clamped(program: Program, name: str) -> str:
    origins = {table.name: table.origin for table in program.tables}
    what = ""
    for op in program.ops:
        if isinstance(op, Table) and name in (op.name, op.source):
            origin = origins.get(op.function)
            if op.function in PERIODIC:
                what = _ANGLE
            elif origin is not None:
                what = f"x of {abridged(origin.function)} beyond {origin.low:.4g} to {origin.high:.4g}"
    return f"{program.line(name) or f'{name}: '}{what}".removesuffix(": ")


def _clipped(program: Program, cut: Cut) -> str:
    what = "q as a factor" if cut.source == "q" else cut.source
    holds = 2.0 ** (cut.to.integer_bits - 1)
    return f"{program.line(cut.source)}{what} beyond {cut.to}, +-{holds:g}"
