"""Costs against their formulas written out, and what they keep."""

import numpy as np
import pytest

from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.errors import HelError

RNG = np.random.default_rng(0)
Q = RNG.normal(size=(5, 2, 3))  # 5 steps, a batch of 2, 3 neurons
Y = RNG.normal(size=(5, 2, 3))


def watched(cost, targets):
    meter = cost.start(n=3, steps=5, targets=targets)
    for t, q in enumerate(Q):
        meter.observe(t, q)
    return meter


def test_final():
    meter = watched(FinalCost(), Y[0])
    assert np.allclose(meter.total(), 0.5 * np.sum((Q[-1] - Y[0]) ** 2, axis=-1))
    assert np.allclose(meter.nudge(4, Q[4]), Q[4] - Y[0])
    assert all(meter.nudge(t, Q[t]) is None for t in range(4)) and meter.words == 0


def test_summed_is_the_plain_sum():
    meter = watched(SummedCost(), Y)
    assert np.allclose(meter.total(), 0.5 * np.sum((Q - Y) ** 2, axis=(0, 2)))
    assert all(np.allclose(meter.nudge(t, Q[t]), Q[t] - Y[t]) for t in range(5)) and meter.words == 0
    assert meter.strength == 1 / 8  # the power of two at or below 1 / 5


def test_averaged_latches_its_slope():
    meter = watched(AveragedCost(), Y[0])
    mean = np.mean(Q**2, axis=0)
    assert np.allclose(meter.total(), 0.5 * np.sum((mean - Y[0]) ** 2, axis=-1))
    assert np.allclose(meter.nudge(2, Q[2]), 2 / 5 * Q[2] * (mean - Y[0]))
    assert meter.words == 6


@pytest.mark.parametrize("cost", [SummedCost(), AveragedCost(), SummedCost(lambda q, y: np.sum(q**4 * y))])
def test_in_how_many_parts_positions_come_does_not_matter(cost):
    """To the last bit; functions of a user's own, with their gradient, see one step at a time."""
    targets = Y if cost.per_step else Y[0]
    whole = watched(cost, targets)
    for parts in ((0, 5), (0, 2, 5), (0, 1, 4, 5)):
        meter = cost.start(n=3, steps=5, targets=targets)
        for first, stop in zip(parts, parts[1:], strict=False):
            meter.observe_many(first, Q[first:stop])
        assert np.array_equal(meter.total(), whole.total()) and meter.words == whole.words
        assert np.array_equal(meter.nudge(1, Q[1]), whole.nudge(1, Q[1]))
    shapes = []
    own = SummedCost(lambda q, y: shapes.append(q.shape) or (q**2).sum(-1), gradient=lambda q, y: 2 * q)
    own.start(n=3, steps=5, targets=Y).observe_many(0, Q)
    assert shapes == [(2, 3)] * 5


def test_nudges_take_echo_contexts_before_the_batch():
    twins = np.stack([Q[4], -Q[4]])
    assert np.allclose(watched(FinalCost(), Y[0]).nudge(4, twins), twins - Y[0])


def test_a_users_cost_is_differentiated():
    meter = watched(FinalCost(lambda q, y: np.sum(np.log(np.cosh(q * y[0]))) - y[1]), Y[0, :, :2])
    assert np.allclose(meter.nudge(4, Q[4]), Y[0, :, :1] * np.tanh(Q[4] * Y[0, :, :1]))


def test_a_users_cost_may_read_data_that_changes():
    weights = np.ones(3)
    cost = FinalCost(lambda q, y: np.sum(weights * q))
    assert np.allclose(watched(cost, Y[0]).nudge(4, Q[4]), 1)
    weights *= 2
    assert np.allclose(watched(cost, Y[0]).nudge(4, Q[4]), 2)


@pytest.mark.parametrize(
    ("function", "gradient", "message"),
    [
        ("x", None, r"the function of a cost is a function of \(q, target\), got 'x'; write for instance lambda q, y"),
        (None, None, r"the function of a cost is a function of \(q, target\), got None"),
        (lambda q: np.sum(q), None, r"of \(q, target\), got <lambda>\(q\); give it these two arguments"),
        (np.dot, 3, r"the gradient of a cost is a function of \(q, target\), got 3"),
        (np.dot, lambda: 0, r"the gradient of a cost is a function of \(q, target\), got <lambda>\(\)"),
    ],
)
def test_what_is_no_function_of_a_position_and_a_target(function, gradient, message):
    with pytest.raises(HelError, match=message):
        FinalCost(function, gradient=gradient)


def test_errors():
    with pytest.raises(HelError, match="np.arcsin is not available in a traced function"):
        watched(FinalCost(lambda q, y: np.sum(np.arcsin(q))), Y[0])
    with pytest.raises(HelError, match=r"got \(3,\) and \(2,\)"):
        watched(FinalCost(), Y[0, :, :2])
    with pytest.raises(HelError, match="targets need a last axis of at least one number"):
        FinalCost().start(n=3, steps=5, targets=np.zeros((2, 0)))
