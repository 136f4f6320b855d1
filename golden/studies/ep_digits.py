"""Accuracy of equilibrium propagation on digits as still images, and the choice of its hyper-parameters.

    python -m golden.studies.ep_digits --select -o docs/results/ep_digits_selection.json   # the validation part only
    python -m golden.studies.ep_digits -o docs/results/ep_digits.json                      # reads the test set

The first varies one hyper-parameter at a time about `golden.train_static.StaticRecipe` and reports the validation
accuracy. The second trains the recipe on all 1437 samples and reports every seed's test accuracy; its row `frozen` is
the control: the same network as it was drawn, with a trained readout. Results are rows; a run adds those missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from golden.studies.rows import collect, progress
from golden.train_static import StaticRecipe, train

__all__ = ["accuracy_cases", "main", "selection_cases"]

BASE = {"neurons": 32, "epochs": 20, **asdict(StaticRecipe())}

VARIATIONS: tuple[dict[str, Any], ...] = (
    {},
    *({"rate": value} for value in (0.025, 0.05, 0.2)),
    *({"momentum": value} for value in (0.0, 0.5)),
    *({"batch": value} for value in (16, 64)),
    *({"eps": value} for value in (2.0**-6, 1.0)),
    *({"tolerance": value} for value in (1e-2, 1e-4)),
    {"longest": 8.0},
    {"readout_deviation": 0.1},
    *({"neurons": neurons, "epochs": epochs} for neurons, epochs in ((32, 4), (64, 20))),
)


def selection_cases(seeds: int) -> Iterator[dict[str, Any]]:
    """The recipe, then one change at a time."""
    return ({**BASE, **variation, "seeds": seeds} for variation in VARIATIONS)


def accuracy_cases(seeds: int) -> Iterator[dict[str, Any]]:
    """The recipe by size and length, and the control."""
    for change in ({"epochs": 4}, {}, {"neurons": 64}, {"frozen": True}):
        yield {**BASE, **change, "seeds": seeds}


def measure(case: dict[str, Any], select: bool) -> dict[str, Any]:
    """Every seed's accuracy of one case."""
    recipe = StaticRecipe(**{name: case[name] for name in asdict(StaticRecipe())})
    options = {"neurons": case["neurons"], "epochs": case["epochs"], "recipe": recipe, "validation": select}
    results = [train(seed=seed, progress=progress, **options) for seed in range(case["seeds"])]
    key = "validation_accuracy" if select else "test_accuracy"
    accuracy = [result[key] for result in results]
    return {
        "mean": float(np.mean(accuracy)),
        "deviation": float(np.std(accuracy)),
        key: accuracy,
        "iterations_per_batch": round(float(np.mean([result["iterations_per_batch"] for result in results])), 1),
        "samples_per_s": round(float(np.mean([result["samples_per_s"] for result in results])), 1),
    }


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m golden.studies.ep_digits", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--select", action="store_true", help="choose hyper-parameters: validation part only")
    parser.add_argument("--seeds", type=int, default=5, help="seeds 0 to K-1; default: 5")
    parser.add_argument("-o", "--out", type=Path, required=True, help="JSON file of rows")
    args = parser.parse_args(argv)
    if args.seeds < 1:
        parser.error(f"--seeds must be at least 1, not {args.seeds}")
    cases = (selection_cases if args.select else accuracy_cases)(args.seeds)
    command = (
        f"python -m golden.studies.ep_digits {'--select ' if args.select else ''}--seeds {args.seeds} -o {args.out}"
    )
    collect(args.out, command, cases, lambda case: measure(case, args.select))
    return 0


if __name__ == "__main__":
    sys.exit(main())
