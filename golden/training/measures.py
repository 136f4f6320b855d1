"""How good a model is at a task: the share of classes that are right, or the squared error in units of the variance."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from golden.tasks import Split, Task
from golden.training.report import judged

__all__ = ["LEAST", "Accuracy", "Measure", "SquaredError", "measure_of"]

LEAST = 2.0**-18
"""The smallest probability that a cost is told of."""


class Measure(Protocol):
    """Of one training.

    Members
    -------
    name : "accuracy" or "nmse"
    met(errors, answer, lsb) : cost and measure (...) of a sample as it was met, from the readout's errors
    found(readout, logits, answer) : measure (...) of a sample that is judged, from the readout's logits
    """

    name: str

    def met(self, errors: Any, answer: Any, lsb: float) -> tuple[Any, Any]: ...

    def found(self, readout: Any, logits: Any, answer: Any) -> Any: ...


class Accuracy:
    """1 where the most probable class is the label, else 0; the cost is -log p of the label."""

    name = "accuracy"

    def met(self, errors: Any, answer: Any, lsb: float) -> tuple[Any, Any]:
        return judged(errors, answer, lsb=lsb, least=LEAST)

    def found(self, readout: Any, logits: Any, answer: Any) -> Any:
        return logits.argmax(-1) == answer


class SquaredError:
    """Normalised mean squared error: 1 is what the mean of the targets would make; the cost is half the squared error.

    Parameters
    ----------
    task, part, evaluation : the variance is that of each part's own targets, of frames that count
    """

    name = "nmse"

    def __init__(self, task: Task, part: Split, evaluation: Split) -> None:
        self.per_step = task.kind == "forecasting"
        self.warm_up = task.warm_up * task.hold if self.per_step else 0
        self.seen, self.judged = (_variance(split, task.warm_up) for split in (part, evaluation))

    def met(self, errors: Any, answer: Any, lsb: float) -> tuple[Any, Any]:
        squares = self._mean((errors * lsb) ** 2)
        return squares / 2, squares / self.seen

    def found(self, readout: Any, logits: Any, answer: Any) -> Any:
        outputs = readout.values(logits)
        if self.per_step:
            answer = answer.reshape(len(answer), *(1,) * (outputs.ndim - answer.ndim), -1)
        return self._mean((outputs - answer) ** 2) / self.judged

    def _mean(self, squares: Any) -> Any:
        """Sum over the targets, of a per-step cost mean over the steps that count: in one order, of seeds too."""
        squares = squares.sum(-1)
        if not self.per_step:
            return squares
        return np.ascontiguousarray(np.moveaxis(squares[self.warm_up :], 0, -1)).mean(-1)


def _variance(split: Split, warm_up: int) -> float:
    """Sum of the targets' variances."""
    assert split.targets is not None
    counts = split.mask & (np.arange(split.inputs.shape[1]) >= warm_up)
    seen = split.targets if split.targets.ndim == 2 else split.targets[counts]
    return float(max(seen.var(0).sum(), 2.0**-40))  # of one sample, or of a constant, nothing is explained


def measure_of(task: Task, part: Split, evaluation: Split) -> Measure:
    """That of a task's kind."""
    return Accuracy() if task.kind == "classification" else SquaredError(task, part, evaluation)
