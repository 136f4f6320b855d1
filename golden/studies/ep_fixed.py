"""Equilibrium propagation in integers: how good the gradient is, by format and by the iterations averaged over.

    python -m golden.studies.ep_fixed -o docs/results/ep_fixed.json --into docs/equilibrium.md

N = 16, four inputs (springs: one), parameters `initial(seed)` on the stored grid, inputs and targets normal with
deviation 1 on 2^-7, half squared error, a = 1/8, seeds 0 to 4. The reference is the float rule at eps = 1e-4, residual
1e-12. A row is one system, format and N of the average: medians over the seeds at the power of two best for the median
cosine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.checks.comparison import compare
from golden.errors import HelError, ended
from golden.rules import StaticProblem, ep, ep_fixed
from golden.studies.command import parser, table

__all__ = ["cases", "main", "measure", "render"]

NEURONS, SEEDS, LOG2_INVERSE_RATE = 16, 5, 3
EPS_LOG2 = range(-10, -2)
SYSTEMS = ("dense", "hru", "linear", "springs")
AVERAGES = (1, 256)
FORMATS = {
    "f = 12, w = 16": Formats(fraction_bits=12, operand_bits=16, log2_inverse_step=0),
    "f = 16, w = 18": ep_fixed.FORMATS,
    "f = 20, w = 22": Formats(fraction_bits=20, operand_bits=22, log2_inverse_step=0, g_bits=48),
}


def cases() -> Iterator[dict[str, Any]]:
    """Every system in every format with every average."""
    for system in SYSTEMS:
        for name in FORMATS:
            for average in AVERAGES:
                yield {"system": system, "formats": name, "average": average, "seeds": SEEDS}


def problem(name: str, seed: int) -> StaticProblem:
    """theta, inputs and targets that the words of every format hold."""
    rng = np.random.default_rng([seed, 1])
    system = systems.get(name, n=NEURONS, m=1 if name == "springs" else 4)
    theta = {key: np.rint(value * 2.0**14) / 2.0**14 for key, value in system.initial(seed).items()}
    inputs, targets = (np.rint(rng.normal(size=size) * 128) / 128 for size in (system.m, system.n))
    return StaticProblem(system, theta, inputs, targets)


def measure(case: dict[str, Any]) -> dict[str, Any]:
    """Median 1 - cosine and relative error at the best eps, its log2, the iterations and the largest residual there."""
    problems = [problem(case["system"], seed) for seed in range(case["seeds"])]
    wanted = [ep.gradient(one, eps=1e-4, tolerance=1e-12)[0] for one in problems]
    best: dict[str, Any] = {}
    for eps_log2 in EPS_LOG2:
        try:
            runs = [
                ep_fixed.gradient(
                    one,
                    formats=FORMATS[case["formats"]],
                    eps=2.0**eps_log2,
                    average=case["average"],
                    log2_inverse_rate=LOG2_INVERSE_RATE,
                )
                for one in problems
            ]
        except HelError:  # so strong a nudge that a seed's energy has no minimum
            continue
        pairs = [
            compare(grads, reference, one.theta)
            for (grads, _, _), reference, one in zip(runs, wanted, problems, strict=True)
        ]
        loss = float(np.median([1 - cosine for cosine, _ in pairs]))
        if not best or loss < best["loss"]:
            best = {
                "loss": loss,
                "error": float(np.median([error for _, error in pairs])),
                "eps_log2": eps_log2,
                "iterations": int(np.median([report.solver_iterations for _, _, report in runs])),
                "residual": max(report.residual for _, _, report in runs),
            }
    return best


def render(rows: Sequence[dict[str, Any]]) -> str:
    """A table in Markdown; a cell is 1 - cosine / relative error / log2 eps / iterations."""
    lines = ["", "| system | average N | " + " | ".join(FORMATS) + " |", "|---" * (2 + len(FORMATS)) + "|"]
    for system in SYSTEMS:
        for average in AVERAGES:
            cells = []
            for name in FORMATS:
                case = {"system": system, "formats": name, "average": average, "seeds": SEEDS}
                row = next(row for row in rows if row["case"] == case)
                cells.append(f"{row['loss']:.0e} / {row['error']:.0e} / {row['eps_log2']} / {row['iterations']}")
            lines.append(f"| {system} | {average} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    table("ep_fixed", parser("ep_fixed", __doc__).parse_args(arguments), cases(), measure, render)
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
