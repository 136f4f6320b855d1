"""Figures of stability against motions that are known in closed form."""

import math

import numpy as np
import pytest

from golden.dynamics.stability import LIMIT, curvature, stability
from golden.systems import System, get


class Hill(System):
    """V = -k q^2 / 2: every perturbation grows as exp(sqrt(k) t)."""

    @property
    def parameters(self):
        return {"k": (self.n,)}

    def potential(self, q, u, theta):
        return -np.sum(theta["k"] * q**2) / 2 - u[0] * q[0]


def test_the_curvature_of_a_quadratic_potential_is_its_largest_stiffness():
    system = get("springs", n=5)
    theta = system.initial(1)
    k, kc = theta["k"], theta["kc"]
    matrix = np.diag(k) + np.diag(np.append(kc, 0)) + np.diag(np.append(0, kc)) - np.diag(kc, 1) - np.diag(kc, -1)
    found = curvature(system, theta, np.ones(5), np.zeros(1))
    assert found == pytest.approx(np.linalg.eigvalsh(matrix)[-1], rel=1e-8)


@pytest.mark.parametrize("step, stable", [(0.5, True), (1.9, True), (2.1, False)])
def test_the_limit_is_where_leapfrog_runs_away(step, stable):
    """One oscillator of frequency 1: h w = 2."""
    system = get("linear", n=1)
    theta = {"a": np.array([1.0]), "B": np.zeros((1, 1))}
    found = stability(system, theta, np.zeros((300, 1)), step, q0=np.ones(1))
    assert found.figure == pytest.approx(step**2, rel=1e-6) and found.stable == stable == (found.figure < LIMIT)
    assert (found.growth_log2 < 5) == stable


def test_the_lyapunov_time_of_a_hill():
    found = stability(Hill(2), {"k": np.array([0.25, 1.0])}, np.zeros((400, 1)), 0.125)
    assert found.duration == 50 and found.lyapunov_time == pytest.approx(1.0, rel=0.05)
    assert found.growth_log2 == pytest.approx(50 / math.log(2), rel=0.05)


def test_what_runs_to_infinity_has_infinite_figures():
    found = stability(get("fput", n=3), get("fput", n=3).initial(0), np.full((200, 1), 1e6), 0.5)
    assert not found.stable and found.growth_log2 == math.inf and found.lyapunov_time == 0.0
