"""Optimisers that a device can afford, on three tasks: what each learns at its best rate.

    python -m golden.studies.optimisers --into docs/optimisers.md

Dense, N = 32, in integers, five seeds side by side or in turn, judged on the validation part; the test sets stay
unread. Every optimiser has the same budget: the rates 2^-3 to 2^-8, all else as `golden.training.recipe.Recipe` has it.
A row is one task, optimiser and rate; the table shows each optimiser at the rate that is best for the mean of its
seeds, and how many of the others come within one standard error of that.
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

NEURONS, SEEDS, RATES = 32, 5, range(3, 9)

TASKS: dict[str, dict[str, Any]] = {
    "digits": {"epochs": 10},
    "gunpoint": {"epochs": 20},
    "japanese-vowels": {"epochs": 5},
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
    """Accuracy, or nmse, of every seed on the validation part; flags of any."""
    recipe = Recipe(log2_inverse_rate=case["log2_inverse_rate"], optimiser=OPTIMISERS[case["optimiser"]])
    options = {"neurons": case["neurons"], "epochs": case["epochs"], "validation": True, "recipe": recipe}
    found = [train(case["task"], seed=seed, executor="compiled", **options) for seed in range(case["seeds"])]
    key = "validation_nmse" if "validation_nmse" in found[0] else "validation_accuracy"
    values = [result[key] for result in found]
    flags = sorted({flag for result in found for flag in result["flags"]})
    return {key: values, "mean": float(np.mean(values)), "flags": flags}


def best(rows: Sequence[Case], task: str, optimiser: str) -> tuple[Case, int]:
    """The row of the rate with the best mean, and how many other rates come within its standard error."""
    mine = [row for row in rows if (row["case"]["task"], row["case"]["optimiser"]) == (task, optimiser)]
    sign = 1 if "validation_nmse" in mine[0] else -1
    found = min(mine, key=lambda row: sign * row["mean"])
    values = found["validation_nmse" if sign == 1 else "validation_accuracy"]
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    return found, sum(sign * (row["mean"] - found["mean"]) <= error for row in mine) - 1


def render(rows: Sequence[Case]) -> str:
    """A table in Markdown: mean, worst seed, rate, other rates as good; of a forecast nmse, else accuracy."""
    heads = [f"{task} ({'nmse' if task == 'mackey-glass' else 'accuracy'})" for task in TASKS]
    lines = ["", "| optimiser | words a parameter | " + " | ".join(heads) + " |", "|---" * (2 + len(heads)) + "|"]
    for name, optimiser in OPTIMISERS.items():
        cells = []
        for task in TASKS:
            row, others = best(rows, task, name)
            nmse = row.get("validation_nmse")
            worst = max(nmse) if nmse else min(row["validation_accuracy"])
            rate = row["case"]["log2_inverse_rate"]
            cells.append(f"{row['mean']:.3f}, worst {worst:.3f}, at 2^-{rate}, {others} more")
        lines.append(f"| {name} | {1 + optimiser.keeps} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    options = parser("optimisers", __doc__, default=True).parse_args(arguments)
    table("optimisers", options, cases(), measure, render)
    return 0


if __name__ == "__main__":
    sys.exit(main())
