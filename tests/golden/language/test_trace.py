"""Tracing: text in, text out; what is unsupported says so, with the user's line."""

import math
import re

import numpy as np
import pytest

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import OPS
from golden.language.trace import trace_function
from golden.systems import SYSTEMS, System, get

SHAPES = {"q": (3,), "u": (2,)}


def traced(function):
    return trace_function(function, "mine", SHAPES)


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_stay_inside_the_vocabulary(name):
    system = get(name, n=5, m=2)
    assert {node.op for graph in (system.graph, system.gradient) for node in graph.nodes} <= set(OPS)


def test_equal_expressions_are_one_node():
    graph = traced(lambda q, u: np.sum(np.tanh(2 * q + 1)) * np.sum(np.tanh(1 + q * 2)))
    assert [node.op for node in graph.nodes].count("tanh") == 1
    assert graph.outputs["value"].op == "square"


@pytest.mark.parametrize(
    "function",
    [
        lambda q, u: np.sum(np.log(np.cosh(q))),
        lambda q, u: np.log(np.cosh(q)).sum(),
        lambda q, u: np.sum(np.logaddexp(q, -q) - math.log(2)),
    ],
)
def test_log_cosh_is_recognised(function):
    assert "logcosh" in [node.op for node in traced(function).nodes]


@pytest.mark.parametrize(
    "function",
    [
        lambda q, u: np.sum(np.log1p(np.exp(q))),
        lambda q, u: np.sum(np.logaddexp(0, q)),
        lambda q, u: np.sum(np.logaddexp(q, 0.0)),
    ],
)
def test_softplus_is_recognised(function):
    assert [node.op for node in traced(function).nodes] == ["input", "softplus", "sum"]


def test_factors_float_out_and_constants_fold():
    graph = traced(lambda q, u: (np.ones((3, 3)) * 0.5 @ (2 * -q)).dot(3 * q) / 3)
    assert [node.op for node in graph.nodes].count("scale") == 1
    assert [node.factor for node in graph.nodes if node.op == "scale"] == [-2.0]


UNSUPPORTED = {
    "np.arcsin is not available in a traced function; write hel.table": lambda q, u: np.sum(np.arcsin(q)),
    "np.norm is not available": lambda q, u: np.linalg.norm(q),
    "np.einsum is not available": lambda q, u: np.einsum("i,i", q, q),
    "np.sum with axis= is not available": lambda q, u: np.sum(q, axis=0),
    "np.sum with 2 positional arguments is not available": lambda q, u: np.sum(q, 0),
    "np.add.reduce is not available": lambda q, u: np.add.reduce(q),
    "np.greater is not available": lambda q, u: np.sum(q) if q[0] > 0 else 0.0,
    "division by zero; divide by what is not zero": lambda q, u: np.sum(q / np.array([0.0, 1.0, 2.0])),
    r"exponent that differs from .* not available in a traced function; x\*\*c with": lambda q, u: np.sum(q**q),
    "two numbers low < high, got -1 and None; give both": lambda q, u: np.sum(np.clip(q, -1, None)),
    "two numbers low < high, got 2 and 1; give both": lambda q, u: np.sum(np.clip(q, 2, 1)),
    "two numbers low < high, got 0 and Symbol": lambda q, u: np.sum(np.clip(q, 0, u[0])),
    "an index lies in -3..2 for a vector of 3 elements, got 7": lambda q, u: np.sum(q[[0, 7]]),
    r"indexing with an array of float64 of shape \(1,\)": lambda q, u: np.sum(q[[0.5]]),
    "np.roll by anything but a whole number": lambda q, u: np.sum(np.roll(q, [1, 2])),
    "np.take with these arguments": lambda q, u: np.sum(np.take(q, [0], mode="clip")),
    "np.concatenate along axis 1": lambda q, u: np.sum(np.concatenate([q, q], axis=1)),
    r"np.concatenate of shape \(\) \(vectors only\)": lambda q, u: np.sum(np.concatenate([q, q[0]])),
    r"np.bitwise_xor is not available in a traced function; \^ is no power in Python": lambda q, u: np.sum(q ^ 4),
    "np.absolute is not available in a traced function; write a smooth function": lambda q, u: np.sum(np.abs(q)),
    "an index lies in -3..2 for a vector of 3 elements, got 3": lambda q, u: q[3],
    "attribute .cumsum is not available": lambda q, u: q.cumsum().sum(),
    "conversion to an array": lambda q, u: np.sum(np.array(q)),
    "conversion to a Python number": lambda q, u: math.cos(q[0]),
    r"operands of \* must have the same shape, or one is a number; got \(3,\) and \(2,\)": lambda q, u: np.sum(q * u),
    r"a matrix product needs .* got \(2, 2\) and \(3,\)": lambda q, u: np.sum(np.eye(2) @ q),
    r"an inner product needs equal lengths, got \(3,\) and \(2,\)": lambda q, u: q @ u,
    "a factor in a potential must be finite|division by zero": lambda q, u: np.sum(q / 0.0),
}


