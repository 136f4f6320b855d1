"""What a training tells: cost and accuracy of every sample as it was met, on the way and in its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from golden.cost_functions.readout import onehot
from golden.systems.base import System
from golden.training.recipe import Recipe, StaticRecipe
from golden.training.samples import Samples

__all__ = ["RECENT", "Progress", "Report", "judged"]

Progress = Callable[[int, int, str], None]
"""Called with (samples done, samples in all, text)."""

CURVE_POINTS = 10
"""Points of the learning curve an epoch."""

RECENT = 100
"""Samples that the text of a progress call averages over."""


def judged(errors: Any, labels: Any, *, lsb: float = 1.0, least: float) -> tuple[Any, Any]:
    """-log p_label, p at least `least`, and whether the label is the most probable class. For people alone.

    errors (..., classes) = softmax - onehot(label) in units of `lsb`; labels (...).

    >>> cost, hit = judged(np.array([0.25, -0.5, 0.25]), 1, least=2.0**-18)
    >>> float(cost), bool(hit)
    (0.6931471805599453, True)
    """
    hit = onehot(labels, errors.shape[-1])
    p = errors * lsb + hit
    return -np.log(np.maximum((p * hit).sum(-1), least)), p.argmax(-1) == labels


def _told(recipe: Recipe | StaticRecipe) -> dict[str, Any]:
    if isinstance(recipe, StaticRecipe):
        return {"recipe": asdict(recipe)}
    return {"recipe": recipe.numbers, "optimiser": asdict(recipe.optimiser)}


class Report:
    """The record of one run, of one seed or, with `seeds` = (S,), of several side by side. Its clock starts here.

    >>> from golden.training.samples import named
    >>> report = Report(Samples.of(named("digits"), epochs=1, first=20))
    >>> report.add(np.full(20, 0.5), np.ones(20))
    >>> result = report.result(0.75)
    >>> result["test_accuracy"], result["cost"], len(result["curve"])
    (0.75, 0.5, 10)
    """

    def __init__(
        self,
        samples: Samples,
        seeds: tuple[int, ...] = (),
        progress: Progress | None = None,
        measure: str = "accuracy",
    ) -> None:
        self.samples, self.progress, self.measure = samples, progress, measure
        self.costs, self.hits = np.zeros((samples.total, *seeds)), np.zeros((samples.total, *seeds))
        self.done = 0
        self._start_s = time.monotonic()
        self._seconds = 0.0

    def add(self, costs: Any, hits: Any) -> None:
        """The next k samples: costs and hits (k, ...)."""
        now = slice(self.done, self.done + len(costs))
        self.costs[now], self.hits[now] = costs, hits
        self.done, total = now.stop, self.samples.total
        if self.progress:
            recent = slice(max(0, self.done - RECENT), self.done)
            epoch = (self.done - 1) // len(self.samples.part) + 1
            cost, hit = self.costs[recent].mean(), self.hits[recent].mean()
            self.progress(self.done, total, f"epoch {epoch}, cost {cost:.3f}, {self.measure} {hit:.3f}")
        if self.done == total:
            self._seconds = time.monotonic() - self._start_s

    def means(self, block: int) -> list[dict[str, Any]]:
        """Means over blocks of samples, whole blocks only."""
        rows = []
        for stop in range(block, self.done + 1, block):
            part = slice(stop - block, stop)
            cost, hit = (np.ascontiguousarray(met[part].T).mean(-1) for met in (self.costs, self.hits))
            rows.append({"samples": stop, "cost": cost.tolist(), f"training_{self.measure}": hit.tolist()})
        return rows

    def asked(
        self, system: System, seed: int | Sequence[int], recipe: Recipe | StaticRecipe, **how: str
    ) -> dict[str, Any]:
        """What was asked for, the first keys of a result; `how` is arithmetic, and rule where it belongs here."""
        return {
            "task": self.samples.task.name,
            "learnt_by": self.samples.task.cost,
            "system": system.name,
            **how,
            "neurons": system.n,
            "epochs": self.samples.epochs,
            "seed": seed if isinstance(seed, int) else list(seed),
            "training_samples": len(self.samples.part),
            **_told(recipe),
        }

    def result(self, measured: Any) -> dict[str, Any]:
        """What was found, the keys after those: the measure () or (S,) on the evaluation part.

        Of a task with targets the keys of accuracy are None.
        """
        size, validation = len(self.samples.part), self.samples.validation
        found, history = np.asarray(measured).tolist(), self.means(size)
        return {
            "test_accuracy": None,
            "validation_accuracy": None,
            f"test_{self.measure}": None if validation else found,
            f"validation_{self.measure}": found if validation else None,
            "cost": history[-1]["cost"],
            "history": history,
            "curve": self.means(max(1, size // CURVE_POINTS)),
            "samples_per_s": self.samples.total / self._seconds * max(1, int(np.size(measured))),
        }
