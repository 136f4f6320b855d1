"""Accuracy on digits, and the choice of the hyper-parameters.

    python -m golden.studies.digits --select -o docs/results/digits_selection.json   # reads the validation part only
    python -m golden.studies.digits -o docs/results/digits.json                      # trains on all, reads the test set
    python -m golden.studies.digits --many --seeds 100 -o docs/results/digits_seeds.json   # does every seed learn?

The first varies one hyper-parameter at a time about `golden.training.recipe.Recipe` (and the centre and scale of the
task's inputs) in fixed point, and reports the validation accuracy. The second trains the recipe in fixed point and, for
comparison, in float64 with HEL and with BPTT, and reports every seed's test accuracy. The third trains the recipe from
many seeds, on the validation part: whether any falls off, or raises a flag. Results are rows; a run adds those that its
file lacks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from golden import tasks
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


def accuracy_rows(seeds: int) -> Iterator[Row]:
    """The recipe, by size, arithmetic and rule."""
    for neurons, epochs, arithmetic, rule in (
        (32, 4, "fixed", "hel"),
        (32, 20, "fixed", "hel"),
        (64, 20, "fixed", "hel"),
        (32, 10, "fixed", "hel"),
        (32, 10, "float", "hel"),
        (32, 10, "float", "bptt"),
    ):
        row = {"neurons": neurons, "epochs": epochs, "arithmetic": arithmetic, "rule": rule, "seeds": seeds}
        yield row, {"neurons": neurons, "epochs": epochs, "arithmetic": arithmetic, "rule": rule}


def many_rows(seeds: int) -> Iterator[Row]:
    """The recipe alone."""
    size = {"neurons": 32, "epochs": 10}
    yield {**size, "seeds": seeds}, size


def measure(options: dict[str, Any], test: bool, seeds: int) -> dict[str, Any]:
    """Every seed's accuracy of one row, on the test set or on the validation part."""
    key = "test_accuracy" if test else "validation_accuracy"
    result = train(**{"task": "digits", "seed": range(seeds), "validation": not test, "progress": progress, **options})
    accuracy = result[key]
    row = {"mean": float(np.mean(accuracy)), "deviation": float(np.std(accuracy)), key: accuracy}
    row |= {name: result[name] for name in ("recipe", "formats", "flags") if name in result}
    return {**row, "samples_per_s": round(result["samples_per_s"], 1)}


def run(out: Path, study: str, seeds: int, neurons: int | None) -> None:
    """Compute the rows `out` lacks, writing it after each; `study` is "select", "many" or "" for the accuracies."""
    command = f"python -m golden.studies.digits {f'--{study} ' if study else ''}--seeds {seeds} -o {out}"
    wanted = {"select": selection_rows, "many": many_rows, "": accuracy_rows}[study](seeds)
    options = {json.dumps(case): how for case, how in wanted if neurons in (None, case["neurons"])}
    cases = (json.loads(case) for case in options)
    collect(out, command, cases, lambda case: measure(options[json.dumps(case)], not study, seeds))


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    made = parser("digits", __doc__, into=False)
    which = made.add_mutually_exclusive_group()
    which.add_argument("--select", action="store_true", help="choose hyper-parameters: validation part only")
    which.add_argument("--many", action="store_true", help="the recipe from many seeds: validation part only")
    made.add_argument("--seeds", type=int, default=5, help="seeds 0 to K-1; default: 5")
    made.add_argument("--neurons", type=int, default=None, help="only the rows of this size")
    args = made.parse_args(argv)
    study = "select" if args.select else "many" if args.many else ""
    run(args.out, study, checked_seeds(made, args.seeds), args.neurons)
    return 0


if __name__ == "__main__":
    sys.exit(main())
