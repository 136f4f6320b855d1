"""Whether the steps of a training were stable, and what its motions do to a perturbation, at the parameters reached."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from golden.dynamics.stability import stability

if TYPE_CHECKING:  # it calls this
    from golden.training.sequences import Training

__all__ = ["SAMPLES", "steadiness"]

SAMPLES = 3
"""The first samples that a training is judged on."""


def steadiness(training: Training, theta: Any) -> dict[str, float | None]:
    """The largest figure and the largest growth of some motions (`golden.dynamics.stability`), as plain data.

    Parameters
    ----------
    training : of one seed
    theta : the parameters reached, words or float64 as the arithmetic has them

    >>> from golden.training.sequences import Training
    >>> training = Training("digits", neurons=8, epochs=1, samples=20, validation=True)
    >>> found = steadiness(training, training.theta)
    >>> found["figure"] < found["limit"], found["duration"]
    (True, 8.0)
    """
    theta = training.arithmetic.numbers(theta)
    played = training.played(training.evaluation.first(SAMPLES))
    found = []
    for sample in range(min(SAMPLES, len(training.evaluation))):
        inputs = np.asarray(training.arithmetic.decode(played[sample][0]))
        found.append(stability(training.system, theta, inputs, training.formats.step))
    worst = max(found, key=lambda one: one.growth_log2)
    return replace(worst, figure=max(one.figure for one in found)).told
