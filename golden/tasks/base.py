"""What a task is: sequences with labels or targets, how the cost reads them, and a test set fixed beforehand.

===============  ======================  ===================================  ====================
kind             what is to be learnt    answers of a split                   cost, by default
===============  ======================  ===================================  ====================
classification   one label a sequence    ``labels`` (samples,)                final or averaged
regression       numbers, a sequence     ``targets`` (samples, k)             final or averaged
forecasting      numbers, a frame        ``targets`` (samples, frames, k)     per-step
===============  ======================  ===================================  ====================

A final cost reads the positions after the last step of a sequence, an averaged one their mean energies
(1/T) sum_t q_t^2 over the sequence, a per-step one the positions after every step. Sequences may differ in length:
`Split.mask` tells the frames that there are. The first `Task.warm_up` frames of a per-step cost are driven by, not
judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["COSTS", "KINDS", "Split", "Task", "no_labels"]

KINDS = ("classification", "regression", "forecasting")
COSTS = ("final", "averaged", "per-step")


def no_labels() -> NDArray[np.int64]:
    """The labels of a split that has targets."""
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Split:
    """Sequences and what is to be learnt of them.

    Members
    -------
    inputs : (samples, frames, m) float64; each frame is held for `Task.hold` steps. What lies behind a sequence's
        length is never played, whatever it is: nan too
    labels : (samples,) int64 in [0, classes); (0,) where there are targets
    lengths : (samples,) int64, frames of each sequence from the first on; None: all have all
    targets : (samples, k), or (samples, frames, k) one a frame; None where there are labels

    >>> split = Split(np.zeros((2, 3, 1)), np.array([0, 1]), lengths=np.array([3, 2]))
    >>> len(split), split.mask.astype(int).tolist()
    (2, [[1, 1, 1], [1, 1, 0]])
    """

    inputs: NDArray[np.float64]
    labels: NDArray[np.int64]
    lengths: NDArray[np.int64] | None = None
    targets: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def answers(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """The labels, or the targets."""
        return self.labels if self.targets is None else self.targets

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(samples, frames): the frames that a sequence has."""
        samples, frames = self.inputs.shape[:2]
        lengths = np.full(samples, frames) if self.lengths is None else self.lengths
        return np.asarray(np.arange(frames) < lengths[:, None])

    def first(self, samples: int | None) -> Split:
        """The first `samples` sequences; all when None."""
        return self if samples is None else self.part(slice(samples))

    def part(self, which: slice | NDArray[np.int64]) -> Split:
        """The sequences of a slice, or of indices in their order."""
        lengths, targets = self.lengths, self.targets
        return Split(
            self.inputs[which],
            self.labels[which] if targets is None else self.labels,
            None if lengths is None else lengths[which],
            None if targets is None else targets[which],
        )

    def padded(self) -> Split:
        """What lies behind a sequence's length is 0, whatever it was.

        >>> split = Split(np.array([[[1.0], [np.nan]]]), np.array([0]), lengths=np.array([1]))
        >>> split.padded().inputs[..., 0].tolist()
        [[1.0, 0.0]]
        """
        if self.lengths is None:
            return self
        targets = self.targets
        if targets is not None and targets.ndim == 3:
            targets = np.where(self.mask[..., None], targets, 0.0)
        return Split(np.where(self.mask[..., None], self.inputs, 0.0), self.labels, self.lengths, targets)

    def read_only(self) -> Split:
        """The split itself, its arrays protected from being written."""
        for array in (self.inputs, self.labels, self.lengths, self.targets):
            if array is not None:
                array.flags.writeable = False
        return self


@dataclass(frozen=True)
class Task:
    """What is to be learnt: a training set, of which the last part may serve as validation, and a test set.

    Members
    -------
    name : as the command line knows it
    classes : number of labels; 0 where there are targets
    hold : steps for which each frame is held; T = frames * hold
    log2_inverse_step : k of the step h = 2**-k the task is run with
    train, test : `Split`
    validation_samples : size of the validation part, the LAST samples of `train`
    kind : one of `KINDS`
    cost : one of `COSTS`, which the task is learnt by unless another is asked for
    warm_up : frames at the start of every sequence that a per-step cost does not judge
    unit : of each target, (k,): a target of 1 is that much in the data's own unit

    >>> from golden.tasks import get
    >>> get("digits").kind, get("digits").cost, get("digits").outputs
    ('classification', 'final', 10)
    """

    name: str
    classes: int
    hold: int
    log2_inverse_step: int
    train: Split
    test: Split
    validation_samples: int
    kind: str = "classification"
    cost: str = "final"
    warm_up: int = 0
    unit: tuple[float, ...] = ()

    @property
    def channels(self) -> int:
        """Inputs m."""
        return int(self.train.inputs.shape[2])

    @property
    def steps(self) -> int:
        """Steps T of the longest sequence."""
        return int(self.train.inputs.shape[1]) * self.hold

    @property
    def outputs(self) -> int:
        """Numbers of the readout: classes, or targets k."""
        return self.classes if self.train.targets is None else int(self.train.targets.shape[-1])

    @property
    def costs(self) -> tuple[str, ...]:
        """The costs that it can be learnt by."""
        return ("per-step",) if self.kind == "forecasting" else ("final", "averaged")

    def by(self, cost: str | None) -> Task:
        """The same task with another of its costs; itself when None."""
        return self if cost is None else replace(self, cost=cost)

    def parts(self, validation: bool) -> tuple[Split, Split]:
        """(training, evaluation): train and test, or with `validation` train without its last part, and that part.

        Hyper-parameters are chosen with `validation=True`; the test set is read with `validation=False` only.
        """
        if not validation:
            return self.train, self.test
        keep = len(self.train) - self.validation_samples
        return self.train.part(slice(keep)), self.train.part(slice(keep, None))
