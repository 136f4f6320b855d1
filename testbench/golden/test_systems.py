"""The four systems: forces and densities against hand formulas, initial distributions, argument errors."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.systems import SYSTEMS, get


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
    n = 2 if name == "springs" else 1
    assert get(name, n=n).gradient.outputs["q"].shape == (n,)


def test_unknown_system():
    with pytest.raises(HelError, match="no built-in system 'pendulum'; choose from springs, hru, dense, linear"):
        get("pendulum", n=2)


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


def test_a_chain_of_springs_needs_two_masses():
    with pytest.raises(HelError, match=r"at least 2 masses, got 1; use more neurons"):
        get("springs", n=1)
