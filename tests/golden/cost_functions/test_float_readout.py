"""The float readout: its errors are the slope of the cross-entropy, its nudge is scaled, its update is clipped."""

import numpy as np
import pytest

from golden.cost_functions.float_readout import CLIP, LIMIT, FloatReadout


def readout(seed=0, lead=()):
    rng = np.random.default_rng(seed)
    return FloatReadout(rng.normal(0, 0.5, (*lead, 4, 6)), rng.normal(0, 0.3, (*lead, 4)))


def cost(made, x, label):
    logits = made.logits(x)
    return float(np.log(np.exp(logits).sum()) - logits[label])


def test_nudge_is_the_slope_of_the_cross_entropy():
    made, x = readout(), np.random.default_rng(1).normal(size=6)
    nudge, m = made.nudge(made.errors(x, np.array(2)))
    slope = [(cost(made, x + d, 2) - cost(made, x - d, 2)) / 2e-6 for d in 1e-6 * np.eye(6)]
    assert nudge * 2.0**m == pytest.approx(slope, abs=1e-8)
    assert 2.0**-3 < np.abs(nudge).max() <= 2.0**-2


def test_no_error_no_nudge():
    nudge, m = readout().nudge(np.zeros(4))
    assert not nudge.any() and m == 0


def test_update_is_clipped_and_saturates():
    made = FloatReadout(np.full((2, 1), 2.0), np.zeros(2))
    made.update(np.array([-1.0, 1.0]), np.array([3.0]), 0)
    assert made.weights[:, 0].tolist() == [LIMIT, 2.0 - CLIP] and made.bias.tolist() == [CLIP, -CLIP]


def test_leading_axes_are_independent_readouts():
    together, x, labels = readout(lead=(3,)), np.random.default_rng(1).normal(size=(3, 6)), np.array([0, 3, 1])
    errors = together.errors(x, labels)
    for k in range(3):
        alone = FloatReadout(together.weights[k], together.bias[k])
        assert alone.errors(x[k], labels[k]) == pytest.approx(errors[k])
        assert alone.nudge(errors[k])[1] == together.nudge(errors)[1][k]
