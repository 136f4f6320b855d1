"""Accuracy of equilibrium propagation on digits as still images, and the choice of its hyper-parameters.

    python -m golden.studies.ep_digits --select -o docs/results/ep_digits_selection.json   # the validation part only
    python -m golden.studies.ep_digits -o docs/results/ep_digits.json                      # reads the test set

The first varies one hyper-parameter at a time about `golden.training.recipe.StaticRecipe` and reports the
validation accuracy. The second trains the recipe on all 1437 samples and reports every seed's test accuracy. It has two
controls: `frozen` is the same network as it was drawn, with a trained readout; `linear` is the linear system, whose
state at rest is a linear function of the image: a linear classifier. Results are rows; a run adds those missing;
`--into docs/equilibrium.md` writes the second's table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from golden.errors import ended
from golden.studies.command import checked_seeds, parser
from golden.studies.pages import insert
from golden.studies.rows import collect, progress
from golden.training.recipe import StaticRecipe
from golden.training.still_images import train

__all__ = ["accuracy_cases", "main", "render", "selection_cases"]

BASE = {"neurons": 32, "epochs": 20, **asdict(StaticRecipe())}

VARIATIONS: tuple[dict[str, Any], ...] = (
    {},
    *({"rate": value} for value in (0.025, 0.05, 0.2)),
    *({"momentum": value} for value in (0.0, 0.5)),
    *({"batch": value} for value in (8, 32)),
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
    for change in ({"epochs": 4}, {}, {"neurons": 64}, {"frozen": True}, {"system": "linear"}):
        yield {**BASE, **change, "seeds": seeds}


def measure(case: dict[str, Any], select: bool) -> dict[str, Any]:
    """Every seed's accuracy of one case."""
    recipe = StaticRecipe(**{name: case[name] for name in asdict(StaticRecipe())})
    options = {"neurons": case["neurons"], "epochs": case["epochs"], "recipe": recipe, "validation": select}
    options["system"] = case.get("system", "dense")
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


def render(rows: Sequence[dict[str, Any]]) -> str:
    """The table of test accuracies in Markdown."""
    lines = [
        "",
        "| system | N | epochs | trained | test accuracy, mean of the seeds | lowest seed | seeds | iterations |",
        "|---" * 8 + "|",
    ]
    for row in rows:
        case, trained = row["case"], "readout only" if row["case"]["frozen"] else "all"
        lines.append(
            f"| {case.get('system', 'dense')} | {case['neurons']} | {case['epochs']} | {trained} | "
            f"{row['mean']:.4f} ± {row['deviation']:.4f} | {min(row['test_accuracy']):.4f} | {case['seeds']} | "
            f"{row['iterations_per_batch']:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    made = parser("ep_digits", __doc__)
    made.add_argument("--select", action="store_true", help="choose hyper-parameters: validation part only")
    made.add_argument("--seeds", type=int, default=5, help="seeds 0 to K-1; default: 5")
    args = made.parse_args(argv)
    cases = (selection_cases if args.select else accuracy_cases)(checked_seeds(made, args.seeds))
    command = (
        f"python -m golden.studies.ep_digits {'--select ' if args.select else ''}--seeds {args.seeds} -o {args.out}"
    )
    rows = collect(args.out, command, cases, lambda case: measure(case, args.select))
    if args.into and not args.select:
        insert(args.into, render(rows), "ep_digits")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
