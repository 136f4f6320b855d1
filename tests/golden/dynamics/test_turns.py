"""Angles beside positions: q is read as x and as t, every word is the naive machine's, and every motion comes back."""

from functools import cache

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.integrator import Flags, Integrator, twin
from tests.golden.dynamics.cases import equal_words
from tests.golden.dynamics.turn_cases import Clutch, both_operands

W12 = Formats(12, 12, 5, 2)
PROGRAMS = {
    "every use": both_operands,
    "narrow": lambda: both_operands(3, W12),
    "rotors on a shaft": lambda: clutch(),
}


@cache
def clutch():
    return compile_system(Clutch(4, 2))


def parameters(program, seed):
    rng, word = np.random.default_rng(seed), program.formats.theta
    return {name: word.raw(rng.uniform(0.2, 1.0, shape)) for name, shape in program.parameters}


@pytest.mark.parametrize("name", PROGRAMS)
def test_words_gradients_and_flags_equal_the_naive_machine(name):
    program = PROGRAMS[name]()
    theta = parameters(program, 1)
    grads = equal_words(program, theta, Integrator(program, theta), 8)
    assert all(words.any() for words in grads.values())


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_echo_comes_back_from_wrapped_words(name):
    program = PROGRAMS[name]()
    rng, f = np.random.default_rng(2), program.formats
    integrator = Integrator(program, parameters(program, 1))
    q, p = (rng.integers(-(1 << (word.width - 1)), 1 << (word.width - 1), program.n) for word in (f.q, f.p))
    inputs = f.u.raw(rng.normal(0, 1.0, (300, program.m)))
    back = integrator.echo_many(*twin(*integrator.forward_many(q, p, inputs)), inputs)
    assert (back[0] == q).all() and (back[1] == p).all()
    assert integrator.flags >= Flags.Q_OVERFLOW | Flags.OPERAND_CLIPPED


def test_beyond_sixteen_the_flag_of_an_operand_is_raised_though_nothing_read_is_lost():
    """`cut q` is of all positions (docs/numerics.md): the word of the angle comes round, the force is the same."""
    program = clutch()
    theta, f = parameters(program, 1), program.formats
    found = []
    for turn in (0, 8, 24, 64):
        integrator = Integrator(program, theta)
        q = f.q.raw(np.array([0.1, 0.2, 0.3, 0.4])) + np.array([turn << f.q.fraction_bits, 0, 0, 0])
        q, p = integrator.forward(
            (q + (1 << (f.q.width - 1))) % (1 << f.q.width) - (1 << (f.q.width - 1)), q * 0, [9, 9]
        )
        found.append((p.tolist(), q[1:].tolist()))
        assert (Flags.OPERAND_CLIPPED in integrator.flags) == (turn == 24)
    assert all(one == found[0] for one in found)


@pytest.mark.slow
def test_driven_rotors_on_a_shaft_come_back_from_a_hundred_thousand_steps():
    """0 LSB, and on the way the angles go round, more often than their word has turns."""
    steps, program = 100_000, clutch()
    f, t = program.formats, np.arange(steps)
    theta = parameters(program, 3)
    inputs = f.u.raw(np.stack([0.02 * np.sin(t / 7), 0.01 * np.cos(t / 11)], axis=1))
    q0, p0 = f.q.raw(np.array([0.0, 0.3, 0.1, -0.1])), f.p.raw(np.array([0.8, -0.9, 0.05, 0.1]))
    integrator = Integrator(program, theta)
    q, p, around = q0, p0, 0.0
    for part in np.split(inputs, 100):
        q, p = integrator.forward_many(q, p, part)
        around += abs(f.p.value(p)[:2]).min() * f.step * len(part)
    back = integrator.echo_many(*twin(q, p), inputs, integrator.zero_gradients())
    assert (back[0] == q0).all() and (back[1] == p0).all()
    assert Flags.Q_OVERFLOW in integrator.flags and around > 10 * 2**f.q.integer_bits
