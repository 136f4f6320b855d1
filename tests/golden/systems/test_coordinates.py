"""Masses and angles: the stored coordinates are those of the system itself, and what they cannot be."""

import numpy as np
import pytest

from golden.checks.gradcheck import gradcheck
from golden.compiler import compile_system
from golden.errors import HelError
from golden.systems import System
from golden.systems.coordinates import coordinates


class Heavy(System):
    """Springs and a soft wall between neighbours, of unequal masses."""

    mass = (1.0, 2.0, 0.5, 3.0)

    @property
    def parameters(self):
        return {"k": (self.n,), "W": (self.n, self.n)}

    def potential(self, q, u, theta):
        return np.sum(theta["k"] * q**2) / 2 + np.sum(np.log(np.cosh(theta["W"] @ q))) - u[0] * q[0]


class Compass(System):
    """Rotors of one mass, coupled, and driven."""

    angles, mass = True, 2.0

    @property
    def parameters(self):
        return {"k": (self.n,), "c": (self.n,)}

    def potential(self, q, u, theta):
        bonds = q - np.roll(q, 1)
        return -np.sum(theta["k"] * np.cos(q)) - np.sum(theta["c"] * np.cos(bonds)) - u[0] * np.sum(q)


def newton(system, theta, inputs, position, velocity, h):
    """m dv/dt = -dV/dq by leapfrog in the user's own coordinates, the force by central differences."""
    mass = np.broadcast_to(np.asarray(system.mass, float), system.n)
    for u in inputs:
        position = position + h / 2 * velocity
        step = 1e-5 * np.eye(system.n)
        force = [
            (system.potential(position + d, u, theta) - system.potential(position - d, u, theta)) / 2e-5 for d in step
        ]
        velocity = velocity - h * np.array(force) / mass
        position = position + h / 2 * velocity
    return position, velocity


@pytest.mark.parametrize("cls", [Heavy, Compass])
def test_the_motion_is_that_of_newton_in_the_users_coordinates(cls):
    system, rng, h = cls(4, 1), np.random.default_rng(2), 1 / 16
    theta, inputs = system.initial(3), rng.normal(0, 0.3, (60, 1))
    position, velocity = rng.normal(0, 0.5, (2, 4))
    leaf = system.coordinates.leaf
    q, p = position / leaf, velocity / leaf
    for u in inputs:
        q = q + h / 2 * p
        p = p - h * system.force({"q": q, "u": u, **theta})["q"]
        q = q + h / 2 * p
    there, speed = newton(system, theta, inputs, position, velocity, h)
    assert np.abs(leaf * q - there).max() < 1e-7 and np.abs(leaf * p - speed).max() < 1e-7


@pytest.mark.parametrize("cls", [Heavy, Compass])
def test_the_energy_is_the_systems_in_its_unit(cls):
    system, rng = cls(4, 1), np.random.default_rng(2)
    theta, u = system.initial(3), np.array([0.2])
    position, velocity = rng.normal(0, 0.5, (2, 4))
    mass = np.broadcast_to(np.asarray(system.mass, float), 4)
    own = np.sum(mass * velocity**2) / 2 + system.potential(position, u, theta)
    q, p = position / system.coordinates.leaf, velocity / system.coordinates.leaf
    stored = np.sum(p**2) / 2 + system.reduced(q, u, theta)
    assert stored == pytest.approx(own * system.coordinates.energy)


def test_a_common_power_of_four_is_free():
    class Even(Heavy):
        mass = 0.25

        def potential(self, q, u, theta):
            return np.sum(theta["k"] * q**2) / 2 + np.sum(np.log(np.cosh(theta["W"] @ q)))

    class One(Even):
        mass = None

    class Odd(Even):
        mass = 0.3

    even, one, odd = (compile_system(cls(4, 1)) for cls in (Even, One, Odd))
    products = [sum(op.word in ("mul", "matvec", "matvec_t") for op in program.ops) for program in (even, one, odd)]
    assert products[0] == products[1] < products[2] and not even.constants


@pytest.mark.parametrize(("cls", "eps"), [(Heavy, 2.0**-6), (Compass, 2.0**-10)])
def test_gradients_are_those_of_back_propagation_and_of_fixed_point(cls, eps):
    result = gradcheck(cls(4, 1), steps=50, eps=eps, cuts="calibrated")
    assert result["cosine_float"] > 1 - 1e-4 and result["cosine_fixed"] > 1 - 1e-4 and result["return_error_lsb"] == 0


@pytest.mark.parametrize(
    ("mass", "angles", "message"),
    [
        ([1.0, 0.0], False, "mass must be positive, got 0; give positive numbers"),
        ([1.0, -2.0], False, "mass must be positive, got -2"),
        ([1.0, np.nan], False, "mass must be positive, got nan"),
        ([1.0, 2.0, 3.0], False, r"mass must have one number or 2, one a neuron, got shape \(3,\)"),
        ("heavy", False, "mass must be fixed positive numbers, .* got 'heavy'; give numbers"),
        (lambda: 1.0, False, "mass must be numbers, got a method; write it as a property"),
        (None, [0, 2], "angles must be neurons, got .0, 2.; write True for all, or indices from 0 to 1"),
        (None, "all", "angles must say which neurons are angles, got 'all'; write True"),
        ([1.0, 2.0], True, "angles must share one mass, .* got 1 for neuron 0 and 2 for neuron 1; give them one"),
    ],
)
def test_what_masses_and_angles_cannot_be(mass, angles, message):
    with pytest.raises(HelError, match=message):
        coordinates(2, mass, angles, "mine")


def test_angles_by_truth_values_and_indices():
    assert coordinates(3, None, np.array([True, False, True])).angles == (0, 2) == coordinates(3, None, [2, 0]).angles
