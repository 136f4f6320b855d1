"""Fixed HEL, by compiled code; and the frozen system, the same training with a learner whose system never moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.native import COMPILED, executor_of, steps_by
from golden.studies.learning.protocol import TASKS, Candidate, recipe_of
from golden.studies.learning.runs import Run
from golden.systems import System
from golden.training.arithmetics import FixedPoint
from golden.training.compiled_learner import CompiledLearner
from golden.training.conversation import drive
from golden.training.learner import GoldenLearner
from golden.training.sequences import Training

__all__ = ["Frozen", "trained"]


class Frozen:
    """A learner that leaves its system as it was drawn: the readout alone learns. A sequence is run once.

    Parameters
    ----------
    learner : whose forward pass answers
    """

    def __init__(self, learner: GoldenLearner) -> None:
        self.learner = learner
        self._seen: dict[bytes, Any] = {}

    def forward(self, inputs: Any) -> Any:
        key = inputs.tobytes()
        if key not in self._seen:
            self._seen[key] = self.learner.forward(inputs)
        return self._seen[key]

    def echo(self, inputs: Any, nudge: Any) -> None:
        """There is nothing to learn by it."""

    def update(self, shift: Any) -> None:
        """The system stays."""

    def parameters(self) -> Any:
        return self.learner.parameters()

    @property
    def flags(self) -> list[str]:
        return self.learner.flags


class _Kept:
    """A measure that remembers what it found of each judged sample."""

    def __init__(self, measure: Any) -> None:
        self.measure, self.name = measure, measure.name
        self.all: list[Any] = []

    def met(self, *arguments: Any) -> Any:
        return self.measure.met(*arguments)

    def found(self, *arguments: Any) -> Any:
        self.all.append(self.measure.found(*arguments))
        return self.all[-1]


def trained(
    neurons: int, runs: list[Run], candidate: Candidate, *, frozen: bool, system: System | None = None
) -> list[Any]:
    """Scores of the samples that each run judges, of dense or of another system of so many neurons."""
    return [_one(neurons, run, candidate, frozen, system or "dense") for run in runs]


def _one(neurons: int, run: Run, candidate: Candidate, frozen: bool, system: str | System) -> Any:
    recipe = recipe_of(candidate)
    step = candidate.get("log2_inverse_step", run.task.log2_inverse_step)
    training = Training(
        replace(run.task, log2_inverse_step=step),
        system,
        neurons=neurons,
        epochs=TASKS[run.name].epochs,
        seed=run.seed,
        validation=run.validation,
        cost=candidate["cost"],
        recipe=recipe,
        formats=Formats(log2_inverse_step=step, clip_log2=recipe.clip_log2),
    )
    kept = _Kept(training.measure)
    training.measure = kept
    executor = executor_of(training.program, None, training.steps)
    if not frozen and executor == COMPILED:
        how = training.task.cost, recipe.optimiser, training.samples.total
        learner = CompiledLearner(training.program, training.theta, training.readout, *how)
        training.run(learner)
        return np.array(kept.all, np.float64)
    assert isinstance(training.arithmetic, FixedPoint)
    golden = training.arithmetic.golden(steps_by(executor))
    drive(training.conversation(), Frozen(golden) if frozen else golden)
    return np.array(kept.all, np.float64)
