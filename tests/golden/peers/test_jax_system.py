import numpy as np
import pytest

from golden.dynamics.leapfrog import Leapfrog
from golden.peers.extra import precision
from golden.peers.jax_system import JaxSystem
from golden.systems import get

STEP, T = 0.125, 6


@pytest.fixture(scope="module")
def run():
    """A system, its model, theta, inputs (T, 3, m), and golden's positions (T, 3, n)."""
    system = get("gated", n=5, m=2)
    theta = system.initial(1)
    inputs = np.random.default_rng(2).normal(size=(T, 3, 2))
    leapfrog = Leapfrog(system, theta, STEP)
    q = p = np.zeros((3, 5))
    positions = []
    for u in inputs:
        q, p = leapfrog.forward(q, p, u)
        positions.append(q)
    return JaxSystem(system, STEP), theta, inputs, np.array(positions), p


def close(a, b):
    np.testing.assert_allclose(np.asarray(a), b, rtol=1e-12, atol=1e-14)


def test_the_motion_is_goldens(run):
    model, theta, inputs, positions, p = run
    with precision("float64"):
        found, state = model.run(theta, inputs, None, "per-step")
    close(found, positions)
    close(state[0], positions[-1])
    close(state[1], p)


def test_a_sequence_ends_at_its_length(run):
    model, theta, inputs, positions, _ = run
    steps = np.array([6, 4, 1])
    with precision("float64"):
        final, _ = model.run(theta, inputs, steps, "final")
        mean, _ = model.run(theta, inputs, steps, "averaged")
    for b, count in enumerate(steps):
        close(final[b], positions[count - 1, b])
        close(mean[b], (positions[:count, b] ** 2).mean(0))


def test_a_negative_step_undoes_one(run):
    model, theta, inputs, positions, p = run
    with precision("float64"):
        q, back = model.move(-STEP, theta, positions[-1], p, inputs[-1])
    close(q, positions[-2])


def test_contexts_share_their_inputs(run):
    model, theta, inputs, positions, _ = run
    with precision("float64"):
        found = model.force(np.stack([positions[0], positions[1]]), inputs[0], theta)
        close(found[1], model.force(positions[1], inputs[0], theta))
