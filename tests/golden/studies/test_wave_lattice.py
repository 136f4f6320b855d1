"""The lattice: its potential by a naive sum over pairs, its own BPTT against the reference, HEB on it."""

import math

import numpy as np
import pytest

from golden.rules import Problem, finite_differences, heb
from golden.rules import bptt as reference
from golden.studies.wave_lattice import Detectors, WaveLattice, bptt, walls, waves
from tests.golden.rules.cases import one_minus_cosine, relative_error


def problem(samples=3, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    lattice = WaveLattice(8, 8)
    q0, targets = rng.uniform(-1, 1, (samples, 64)), np.eye(classes)[rng.integers(0, classes, samples)]
    return lattice, lattice.initial(seed), q0, targets, Detectors(lattice, classes).cost()


def test_potential_is_the_sum_over_sites_and_neighbours():
    lattice = WaveLattice(3, 4)
    rng = np.random.default_rng(0)
    theta = {name: rng.normal(size=shape) for name, shape in lattice.parameters.items()}
    q = rng.normal(size=12)
    energy = sum(
        theta["kappa"][i] * q[i] ** 2 / 2 + theta["lam"][i] * q[i] ** 4 / 4 - theta["f"][i] * q[i] for i in range(12)
    )
    pairs = [
        (i, j) for i in range(12) for j in range(i)
        if max(abs(i // 4 - j // 4), abs(i % 4 - j % 4)) == 1
    ]  # fmt: skip
    strength = {}
    for row, k in zip(lattice.differences, theta["k"], strict=True):
        assert sorted(row[row != 0]) == [-1, 1]
        strength[tuple(sorted(np.flatnonzero(row), reverse=True))] = k
    assert set(strength) == set(pairs)
    energy += sum(k * (q[i] - q[j]) ** 2 / 2 for (i, j), k in strength.items())
    assert float(lattice.potential(q, np.zeros(1), theta)) == pytest.approx(energy, rel=1e-12)


def test_own_bptt_is_the_reference():
    lattice, theta, q0, targets, cost = problem()
    grads, value = bptt(lattice, theta, q0, targets, cost, 60, 0.25)
    posed = Problem(lattice, theta, np.zeros((60, 3, 1)), targets, q0=q0, cost=cost, step=0.25)
    wanted, same, _ = reference.gradient(posed)
    assert value == pytest.approx(same, rel=1e-12)
    assert all(relative_error(grads, wanted, [name]) < 1e-10 for name in theta)


def test_heb_on_the_field_agrees_with_finite_differences():
    """120 steps, 64 neurons, ten detectors; at M = inf the error is that of eps."""
    lattice, theta, q0, targets, cost = problem(2, 10)
    given = {"inputs": np.zeros((120, 2, 1)), "targets": targets, "q0": q0, "cost": cost, "step": 0.125}
    wanted, _, _ = finite_differences.gradient(Problem(lattice, theta, **given), names=list(theta))
    for mass in (1e8, math.inf):
        grads, _, _ = heb.gradient(Problem(lattice, theta, **given), mass=mass, eps=1e-6, symmetric=False)
        assert one_minus_cosine(grads, wanted, list(theta)) <= 1e-6


def test_a_field_without_the_quartic_term_is_affine():
    lattice, theta, q0, _, _ = problem()
    theta = {**theta, "lam": np.zeros(64)}
    a, b, middle = (waves(lattice, theta, q, 40, 0.25) for q in (q0[0], q0[1], (q0[0] + q0[1]) / 2))
    assert middle == pytest.approx((a + b) / 2, abs=1e-10)


def test_walls():
    theta = walls({"kappa": np.array([-3.0, 3.0]), "lam": np.array([-1.0, 1.0])})
    assert theta["kappa"].tolist() == [-2.0, 2.0 - 2.0**-16] and theta["lam"].tolist() == [0.0, 1.0]
