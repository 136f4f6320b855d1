"""Optimisers that a device can afford, on three tasks: what each learns at its best rate.

    python -m golden.studies.optimisers --into docs/optimisers.md

Dense, N = 32, in integers, five seeds, judged on the validation part; the test sets stay
unread. Every optimiser has the same budget: the rates 2^-2 to 2^-9, all else as `golden.training.recipe.Recipe` has it.
A row is one task, optimiser and rate. The table shows each optimiser at the rate that is best for the mean of its
seeds, how many of the others come within one standard error of that, and its gain over plain, seed by seed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from golden.studies.command import parser, table
from golden.studies.rows import Case
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe
from golden.training.sequences import train

__all__ = ["OPTIMISERS", "TASKS", "best", "cases", "main", "measure", "render"]

NEURONS, SEEDS, RATES = 32, 5, range(2, 10)

TASKS: dict[str, dict[str, Any]] = {
    "digits": {"epochs": 10},
    "gunpoint": {"epochs": 20},
    "japanese-vowels": {"epochs": 40},
}
"""name -> options of `golden.training.sequences.train`."""

OPTIMISERS = {
    "plain": Optimiser(),
    "plain, al four times slower": Optimiser(rates={"al": 2}),
    "plain, constant rate": Optimiser(schedule="constant"),
    "plain, halves": Optimiser(schedule="halves"),
    "plain, B = 8": Optimiser(batch=8),
    "momentum, J = 3": Optimiser("momentum"),
    "momentum, J = 2, B = 8": Optimiser("momentum", momentum=2, batch=8),
    "sign": Optimiser("sign"),
    "sign, J = 3": Optimiser("sign", momentum=3),
}


def cases() -> Iterator[Case]:
    """Every task with every optimiser at every rate."""
    for task, options in TASKS.items():
        for name, optimiser in OPTIMISERS.items():
            for rate in RATES:
                told = {"optimiser": name, **asdict(optimiser), "log2_inverse_rate": rate}
                yield {"task": task, **options, "neurons": NEURONS, "seeds": SEEDS, **told}


def measure(case: Case) -> Case:
    """Accuracy of every seed on the validation part; flags of any."""
    recipe = Recipe(log2_inverse_rate=case["log2_inverse_rate"], optimiser=OPTIMISERS[case["optimiser"]])
    options = {"neurons": case["neurons"], "epochs": case["epochs"], "validation": True, "recipe": recipe}
    found = [train(case["task"], seed=seed, executor="compiled", **options) for seed in range(case["seeds"])]
    values = [result["validation_accuracy"] for result in found]
    flags = sorted({flag for result in found for flag in result["flags"]})
    return {"validation_accuracy": values, "mean": float(np.mean(values)), "flags": flags}


def best(rows: Sequence[Case], task: str, optimiser: str) -> tuple[Case, int]:
    """The row of the rate with the best mean, and how many other rates come within its standard error."""
    mine = [row for row in rows if (row["case"]["task"], row["case"]["optimiser"]) == (task, optimiser)]
    found = max(mine, key=lambda row: float(row["mean"]))
    least = found["mean"] - _error(found["validation_accuracy"])
    return found, sum(row["mean"] >= least for row in mine) - 1


def _error(values: Sequence[float]) -> float:
    """Of a mean."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def render(rows: Sequence[Case]) -> str:
    """A table in Markdown; a cell is mean / worst seed / rate / other rates as good / gain over plain, paired."""
    lines = ["", "| optimiser | words more | " + " | ".join(TASKS) + " |", "|---" * (2 + len(TASKS)) + "|"]
    for name, optimiser in OPTIMISERS.items():
        cells = []
        for task in TASKS:
            row, others = best(rows, task, name)
            found = np.array(row["validation_accuracy"])
            gains = found - np.array(best(rows, task, "plain")[0]["validation_accuracy"])
            cell = f"{found.mean():.3f} / {found.min():.3f} / 2^-{row['case']['log2_inverse_rate']} / {others}"
            gain = f" / {gains.mean():+.3f} ± {_error(gains.tolist()):.3f}"
            cells.append(cell if name == "plain" else cell + gain)
        lines.append(f"| {name} | {int(optimiser.keeps)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    options = parser("optimisers", __doc__, default=True).parse_args(arguments)
    table("optimisers", options, cases(), measure, render)
    return 0


if __name__ == "__main__":
    sys.exit(main())
