"""Evaluation: equal to the user's own code, with batches, shared or batched parameters, and sums over the batch."""

import numpy as np
import pytest

from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator, log_cosh, logistic
from golden.systems import SYSTEMS, System, get


class Everything(System):
    """A potential that uses the whole vocabulary, and a parameter it does not use."""

    @property
    def parameters(self):
        return {"W": (3, 3), "k": (3,), "c": (), "idle": (2,)}

    def potential(self, q, u, theta):
        w, k, c = theta["W"], theta["k"], theta["c"]
        r = np.tanh(q)
        fixed = np.arange(3) - 1.0
        terms = [
            -r @ w @ r / 2 + np.sum((w + w.T) @ q * k) + c * np.sum(w * w) / 8 + np.sum(w.T**2) / 3,
            np.sum(np.logaddexp(q, k)) + np.sum(np.log1p(np.exp(c * q))) + np.log(np.cosh(c * u[1])),
            np.sum(np.cos(q) * np.sin(k)) + np.mean(fixed * q) - 2 * np.sum(np.square(np.diff(q))) + c**3 - c,
            (q[1:] * u).dot(q[:-1])
            + q[-1] ** 4
            + sum(u) * q[0]
            + np.sum(np.diag(fixed) @ q * fixed)
            + (2 * q - q).sum(),
            np.sum(np.logaddexp(0.5, u * 2)) + np.sum(np.eye(3)[:2] @ q) + np.sum(u @ np.ones((2, 3)) + q),
        ]
        return sum(terms) + 1.0


SYSTEM = {**{name: lambda name=name: get(name, n=3, m=2) for name in SYSTEMS}, "everything": lambda: Everything(3, 2)}


def point(system, seed=0, batch=()):
    rng = np.random.default_rng(seed)
    theta = {name: rng.normal(0, 0.7, shape) for name, shape in system.parameters.items()}
    return {"q": rng.normal(size=(*batch, system.n)), "u": rng.normal(size=(*batch, system.m))}, theta


@pytest.mark.parametrize("name", SYSTEM)
def test_potential_is_the_users_own(name):
    """In the coordinates that are integrated."""
    system = SYSTEM[name]()
    state, theta = point(system)
    value = Evaluator(system.graph)({**state, **theta})["potential"]
    assert value == pytest.approx(system.reduced(state["q"], state["u"], theta), rel=1e-14)


@pytest.mark.parametrize("name", SYSTEM)
def test_gradient_is_that_of_central_differences(name):
    system = SYSTEM[name]()
    state, theta = point(system)
    slopes = system.slopes({**state, **theta})
    values = {**state, **theta}
    for key, value in values.items():
        assert slopes[key].shape == value.shape
        for at in np.ndindex(*value.shape):
            ends = []
            for side in (1e-5, -1e-5):
                moved = {**values, key: value.copy()}
                moved[key][at] += side
                ends.append(system.reduced(moved["q"], moved["u"], moved))
            assert slopes[key][at] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("name", SYSTEM)
def test_batches_are_their_samples(name, shared):
    system = SYSTEM[name]()
    state, theta = point(system, batch=(2, 4))
    if not shared:
        theta = {key: np.stack([value, 0.5 * value, -value, value + 1]) for key, value in theta.items()}
    values = {**state, **theta}
    slopes = system.slopes(values)
    totals = system.slopes(values, total=theta, keep=1)
    sums = {key: np.zeros(shape) for key, shape in system.parameters.items()}
    for i, j in np.ndindex(2, 4):
        sample = {key: value[i, j] if key in state else value if shared else value[j] for key, value in values.items()}
        one = system.slopes(sample)
        assert all(np.allclose(slopes[key][i, j], one[key], rtol=1e-12, atol=1e-14) for key in values)
        if i == 1:
            sums = {key: sums[key] + one[key] for key in sums}
    assert all(np.allclose(totals[key][1], sums[key], rtol=1e-12, atol=1e-14) for key in sums)
    assert totals["q"].shape == (2, 4, 3)


def test_inputs_may_be_shared_while_the_state_is_not():
    system = get("dense", n=3, m=2)
    state, theta = point(system)
    values = {"q": np.stack([state["q"], -state["q"]]), "u": state["u"], **theta}
    assert np.allclose(system.slopes(values)["B"][0], system.slopes({**state, **theta})["B"])
    assert system.slopes(values, total=theta)["B"].shape == (3, 2)


def test_functions_do_not_overflow():
    x = np.array([-1e4, -1.0, 0.0, 1e4])
    assert np.allclose(log_cosh(x), [1e4 - np.log(2), np.log(np.cosh(1)), 0, 1e4 - np.log(2)])
    assert np.allclose(logistic(x), [0, 1 / (1 + np.e), 0.5, 1])


def test_second_derivatives_need_a_scalar_only():
    """Differentiation is closed over its vocabulary: the gradient of a sum of forces is the Hessian's row sums."""
    system = get("dense", n=3, m=2)
    state, theta = point(system)
    graph = system.gradient
    total = type(graph)(
        "row sums", graph.inputs, graph.parameters, {"s": graph.builder.sum(graph.outputs["q"])}, graph.builder
    )
    row = Evaluator(gradient(total), ["q"])({**state, **theta})["q"]
    s = np.tanh(theta["W"] @ state["q"] + theta["B"] @ state["u"] + theta["b"])
    hessian = np.diag(theta["al"]) + theta["W"].T @ np.diag(1 - s**2) @ theta["W"]
    assert np.allclose(row, hessian.sum(axis=0))
