"""The samples of a split as a trainer plays them: encoded sequences, every frame held, each as long as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from golden.tasks import Split, Task

__all__ = ["Played"]


class Played:
    """A split's sequences and answers, by index.

    Parameters
    ----------
    encode : inputs as the learner takes them

    Members
    -------
    inputs : (samples, T, m) as the learner takes them
    steps : of each sequence (samples,)

    >>> from golden.tasks import get
    >>> task = get("japanese-vowels")
    >>> played = Played(task, task.test, lambda values: values)
    >>> sequence, label = played[3]
    >>> sequence.shape, int(label), len(played)
    ((72, 12), 0, 370)
    """

    def __init__(self, task: Task, split: Split, encode: Callable[[Any], Any]) -> None:
        self.inputs = encode(np.repeat(split.inputs, task.hold, axis=1))
        self.steps = task.hold * split.mask.sum(1)
        self.answers: Any = split.answers
        self.per_step = task.kind == "forecasting"
        if self.per_step:
            self.answers = np.repeat(self.answers, task.hold, axis=1)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, index: Any) -> tuple[Any, Any]:
        """(sequence (T, ..., m), answer (...), (..., k) or (T, ..., k)) of an index, or of one of each of S seeds.

        Several have one length; then nothing is cut.
        """
        cut = slice(None) if np.ndim(index) else slice(int(self.steps[index]))
        sequence = np.moveaxis(self.inputs[index], -2, 0)[cut]
        answer = self.answers[index]
        return sequence, np.moveaxis(answer, -2, 0)[cut] if self.per_step else answer
