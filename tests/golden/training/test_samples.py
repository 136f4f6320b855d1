"""The samples of a training: a task made in Python is played as far as its sequences go, whatever stands behind."""

from dataclasses import replace

import numpy as np
import pytest

from golden import tasks
from golden.errors import HelError
from golden.training.samples import named
from golden.training.sequences import train

SMALL = {"neurons": 4, "epochs": 1, "samples": 10, "validation": True}
LEFT_OUT = ("samples_per_s", "trajectory")


def spoilt(name, behind):
    """A task whose sequences end at half their frames, and the same with `behind` after their ends."""
    task = tasks.get(name)

    def cut(split, value):
        frames = split.inputs.shape[1]
        lengths = np.full(len(split), frames // 2) if split.lengths is None else split.lengths
        inputs = np.where((np.arange(frames) < lengths[:, None])[..., None], split.inputs, value)
        targets = split.targets
        if targets is not None and targets.ndim == 3:
            targets = np.where((np.arange(frames) < lengths[:, None])[..., None], targets, value)
        return replace(split, inputs=inputs, targets=targets, lengths=lengths)

    return [replace(task, train=cut(task.train, value), test=cut(task.test, value)) for value in (0.0, behind)]


@pytest.mark.parametrize("behind", [np.nan, np.inf, 1e9])
@pytest.mark.parametrize("name", ["japanese-vowels", "mackey-glass"])
def test_what_lies_behind_an_end_counts_for_nothing(name, behind):
    for how in ({"executor": "compiled"}, {"executor": "numpy"}, {"arithmetic": "float"}):
        plain, other = (
            {key: value for key, value in train(task, **SMALL, **how).items() if key not in LEFT_OUT}
            for task in spoilt(name, behind)
        )
        assert plain == other, how


def test_within_a_sequence_it_is_refused():
    task = tasks.get("japanese-vowels")
    inputs = task.train.inputs.copy()
    inputs[3, 2, 1] = np.nan
    with pytest.raises(HelError, match="japanese-vowels has nan in sample 3, frame 2, channel 1; fill or leave out"):
        named(replace(task, train=replace(task.train, inputs=inputs)))
