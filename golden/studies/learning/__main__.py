"""Every model on every task, chosen with the same budget and tested once.

    python -m golden.studies.learning --select  # reads no test sample; docs/results/learning_selection.json
    python -m golden.studies.learning           # trains what was chosen, reads test sets; docs/results/learning.json
    python -m golden.studies.learning --layers  # stacks of layers, no test sample; docs/results/learning_layers.json

What is compared, among which candidates: `golden.studies.learning.protocol`. Results are rows; a run adds those that
its file lacks. Needs the extras tasks, data and jax.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from golden.studies.command import parser
from golden.studies.learning import layers, selection, tested
from golden.studies.learning.protocol import MODELS, TASKS
from golden.studies.rows import collect

__all__ = ["main"]

_PARTS = {selection: (" --select", selection.SELECTION), layers: (" --layers", layers.LAYERS)}


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")  # its time is told in seconds of one core
    made = parser("learning", __doc__, default=True, into=False)
    what = made.add_mutually_exclusive_group()
    what.add_argument("--select", action="store_true", help="choose candidates: validation samples only")
    what.add_argument("--layers", action="store_true", help="stacks of layers in fixed HEL's place: validation only")
    made.add_argument("--task", action="append", choices=list(TASKS), help="only this task; may be repeated")
    made.add_argument("--model", action="append", choices=MODELS, help="only this model; may be repeated")
    made.add_argument("--neurons", action="append", type=int, help="only this size; may be repeated")
    args = made.parse_args(argv)
    part = selection if args.select else layers if args.layers else tested
    asked, usual = _PARTS.get(part, ("", made.get_default("out")))
    out = usual if args.out == made.get_default("out") else args.out
    wanted = [
        case
        for case in part.cases(args.task or list(TASKS), args.model or list(MODELS))
        if args.neurons is None or case["neurons"] in (None, *args.neurons)
    ]
    collect(out, f"python -m golden.studies.learning{asked}", wanted, part.measure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
