import numpy as np
import pytest

from golden.peers.extra import precision
from golden.peers.optimisers import adam, first, own

THETA = {"k": np.array([0.5, 0.5, 1.0]), "w": np.array([[1.0, -1.0]])}
RANGES = {"k": (0.5, 1.0), "w": (-2.0, 2.0)}
GRADS = {"k": np.array([1.0, -0.5, 0.0]), "w": np.array([[2.0**-4, -8.0]])}


def test_clipped_descent_keeps_to_the_ranges():
    with precision("float64"):
        found, memory = own(THETA, RANGES, GRADS, 0.0625, first("own", THETA))
    np.testing.assert_array_equal(found["k"], [0.5, 0.5 + 2.0**-7, 1.0])
    np.testing.assert_array_equal(found["w"], [[1.0 - 2.0**-8, -1.0 + 2.0**-7]])
    assert memory == {}


def test_what_does_not_move_is_not_put_into_its_range():
    with precision("float64"):
        found, _ = own({"k": np.array([3.0, 3.0])}, {"k": (0.5, 1.0)}, {"k": np.array([0.0, 1.0])}, 0.5, {})
    assert found["k"].tolist() == [3.0, 1.0]


def test_adam_is_its_formula():
    theta, m, v = np.array([[1.0, -1.0]]), 0.0, 0.0
    with precision("float64"):
        tree, memory = {"w": theta}, first("adam", {"w": theta})
        for t in range(1, 4):
            grad = np.array([[0.3 * t, -2.0]])
            tree, memory = adam(tree, {"w": (-2.0, 2.0)}, {"w": grad}, 0.01, memory)
            m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
            theta = theta - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(np.asarray(tree["w"]), theta, rtol=1e-13)


def test_adam_keeps_to_the_ranges():
    with precision("float64"):
        found, _ = adam(THETA, RANGES, GRADS, 1.0, first("adam", THETA))
    assert found["k"].tolist() == pytest.approx([0.5, 1.0, 1.0])
