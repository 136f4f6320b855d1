"""Format inference: each cut's SQ(i, w - i) from its interval, narrowed by a calibration run.

A calibration run (golden/compiler/real.py) is the program in real numbers on typical inputs. A cut gets the fewest
integer bits i for `margin` times what its value reached, and never more than its interval needs; i is less than 1 where
the value is small. x = cut q stays SQ(5, w - 5), and so do u and `one`: they are the array's.

What no format can hold is an error with the line of the potential it comes from: a state beyond its word, a position
beyond SQ(5, w - 5), an angle beyond sin's table, a value too large for the fraction bits that are left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from golden.arithmetic.formats import SQ, Formats
from golden.compiler.passes.rewrite import Rewriter
from golden.errors import HelError, abridged
from golden.program import Program
from golden.program.ops import Cut, Table
from golden.program.types import Type

__all__ = ["FRACTION", "Reach", "by_interval", "check_stated", "infer", "narrowest", "overflow"]

Reach = dict[str, float]
"""Largest magnitude by value name, with ``q`` and ``p``."""

FRACTION = 8
"""Fraction bits that a cut keeps at least."""

_TABLE_END = 8.0
_WIDEST = 18
"""Bits of an operand on an array, at most."""
_RUN = "in the calibration run"


def infer(program: Program, reach: Reach, margin: float = 2.0, line: str = "") -> Program:
    """The program with the cuts' formats chosen; the same operations otherwise, sums and roundings aligned anew.

    Parameters
    ----------
    reach : of `golden.compiler.real.calibrate`
    margin : room left above what the run reached
    line : ``file:line: `text`: `` of the potential, for an error about the whole motion

    Raises
    ------
    HelError : a value that no format holds, with the line of the potential.
    """
    _check(program, reach, line)
    width = program.formats.operand_bits
    rewriter = Rewriter(program)
    for op in program.ops:
        if isinstance(op, Cut) and op.source != "q":
            source = rewriter.types[op.source]
            needed = _integer_bits(margin * reach[op.source])
            integers = max(min(source.bits - source.fraction, needed), width - source.fraction)
            if width - integers < FRACTION:
                where = program.line(op.source) or f"{program.name}: "
                wider = f", or take operands of more bits, {_WIDEST} at most" if width < _WIDEST else ""
                raise HelError(
                    f"{where}{op.source} reaches {reach[op.source]:.3g} {_RUN}, a word of {width} bits would keep"
                    f" {width - integers} fraction bits of it; take the power of np.eye(self.n) / 8 @ q, times a power"
                    " of two (a plain factor is drawn out of the power), hold q smaller by a restoring term, or lower"
                    f" the power{wider}"
                )
            op = replace(op, to=SQ(integers, width - integers))
        rewriter.emit(op)
    return rewriter.finish()


def _integer_bits(size: float) -> int:
    """Fewest i with size < 2**(i - 1)."""
    return int(np.floor(np.log2(size))) + 2 if size > 0.0 else 1


def overflow(program: Program, reach: Reach) -> str:
    """What is wrong with the motion as a whole, a state or position beyond its word, with a way out; or ""."""
    formats = program.formats
    restore = "add a restoring term such as np.sum(a * q**2) / 2, drive it less, lower a power"
    for name, word in (("q", formats.q), ("p", formats.p)):
        holds = 2 ** (word.integer_bits - 1)
        if not reach[name] < holds:
            got = f"{name} reaches {reach[name]:.4g} {_RUN}, its word {word} holds +-{holds}"
            if formats.integer_bits == 16:
                return f"{got}; {restore}, or take a smaller step"
            wider = f"wider words, in Python Formats(integer_bits={formats.integer_bits + 1})"
            return f"{got}; {restore}, take a smaller step, or {wider}"
    holds = 2 ** (formats.x.integer_bits - 1)
    if not reach["q"] < holds:
        got = f"q reaches {reach['q']:.4g} {_RUN}, as a factor it is {formats.x} and holds +-{holds}"
        return f"{got}; {restore}, or take a smaller step"
    return ""


def check_stated(program: Program, spans: Mapping[str, tuple[float, float]]) -> None:
    """HelError where an argument leaves the range that np.clip or hel.table states.

    `spans` has the least and the largest argument of each look-up, by its name (`golden.compiler.real.calibrate`).
    """
    origins = {table.name: table.origin for table in program.tables}
    for op in program.ops:
        origin = origins.get(op.function) if isinstance(op, Table) else None
        if origin is None or not origin.stated or op.name not in spans:
            continue
        low, high = (end + origin.shift for end in spans[op.name])
        if low < origin.low or high > origin.high:
            where = program.line(op.name) or f"{program.name}: "
            raise HelError(
                f"{where}x of {abridged(origin.function)} goes from {low:.4g} to {high:.4g} {_RUN}, its stated range is"
                f" {origin.low:.4g} to {origin.high:.4g}; state a larger one, write it with a smaller argument, add a"
                " restoring term such as np.sum(a * q**2) / 2, or drive it less"
            )


def by_interval(program: Program) -> Program:
    """The program with every cut as the narrowest SQ(i, w - i), i <= 5, that holds its interval.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> springs = get("springs", n=4)
    >>> by_interval(compile_system(springs, cuts="calibrated")) == compile_system(springs)
    True
    """
    rewriter = Rewriter(program)
    for op in program.ops:
        if isinstance(op, Cut) and op.source != "q":
            op = replace(op, to=narrowest(rewriter.types[op.source], program.formats))
        rewriter.emit(op)
    return rewriter.finish()


def narrowest(exact: Type, formats: Formats) -> SQ:
    """The narrowest SQ(i, w - i), i <= 5, for a value's interval, with no bits below the exact value's."""
    integers, bits = formats.x.integer_bits, formats.operand_bits
    integers = max(min(exact.bits - exact.fraction, integers), bits - exact.fraction)
    return SQ(integers, bits - integers)


def _check(program: Program, reach: Reach, line: str) -> None:
    if wrong := overflow(program, reach):
        largest = "; no other term's force is as large there" if line else ""
        raise HelError(f"{line or f'{program.name}: '}{wrong}{largest}")
    for op in program.ops:
        if isinstance(op, Table) and op.function in ("sin", "cos") and not reach[op.source] < _TABLE_END:
            where = program.line(op.source) or f"{program.name}: "
            raise HelError(
                f"{where}an angle reaches {reach[op.source]:.3g} {_RUN}, the table of sin ends at +-{_TABLE_END:g}"
                " (cos x is sin(x + pi / 2)); write it with a smaller angle, add a restoring term such as"
                " np.sum(a * q**2) / 2, drive it less, or declare the positions angles that turn, angles = True"
            )
