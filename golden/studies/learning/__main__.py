"""Every model on every task, chosen with the same budget and tested once.

    python -m golden.studies.learning --select  # reads no test sample; docs/results/learning_selection.json
    python -m golden.studies.learning           # trains what was chosen, reads test sets; docs/results/learning.json

What is compared, among which candidates: `golden.studies.learning.protocol`. Results are rows; a run adds those that
its file lacks. Needs the extras tasks, data and jax.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from golden.studies.command import parser
from golden.studies.learning import selection, tested
from golden.studies.learning.protocol import MODELS, TASKS
from golden.studies.rows import collect

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")  # its time is told in seconds of one core
    made = parser("learning", __doc__, default=True, into=False)
    made.add_argument("--select", action="store_true", help="choose candidates: validation samples only")
    made.add_argument("--task", action="append", choices=list(TASKS), help="only this task; may be repeated")
    made.add_argument("--model", action="append", choices=MODELS, help="only this model; may be repeated")
    args = made.parse_args(argv)
    part = selection if args.select else tested
    out = args.out if args.out != made.get_default("out") or not args.select else selection.SELECTION
    wanted = part.cases(args.task or list(TASKS), args.model or list(MODELS))
    command = f"python -m golden.studies.learning{' --select' if args.select else ''}"
    collect(out, command, wanted, part.measure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
