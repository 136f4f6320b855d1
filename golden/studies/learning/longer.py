"""Would Adam's models have learnt more in more epochs? On validation samples alone, with their four candidates.

The plan gives digits-pixels 30 epochs of single samples by HEL, and 10 of minibatches by Adam: a hundredth of the
updates. It is the one task on which fixed HEL met the test set better than a GRU and BPTT with Adam did, so that the
question is whether that is the rule's doing or the plan's. Fixed HEL stands beside them with its own choice, on the
same samples.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from golden import tasks
from golden.studies.learning.models import fit
from golden.studies.learning.protocol import FOLDS, TASKS, candidates
from golden.studies.learning.recurrent import by_adam
from golden.studies.learning.runs import selection_runs
from golden.studies.learning.selection import choice, chosen
from golden.studies.rows import Case

__all__ = ["EPOCHS", "LONGER", "TASK", "cases", "measure"]

LONGER = Path("docs/results/learning_longer.json")
TASK = "digits-pixels"
NEURONS = 32
EPOCHS = {"gru": (10, 30, 60), "bptt-adam": (10, 30), "hel-fixed": (TASKS[TASK].epochs,)}


def cases(names: list[str], models: list[str]) -> Iterator[Case]:
    """A model and its epochs each."""
    for model, several in EPOCHS.items():
        for epochs in several:
            if TASK in names and model in models:
                yield {"task": TASK, "model": model, "neurons": NEURONS, "epochs": epochs}


def measure(case: Case) -> Case:
    """What `golden.studies.learning.selection.measure` finds, with FOLDS seeds; fixed HEL has its choice alone."""
    start = time.process_time()
    name, model, epochs = case["task"], case["model"], case["epochs"]
    runs = [replace(selection_runs(name)[0], seed=seed) for seed in range(FOLDS)]
    if model == "hel-fixed":
        options = [chosen(name, model)]
        found = fit(model, case["neurons"], runs, options)
    else:
        options = candidates(model, name, tasks.CARDS[name].kind)
        found = [by_adam(model, case["neurons"], runs, one, epochs) for one in options]
    return {**choice(name, options, found), "cpu_s": round(time.process_time() - start, 1)}
