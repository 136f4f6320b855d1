"""The test: the chosen candidate, trained on all training samples, meets the test set once.

Nothing here takes a candidate: it is looked up in the selection, and a row that the file has is not measured again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from golden import tasks
from golden.studies.learning.models import fit
from golden.studies.learning.protocol import DEAR, MODELS, SEEDS, SIZED, TASKS, UNDRAWN, candidates
from golden.studies.learning.runs import test_runs
from golden.studies.learning.selection import chosen
from golden.studies.rows import Case

__all__ = ["cases", "measure"]

SOLVED = ("linear",)
"""Models that a seed does not change."""


def cases(names: list[str], models: list[str]) -> Iterator[Case]:
    """A task, a model, a size each."""
    for name, plan in TASKS.items():
        for model in MODELS:
            asked = "hel-fixed" if model in ("bptt-hel", "hel-float") else model
            if name in names and model in models and candidates(asked, name, tasks.CARDS[name].kind):
                for neurons in plan.sizes if model in SIZED else (None,):
                    yield {"task": name, "model": model, "neurons": neurons}


def measure(case: Case) -> Case:
    """Test accuracy, or nmse, by seed; by sample, the mean of the seeds; and of the draws, if the task has any."""
    start = time.process_time()
    candidate = chosen(case["task"], case["model"])
    runs = test_runs(case["task"])
    if case["task"] in DEAR and case["model"] in UNDRAWN:
        runs = [run for run in runs if not run.draw]
    if case["model"] in SOLVED:
        runs = [run for run in runs if run.seed == 0 or run.draw]
    found = fit(case["model"], case["neurons"] or 0, runs, [candidate])[0]
    own = [scores for run, scores in zip(runs, found, strict=True) if not run.draw]
    draws = [own[0], *(scores for run, scores in zip(runs, found, strict=True) if run.draw)]
    row: dict[str, Any] = {
        "candidate": candidate,
        "test": [_rounded(np.mean(scores)) for scores in own],
        "by_sample": " ".join(f"{value:.4g}" for value in np.mean(own, 0)),
    }
    if len(draws) > 1:
        row["draws"] = [_rounded(np.mean(scores)) for scores in draws]
    return {**row, "seeds": min(SEEDS, len(own)), "cpu_s": round(time.process_time() - start, 1)}


def _rounded(value: Any) -> float:
    return round(float(value), 6)
