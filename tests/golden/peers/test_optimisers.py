import numpy as np
import pytest

from golden.peers.extra import precision
from golden.peers.optimisers import adam, first, own

THETA = {"k": np.array([0.5, 0.5, 1.0]), "w": np.array([[1.0, -1.0]])}
RANGES = {"k": (0.5, 1.0), "w": (-2.0, 2.0)}
CLIPS = {"k": 2.0**-7, "w": 2.0**-6}
GRADS = {"k": np.array([1.0, -0.5, 0.0]), "w": np.array([[2.0**-4, -8.0]])}


def test_clipped_descent_keeps_to_the_ranges():
    with precision("float64"):
        found, memory = own(THETA, RANGES, CLIPS, GRADS, 0.0625, first("own", THETA))
    np.testing.assert_array_equal(found["k"], [0.5, 0.5 + 2.0**-7, 1.0])
    np.testing.assert_array_equal(found["w"], [[1.0 - 2.0**-8, -1.0 + 2.0**-6]])
    assert memory == {}


def test_a_clip_may_be_one_of_a_whole_block():
    """2^-9 of one block, 2^-3, wider than the reference formats', of the other."""
    with precision("float64"):
        found, _ = own(
            {"a": THETA, "b": THETA}, {"a": RANGES, "b": RANGES}, {"a": 2.0**-9, "b": 2.0**-3},
            {"a": GRADS, "b": GRADS}, 0.0625, {},
        )  # fmt: skip
    np.testing.assert_array_equal(found["a"]["w"], [[1.0 - 2.0**-9, -1.0 + 2.0**-9]])
    np.testing.assert_array_equal(found["b"]["w"], [[1.0 - 2.0**-8, -1.0 + 2.0**-3]])


def test_what_does_not_move_is_not_put_into_its_range():
    with precision("float64"):
        found, _ = own({"k": np.array([3.0, 3.0])}, {"k": (0.5, 1.0)}, 2.0**-7, {"k": np.array([0.0, 1.0])}, 0.5, {})
    assert found["k"].tolist() == [3.0, 1.0]


def test_adam_is_its_formula():
    theta, m, v = np.array([[1.0, -1.0]]), 0.0, 0.0
    with precision("float64"):
        tree, memory = {"w": theta}, first("adam", {"w": theta})
        for t in range(1, 4):
            grad = np.array([[0.3 * t, -2.0]])
            tree, memory = adam(tree, {"w": (-2.0, 2.0)}, None, {"w": grad}, 0.01, memory)
            m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
            theta = theta - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(np.asarray(tree["w"]), theta, rtol=1e-13)


def test_adam_keeps_to_the_ranges():
    with precision("float64"):
        found, _ = adam(THETA, RANGES, None, GRADS, 1.0, first("adam", THETA))
    assert found["k"].tolist() == pytest.approx([0.5, 1.0, 1.0])
