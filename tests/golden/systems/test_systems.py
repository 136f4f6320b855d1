"""The systems: forces and densities against hand formulas, initial distributions, argument errors."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator
from golden.errors import HelError
from golden.rules import Problem, bptt
from golden.systems import SYSTEMS, SpringGraph, System, get

PAIRS = ("springs", "graph", "pendulum", "stack", "josephson", "morse", "lennard_jones")


@pytest.mark.parametrize("name", SYSTEMS)
def test_initial_is_seeded_bounded_and_of_the_declared_shapes(name):
    system = get(name, n=40, m=1)
    theta = system.initial(3)
    assert {key: value.shape for key, value in theta.items()} == dict(system.parameters)
    assert all(np.all((value >= -2) & (value < 2)) for value in theta.values())
    again = system.initial(3)
    assert all(np.array_equal(theta[key], again[key]) for key in theta)
    assert any(not np.array_equal(theta[key], system.initial(4)[key]) for key in theta)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_smallest_size_will_do(name):
    n = 2 if name in PAIRS else 1
    assert get(name, n=n).gradient.outputs["q"].shape == (n,)


def test_unknown_system():
    with pytest.raises(HelError, match="no built-in system 'lattice'; choose from springs, hru, dense, linear"):
        get("lattice", n=2)


def test_sizes_must_be_positive():
    with pytest.raises(HelError, match="number of neurons n must be a whole number >= 1, got 0"):
        get("dense", n=0)
    with pytest.raises(HelError, match="number of inputs m must be a whole number >= 1, got 1.5"):
        get("dense", n=2, m=1.5)


def test_theta_is_checked():
    system = get("linear", n=3, m=2)
    with pytest.raises(HelError, match="linear has the parameters a, B; got a"):
        system.check({"a": np.zeros(3)})
    with pytest.raises(HelError, match=r"parameter B of linear has shape \(3, 2\), after any batch axes; got \(2, 3\)"):
        system.check({"a": np.zeros(3), "B": np.zeros((2, 3))})
    assert system.check({"a": np.zeros((7, 3)), "B": np.zeros((3, 2))})["a"].shape == (7, 3)


@pytest.mark.parametrize("name", PAIRS)
def test_what_couples_needs_two(name):
    with pytest.raises(HelError, match=r"at least 2 .*, got 1; use more"):
        get(name, n=1)


def test_edges_are_checked():
    with pytest.raises(HelError, match=r"an edge joins two masses of 0..2, got \(1, 1\); correct the edges"):
        SpringGraph(3, edges=[(0, 1), (1, 1)])


def test_symmetric_parameters():
    system = get("hopfield", n=3)
    theta = system.initial(0)
    assert (theta["W"] == theta["W"].T).all() and (theta["W"] != np.diag(np.diag(theta["W"]))).any()
    theta["W"][0, 1] += 0.1
    with pytest.raises(HelError, match=r"parameter W of Hopfield.* is a symmetric matrix; give it as \(W \+ W.T\) / 2"):
        bptt.gradient(Problem(system, theta, np.zeros((2, 1)), np.zeros(3)))
    words = {name: Formats().theta.raw(value) for name, value in theta.items()}
    with pytest.raises(
        HelError, match=r"words of the symmetric parameter W are symmetric; give it as \(W \+ W.T\) / 2"
    ):
        Integrator(compile_system(system), words)


def test_the_derivative_of_a_symmetric_parameter_is_symmetric():
    """Whatever the potential does with it."""

    class Skewed(System):
        symmetric = ("W",)

        @property
        def parameters(self):
            return {"W": (self.n, self.n)}

        def potential(self, q, u, theta):
            return np.sum(np.tanh(q) * (theta["W"] @ q))

    system, q = Skewed(3), np.array([0.3, -1.0, 2.0])
    theta = system.initial(1)
    assert (theta["W"] == theta["W"].T).all()
    found = system.slopes({"q": q, "u": np.zeros(1), **theta})["W"]
    plain = np.outer(np.tanh(q), q)
    assert found == pytest.approx((plain + plain.T) / 2) and (found == found.T).all()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (None, {}, 'a system\'s name is a word such as "dense", got None; give a name'),
        ("dens", {}, r"there is no built-in system 'dens'; choose from .*; did you mean dense\?"),
        ("random", {"seed": "x"}, "the seed of a random potential must be a whole number >= 0, got 'x'"),
        ("random", {"sed": 1}, "the system random has no option sed; it knows seed"),
        ("random-3", {"seed": 1}, "the system random-3 has no option seed; it knows none"),
        ("graph", {"edges": 3}, r"edges are pairs of masses, each a whole number, got 3; give for instance \[\(0, 1\)"),
        ("graph", {"edges": [(0, 1.5)]}, "edges are pairs of masses, each a whole number"),
        ("graph", {"edge": []}, "the system graph has no option edge; it knows edges"),
        ("dense", {"foo": 2}, "the system dense has no option foo; it knows none"),
        ("mine.py:Quartic", {"foo": 2}, "a system of a file is made with n and m alone, got foo for mine.py:Quartic"),
    ],
)
def test_options_that_cannot_be(name, options, message):
    with pytest.raises(HelError, match=message):
        get(name, n=4, **options)
