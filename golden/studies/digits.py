"""The choice of the hyper-parameters of digits, on its validation part.

    python -m golden.studies.digits -o docs/results/digits_selection.json

One hyper-parameter at a time is varied about `golden.training.recipe.Recipe` (and the centre and scale of the task's
inputs) in fixed point; validation accuracies, five seeds. Results are rows; a run adds those that its file lacks. What
the recipe comes to on the test set, and from a hundred seeds, are sweeps: docs/explore/digits.toml, digits_seeds.toml.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from golden import tasks
from golden.errors import ended
from golden.studies.command import checked_seeds, parser
from golden.studies.rows import collect, progress
from golden.tasks import Split, Task, digits
from golden.training.recipe import Recipe
from golden.training.sequences import train

__all__ = ["main"]

Row = tuple[dict[str, Any], dict[str, Any]]
"""What identifies a row, and the options of `golden.training.sequences.train`."""

SELECTION = {"neurons": 32, "epochs": 10, "centre": digits.CENTRE, "scale": digits.SCALE, **Recipe().numbers}
"""What the choice varies, one key at a time (the size of the network with the epochs)."""

VARIATIONS: tuple[dict[str, Any], ...] = (
    {},
    *({"centre": centre, "scale": scale} for centre, scale in ((0.0, 16.0), (8.0, 8.0), (0.0, 4.0), (8.0, 2.0))),
    *({"log2_inverse_rate": value} for value in (5, 7)),
    *({"readout_deviation": value} for value in (0.0, 0.1, 0.5)),
    *({"log2_eps0": value} for value in (-6, -4, 0)),
    *({"neurons": neurons, "epochs": epochs} for neurons, epochs in ((32, 4), (32, 20), (64, 20))),
)


def scaled(centre: float, scale: float) -> Task:
    """digits with inputs (pixel - centre) / scale."""
    task = tasks.get("digits")

    def again(split: Split) -> Split:
        return Split((split.inputs * digits.SCALE + digits.CENTRE - centre) / scale, split.labels)

    return replace(task, train=again(task.train), test=again(task.test))


def selection_rows(seeds: int) -> Iterator[Row]:
    """The recipe, then one change at a time."""
    for variation in VARIATIONS:
        case = {**SELECTION, **variation}
        recipe = Recipe(**{name: case[name] for name in Recipe().numbers})
        task = scaled(case["centre"], case["scale"])
        options = {"task": task, "recipe": recipe, "neurons": case["neurons"], "epochs": case["epochs"]}
        yield {**case, "seeds": seeds}, options


def measure(options: dict[str, Any], seeds: int) -> dict[str, Any]:
    """Every seed's accuracy of one row on the validation part."""
    result = train(seed=range(seeds), validation=True, progress=progress, **options)
    accuracy = result["validation_accuracy"]
    row = {"mean": float(np.mean(accuracy)), "deviation": float(np.std(accuracy)), "validation_accuracy": accuracy}
    row |= {name: result[name] for name in ("recipe", "formats", "flags") if name in result}
    return {**row, "samples_per_s": round(result["samples_per_s"], 1)}


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    made = parser("digits", __doc__, into=False)
    made.add_argument("--seeds", type=int, default=5, help="seeds 0 to K-1; default: 5")
    args = made.parse_args(argv)
    seeds = checked_seeds(made, args.seeds)
    options = {json.dumps(case): how for case, how in selection_rows(seeds)}
    command = f"python -m golden.studies.digits --seeds {seeds} -o {args.out}"
    cases = (json.loads(case) for case in options)
    collect(args.out, command, cases, lambda case: measure(options[json.dumps(case)], seeds))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
