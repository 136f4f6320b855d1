"""What a training is measured by."""

from dataclasses import replace

import numpy as np
import pytest

from golden.cost_functions.squared_error import FloatPerStepReadout, FloatSquaredReadout
from golden.tasks import Split, Task
from golden.tasks.base import no_labels
from golden.training.measures import Accuracy, SquaredError, measure_of

RNG = np.random.default_rng(4)
SPLIT = Split(np.zeros((5, 6, 1)), no_labels(), np.array([6, 6, 5, 6, 4]), RNG.normal(size=(5, 6, 2)))
TASK = Task("mine", 0, 1, 2, SPLIT, SPLIT, 1, kind="forecasting", cost="per-step", warm_up=2)
MEAN = replace(SPLIT, targets=RNG.normal(size=(5, 2)))


def test_the_mean_of_the_targets_makes_1():
    """A readout that always says the mean, over frames that count, weighed by sequences of one length."""
    split = replace(SPLIT, lengths=None)
    measure = measure_of(replace(TASK, train=split, test=split), split, split)
    readout = FloatPerStepReadout(np.zeros((2, 1)), split.targets[:, 2:].reshape(-1, 2).mean(0))
    found = [measure.found(readout, readout.logits(np.zeros((6, 1))), targets) for targets in split.targets]
    assert np.mean(found) == pytest.approx(1)


def test_the_mean_of_the_targets_makes_1_at_the_end():
    task = replace(TASK, kind="regression", cost="final", train=MEAN, test=MEAN)
    measure = measure_of(task, MEAN, MEAN)
    readout = FloatSquaredReadout(np.zeros((2, 1)), MEAN.targets.mean(0))
    assert np.mean([measure.found(readout, readout.logits(np.zeros(1)), y) for y in MEAN.targets]) == pytest.approx(1)


def test_only_frames_of_a_sequence_have_a_variance():
    counted = np.concatenate([SPLIT.targets[k, 2:length] for k, length in enumerate(SPLIT.lengths)])
    assert SquaredError(TASK, SPLIT, SPLIT).seen == pytest.approx(counted.var(0).sum())


def test_as_samples_are_met():
    measure = SquaredError(TASK, SPLIT, SPLIT)
    errors = RNG.integers(-100, 100, (6, 2))
    errors[:2] = 0
    cost, value = measure.met(errors, None, 0.01)
    assert cost == pytest.approx((errors[2:] ** 2).sum() * 1e-4 / 2 / 4) and value == pytest.approx(
        2 * cost / measure.seen
    )


def test_labels_are_measured_by_accuracy():
    split = Split(np.zeros((2, 1, 1)), np.array([0, 1]))
    assert isinstance(measure_of(Task("mine", 2, 1, 2, split, split, 1), split, split), Accuracy)
