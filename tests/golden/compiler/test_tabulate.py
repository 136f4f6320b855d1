"""Which functions become tables, of what potential; and that nothing else changes."""

import numpy as np
import pytest

from golden.compiler.lower import lowered
from golden.compiler.tabulate import tabulate
from golden.language.evaluate import Evaluator
from golden.language.one_variable import WITHOUT_PRODUCTS
from golden.language.user_function import table
from golden.systems import SYSTEMS, get
from tests.golden.compiler.made import system
from tests.golden.language.test_smooth import composed
from tests.potentials import RUN

WELL = table(lambda x: np.sin(3 * x), lambda x: 3 * np.cos(3 * x), low=-2.0, high=2.0)
D = np.array([0.25, 0.5, 0.75])


def tables(graph):
    return sorted({str(node.function) for node in graph.nodes if node.op == "table"})


def made(potential):
    return system({"k": (3,)}, potential).gradient


EXAMPLES = {
    "exp once": (lambda q, u, t: np.sum(t["k"] * np.exp(q)), ["exp(x)"]),
    "Morse": (lambda q, u, t: np.sum(t["k"] * (1 - np.exp(-q)) ** 2), ["exp(-x)"]),
    "Morse, not learnt": (
        lambda q, u, t: np.sum((1 - np.exp(-q)) ** 2) + np.sum(t["k"] * q**2),
        ["(1 - exp(-x)) * exp(-x)"],
    ),
    "a parameter inside": (lambda q, u, t: np.sum(np.exp(-((t["k"] * q) ** 2))), ["exp(-x**2) * x"]),
    "a Gaussian": (lambda q, u, t: -np.sum(t["k"] * np.exp(-(q**2))), ["exp(-x**2)"]),
    "a line": (lambda q, u, t: np.sum(t["k"] * (2 + q) * np.log(2 + q)), None),
    "log cosh": (lambda q, u, t: np.sum(t["k"] * np.log(np.cosh(q))), ["logcosh(x)"]),
    "soft Coulomb": (lambda q, u, t: np.sum(t["k"] / np.sqrt(1 + q**2)), ["1 / sqrt(1 + x**2)"]),
    "a quotient of two": (lambda q, u, t: np.sum(t["k"] * q / (2 + u**2)), ["1 / (2 + x**2)"]),
    "a function of a parameter": (lambda q, u, t: np.sum(np.sqrt(1 + t["k"] ** 2) * q**2), None),
    "log sum exp": (lambda q, u, t: np.log(np.sum(np.exp(t["k"] * q))), ["1 / x", "exp(x)"]),
    "two functions": (lambda q, u, t: np.sum(t["k"] * np.exp(q)) + np.sum(np.arctan(q)), None),
    "hel.table": (lambda q, u, t: np.sum(WELL(t["k"] * q)), None),
    "a stated range": (
        lambda q, u, t: np.sum(t["k"] * ((2 + np.clip(q, -1, 3)) ** 1.5 - np.clip(q, -1, 3))),
        None,
    ),
    "polynomials": (lambda q, u, t: np.sum(t["k"] * (q**2 - 1) ** 2) + np.sum(q) * q[0], []),
    "old functions": (lambda q, u, t: np.sum(np.log(np.cosh(t["k"] * q))) - np.sum(np.cos(q)), []),
    "a constant inside": (lambda q, u, t: np.sum(t["k"] * np.exp(D * q)), ["exp(x)"]),
    "Lennard-Jones, scaled": (lambda q, u, t: np.sum(4 * ((2 + q) ** -12 - (2 + q) ** -6)), None),  # four summands
    "Lennard-Jones, apart": (lambda q, u, t: np.sum((2 + q) ** -12) - np.sum((2 + q) ** -6), None),
    "a scalar": (lambda q, u, t: np.sum(t["k"] * q) * np.exp(-np.sum(q**2)), None),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_tables_of(name):
    potential, wanted = EXAMPLES[name]
    found = tables(tabulate(made(potential)))
    assert wanted is None or found == wanted
    assert wanted is not None or 1 <= len(found) <= 3


def left(graph):
    return {node.op for node in graph.nodes} & WITHOUT_PRODUCTS


@pytest.mark.parametrize("name", EXAMPLES)
def test_values_stay(name):
    graph = made(EXAMPLES[name][0])
    tabled = tabulate(graph)
    assert not left(tabled)
    rng = np.random.default_rng(3)
    at = {name: rng.uniform(-0.9, 0.9, (7, 3)) for name in ("q", "u", "k")}
    old, new = Evaluator(graph)(at), Evaluator(tabled)(at)
    for output in old:
        assert new[output] == pytest.approx(old[output], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("seed", range(40))
def test_random_compositions(seed):
    def potential(q, u, t):
        return np.sum(composed(np.random.default_rng(seed), q, t["k"], 3) * (1 + t["k"])) + np.sum(q**2)

    graph = made(potential)
    tabled = tabulate(graph)
    assert not left(tabled)
    rng = np.random.default_rng([seed, 2])
    at = {name: rng.uniform(-0.9, 0.9, (2, 3)) for name in ("q", "u", "k")}
    old, new = Evaluator(graph)(at), Evaluator(tabled)(at)
    for output in old:
        assert new[output] == pytest.approx(old[output], rel=1e-10, abs=1e-11)


TABLED = ("kuramoto", "josephson", "rotor", "sine_gordon", "toda", "morse", "lennard_jones", "horn")


@pytest.mark.parametrize("name", [name for name in SYSTEMS if name not in TABLED])
def test_systems_without_such_functions_are_left_alone(name):
    graph = get(name, n=5, m=2).gradient
    assert tabulate(graph) is graph


@pytest.mark.parametrize("potential", RUN)
def test_few_tables_are_enough(potential):
    assert len(tables(tabulate(potential(5, 1).gradient))) <= 2


def test_a_table_comes_from_the_users_line():
    graph = tabulate(made(lambda q, u, t: np.sum(t["k"] * np.exp(-q))))
    (source,) = {node.source for node in graph.nodes if node.op == "table"}
    assert source.startswith("test_tabulate.py:") and source.endswith("`np.exp(-q)`")


def test_two_functions_without_ranges_are_two_stand_ins():
    """Of one name, and both without words yet: a calibration must not take one for the other."""
    program = lowered(system({"k": (3,)}, lambda q, u, t: np.sum(t["k"] * (2 + q) ** 1.5)))
    assert {str(one.function) for one in program.tables} == {"sqrt(2 + x)", "(2 + x)**1.5"}
    assert len(program.tables) == 2
