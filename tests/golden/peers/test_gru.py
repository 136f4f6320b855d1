"""The GRU against its formulas in NumPy, and what its interface promises."""

import numpy as np
import pytest

pytest.importorskip("jax")

from golden.peers.extra import precision
from golden.peers.gru import Gru


def plain(theta, inputs):
    """h after every step of one sequence (T, m), from the formulas."""
    w, v, b, d = (theta[name] for name in "WVbd")
    n = v.shape[1]
    h, found = np.zeros(n), []

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    for u in inputs:
        r = sigmoid((w @ u + b + v @ h + d)[:n])
        z = sigmoid((w @ u + b + v @ h + d)[n : 2 * n])
        c = np.tanh((w @ u + b)[2 * n :] + r * (v @ h + d)[2 * n :])
        h = (1 - z) * c + z * h
        found.append(h)
    return np.array(found)


@pytest.mark.parametrize("seen", ["final", "averaged", "per-step"])
def test_what_a_cost_sees_is_that_of_the_formulas_and_ends_with_the_sequence(seen):
    gru, rng = Gru(5, 3), np.random.default_rng(0)
    theta = {name: 3 * value for name, value in gru.initial(1).items()}
    inputs, steps = rng.normal(size=(7, 2, 3)), np.array([7, 4])
    with precision("float64"):
        found, (h,) = gru.run(theta, inputs, steps, seen)
    for k, length in enumerate(steps):
        states = plain(theta, inputs[:length, k])
        wanted = {"final": states[-1], "averaged": states.mean(0), "per-step": states}[seen]
        of_one = found[:length, k] if seen == "per-step" else found[k]
        assert np.allclose(of_one, wanted, atol=1e-12)
        assert np.allclose(h[k], states[-1], atol=1e-12)


def test_seeds_draw_within_the_edge():
    first, second = Gru(16, 2).initial(0), Gru(16, 2).initial(1)
    assert all(np.abs(value).max() <= 0.25 for value in first.values())
    assert not np.array_equal(first["V"], second["V"])
