"""Every model on every task, chosen with the same budget and tested once.

    python -m golden.studies.learning           # trains what was chosen, reads test sets
    python -m golden.studies.learning --select  # chooses; like all that follow, it reads no test sample
    python -m golden.studies.learning --layers  # stacks of layers
    python -m golden.studies.learning --longer  # Adam with more epochs

What is compared, among which candidates: `golden.studies.learning.protocol`. Results are rows in
docs/results/learning.json, learning_selection.json, learning_layers.json, learning_longer.json; a run adds those that
its file lacks. Needs the extras tasks, data and jax.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from golden.errors import ended
from golden.studies.learning import layers, longer, selection, tested
from golden.studies.learning.protocol import MODELS, TASKS
from golden.studies.rows import collect

__all__ = ["main"]

_PARTS = {
    "tested": (tested, ""),
    "select": (selection, " --select"),
    "layers": (layers, " --layers"),
    "longer": (longer, " --longer"),
}
_OUT = {
    "tested": Path("docs/results/learning.json"),
    "select": selection.SELECTION,
    "layers": layers.LAYERS,
    "longer": longer.LONGER,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; 2 where there is nothing to measure, or something that it needs is missing."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")  # its time is told in seconds of one core
    made = argparse.ArgumentParser(prog="python -m golden.studies.learning", description=(__doc__ or "").split("\n")[0])
    made.add_argument("-o", "--out", type=Path, help="JSON file of rows; default: that of the part, in docs/results")
    what = made.add_mutually_exclusive_group()
    for name, text in (
        ("select", "choose candidates: validation samples only"),
        ("layers", "stacks of layers in fixed HEL's place: validation only, on four of the tasks"),
        ("longer", "Adam with more epochs: validation only, on digits-pixels"),
    ):
        what.add_argument(f"--{name}", dest="part", action="store_const", const=name, default="tested", help=text)
    made.add_argument("--task", action="append", choices=list(TASKS), help="only this task; may be repeated")
    made.add_argument("--model", action="append", choices=MODELS, help="only this model; may be repeated")
    made.add_argument("--neurons", action="append", type=int, help="only this size; may be repeated")
    args = made.parse_args(argv)
    part, asked = _PARTS[args.part]
    every = list(part.cases(list(TASKS), list(MODELS)))
    wanted = [
        case
        for case in part.cases(args.task or list(TASKS), args.model or list(MODELS))
        if args.neurons is None or case["neurons"] in (None, *args.neurons)
    ]
    if not wanted or not {*(args.neurons or [])} <= {case["neurons"] for case in every}:
        has = {key: sorted({str(case[key]) for case in every if key in case}) for key in ("task", "model", "neurons")}
        said = "; ".join(f"{key}: {', '.join(values)}" for key, values in has.items() if values)
        made.error(f"nothing is measured of these tasks, models and sizes together; there are {said}")
    collect(args.out or _OUT[args.part], f"python -m golden.studies.learning{asked}", wanted, part.measure)
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
