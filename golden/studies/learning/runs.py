"""What a model is fitted on and judged on: runs of a selection, which never see a test sample, and runs of the test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden import tasks
from golden.studies.learning.protocol import DRAWS, FOLDS, ONE_FOLD, PEOPLE, RESAMPLED, RESAMPLES, SEEDS, SMALL
from golden.tasks import Split, Task
from golden.tasks.watch import learnt_subjects, watch_but

__all__ = ["Run", "redrawn", "scores", "selection_runs", "test_runs"]


@dataclass(frozen=True)
class Run:
    """One fit.

    Members
    -------
    task : with its samples in the parts of this run
    seed : of the fit
    draw : which draw of the samples; runs of one draw have the same samples
    validation : judged on the validation part; then the task's test set is that part, too
    """

    task: Task
    seed: int
    draw: int = 0
    validation: bool = False

    @property
    def learnt(self) -> Split:
        """Samples that are learnt from."""
        return self.task.parts(self.validation)[0]

    @property
    def judged(self) -> Split:
        """Samples that are judged on."""
        return self.task.parts(self.validation)[1]

    @property
    def name(self) -> str:
        """Of the task."""
        return self.task.name

    @property
    def variance(self) -> float:
        """Of the judged targets, summed over them: of frames that count."""
        targets = self.judged.targets
        assert targets is not None
        counted = targets if targets.ndim == 2 else targets[:, self.task.warm_up :].reshape(-1, targets.shape[-1])
        return float(counted.var(0).sum())


def selection_runs(name: str) -> list[Run]:
    """Runs without the test set.

    Of a validation part of SMALL samples or more that part with FOLDS seeds, or one. Of a smaller one DRAWS from the
    training set, stratified, a seed each; of watch as many people, each left out once; a pulse goes on in time: its
    part, too.
    """
    task = tasks.get(name)
    held = task.validation_samples
    if held >= SMALL or name == "ppg":
        part = replace(task, test=task.parts(True)[1])
        return [Run(part, seed, validation=True) for seed in range(1 if name in ONE_FOLD else FOLDS)]
    if name == "watch":
        return [Run(_without_one(task, fold), fold, fold, True) for fold in range(DRAWS[name])]
    drawn = [redrawn(task.train, task, held, fold) for fold in range(DRAWS[name])]
    return [Run(_held_back(one, one.train, one.test), fold, fold, True) for fold, one in enumerate(drawn)]


def test_runs(name: str) -> list[Run]:
    """SEEDS runs on the task's own test set; of RESAMPLED ones RESAMPLES - 1 draws of both parts more.

    Of watch PEOPLE more, each left out once.
    """
    task = tasks.get(name)
    runs = [Run(task, seed) for seed in range(SEEDS)]
    if name in RESAMPLED:
        whole = _joined(task.train, task.test)
        runs += [Run(redrawn(whole, task, len(task.test), draw), draw, draw) for draw in range(1, RESAMPLES)]
    if name == "watch":
        runs += [Run(replace(watch_but(one), name=name), draw, draw) for draw, one in enumerate(PEOPLE, 1)]
    return runs


def redrawn(whole: Split, task: Task, held: int, draw: int) -> Task:
    """The task with `held` samples of `whole` to judge on, of every class its share, and all others to learn from.

    Those come class by class: its validation part, which nobody looks at, is one sample, for more could be a class.

    >>> task = tasks.get("gunpoint")
    >>> found = redrawn(task.train, task, 10, 0)
    >>> len(found.train), len(found.test), np.bincount(found.test.labels).tolist()
    (40, 10, [5, 5])
    """
    rng = np.random.default_rng([draw, len(whole)])
    groups = whole.labels if whole.targets is None else np.zeros(len(whole), np.int64)
    order = [rng.permutation(np.flatnonzero(groups == label)) for label in np.unique(groups)]
    exact = np.array([held * len(one) / len(whole) for one in order])
    sizes = np.floor(exact).astype(int)
    for k in np.argsort(sizes - exact, kind="stable")[: held - sizes.sum()]:
        sizes[k] += 1
    judged = np.concatenate([one[:size] for one, size in zip(order, sizes, strict=True)])
    learnt = np.concatenate([one[size:] for one, size in zip(order, sizes, strict=True)])
    return replace(task, train=whole.part(learnt), test=whole.part(judged), validation_samples=1)


def _without_one(task: Task, fold: int) -> Task:
    """The training set of watch, one of its nine people judged on."""
    subjects = learnt_subjects()
    judged = subjects == subjects.max() - fold
    return _held_back(task, *(task.train.part(np.flatnonzero(which)) for which in (~judged, judged)))


def _held_back(task: Task, learnt: Split, judged: Split) -> Task:
    """The task with these as its training set, the second as validation part and as test set."""
    return replace(task, train=_joined(learnt, judged), test=judged, validation_samples=len(judged))


def _joined(a: Split, b: Split) -> Split:
    def both(one: Any, other: Any) -> Any:
        return None if one is None else np.concatenate([one, other])

    return Split(*(both(*each) for each in zip(_arrays(a), _arrays(b), strict=True)))


def _arrays(split: Split) -> tuple[Any, ...]:
    return split.inputs, split.labels, split.lengths, split.targets


def scores(run: Run, found: Any) -> NDArray[np.float64]:
    """Of each judged sample: 1 where its label is right, or its squared error over the variance of the targets.

    found : labels (S,), or outputs (S, k), or one a frame (S, frames, k)
    """
    judged = run.judged
    if judged.targets is None:
        return np.asarray(found == judged.labels, np.float64)
    squares = ((found - judged.targets) ** 2).sum(-1)
    return np.asarray((squares if squares.ndim == 1 else squares[:, run.task.warm_up :].mean(1)) / run.variance)
