import numpy as np
import pytest

from golden.cost_functions.float_readout import FloatReadout
from golden.cost_functions.squared_error import FloatPerStepReadout, FloatSquaredReadout
from golden.peers.extra import precision
from golden.peers.jax_readout import errors_of, largest_log2, readout_gradient, slope_at

RNG = np.random.default_rng(5)
READOUT = {"weights": RNG.normal(size=(3, 4)), "bias": RNG.normal(size=3)}
X, TARGETS = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 3))
CASES = {
    "classification": (FloatReadout, np.arange(6) % 3),
    "regression": (FloatSquaredReadout, TARGETS),
    "forecasting": (FloatPerStepReadout, TARGETS),
}


@pytest.mark.parametrize("kind", CASES)
def test_errors_are_goldens(kind):
    made, answers = CASES[kind]
    readout = made(**READOUT)
    readout.warm_up = 2
    with precision("float64"):
        found = errors_of(kind, READOUT, X, answers, np.arange(6) >= 2)
    np.testing.assert_allclose(np.asarray(found), readout.errors(X, answers), atol=1e-15)


def test_the_slope_and_the_power_of_two_are_goldens_nudge():
    readout = FloatReadout(**READOUT)
    errors = readout.errors(X, np.arange(6) % 3)
    nudge, m = readout.nudge(errors)
    with precision("float64"):
        y = slope_at(READOUT, errors)
        log2 = np.asarray(largest_log2(y, (-1,)))
    assert (log2 + 2 == m).all()
    np.testing.assert_allclose(np.asarray(y) * 2.0 ** -(log2[:, None] + 2), nudge, rtol=1e-14)


def test_the_gradient_is_a_sum_over_samples():
    weight = RNG.uniform(size=6)
    with precision("float64"):
        found = readout_gradient(TARGETS, X, weight)
    np.testing.assert_allclose(np.asarray(found["weights"]), np.einsum("bk,bn,b->kn", TARGETS, X, weight), rtol=1e-12)
    np.testing.assert_allclose(np.asarray(found["bias"]), weight @ TARGETS, rtol=1e-12)
