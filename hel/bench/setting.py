"""One setting for all contestants: scikit-learn's digits as sequences of T steps, ten classes, a final cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from golden import tasks
from golden.training.sequences import Training

__all__ = ["FRAMES", "SAMPLES", "Setting", "classes"]

FRAMES = 8
"""Rows of a digit: T is a multiple of it."""
SAMPLES = 64
"""Different sequences that are learnt from, over and over."""
_TIME = 3
"""log2 of h T, as `digits` has it."""


def classes() -> int:
    """Of the task.

    >>> classes()
    10
    """
    return tasks.CARDS["digits"].classes


@dataclass(frozen=True)
class Setting:
    """A system by name, N and T; h is such that h T stays 8, while it is at most 2^-2 and at least 2^-7.

    >>> Setting("dense", 8, 1000).task.steps, Setting("dense", 8, 1000).task.log2_inverse_step
    (1000, 7)
    """

    system: str
    neurons: int
    steps: int

    @property
    def task(self) -> Any:
        """`golden.tasks.Task`."""
        digits = tasks.get("digits")
        k = min(max(round(math.log2(self.steps)) - _TIME, 2), 7)
        train, test = digits.train.first(SAMPLES), digits.test.first(1)
        return replace(
            digits, hold=self.steps // FRAMES, log2_inverse_step=k, train=train, test=test, validation_samples=1
        )

    def training(self, arithmetic: str, seed: Any = 0) -> Training:
        """At the initial parameters of the seed, or of several side by side."""
        return Training(self.task, self.system, arithmetic=arithmetic, neurons=self.neurons, seed=seed)
