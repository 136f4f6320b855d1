"""What each system is known for: energy, symmetries, integrals, solitons, and angles that turn for ever."""

import math

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, twin
from golden.dynamics.leapfrog import Leapfrog
from golden.systems import get

NINE = ("kuramoto", "josephson", "rotor", "sine_gordon", "toda", "morse", "lennard_jones", "henon_heiles", "horn")


def started(name, n=6, m=2, seed=1, **options):
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=m, **options)
    q, p = rng.normal(0.0, 0.5, (2, n))
    return system, system.initial(seed), q, p


def energy(system, theta, q, p, u):
    return float(p @ p / 2 + system.reduced(q, u, theta))


@pytest.mark.parametrize("name", NINE)
def test_the_error_of_the_energy_falls_as_the_square_of_the_step(name):
    """Under a constant input; the largest error over a fixed time."""
    system, theta, q0, p0 = started(name)
    u, sizes, errors = np.array([0.2, -0.1]), [2.0**-k for k in range(3, 8)], []
    for h in sizes:
        leapfrog, q, p, seen = Leapfrog(system, theta, h), q0, p0, []
        for _ in range(round(4 / h)):
            q, p = leapfrog.forward(q, p, u)
            seen.append(energy(system, theta, q, p, u))
        errors.append(np.abs(np.array(seen) - energy(system, theta, q0, p0, u)).max())
    assert 1.9 <= np.polyfit(np.log(sizes), np.log(errors), 1)[0] <= 2.1


@pytest.mark.parametrize("name", ["kuramoto", "josephson"])
def test_turning_all_phases_by_one_angle_changes_no_force(name):
    system, theta, q, p = started(name)
    u = np.array([0.3, -0.7])
    force = system.force({"q": q, "u": u, **theta})["q"]
    turned = system.force({"q": q + 0.123, "u": u, **theta})["q"]
    assert turned == pytest.approx(force, abs=1e-14) and np.abs(force).max() > 1e-3
    leapfrog = Leapfrog(system, theta, 0.125)
    moved = q, p
    for _ in range(200):
        moved = leapfrog.forward(*moved, np.zeros(2))
    assert moved[1].sum() == pytest.approx(p.sum(), abs=1e-13), "so the momentum of all is kept"


def test_turning_all_phases_by_words_changes_no_bit():
    """Of the integer step, where the angle is a whole number of the operand's last places: turns, or part of one."""
    system = get("josephson", n=5, m=2)
    program = compile_system(system)
    theta = {name: program.formats.theta.raw(value) for name, value in system.initial(0).items()}
    rng = np.random.default_rng(3)
    q, p, inputs = rng.integers(-(2**19), 2**19, 5), rng.integers(-(2**15), 2**15, 5), rng.integers(-99, 99, (50, 2))
    for turn in (8 << program.formats.q.fraction_bits, 1 << 12, 12320):
        one, other = (q, p), (q + turn, p)
        integrator = Integrator(program, theta)
        for u in inputs:
            one, other = integrator.forward(*one, u), integrator.forward(*other, u)
            assert (other[0] - one[0] == turn).all() and (one[1] == other[1]).all()


def test_current_goes_through_the_array_and_stays_in_it():
    system = get("josephson", n=7, m=2)
    assert system.feed.sum(axis=0) == pytest.approx(0.0) and (np.abs(system.junctions).sum(axis=1) == 2).all()
    assert np.linalg.matrix_rank(system.junctions) == 6, "all islands hang together"


def test_two_islands_slip_by_the_washboard():
    """Above the critical current the phase difference slips, and below it is locked."""
    system = get("josephson", n=2, m=2)
    theta = {"E": np.array([0.5])}
    for current, slips in ((0.2, False), (1.5, True)):
        leapfrog, state = Leapfrog(system, theta, 2.0**-5), (np.zeros(2), np.zeros(2))
        for _ in range(32 * 20):
            state = leapfrog.forward(*state, np.array([current, 0.0]))
        assert (abs(state[0][0] - state[0][1]) > 1) == slips


def toda(n):
    """The lattice that Flaschka integrated: no pinning, springs alike."""
    system = get("toda", n=n, m=1)
    return system, {"al": np.zeros(n), "k": np.ones(n), "a": np.ones(n), "B": np.zeros((n, 1))}


