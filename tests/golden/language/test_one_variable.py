"""Functions of one variable in a graph: what belongs together, and how it is differentiated."""

import numpy as np
import pytest

from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.one_variable import WITHOUT_PRODUCTS, groups, opened, variables
from golden.language.trace import trace_function
from golden.rules.tape import gradients

SHAPES = {"q": (3,), "k": (3,)}


def traced(function):
    return trace_function(function, "f", SHAPES)


def found(function):
    return [
        (group.variable.op, group.variable.name, [node.op for node in group.read]) for group in groups(traced(function))
    ]


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda q, k: np.sum(k * q**2) + np.sum(np.tanh(q)), []),
        (lambda q, k: np.sum(np.exp(q)), [("input", "q", ["exp"])]),
        (lambda q, k: np.sum(k * np.exp(q)), [("input", "q", ["exp"])]),
        (lambda q, k: np.sum(q * np.exp(-(q**2) / 2)), [("input", "q", ["mul"])]),
        (lambda q, k: np.sum((1 + 2 * q) * np.exp(q)), [("input", "q", ["mul"])]),
        (lambda q, k: np.sum(np.sqrt(1 + k**2) * q), [("input", "k", ["sqrt"])]),
        (lambda q, k: np.sum(np.exp(k * q)), [("mul", "", ["exp"])]),
        (lambda q, k: np.sum(q / (1 + k**2)), [("input", "k", ["reciprocal"])]),
        (lambda q, k: np.sum(np.exp(q)) + np.sum(np.log1p(k**2)), [("input", "q", ["exp"]), ("input", "k", ["log1p"])]),
        (lambda q, k: np.log(np.sum(np.exp(q))), [("input", "q", ["exp"]), ("sum", "", ["log"])]),
        (lambda q, k: np.sum(np.exp(q[1:] - q[:-1])), [("add", "", ["exp"])]),
        (lambda q, k: np.sum(np.exp(np.array([1.0, 2.0, 3.0]) * q)), [("mul", "", ["exp"])]),
        (lambda q, k: np.sum(np.log(np.cosh(q)) + q**2), [("input", "q", ["add"])]),
    ],
)
def test_groups(function, wanted):
    assert found(function) == wanted


def test_numbers_are_functions_of_nothing():
    graph = traced(lambda q, k: np.sum(np.exp(q) * 3.0 + 1.0))
    known = variables(graph.nodes)
    assert {node.op for node, below in known.items() if below is None} == {"const", "fill"}
    assert {node.op for node, below in known.items() if below is not None and below.op == "input"} >= {"exp", "add"}


def test_a_sum_is_opened():
    """Down to what needs a table and what does not, through powers of two alone."""
    graph = traced(lambda q, k: np.sum(2 * (np.exp(q) - q**2 / 4) + 3 * np.arctan(q)))
    (group,) = groups(graph)
    (top,) = group.read
    parts = opened(top, frozenset(group.nodes))
    assert sorted((factor, node.op) for factor, node in parts.inside) == [(1.0, "scale"), (2.0, "exp")]
    assert [(factor * node.factor, node.args[0].op) for factor, node in parts.outside] == [(-0.5, "square")]


WHOLES = {
    "strength": lambda q, k: np.sum(k * np.log(np.cosh(q))),
    "quotient": lambda q, k: np.sum(k / np.sqrt(1 + q**2)),
    "line": lambda q, k: np.sum(k * ((2 + q) * np.log(2 + q) - q)),
    "bump": lambda q, k: np.sum(np.exp(-((k * q) ** 2))),
    "nest": lambda q, k: np.log(np.sum(np.exp(k * q))),
    "function of a parameter": lambda q, k: np.sum(np.sqrt(1 + k**2) * q**2),
    "sum of both": lambda q, k: np.sum(k * (np.exp(-q) + q**2 + np.arctan(q))),
    "read twice": lambda q, k: np.sum(np.exp(q) * k) + np.sum(np.exp(q) ** 2) + np.exp(q)[0] * k[1],
    "of a scalar": lambda q, k: np.sum(k * q) * np.exp(-np.sum(q**2)),
    "constants": lambda q, k: np.sum(np.array([1.0, 2.0, 3.0]) * np.exp(np.array([0.1, 0.2, 0.3]) * q) * k),
}


@pytest.mark.parametrize("name", WHOLES)
def test_wholes_have_the_right_gradient(name):
    rng = np.random.default_rng(7)
    q, k = rng.uniform(-0.9, 0.9, (2, 4, 3))
    ours = Evaluator(gradient(traced(WHOLES[name])))({"q": q, "k": k})
    for at in range(4):
        _, (by_q, by_k) = gradients(WHOLES[name], q[at], k[at])
        assert ours["q"][at] == pytest.approx(by_q, rel=1e-12, abs=1e-13)
        assert ours["k"][at] == pytest.approx(by_k, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ["strength", "quotient"])
def test_the_slope_meets_the_strength_alone(name):
    """dV/dq is k times one function of q, dV/dk a function of q: nothing of f stands beside k."""
    graph = gradient(traced(WHOLES[name]))
    known = variables(graph.nodes)
    force = graph.outputs["q"]
    factor, base = (force.factor, force.args[0]) if force.op == "scale" else (1.0, force)
    assert factor and base.op == "mul" and sorted(known[arg].name for arg in base.args) == ["k", "q"]
    assert known[graph.outputs["k"]].name == "q"


def test_polynomials_stay_what_they_are():
    graph = gradient(traced(lambda q, k: np.sum(k * q**4) + np.sum((q**2 - 1) ** 2)))
    assert not {node.op for node in graph.nodes} & WITHOUT_PRODUCTS
