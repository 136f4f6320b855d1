import numpy as np
import pytest
from scipy.special import log_softmax

from golden.cost_functions import cross_entropy, cross_entropy_slope


def test_value_and_slope_of_a_batch():
    rng = np.random.default_rng(0)
    z, y = 20 * rng.normal(size=(7, 4)), np.eye(4)[rng.integers(0, 4, 7)]
    assert cross_entropy(z, y) == pytest.approx(-np.sum(y * log_softmax(z, axis=-1), axis=-1), rel=1e-12)
    for k in range(4):
        move = 1e-5 * np.eye(4)[k]
        wanted = (cross_entropy(z + move, y) - cross_entropy(z - move, y)) / 2e-5
        assert cross_entropy_slope(z, y)[:, k] == pytest.approx(wanted, abs=1e-8)


def test_large_logits_do_not_overflow():
    assert cross_entropy(np.array([1e4, 0.0]), np.array([0.0, 1.0])) == 1e4
    assert np.array_equal(cross_entropy_slope(np.array([1e4, 0.0]), np.array([0.0, 1.0])), [1.0, -1.0])
