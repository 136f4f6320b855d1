"""NumPy's smooth functions: values, slopes, and gradients of what is composed of them."""

import numpy as np
import pytest

from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import SMOOTH
from golden.language.smooth import SLOPES
from golden.language.trace import trace_function
from golden.language.user_function import table
from golden.rules.tape import gradients

WAVE = table(lambda x: np.sin(3 * x) + x**2, lambda x: 3 * np.cos(3 * x) + 2 * x, low=-2.0, high=2.0)
POSITIVE = np.array([0.2, 0.7, 1.9])
EVERYWHERE = np.array([-1.3, -0.1, 0.8])
INSIDE = np.array([-0.8, 0.1, 0.6])
FUNCTIONS = {
    "exp": (np.exp, EVERYWHERE),
    "expm1": (np.expm1, EVERYWHERE),
    "log": (np.log, POSITIVE),
    "log1p": (np.log1p, INSIDE),
    "sqrt": (np.sqrt, POSITIVE),
    "reciprocal": (lambda x: 1 / x, EVERYWHERE),
    "power": (lambda x: x**-1.7, POSITIVE),
    "sinh": (np.sinh, EVERYWHERE),
    "cosh": (np.cosh, EVERYWHERE),
    "tan": (np.tan, EVERYWHERE),
    "arctan": (np.arctan, EVERYWHERE),
    "arctanh": (np.arctanh, INSIDE),
    "arcsinh": (np.arcsinh, EVERYWHERE),
    "clip": (lambda x: np.clip(x, -2.0, 2.0), EVERYWHERE),
    "call": (WAVE, EVERYWHERE),
}
WORDS = {
    "log2": (np.log2, POSITIVE),
    "log10": (np.log10, POSITIVE),
    "exp2": (np.exp2, EVERYWHERE),
    "quotient": (lambda x: (1 + x) / (2 + x**2), EVERYWHERE),
    "power of a number": (lambda x: 2.5**x, EVERYWHERE),
    "whole power": (lambda x: x**-3, POSITIVE),
    "half power": (lambda x: np.power(x, -0.5) + np.float_power(x, 1.5), POSITIVE),
    "logaddexp": (lambda x: np.logaddexp(x, 3 * x) + np.logaddexp(0.5, x) + np.logaddexp(x, -x), EVERYWHERE),
    "method": (lambda x: x.clip(-2, 2) ** 2, EVERYWHERE),
}


def differences(function, x, step=1e-5):
    return (function(x + step) - function(x - step)) / (2 * step)


def test_every_operation_is_tested():
    assert set(FUNCTIONS) == set(SMOOTH) == set(SLOPES)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_operation_is_a_node(name):
    graph = trace_function(lambda x: np.sum(FUNCTIONS[name][0](x)), "f", {"x": (3,)})
    assert name in [node.op for node in graph.nodes]


@pytest.mark.parametrize("name", [*FUNCTIONS, *WORDS])
@pytest.mark.parametrize("batch", [(), (4, 2)])
def test_value_and_slope(name, batch):
    function, x = {**FUNCTIONS, **WORDS}[name]
    x = np.broadcast_to(x, (*batch, 3)) * np.linspace(1.0, 0.9, int(np.prod(batch))).reshape(*batch, 1)
    graph = trace_function(lambda x: np.sum(function(x)), "f", {"x": (3,)})
    assert Evaluator(graph)({"x": x})["value"] == pytest.approx(function(x).sum(-1), rel=1e-14)
    slope = Evaluator(gradient(graph))({"x": x})["x"]
    assert slope == pytest.approx(differences(function, x), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", [*FUNCTIONS, *WORDS])
def test_the_tape_agrees_to_second_order(name):
    """The tape's own rules, at a point with a tiny imaginary part, whose slope then carries the second derivative."""
    function, x = {**FUNCTIONS, **WORDS}[name]
    value, (slope,) = gradients(lambda x: np.sum(function(x)), x + 1e-30j)
    graph = gradient(trace_function(lambda x: np.sum(function(x)), "f", {"x": (3,)}))
    ours = Evaluator(graph)

    def theirs(x):
        return ours({"x": x})["x"]

    assert value.real == pytest.approx(function(x).sum(), rel=1e-14)
    assert slope.real == pytest.approx(theirs(x), rel=1e-12, abs=1e-12)
    assert slope.imag * 1e30 == pytest.approx(differences(theirs, x), rel=1e-6, abs=1e-6)


def composed(rng, x, k, depth):
    """A random composition that is finite for |x|, |k| < 1, with values of modest size."""
    if depth == 0:
        return [x, k, x * k, 0.7 * x - k, x[::-1], 1.5 + x][rng.integers(6)]
    a = composed(rng, x, k, depth - 1)
    b = np.tanh(composed(rng, x, k, depth - 1))
    made = [
        lambda: np.exp(-(a**2)),
        lambda: np.sqrt(1 + a**2),
        lambda: np.log1p(a**2),
        lambda: b / (2 + np.tanh(a)),
        lambda: np.arctan(a) * b,
        lambda: np.arcsinh(a) + b,
        lambda: np.exp(b) * np.sin(a),
        lambda: np.log(np.sum(np.exp(b))) + np.logaddexp(a, b),
        lambda: WAVE(b) * (1.5 + b) ** -2.5,
        lambda: np.arctanh(b / 2) + np.expm1(b) * np.tan(b / 2),
        lambda: np.log(np.cosh(a)) * (2 + b) ** 0.5,
    ]
    return made[rng.integers(len(made))]()


@pytest.mark.parametrize("seed", range(60))
def test_random_compositions(seed):
    def function(x, k):
        return np.sum(composed(np.random.default_rng(seed), x, k, 3) * (1 + k))

    rng = np.random.default_rng([seed, 1])
    x, k = rng.uniform(-0.9, 0.9, (2, 3))
    graph = trace_function(function, "f", {"x": (3,), "k": (3,)})
    assert Evaluator(graph)({"x": x, "k": k})["value"] == pytest.approx(function(x, k), rel=1e-12)
    ours = Evaluator(gradient(graph))
    found = ours({"x": x, "k": k})
    _, wanted = gradients(function, x, k)
    assert found["x"] == pytest.approx(wanted[0], rel=1e-10, abs=1e-10)
    assert found["k"] == pytest.approx(wanted[1], rel=1e-10, abs=1e-10)
    for i in range(3):
        step = 1e-5 * np.eye(3)[i]
        by_x = (function(x + step, k) - function(x - step, k)) / 2e-5
        assert found["x"][i] == pytest.approx(by_x, rel=1e-6, abs=1e-8)
    batch = ours({"x": np.stack([x, -x]), "k": k})
    assert batch["x"][0] == pytest.approx(found["x"], rel=1e-14) and batch["k"].shape == (2, 3)
