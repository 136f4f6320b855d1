"""The damped echo's gradient in integers: how good, with and without the bits that the contractions lose.

    python -m golden.studies.dissipation_gradient -o docs/results/dissipation_gradient.json --into docs/dissipation.md

The dense system, N = 16, four inputs, h = 1/8, half squared error at the end, problems of
`golden.checks.cases.problem`, seeds 0 to 4. The reference is the float rule at eps = 1e-4. A row is one (T, d) and
format: medians over the seeds at the power of two that is best for the median cosine.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem
from golden.checks.comparison import compare
from golden.errors import HelError, ended
from golden.rules import dissipative, dissipative_fixed
from golden.studies.command import parser, table

__all__ = ["cases", "main", "measure", "render"]

SEEDS = 5
EPS_LOG2 = range(-6, 1)
RUNS = ((100, 6), (100, 5), (100, 4), (400, 7), (400, 6))
FORMATS = {
    "f = 12, w = 16": Formats(fraction_bits=12, operand_bits=16),
    "f = 16, w = 18": Formats(),
    "f = 24, w = 22": Formats(fraction_bits=24, operand_bits=22, g_bits=48, g_cut=0),
}


def cases() -> Iterator[dict[str, Any]]:
    """Every run in every format."""
    for name in FORMATS:
        for steps, log2_loss in RUNS:
            yield {"formats": name, "steps": steps, "log2_loss": log2_loss, "seeds": SEEDS}


def measure(case: dict[str, Any]) -> dict[str, Any]:
    """g h T, and for the rule without and with bits: 1 - cosine, relative error, log2 eps; and the bits stored."""
    formats, log2_loss = FORMATS[case["formats"]], case["log2_loss"]
    shape = Case("dense", 16, 4, case["steps"])
    damping = -2.0 / formats.step * math.log(1 - 2.0**-log2_loss)
    problems = [problem(shape, seed, formats.operand_bits, formats.step) for seed in range(case["seeds"])]
    wanted = [dissipative.gradient(one, damping=damping, eps=1e-4)[0] for one in problems]
    row: dict[str, Any] = {"decay": damping * formats.step * case["steps"]}
    for key, keep_bits in (("without", False), ("with", True)):
        best: dict[str, Any] = {}
        for eps_log2 in EPS_LOG2:
            pairs = []
            try:
                for one, reference in zip(problems, wanted, strict=True):
                    grads, _, report = dissipative_fixed.gradient(
                        one, log2_loss=log2_loss, formats=formats, eps=2.0**eps_log2, keep_bits=keep_bits
                    )
                    pairs.append(compare(grads, reference, one.theta))
                    row["stored_bits"] = max(row.get("stored_bits", 0), report.stored_bits)
            except HelError:  # a nudge below one LSB
                continue
            loss, error = (float(np.median(values)) for values in ([1 - c for c, _ in pairs], [e for _, e in pairs]))
            if not best or loss < best["loss"]:
                best = {"loss": loss, "error": error, "eps_log2": eps_log2}
        row[key] = best
    return row


def render(rows: Sequence[dict[str, Any]]) -> str:
    """A table in Markdown; a cell is median 1 - cosine / relative error / log2 eps."""
    lines = ["", "| T | d | g h T | " + " | ".join(f"{name}: without, with bits" for name in FORMATS) + " |"]
    lines.append("|---" * (3 + len(FORMATS)) + "|")
    for steps, log2_loss in RUNS:
        found = {
            row["case"]["formats"]: row
            for row in rows
            if (row["case"]["steps"], row["case"]["log2_loss"]) == (steps, log2_loss)
        }
        cells = [", ".join(_cell(found[name][key]) for key in ("without", "with")) for name in FORMATS]
        decay = next(iter(found.values()))["decay"]
        lines.append(f"| {steps} | {log2_loss} | {decay:.1f} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(best: dict[str, Any]) -> str:
    if not best:
        return "none"
    return f"{best['loss']:.0e} / {best['error']:.0e} / {best['eps_log2']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    table(
        "dissipation_gradient", parser("dissipation_gradient", __doc__).parse_args(arguments), cases(), measure, render
    )
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