@pytest.mark.parametrize("message", UNSUPPORTED)
def test_unsupported_names_operation_and_line(message):
    with pytest.raises(HelError, match=message) as caught:
        traced(UNSUPPORTED[message])
    assert re.match(r"test_trace.py:\d+: `.*[qu].*`: ", str(caught.value))


def test_unsupported_lists_what_is_available():
    with pytest.raises(HelError, match="available: .*np.tanh"):
        traced(lambda q, u: np.sum(np.arcsin(q)))


WIRED = [
    lambda q: np.roll(q, 1),
    lambda q: np.roll(q, -5),
    lambda q: q[[2, 0, 0]],
    lambda q: q[np.array([True, False, True])],
    lambda q: q[::-1] + np.flip(q),
    lambda q: q[2:0:-1],
    lambda q: np.take(q, [1, 2]),
    lambda q: np.concatenate([q[1:], np.ones(2), q]),
    lambda q: np.hstack([q, q]),
    lambda q: np.array([[1.0, -1, 0], [0, 1, -1]]) @ q,
    lambda q: q @ np.array([[1.0, 2], [3, 4], [5, 6]]),
    lambda q: np.array([0.5, 2.0, -1.0]) * q,
    lambda q: q[[]] * 2,
]


@pytest.mark.parametrize("wiring", WIRED)
def test_wiring_is_what_numpy_does(wiring):
    """The traced value and its derivative against NumPy itself; the derivative is the transposed matrix."""
    q = np.random.default_rng(0).normal(size=3)
    weights = np.random.default_rng(1).normal(size=len(wiring(q)))
    graph = traced(lambda q, u: np.sum(weights * wiring(q) ** 2))
    values = {"q": q, "u": np.zeros(2)}
    assert Evaluator(graph)(values)["value"] == pytest.approx(np.sum(weights * wiring(q) ** 2), abs=1e-12)
    matrix = np.array([wiring(e) - wiring(np.zeros(3)) for e in np.eye(3)])
    slope = 2 * matrix @ (weights * wiring(q))
    assert Evaluator(gradient(graph))(values)["q"] == pytest.approx(slope, abs=1e-12)


def test_nodes_know_the_line_they_come_from():
    def potential(q, u):
        bend = q**3
        return np.sum(bend) + np.sum(np.tanh(q))

    graph = gradient(traced(potential))
    sources = {node.op: node.source for node in reversed(graph.nodes)}
    line = potential.__code__.co_firstlineno
    assert sources["square"] == f"test_trace.py:{line + 1}: `q**3`"
    assert sources["tanh"] == f"test_trace.py:{line + 2}: `np.tanh(q)`"
    assert sources["input"] == ""


@pytest.mark.parametrize(("value", "what"), [(None, "got NoneType"), ("v", "got str")])
def test_result_must_be_a_number(value, what):
    with pytest.raises(HelError, match=f"must be one number, {what}"):
        traced(lambda q, u: value)


def test_result_must_be_scalar():
    with pytest.raises(HelError, match=r"must be one number, got shape \(3,\); wrap it in np.sum"):
        traced(lambda q, u: q)


def test_symbols_do_not_cross_traces():
    kept = []
    traced(lambda q, u: kept.append(q) or q[0])
    with pytest.raises(HelError, match="do not keep symbols"):
        traced(lambda q, u: np.sum(q + kept[0]))


class Named(System):
    """A user's system, with a parameter name and a use of theta to be filled in."""

    def __init__(self, declared, used):
        super().__init__(2)
        self.declared, self.used = declared, used

    @property
    def parameters(self):
        return {self.declared: (2,)}

    def potential(self, q, u, theta):
        return np.sum(theta[self.used] * q)


def test_unknown_parameter():
    with pytest.raises(HelError, match="theta has no parameter 'W'; declared parameters: k"):
        _ = Named("k", "W").graph


def test_reserved_parameter_names():
    with pytest.raises(HelError, match="parameters may not be called u"):
        _ = Named("u", "u").graph