def spectrum(q, p):
    """Flaschka's matrix, b = p / 2 on the diagonal and a = exp((q_i - q_{i+1}) / 2) / 2 beside it, round the ring."""
    n = len(q)
    beside = np.exp((q - np.roll(q, -1)) / 2) / 2
    lax = np.diag(p / 2)
    for i in range(n):
        lax[i, (i + 1) % n] += beside[i]
        lax[(i + 1) % n, i] += beside[i]
    return np.linalg.eigvalsh(lax)


def test_the_toda_lattice_keeps_all_of_its_integrals():
    system, theta = toda(6)
    q0, p0 = np.random.default_rng(2).normal(0.0, 0.5, (2, 6))
    sizes, errors = [2.0**-k for k in range(3, 8)], []
    for h in sizes:
        leapfrog, q, p = Leapfrog(system, theta, h), q0, p0
        for _ in range(round(8 / h)):
            q, p = leapfrog.forward(q, p, np.zeros(1))
        errors.append(np.abs(spectrum(q, p) - spectrum(q0, p0)).max())
    assert 1.9 <= np.polyfit(np.log(sizes), np.log(errors), 1)[0] <= 2.1 and np.ptp(q - q0) > 0.5


def test_a_soliton_of_the_toda_lattice_keeps_its_shape():
    """exp(r_i) = 1 + b^2 / cosh^2(k i - b t), b = sinh k (Toda 1967); r_i is the tension between masses i and i + 1."""
    n, k = 64, 0.8
    system, theta = toda(n)
    b, i = math.sinh(k), np.arange(n) - n // 2

    def tau(i, t):
        """log of 1 + exp(2 (k i - b t)): q_i is a difference of two of it."""
        return np.logaddexp(0.0, 2 * (k * i - b * t))

    def position(t):
        return tau(i - 1, t) - tau(i, t)

    def momentum(t, d=1e-5):
        return (position(t + d) - position(t - d)) / (2 * d)

    errors = []
    for h in (2.0**-4, 2.0**-5, 2.0**-6):
        leapfrog, q, p = Leapfrog(system, theta, h), position(0.0), momentum(0.0)
        for _ in range(round(8 / h)):
            q, p = leapfrog.forward(q, p, np.zeros(1))
        middle = slice(n // 4, -n // 4)  # the ring is closed by one spring that is out of place
        errors.append(np.abs(q - position(8.0))[middle].max())
    assert errors[2] < 2e-3 and errors[0] / errors[2] == pytest.approx(16, rel=0.1)
    assert np.abs(position(8.0) - position(0.0)).max() > 1.0


def test_a_morse_bond_breaks_at_its_energy():
    system = get("morse", n=2, m=1)
    theta = {"al": np.zeros(2), "D": np.array([0.5]), "a": np.array([1.0]), "B": np.zeros((2, 1))}
    leaf = system.coordinates.leaf
    for excess, free in ((-0.05, False), (0.05, True)):
        leapfrog = Leapfrog(system, theta, 2.0**-6)
        speed = math.sqrt(2 * (0.5 + excess) * 1.5)  # of one against the other; the reduced mass is 2 / 3
        velocity = np.array([-2 / 3, 1 / 3]) * speed
        state, longest = (np.zeros(2), velocity / leaf), 0.0
        for _ in range(64 * 100):
            state = leapfrog.forward(*state, np.zeros(1))
            longest = max(longest, float(np.diff(state[0] * leaf)[0]))
        assert (longest > 15.0) == free


def test_stars_may_be_turned_by_a_third():
    """The field of Henon and Heiles has the symmetry of a triangle, and springs alike keep it."""
    system, theta, q, _ = started("henon_heiles", n=8)
    theta["B"][:] = 0.0
    x, y = q[:4], q[4:]
    c, s = math.cos(2 * math.pi / 3), math.sin(2 * math.pi / 3)

    def value(x, y):
        return float(system.reduced(np.concatenate([x, y]), np.zeros(2), theta))

    assert value(c * x - s * y, s * x + c * y) == pytest.approx(value(x, y), rel=1e-13)
    assert value(-x, y) == pytest.approx(value(x, y), rel=1e-13) != pytest.approx(value(x, -y), rel=1e-4)


def test_a_kink_of_the_chain_stays_wound():
    """Whole turns are at rest: behind a kink all pendulums hang down, one turn further."""
    system = get("sine_gordon", n=9, m=1)
    theta = {"g": np.full(9, 1.5), "ka": np.full(10, 0.3), "B": np.zeros((9, 1))}
    q = np.where(np.arange(9) < 4, 0.0, 4.0)
    force = system.force({"q": q, "u": np.zeros(1), **theta})["q"]
    assert np.flatnonzero(np.abs(force) > 1e-12).tolist() == [3, 4, 8], "the kink's two sides, and the wall's"
    leapfrog, state = Leapfrog(system, theta, 0.125), (q, np.zeros(9))
    for _ in range(400):
        state = leapfrog.forward(*state, np.zeros(1))
    assert np.abs(state[0][2]) < 2.0 < state[0][6] < 6.0


def test_atoms_at_rest_sit_in_their_wells():
    """The rest distance is the minimum, of the stiffness k."""
    system = get("lennard_jones", n=2, m=1)
    theta = {"al": np.zeros(2), "k": np.array([0.4]), "B": np.zeros((2, 1))}
    at = [system.force({"q": np.array([0.0, d]), "u": np.zeros(1), **theta})["q"][1] for d in (-1e-4, 0.0, 1e-4)]
    assert at[1] == pytest.approx(0.0, abs=1e-15) and (at[2] - at[0]) / 2e-4 == pytest.approx(0.4, rel=1e-6)


@pytest.mark.slow
def test_a_driven_rotor_comes_back_from_a_hundred_thousand_steps():
    """0 LSB in an echo without nudge, and on the way the angle goes round, hundreds of times past the word's end."""
    steps, n = 100_000, 4
    system = get("rotor", n=n, m=2)
    program = compile_system(system)
    formats = program.formats
    theta = {name: formats.theta.raw(value) for name, value in system.initial(0).items()}
    t = np.arange(steps)
    inputs = formats.u.raw(np.stack([0.3 * np.sin(t / 7), 0.2 * np.cos(t / 11)], axis=1))
    rng = np.random.default_rng(5)
    q0, p0 = formats.q.raw(rng.normal(0, 0.5, n)), formats.p.raw(rng.choice([-1, 1], n) * rng.uniform(0.7, 1.0, n))
    integrator = Integrator(program, theta)
    q, p = integrator.forward_many(q0, p0, inputs)
    back = integrator.echo_many(*twin(q, p), inputs, integrator.zero_gradients())
    assert (back[0] == q0).all() and (back[1] == p0).all()
    assert formats.step * steps * 0.7 / 2**formats.q.integer_bits > 100


def test_rotors_agree_with_float64_modulo_a_turn():
    """Where the motion is not chaotic, in fast rotation: angle and energy, within eight last places of p a step.

    A step rounds p to half a last place; the product of strength and sine is cut by floor, which pushes all the same
    way by a few; q goes where p says.
    """
    steps, n = 1000, 4
    system, formats = get("rotor", n=n, m=2), Formats(fraction_bits=20)
    program, rng = compile_system(system, formats), np.random.default_rng(5)
    words = {name: formats.theta.raw(value) for name, value in system.initial(0).items()}
    theta = {name: formats.theta.value(value) for name, value in words.items()}
    raw = formats.u.raw(np.stack([0.3 * np.sin(np.arange(steps) / 7), np.zeros(steps)], axis=1))
    q0, p0 = formats.q.raw(rng.normal(0, 0.5, n)), formats.p.raw(rng.choice([-1, 1], n) * rng.uniform(5.6, 8.0, n))
    leapfrog, state = Leapfrog(system, theta, formats.step), (formats.q.value(q0), formats.p.value(p0))
    for u in formats.u.value(raw):
        state = leapfrog.forward(*state, u)
    q, p = Integrator(program, words).forward_many(q0, p0, raw)
    off = formats.q.value(q) - state[0]
    off -= 8 * np.rint(off / 8)
    last_place = 8 * 2.0**-formats.fraction_bits
    drift = last_place * formats.step * steps**2 / 2
    assert np.abs(off).max() < drift < 1.0 and np.abs(state[0]).min() > 2**formats.q.integer_bits
    u = formats.u.value(raw[-1])
    turned = state[0] + off  # a torque does work with every turn
    mine, other = energy(system, theta, turned, formats.p.value(p), u), energy(system, theta, *state, u)
    assert abs(mine - other) < n * last_place * steps * np.abs(state[1]).max()
