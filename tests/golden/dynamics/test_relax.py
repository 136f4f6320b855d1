"""Relaxation: it finds minima, each sample by itself, and says so where there is none."""

import numpy as np
import pytest
from scipy.optimize import minimize

from golden.dynamics.relax import relax
from golden.errors import HelError


def rosenbrock(q):
    x, y = q[..., 0], q[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_force(q):
    x, y = q[..., 0], q[..., 1]
    return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)


def well(q):
    """A double well in x with a bowl in y."""
    return (q[..., 0] ** 2 - 1) ** 2 / 4 + q[..., 1] ** 2


def well_force(q):
    return np.stack([q[..., 0] ** 3 - q[..., 0], 2 * q[..., 1]], axis=-1)


def test_a_curved_valley():
    rest = relax(rosenbrock, rosenbrock_force, np.array([[-1.2, 1.0], [3.0, -4.0]]), tolerance=1e-9)
    assert np.allclose(rest.q, 1.0, atol=1e-8) and rest.residual <= 1e-9
    assert rest.iterations < 2000


@pytest.mark.parametrize("condition", [1.0, 1e2, 1e4])
def test_quadratic_bowls_agree_with_linear_algebra(condition):
    rng = np.random.default_rng(3)
    basis, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    a = basis @ np.diag(np.geomspace(1 / condition, 1, 12)) @ basis.T
    b = rng.normal(size=(5, 12))
    rest = relax(lambda q: ((q @ a) * q).sum(-1) / 2 - (b * q).sum(-1), lambda q: q @ a - b, np.zeros((5, 12)))
    assert np.allclose(rest.q, np.linalg.solve(a, b.T).T, atol=1e-8 * condition)


def test_agrees_with_an_outside_minimiser():
    start = np.array([0.3, 2.0])
    other = minimize(lambda q: float(well(q)), start, jac=lambda q: well_force(q), tol=1e-12)
    assert relax(well, well_force, start).q == pytest.approx(other.x, abs=1e-6)


def test_samples_do_not_disturb_each_other():
    """A batch gives each sample what it gets alone, bit for bit."""
    starts = np.random.default_rng(1).normal(size=(6, 2)) * 3
    together = relax(rosenbrock, rosenbrock_force, starts, tolerance=1e-8)
    alone = [relax(rosenbrock, rosenbrock_force, start, tolerance=1e-8) for start in starts]
    assert np.array_equal(together.q, np.stack([each.q for each in alone]))
    assert together.iterations == max(each.iterations for each in alone)


def test_each_well_is_reached_from_its_side():
    rest = relax(well, well_force, np.array([[0.1, 3.0], [-0.1, 3.0]]))
    assert np.allclose(rest.q, [[1, 0], [-1, 0]], atol=1e-9)


def test_a_start_at_rest_needs_no_iteration():
    rest = relax(well, well_force, np.array([1.0, 0.0]))
    assert (rest.iterations, rest.residual) == (0, 0.0)
    assert rest.words == 2 + 2 + 1 + 8


@pytest.mark.parametrize(
    ("energy", "force", "options", "message"),
    [
        (lambda q: -(q**2).sum(-1), lambda q: -2 * q, {}, "the energy has no minimum near the start: after .* passed"),
        (lambda q: q.sum(-1), np.ones_like, {}, "has no minimum near the start"),
        (rosenbrock, rosenbrock_force, {"max_iterations": 5}, "residual .* after 5 iterations, wanted 1e-10; raise"),
        (rosenbrock, rosenbrock_force, {"tolerance": 0}, "tolerance of a relaxation must be a positive number, got 0"),
        (rosenbrock, rosenbrock_force, {"max_iterations": -1}, "max_iterations of a relaxation must be a positive"),
        (lambda q: np.nan * q.sum(-1), np.ones_like, {}, "the energy and its force are finite at the start"),
    ],
)
def test_errors(energy, force, options, message):
    with pytest.raises(HelError, match=message):
        relax(energy, force, np.array([0.5, 0.7]), **options)
