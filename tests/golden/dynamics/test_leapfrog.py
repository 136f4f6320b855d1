"""The step: reversible to round-off, equal to its flip form to the last bit, order two, symplectic."""

import numpy as np
import pytest

from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.systems import SYSTEMS, get


def run(name, steps, h, n=16, seed=0):
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=2)
    leapfrog = Leapfrog(system, system.initial(seed), h)
    return leapfrog, rng.normal(size=n), rng.normal(size=n), rng.normal(size=(steps, 2))


@pytest.mark.parametrize("name", SYSTEMS)
def test_inverse_returns_to_round_off(name):
    steps = 200 if name in ("kuramoto", "josephson") else 1000  # phases are chaotic: round-off grows
    leapfrog, q0, p0, inputs = run(name, steps, 0.125)
    q, p = q0, p0
    for u in inputs:
        q, p = leapfrog.forward(q, p, u)
    assert np.linalg.norm(q - q0) > 0.1
    for u in inputs[::-1]:
        q, p = leapfrog.inverse(q, p, u)
    assert np.allclose(q, q0, atol=1e-10) and np.allclose(p, p0, atol=1e-10)
    assert leapfrog.force_evaluations == 2 * steps


@pytest.mark.parametrize("name", SYSTEMS)
def test_forward_flip_forward_is_the_inverse_bit_for_bit(name):
    leapfrog, q, p, inputs = run(name, 100, 0.125)
    a, b = leapfrog, (q, p)
    for u in inputs:
        b = a.inverse_by_flip(*b, u)
        q, p = a.inverse(q, p, u)
        assert np.array_equal(q, b[0]) and np.array_equal(p, b[1])


@pytest.mark.parametrize("name", SYSTEMS)
def test_order_two(name):
    """The end point at a fixed time converges as h^2."""
    ends = []
    sizes = [2**k for k in range(3, 9)]
    for steps in (*sizes, 4096):
        leapfrog, q, p, _ = run(name, 0, 1.0 / steps, n=4)
        for _ in range(steps):
            q, p = leapfrog.forward(q, p, np.array([0.3, -0.2]))
        ends.append(np.concatenate([q, p]))
    errors = [np.linalg.norm(end - ends[-1]) for end in ends[:-1]]
    assert 1.9 <= -np.polyfit(np.log(sizes), np.log(errors), 1)[0] <= 2.1


@pytest.mark.parametrize("name", SYSTEMS)
def test_symplectic(name):
    """The Jacobian J of a step has J^T S J = S (central accumulator of the step itself)."""
    leapfrog, q, p, _ = run(name, 0, 0.25, n=3)
    u = np.array([0.3, -0.2])
    z, eps = np.concatenate([q, p]), 1e-5
    columns = [
        np.subtract(*(np.concatenate(leapfrog.forward(*np.split(z + side * e, 2), u)) for side in (1, -1))) / (2 * eps)
        for e in eps * np.eye(6)
    ]
    jacobian = np.array(columns).T
    form = np.kron([[0, 1], [-1, 0]], np.eye(3))
    assert np.allclose(jacobian.T @ form @ jacobian, form, atol=1e-8)


def test_slopes_are_taken_at_the_half_step_position():
    leapfrog, q, p, inputs = run("dense", 1, 0.125)
    slopes = {}
    leapfrog.forward(q, p, inputs[0], slopes)
    middle = q + 0.125 / 2 * p
    theta = leapfrog.theta
    s = np.tanh(theta["W"] @ middle + theta["B"] @ inputs[0] + theta["b"])
    assert np.allclose(slopes["W"], np.outer(s, middle), rtol=1e-14)
    assert np.allclose(slopes["u"], theta["B"].T @ s, rtol=1e-14)
    assert set(slopes) == {"u", *theta}


def test_contexts_are_kept_apart_and_the_batch_is_summed():
    leapfrog, q, p, inputs = run("dense", 1, 0.125)
    twins = np.stack([np.stack([q, 2 * q, 3 * q]), np.stack([-q, q, q])])
    slopes = {}
    leapfrog.inverse(twins, 0 * twins, inputs[0], slopes, contexts=1)
    assert slopes["W"].shape == (2, 16, 16) and slopes["u"].shape == (2, 3, 2)
    assert leapfrog.force_evaluations == 2


@pytest.mark.parametrize("step", [0, -1.0, float("inf"), float("nan"), "0.1"])
def test_step_must_be_positive(step):
    system = get("linear", n=2)
    with pytest.raises(HelError, match="the step h must be a positive number, got"):
        Leapfrog(system, system.initial(0), step)
