"""The boundary-value solver against oscillators that one can write down, and what it counts."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules.glep.boundary import Held
from golden.rules.glep.conditions import CONDITIONS
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import lattice
from golden.rules.glep.motion import Motion
from golden.rules.glep.solver import SingularProblem, solve
from golden.systems import get

STEPS, H, A = 37, 0.25, 1.3
PHI = np.arccos(1 - H**2 * A / 2)


def oscillator():
    system = get("linear", n=1)
    theta = {"a": np.array([A]), "B": np.zeros((1, 1))}
    return Motion(system, lattice("leapfrog", rows=STEPS, step=H), theta, np.zeros((STEPS, 1)), Counts())


def test_two_positions_of_one_oscillator():
    """q_t of the discrete oscillator is a sine of t PHI: q_1 follows from q_0 and q_T."""
    motion, held = oscillator(), Held(CONDITIONS["cbvp"], 1)
    found = solve(motion, held, np.array([[1.0, -0.4]]), np.zeros(2))
    second = (-0.4 - np.cos(STEPS * PHI)) / np.sin(STEPS * PHI)
    path = []
    found.run(motion, visit=lambda k, x, p: path.append(x[0, 0]))
    t = np.arange(STEPS + 1)
    assert path[::2] == pytest.approx(np.cos(t * PHI) + second * np.sin(t * PHI), abs=1e-12)


def test_a_quadratic_problem_takes_one_step():
    motion = oscillator()
    found = solve(motion, Held(CONDITIONS["mixed"], 1), np.array([[0.3, 0.7]]), np.array([5.0, -2.0]))
    assert motion.counts.solver_iterations == 1 and motion.counts.hessian_products == 2 * STEPS
    assert found.ends.q0[0] == pytest.approx([0.3]) and found.ends.pT[0] == pytest.approx([0.7])


def test_a_known_matrix_needs_no_hessian():
    motion, held = oscillator(), Held(CONDITIONS["cbvp"], 1)
    first = solve(motion, held, np.array([[1.0, -0.4]]), np.zeros(2))
    before = motion.counts.hessian_products
    many = np.array([[1.0, 0.1], [0.5, 0.2], [0.0, 0.3]])
    found = solve(motion, held, many, first.state, jacobian=first.jacobian)
    assert motion.counts.hessian_products == before
    assert np.concatenate([found.ends.q0, found.ends.qT], axis=-1) == pytest.approx(many, abs=1e-12)


@pytest.mark.parametrize(("name", "back"), [("civp", False), ("pfvp", False)])
def test_where_one_end_is_given_nothing_is_solved(name, back):
    motion, held = oscillator(), Held(CONDITIONS[name], 1)
    found = solve(motion, held, np.array([[1.0, 2.0]]), np.zeros(2))
    assert (found.q, found.p, found.back) == (1.0, 2.0, back) and motion.counts.passes == 0
    late = solve(motion, Held(CONDITIONS["pfvp"], 1, nudged=True), np.array([[1.0, 2.0]]), np.zeros(2))
    assert late.back and late.run(motion).qT == 1.0


def test_of_several_solutions_the_guess_decides():
    """A pendulum held at 0 at both ends for long rests there, or swings with the one amplitude that takes this long."""
    pendulum = get("pendulum", n=2)
    theta = {name: np.ones(shape) if name == "g" else np.zeros(shape) for name, shape in pendulum.parameters.items()}
    held, found = Held(CONDITIONS["cbvp"], 2), []
    for guess in (0.05, 1.5):
        motion = Motion(pendulum, lattice("leapfrog", rows=32, step=H), theta, np.zeros((32, pendulum.m)), Counts())
        found.append(solve(motion, held, np.zeros((1, 4)), np.array([0.0, 0.0, guess, guess])))
        assert np.abs(found[-1].ends.qT).max() < 1e-9
    assert np.abs(found[0].ends.p0).max() < 1e-9 and np.abs(found[1].ends.p0).max() > 0.5


def test_singular_and_unreachable():
    system, rows = get("linear", n=1), lattice("leapfrog", rows=40, step=H)
    theta = {"a": np.array([2 * (1 - np.cos(np.pi / 40)) / H**2]), "B": np.zeros((1, 1))}
    motion = Motion(system, rows, theta, np.zeros((40, 1)), Counts())
    with pytest.raises(SingularProblem, match="singular"):
        solve(motion, Held(CONDITIONS["cbvp"], 1), np.array([[1.0, -1.0]]), np.zeros(2))
    with pytest.raises(HelError):
        solve(motion, Held(CONDITIONS["cbvp"], 1), np.array([[1.0, 0.5]]), np.zeros(2))
