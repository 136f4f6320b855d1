"""What a task is: sequences, labels, and a test set fixed before anything was tried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Split", "Task"]


@dataclass(frozen=True)
class Split:
    """Sequences and their labels.

    Members
    -------
    inputs : (samples, frames, m) float64; each frame is held for `Task.hold` steps
    labels : (samples,) int64 in [0, classes)
    """

    inputs: NDArray[np.float64]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, samples: int | None) -> Split:
        """The first `samples` sequences; all when None."""
        return self if samples is None else Split(self.inputs[:samples], self.labels[:samples])


@dataclass(frozen=True)
class Task:
    """Classification of sequences: a training set, of which the last part may serve as validation, and a test set.

    Members
    -------
    name : as the command line knows it
    classes : number of labels
    hold : steps for which each frame is held; T = frames * hold
    log2_inverse_step : k of the step h = 2**-k the task is run with
    train, test : `Split`
    validation_samples : size of the validation part, the LAST samples of `train`
    """

    name: str
    classes: int
    hold: int
    log2_inverse_step: int
    train: Split
    test: Split
    validation_samples: int

    @property
    def channels(self) -> int:
        """Inputs m."""
        return int(self.train.inputs.shape[2])

    @property
    def steps(self) -> int:
        """Steps T of one sequence."""
        return int(self.train.inputs.shape[1]) * self.hold

    def parts(self, validation: bool) -> tuple[Split, Split]:
        """(training, evaluation): train and test, or with `validation` train without its last part, and that part.

        Hyper-parameters are chosen with `validation=True`; the test set is read with `validation=False` only.
        """
        if not validation:
            return self.train, self.test
        keep = len(self.train) - self.validation_samples
        x, y = self.train.inputs, self.train.labels
        return Split(x[:keep], y[:keep]), Split(x[keep:], y[keep:])
