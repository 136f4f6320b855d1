"""All contestants do the same work: the same words, or the same numbers."""

import numpy as np
import pytest

from hel.bench.golden_contestants import Compiled, Interpreted
from hel.bench.jax_contestants import Called, Scanned, devices
from hel.bench.setting import Setting

SETTING = Setting("dense", 4, 16)


def test_compiled_and_numpy_learn_the_same_words():
    compiled, numpy = Compiled(SETTING, block=3), Interpreted(SETTING, block=3)
    for one in (compiled, numpy):
        one.learn()
    for name, words in numpy._adapter.model.theta.items():
        np.testing.assert_array_equal(compiled._learner.parameters()[name], words)
    np.testing.assert_array_equal(compiled._learner.readout.weights, numpy._adapter.model.weights)


def test_seeds_count_together_and_each_is_one_alone():
    both = Compiled(SETTING, seeds=2, block=3)
    alone = Compiled(SETTING, block=3)
    both.learn()
    alone.learn()
    assert both.samples == 6 and str(both.who) == "golden compiled, 2 seeds"
    np.testing.assert_array_equal(both._learner.parameters()["W"][0], alone._learner.parameters()["W"])


def test_a_scan_and_calls_learn_the_same_and_near_golden():
    scanned, called = Scanned(SETTING, "hel", block=3), Called(SETTING, "hel", block=3)
    golden = Compiled(SETTING, block=3)
    for one in (scanned, called, golden):
        one.learn()
    theta, other = scanned._params["theta"], called._params["theta"]
    words = golden._learner.parameters()
    for name in theta:
        np.testing.assert_allclose(theta[name], other[name], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(theta[name], words[name] / 2**16, atol=2e-4)
    assert scanned.temporary_bytes > 0 and scanned.input_bytes == called.input_bytes


def test_the_cpu_is_the_first_device():
    assert list(devices())[0] == "cpu"


@pytest.mark.parametrize("steps, k", [(8, 2), (32, 2), (128, 4), (1000, 7), (8192, 7)])
def test_the_step_follows_the_length(steps, k):
    task = Setting("dense", 4, steps).task
    assert (task.steps, task.log2_inverse_step) == (steps, k)
