"""The models that are solved for: right where the answer is plain, and never told of what they are judged on."""

from dataclasses import replace

import numpy as np
import pytest

from golden import tasks
from golden.studies.learning import fitted
from golden.studies.learning.runs import Run
from golden.tasks import Split


def waves(samples, seed):
    """Two classes of noisy sines, of lengths 20 to 40."""
    rng = np.random.default_rng(seed)
    labels, lengths = np.arange(samples) % 2, rng.integers(20, 41, samples)
    x = np.sin(np.where(labels, 0.3, 0.9)[:, None] * np.arange(40)) + rng.normal(0, 0.1, (samples, 40))
    x[np.arange(40) >= lengths[:, None]] = 0
    return Split(x[..., None], labels, lengths)


def test_minirocket_and_linear_tell_waves_apart():
    task = replace(tasks.get("gunpoint"), train=waves(30, 0), test=waves(20, 1), validation_samples=1)
    run = Run(task, 0)
    (found,) = fitted.minirocket([run], [{"alpha": 1.0}])
    assert found[0].mean() == 1
    options = [{"fit": "ridge", "alpha": 1.0}, {"fit": "logistic", "inverse_penalty": 1.0}]
    ridge, logistic = fitted.linear([run], options)
    assert ridge[0].shape == logistic[0].shape == (20,)


def test_regression_by_the_mean_of_a_channel():
    task = tasks.get("covid-deaths")

    def answered(split):
        return Split(split.inputs, split.labels, None, split.inputs.mean(1) * 2 - 0.1)

    run = Run(replace(task, train=answered(task.train), test=answered(task.test)), 0)
    (found,) = fitted.linear([run], [{"fit": "ridge", "alpha": 1e-6}])
    assert found[0].mean() < 1e-6


def test_an_autoregression_needs_the_frames_that_it_is_given():
    """The target is the input of five frames before."""
    task = tasks.get("mackey-glass")

    def answered(split):
        return Split(split.inputs, split.labels, None, np.roll(split.inputs, 5, axis=1))

    run = Run(replace(task, train=answered(task.train), test=answered(task.test)), 0)
    short, enough = fitted.linear([run], [{"frames": 2, "alpha": 1e-6}, {"frames": 6, "alpha": 1e-6}])
    assert enough[0].mean() < 1e-6 < 1e-3 < short[0].mean()


def test_even_keeps_what_has_the_length():
    split = tasks.get("gunpoint").test
    assert fitted.even(split, 150) is not None and np.array_equal(fitted.even(split, 150), split.inputs)
    assert fitted.even(tasks.get("japanese-vowels").test, 16).shape == (370, 16, 12)


@pytest.mark.parametrize("frames", [5, 64])
def test_even_ends_where_sequences_end(frames):
    split = waves(4, 2)
    found = fitted.even(split, frames)
    assert np.allclose(found[:, -1, 0], split.inputs[np.arange(4), split.lengths - 1, 0])
