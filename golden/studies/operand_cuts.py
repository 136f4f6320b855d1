"""What the words' widths cost: echo gradients in fixed point against float64 BPTT, with real, saturating operand cuts.

    python -m golden.studies.operand_cuts -o docs/results/operand_cuts.json --into docs/numerics.md

measures (about a minute on one core), writes the rows, and rewrites the tables between the markers of
docs/numerics.md; --render does the last from the committed rows. A row is the best power-of-two eps by the median of
1 - cosine over its seeds.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from golden.arithmetic.formats import SQ, Formats
from golden.checks.cases import Case
from golden.checks.sweep import sweep
from golden.compiler import compile_system
from golden.compiler.calibrate import calibrated
from golden.errors import ended
from golden.program import Program
from golden.program.ops import Round, Rounding
from golden.studies.command import parser
from golden.studies.pages import insert
from golden.studies.rows import write
from golden.systems import SYSTEMS

__all__ = ["main", "measure", "render"]

CASES = {
    "dense, final, T = 100": Case(steps=100),
    "dense, final, T = 1000": Case(),
    "dense, summed, T = 1000": Case(cost="summed"),
    "hru, final, T = 1000": Case("hru"),
    "linear, final, T = 1000": Case("linear"),
    "springs, final, T = 1000": Case("springs"),
}
FRACTIONS = (10, 12, 14, 16, 18, 20)
WIDTHS = (12, 14, 16, 18, 20)
VARIANTS: dict[str, dict[str, int]] = {
    "reference": {},
    "integer_bits 5": {"integer_bits": 5},
    "integer_bits 4": {"integer_bits": 4},
    "g_cut 0": {"g_cut": 0},
    "g_cut 4": {"g_cut": 4},
    "g_cut 8": {"g_cut": 8},
    "kick by floor": {},
    "x SQ(4, 14)": {},
}
EPS = range(-12, 5)


class _FloorKick(Program):
    """A program whose kick rounds by floor: outside the rules, for comparison."""

    def verify(self) -> Program:
        return self


class _NarrowPositions(Formats):
    """Positions and inputs cut to one integer bit less: outside the rules, for comparison."""

    @property
    def x(self) -> SQ:
        return SQ(4, self.operand_bits - 4)


def floor_kick(case: Case, formats: Formats) -> Program:
    """The case's program with the kick's half_up replaced by floor."""
    program = compile_system(case.build(), formats)
    ops = tuple(
        replace(op, rule=Rounding.FLOOR) if isinstance(op, Round) and op.name == program.kick else op
        for op in program.ops
    )
    return _FloorKick(**{**vars_of(program), "ops": ops})


def vars_of(program: Program) -> dict[str, Any]:
    return {name: getattr(program, name) for name in Program.__dataclass_fields__}


def best(
    case: Case, formats: Formats, seeds: Sequence[int] = range(5), program: Program | None = None
) -> dict[str, Any]:
    """The row of the best eps, with the flags raised at that eps."""
    rows = sweep(case, formats, seeds=seeds, eps_log2=EPS, program=program)
    chosen = min(rows, key=lambda row: row.loss)
    (alone,) = sweep(case, formats, seeds=seeds, eps_log2=[chosen.eps_log2], program=program)
    return {**asdict(alone), "flags": list(alone.flags), "seeds": len(seeds)}


def measure() -> Iterable[dict[str, Any]]:
    """Every row of the study."""
    for name, case in CASES.items():
        for bits in FRACTIONS:
            yield {"table": "fraction", "case": name, "column": bits, **best(case, Formats(fraction_bits=bits))}
        for variant, changes in VARIANTS.items():
            formats = _NarrowPositions() if variant == "x SQ(4, 14)" else Formats(**changes)
            program = floor_kick(case, formats) if variant == "kick by floor" else None
            yield {"table": "variant", "case": name, "column": variant, **best(case, formats, program=program)}
    for name in list(CASES)[:3]:
        for bits in WIDTHS:
            formats = Formats(fraction_bits=20, operand_bits=bits)
            yield {"table": "width", "case": name, "column": bits, **best(CASES[name], formats)}
    for name in SYSTEMS:
        case = Case(name)
        for column in ("x and intervals", "calibrated"):
            system = case.build()
            chosen = column == "calibrated"
            program = calibrated(compile_system(system), system, seeds=range(5)) if chosen else None
            row = best(case, Formats(), program=program)
            yield {"table": "system", "case": f"{name}, final, T = 1000", "column": column, **row}
    for group in range(6):
        seeds = range(5 * group, 5 * group + 5)
        name = "dense, final, T = 1000"
        row = best(CASES[name], Formats(), seeds)
        yield {"table": "seeds", "case": name, "column": f"{seeds[0]} to {seeds[-1]}", **row}


_TITLES = {
    "fraction": "Fraction bits f of p (w = 18, i = 6)",
    "width": "Operand bits w (f = 20)",
    "variant": "The reference format and one change at a time (f = 16, w = 18)",
    "system": "Every system in the reference format: cuts by their intervals up to SQ(5, 13), and by a calibration run",
    "seeds": "The reference format on other sets of five seeds",
}


def render(rows: Sequence[dict[str, Any]]) -> str:
    """The tables in Markdown: median 1 - cosine / median relative error / log2 eps, a star where a flag was raised."""
    parts = []
    for table, title in _TITLES.items():
        chosen = [row for row in rows if row["table"] == table]
        columns = list(dict.fromkeys(row["column"] for row in chosen))
        parts += ["", f"**{title}**", "", "| case | " + " | ".join(map(str, columns)) + " |"]
        parts.append("|---" * (len(columns) + 1) + "|")
        for case in dict.fromkeys(row["case"] for row in chosen):
            cells = {row["column"]: _cell(row) for row in chosen if row["case"] == case}
            parts.append(f"| {case} | " + " | ".join(cells[column] for column in columns) + " |")
    return "\n".join(parts) + "\n"


def _cell(row: dict[str, Any]) -> str:
    return f"{row['loss']:.0e} / {row['error']:.0e} / {row['eps_log2']}" + ("*" if row["flags"] else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    made = parser("operand_cuts", __doc__, default=True)
    made.add_argument("--render", action="store_true", help="do not measure: read the rows of --out")
    options = made.parse_args(arguments)
    if options.render:
        rows = json.loads(options.out.read_text(encoding="utf-8"))["rows"]
    else:
        rows = []
        for row in measure():
            rows.append(row)
            print(
                f"{row['case']:<26} {row['table']:<8} {row['column']!s:<14} {_cell(row)}", file=sys.stderr, flush=True
            )
        write(options.out, {"study": "operand_cuts", "formats": str(Formats()), "rows": rows})
    if options.into:
        insert(options.into, render(rows), "operand_cuts")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
