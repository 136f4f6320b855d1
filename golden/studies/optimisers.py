"""Optimisers that a device can afford, on three tasks: what each learns at its best rate.

    hel explore docs/explore/optimisers.toml --limit 1080 --rows docs/results/optimisers.jsonl
    python -m golden.studies.optimisers --into docs/optimisers.md                       # the table, of these rows

Dense, N = 32, in integers, five seeds, judged on the validation part; the test sets stay
unread. Every optimiser has the same budget: the rates 2^-2 to 2^-9, all else as `golden.training.recipe.Recipe` has it.
The table shows each optimiser at the rate that is best for the mean of its seeds, how many of the others come within
one standard error of that, and its gain over plain, seed by seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from golden.errors import ended
from golden.studies.pages import insert
from golden.studies.rows import Case
from golden.studies.sweeps import seeds_together

__all__ = ["OPTIMISERS", "ROWS", "TASKS", "best", "main", "render"]

ROWS = Path("docs/results/optimisers.jsonl")
TASKS = ("digits", "gunpoint", "japanese-vowels")

PLAIN: dict[str, Any] = {"optimiser": "plain", "rates": False, "schedule": "quarters", "batch": 1, "momentum": False}
"""Options of `hel train`; False: left out."""
OPTIMISERS: dict[str, dict[str, Any]] = {
    "plain": PLAIN,
    "plain, al four times slower": {**PLAIN, "rates": "al=2"},
    "plain, constant rate": {**PLAIN, "schedule": "constant"},
    "plain, halves": {**PLAIN, "schedule": "halves"},
    "plain, B = 8": {**PLAIN, "batch": 8},
    "momentum, J = 3": {**PLAIN, "optimiser": "momentum", "momentum": 3},
    "momentum, J = 2, B = 8": {**PLAIN, "optimiser": "momentum", "momentum": 2, "batch": 8},
    "sign": {**PLAIN, "optimiser": "sign"},
    "sign, J = 3": {**PLAIN, "optimiser": "sign", "momentum": 3},
}


def best(rows: Sequence[Case], task: str, optimiser: str) -> tuple[Case, int]:
    """The row of the rate with the best mean, of equals the faster, and how many others come within its error."""
    wanted = {"task": task, **OPTIMISERS[optimiser]}
    mine = [row for row in rows if wanted.items() <= row["case"].items()]
    found = max(mine, key=lambda row: (round(float(row["mean"]), 9), -row["case"]["rate"]))
    least = found["mean"] - _error(found["validation_accuracy"])
    return found, sum(row["mean"] >= least for row in mine) - 1


def _error(values: Sequence[float]) -> float:
    """Of a mean."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))


def render(rows: Sequence[Case]) -> str:
    """A table in Markdown; a cell is mean / worst seed / rate / other rates as good / gain over plain, paired."""
    lines = ["", "| optimiser | words more | " + " | ".join(TASKS) + " |", "|---" * (2 + len(TASKS)) + "|"]
    for name, how in OPTIMISERS.items():
        cells = []
        for task in TASKS:
            row, others = best(rows, task, name)
            found = np.array(row["validation_accuracy"])
            gains = found - np.array(best(rows, task, "plain")[0]["validation_accuracy"])
            cell = f"{found.mean():.3f} / {found.min():.3f} / 2^-{row['case']['rate']} / {others}"
            gain = f" / {gains.mean():+.3f} ± {_error(gains.tolist()):.3f}"
            cells.append(cell if name == "plain" else cell + gain)
        keeps = how["batch"] > 1 or how["momentum"] is not False
        lines.append(f"| {name} | {int(keeps)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    made = argparse.ArgumentParser(
        prog="python -m golden.studies.optimisers", description=(__doc__ or "").split("\n")[0]
    )
    made.add_argument("--rows", type=Path, default=ROWS, help=f"of the sweep; default: {ROWS}")
    made.add_argument("--into", type=Path, required=True, help="a Markdown file with the two markers")
    options = made.parse_args(arguments)
    insert(options.into, render(seeds_together(options.rows, "validation_accuracy")), "optimisers")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
