import numpy as np
import pytest

from golden.errors import HelError
from golden.language.evaluate import Evaluator
from golden.language.graph import TABLES
from golden.language.trace import trace_function
from golden.language.user_function import table
from golden.peers.extra import precision
from golden.peers.graphs import _operations, function_of
from golden.systems import SYSTEMS, get

SMOOTH = {
    "softplus": lambda q: np.logaddexp(0.0, q),
    "logistic": lambda q: 1 / (1 + np.exp(-q)),
    "power": lambda q: (2.0 + q) ** -1.5,
    "reciprocal": lambda q: 1 / (2.0 + q),
    "sqrt": lambda q: np.sqrt(2.0 + q),
    "arctanh": lambda q: np.arctanh(q / 4),
    "clip": lambda q: np.clip(q, -0.5, 0.5),
    "log1p": lambda q: np.log1p(q),
    "tan": lambda q: np.tan(q),
    "slice": lambda q: q[1:] * q[:-1],
}


def at(graph, seed):
    rng = np.random.default_rng(seed)
    shapes = {**graph.inputs, **graph.parameters}
    return {name: rng.uniform(-0.9, 0.9, shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("name", [*SYSTEMS, "random-3", "random-1004"])
def test_a_potential_is_that_of_numpy(name):
    graph = get(name, n=6, m=2).graph
    values = at(graph, 0)
    with precision("float64"):
        found = float(function_of(graph, "potential")(values))
    assert found == pytest.approx(float(Evaluator(graph)(values)["potential"]), rel=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_functions_of_one_variable_are_those_of_numpy(name):
    graph = trace_function(lambda q: np.sum(SMOOTH[name](q)), name, {"q": (4,)})
    values = at(graph, 1)
    with precision("float64"):
        found = float(function_of(graph, "value")(values))
    assert found == pytest.approx(float(Evaluator(graph)(values)["value"]), rel=1e-12)


def test_every_table_has_its_function():
    assert set(TABLES) <= set(_operations())


def test_log_cosh_does_not_overflow():
    graph = trace_function(lambda q: np.sum(np.log(np.cosh(q))), "far", {"q": (2,)})
    assert float(function_of(graph, "value")({"q": np.array([1e4, -1e4], np.float32)})) == pytest.approx(
        2e4 - 2 * np.log(2), abs=0.01
    )


def test_a_function_of_the_users_own_is_refused():
    bump = table(lambda x: np.exp(-(x**2)), df=lambda x: -2 * x * np.exp(-(x**2)), low=-4.0, high=4.0)
    graph = trace_function(lambda q: np.sum(bump(q)), "own", {"q": (2,)})
    with pytest.raises(HelError, match="JAX knows the functions of NumPy, not .* of hel.table; write it in NumPy's"):
        function_of(graph, "value")
