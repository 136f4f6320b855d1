"""The choice: candidates on validation samples alone; and what was chosen, all that a test may be asked with."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from golden import tasks
from golden.errors import HelError
from golden.studies.learning.models import fit
from golden.studies.learning.protocol import FOLLOWERS, MODELS, SIZED, SIZES, TASKS, Candidate, candidates
from golden.studies.learning.runs import selection_runs
from golden.studies.rows import Case

__all__ = ["SELECTION", "cases", "choice", "chosen", "measure"]

SELECTION = Path("docs/results/learning_selection.json")


def cases(names: list[str], models: list[str]) -> Iterator[Case]:
    """A task and a model each, at the smallest size: the choice made there serves every size."""
    for name in TASKS:
        for model in MODELS:
            if name in names and model in models and _candidates(model, name):
                yield {"task": name, "model": model, "neurons": SIZES[0] if model in SIZED else None}


def _candidates(model: str, name: str) -> list[Candidate]:
    return candidates(model, name, tasks.CARDS[name].kind)


def measure(case: Case) -> Case:
    """Accuracies, or nmse, of every candidate on the runs of a selection, and which candidate is chosen."""
    start = time.process_time()
    options = _candidates(case["model"], case["task"])
    found = fit(case["model"], case["neurons"] or 0, selection_runs(case["task"]), options)
    return {**choice(case["task"], options, found), "cpu_s": round(time.process_time() - start, 1)}


def choice(name: str, options: list[Candidate], found: list[list[Any]]) -> Case:
    """Candidates, the mean of each on each run, and the one with the best mean of all.

    Of equals the first. A candidate that ends in no number is the worst.
    """
    means = [[_mean(scores) for scores in each] for each in found]
    sign = 1 if tasks.CARDS[name].kind == "classification" else -1

    def worth(k: int) -> float:
        return -np.inf if None in means[k] else sign * float(np.mean([one for one in means[k] if one is not None]))

    best = max(range(len(options)), key=lambda k: (worth(k), -k))
    return {"candidates": options, "validation": means, "chosen": best}


def _mean(scores: Any) -> float | None:
    """None where it is no number."""
    mean = float(np.mean(scores))
    return round(mean, 6) if np.isfinite(mean) else None


def chosen(name: str, model: str, file: Path = SELECTION) -> Candidate:
    """What the selection chose for a model on a task.

    Raises
    ------
    HelError : the selection has not been made, or it was made among other candidates than today's.
    """
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    asked = "hel-fixed" if model in FOLLOWERS else model
    found = [row for row in rows if (row["case"]["task"], row["case"]["model"]) == (name, asked)]
    if not found or found[0]["candidates"] != _candidates(asked, name):
        raise HelError(
            f"a test set is read with a candidate chosen on validation samples, {asked} on {name} has none in {file};"
            " run python -m golden.studies.learning --select"
        )
    best: Candidate = found[0]["candidates"][found[0]["chosen"]]
    return best
