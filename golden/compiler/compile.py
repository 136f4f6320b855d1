"""The compiler's front: from a system to its verified program, lowered, through all passes, its cuts chosen.

Cuts are one word that commands share:

    default        the narrowest SQ(i, w - i), i <= 5, that holds the interval of the value (program_builder.py)
    calibrated     what the value reaches in a calibration run, twice: golden.compiler.calibrate with seeds 0, 1, 2
    calibrated-S   the same with seeds S, S + 1, S + 2

A calibration has its own seeds: one word makes one program, whatever else is drawn at random beside it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from golden.arithmetic.formats import Formats, checked
from golden.arithmetic.function_table import FunctionTable, Origin
from golden.compiler.calibrate import calibrated, reached
from golden.compiler.cut_formats import by_interval
from golden.compiler.lower import lowered
from golden.compiler.passes import pipeline
from golden.compiler.passes.dead_values import dead_values
from golden.compiler.table_words import fitting
from golden.errors import HelError
from golden.program import Program
from golden.program.ops import Cut, Table
from golden.systems.base import System

__all__ = ["calibration", "compile_system", "described", "lowered_with_tables", "seeds"]

RUNS = 3
"""Runs of a calibration."""
STEPS = 1000
"""Steps of a run that finds the ranges of tables."""
MARGIN = 2.0
"""A table's range is so many times what was reached, where nobody has stated it."""


def seeds(cuts: str) -> range:
    """Seeds of the calibration that the word asks for; none for the default.

    >>> seeds("default"), seeds("calibrated"), seeds("calibrated-7")
    (range(0, 0), range(0, 3), range(7, 10))
    """
    if cuts == "default":
        return range(0)
    found = re.fullmatch(r"calibrated(?:-(\d{1,9}))?", cuts) if isinstance(cuts, str) else None
    if not found:
        raise HelError(f"cuts are default, calibrated or calibrated-SEED, got {cuts!r:.60}; choose one")
    first = int(found[1] or 0)
    return range(first, first + RUNS)


def compile_system(system: System, formats: Formats | None = None, cuts: str = "default") -> Program:
    """The verified program of a system, after all passes (golden/compiler/passes/pipeline.py), with these cuts.

    Raises
    ------
    HelError : another word; what has no integer form; with `calibrated` also what no format holds; with the line of
        the potential.

    >>> from golden.systems import get
    >>> print(compile_system(get("linear", n=4, m=2)))
    program linear n=4 m=2
    formats fraction_bits=16 operand_bits=18 integer_bits=6 log2_inverse_step=3 g_bits=36 g_cut=6 clip_log2=9
    parameter a [4] from 4096 to 131071
    parameter B [4, 2]
    x = cut q SQ(5, 13)    : SQ(5, 13) [4]
    a_x = mul a x          : SQ(7, 29) [4]
    B_u = matvec B u       : SQ(8, 29) [4]
    F = sum + a_x - B_u    : SQ(8, 29) [4]
    K = round half_up F 16 : SQ(8, 13) [4]
    Bt_x = matvec_t B x    : SQ(9, 29) [2]
    v = sum - Bt_x         : SQ(8, 29) [2]
    kick K
    gradient a = mul x x scale +2**-1
    gradient B = outer x u scale -2**-0
    input v
    nudge half_up 4
    <BLANKLINE>
    >>> [str(compile_system(get("springs", n=4), cuts=cuts).types["d1"]) for cuts in ("default", "calibrated")]
    ['SQ(5, 13) [3]', 'SQ(3, 15) [3]']
    """
    runs = seeds(cuts)
    program = pipeline(lowered_with_tables(system, None if formats is None else checked(formats), calibration(cuts)))
    if not runs:
        return program
    try:
        return calibrated(program, system, seeds=runs)
    except HelError as error:  # a cut of dV/du alone may be what no format holds
        if not program.input_gradient:
            raise
        refused = str(error)
    return calibrated(dead_values(replace(program, input_gradient="", inputs_refused=refused)), system, seeds=runs)


def calibration(cuts: str) -> range:
    """Seeds of the runs that find the ranges of tables: those of the cuts, for the default 0, 1, 2."""
    return seeds(cuts) or range(RUNS)


def lowered_with_tables(system: System, formats: Formats | None = None, runs: range = range(RUNS)) -> Program:
    """The program before any pass, its tables on the ranges that a calibration run reaches, `MARGIN` times.

    >>> from golden.systems import get
    >>> str(lowered_with_tables(get("linear", n=2))) == str(lowered(get("linear", n=2)))
    True
    """
    program = lowered(system, formats)
    if all(table.origin is not None for table in program.tables):  # periodic, or on ranges that are stated
        return program
    found = reached(program, system, seeds=runs, steps=STEPS)
    return lowered(system, formats, {function: fitting(function, span, MARGIN) for function, span in found.items()})


def described(program: Program, cuts: str) -> dict[str, Any]:
    """What a report says of the cuts of a program that `compile_system` made.

    Returns
    -------
    cuts : the word
    cut_formats : a row for each cut: name; of, the value cut; format; default, its format by interval; line, the
        expression of the potential it comes from, "" where none is known
    tables : a row for each table of the program's own: name; function, of x; low, high, the range of x; stated, whether
        by the user; segments; format of the words; argument_fraction; fold; turn; steep ends; error_lsb, how far a
        look-up is off at the most in last places, and error, in value; line
    """
    usual = {op.name: op.to for op in by_interval(program).ops if isinstance(op, Cut)}
    rows = [
        {
            "name": op.name,
            "of": op.source,
            "format": str(op.to),
            "default": str(usual[op.name]),
            "line": program.line(op.source).removesuffix(": "),
        }
        for op in program.ops
        if isinstance(op, Cut)
    ]
    return {"cuts": cuts, "cut_formats": rows, "tables": _table_rows(program)}


def _table_rows(program: Program) -> list[dict[str, Any]]:
    readers = {op.function: op for op in reversed(program.ops) if isinstance(op, Table)}
    made = [(table, table.origin, readers.get(table.name)) for table in program.tables]
    return [
        _table_row(program, table, origin, op) for table, origin, op in made if origin is not None and op is not None
    ]


def _table_row(program: Program, table: FunctionTable, made: Origin, reader: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "function": made.function,
        "low": made.low,
        "high": made.high,
        "stated": made.stated,
        "segments": table.segments,
        "format": str(reader.to),
        "argument_fraction": table.fraction,
        "fold": table.fold,
        "turn": table.turn,
        "steep": [end for end, steep in zip(("below", "above"), table.steep, strict=True) if steep],
        "error_lsb": made.error,
        "error": made.error * 2.0**-made.fraction_bits,
        "line": program.line(reader.name).removesuffix(": "),
    }
