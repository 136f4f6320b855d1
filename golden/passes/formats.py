"""Format inference: each cut's SQ(i, w - i) from its interval, narrowed by a calibration run.

A calibration run (golden/passes/real.py) is the program in real numbers on typical inputs. A cut gets the fewest
integer bits i >= 1 for `margin` times what its value reached, and never more than its interval needs. x = cut q stays
SQ(5, w - 5), and so do u and `one`: they are the array's.

What no format can hold is an error with the line of the potential it comes from: a state beyond its word, a position
beyond SQ(5, w - 5), an angle beyond sin's table, a value too large for the fraction bits that are left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golden.errors import HelError
from golden.formats import SQ
from golden.ops import Cut, Table
from golden.passes.real import Reach
from golden.passes.rewrite import Rewriter
from golden.program import Program

__all__ = ["FRACTION", "infer"]

FRACTION = 8
"""Fraction bits that a cut keeps at least."""

_TABLE_END = 8.0


def infer(program: Program, reach: Reach, margin: float = 2.0) -> Program:
    """The program with the cuts' formats chosen; the same operations otherwise, sums and roundings aligned anew.

    Parameters
    ----------
    reach : of `golden.passes.real.calibrate`
    margin : room left above what the run reached

    Raises
    ------
    HelError : a value that no format holds, with the line of the potential.
    """
    _check(program, reach)
    width = program.formats.operand_bits
    rewriter = Rewriter(program)
    for op in program.ops:
        if isinstance(op, Cut) and op.source != "q":
            source = rewriter.types[op.source]
            needed = _integer_bits(margin * reach[op.source])
            integers = max(min(source.bits - source.fraction, needed), 1, width - source.fraction)
            if width - integers < FRACTION:
                where = program.line(op.source) or f"{program.name}: "
                raise HelError(
                    f"{where}{op.source} reaches {reach[op.source]:.3g} in the calibration"
                    f" run, a word of {width} bits would keep {width - integers} fraction bits of it; scale q or the"
                    " parameters down, lower the power, or raise operand_bits"
                )
            op = replace(op, to=SQ(integers, width - integers))
        rewriter.emit(op)
    return rewriter.finish()


def _integer_bits(size: float) -> int:
    """Fewest i with size < 2**(i - 1)."""
    return int(np.floor(np.log2(size))) + 2 if size > 0.0 else 1


def _check(program: Program, reach: Reach) -> None:
    formats, run = program.formats, "in the calibration run"
    restore = "add a restoring term such as np.sum(a * q**2) / 2, or drive it less"
    for name, word in (("q", formats.q), ("p", formats.p)):
        holds = 2 ** (word.integer_bits - 1)
        if not reach[name] < holds:
            got = f"{name} reaches {reach[name]:.3g} {run}, its word {word} holds +-{holds}"
            raise HelError(f"{program.name}: {got}; {restore}, take a smaller step, or raise integer_bits")
    holds = 2 ** (formats.x.integer_bits - 1)
    if not reach["q"] < holds:
        got = f"q reaches {reach['q']:.3g} {run}, as a factor it is {formats.x} and holds +-{holds}"
        raise HelError(f"{program.name}: {got}; {restore}")
    for op in program.ops:
        if isinstance(op, Table) and op.function in ("sin", "cos") and not reach[op.source] < _TABLE_END:
            got = f"an angle reaches {reach[op.source]:.3g} {run}, the table of sin ends at +-{_TABLE_END:g}"
            where = program.line(op.source) or f"{program.name}: "
            raise HelError(f"{where}{got} (cos x is sin(x + pi / 2)); {restore}, or write it with a smaller angle")
