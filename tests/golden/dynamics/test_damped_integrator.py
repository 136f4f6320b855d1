"""The damped integer step: it returns every bit with its stack, goes astray without, and follows the float twin."""

import numpy as np
import pytest

from golden.arithmetic.contraction import BitStack
from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.dynamics.damped_integrator import DampedIntegrator
from golden.dynamics.damped_leapfrog import DampedLeapfrog
from golden.dynamics.integrator import Flags, Integrator
from golden.errors import HelError
from golden.systems import get

NAMES = ("springs", "hru", "dense", "linear")


def build(name="dense", log2=5, n=6, seed=0, formats=None):
    formats = formats or Formats()
    system = get(name, n=n, m=1 if name == "springs" else 2)
    program = compile_system(system, formats)
    theta = {key: formats.theta.raw(value, saturating=True) for key, value in system.initial(seed).items()}
    return system, DampedIntegrator(Integrator(program, theta), log2)


def numbers(damped, steps, seed=0, batch=(), size=0.5):
    program, formats = damped.integrator.program, damped.integrator.program.formats
    rng = np.random.default_rng(seed)
    q, p = (word.raw(rng.normal(0, size, (*batch, program.n)), saturating=True) for word in (formats.q, formats.p))
    return q, p, formats.u.raw(rng.normal(0, size, (steps, *batch, program.m)), saturating=True)


@pytest.mark.parametrize("log2", [1, 3, 7, 12])
@pytest.mark.parametrize("name", NAMES)
def test_every_bit_returns(name, log2):
    _, damped = build(name, log2)
    q, p, inputs = numbers(damped, 400)
    bits = BitStack()
    end = damped.forward_many(q, p, inputs, bits)
    back = damped.inverse_many(*end, inputs, bits)
    assert np.array_equal(back[0], q) and np.array_equal(back[1], p) and len(bits) == 0
    assert not np.array_equal(end[0], q)


@pytest.mark.parametrize("name", ["dense", "linear"])
def test_every_bit_returns_through_overflow(name):
    """Narrow words that wrap many times on the way."""
    _, damped = build(name, 6, formats=Formats(fraction_bits=8, integer_bits=2, operand_bits=10))
    q, p, inputs = numbers(damped, 500, size=3.0)
    bits = BitStack()
    end = damped.forward_many(q, p, inputs, bits)
    assert damped.integrator.flags & Flags.Q_OVERFLOW
    back = damped.inverse_many(*end, inputs, bits)
    assert np.array_equal(back[0], q) and np.array_equal(back[1], p) and len(bits) == 0


def test_every_bit_returns_from_the_edges_of_the_words():
    _, damped = build("dense", 4)
    formats = damped.integrator.program.formats
    edges = np.array([formats.p.low, formats.p.high, -1, 0, 1, formats.p.low + 1])
    q, _, inputs = numbers(damped, 50)
    bits = BitStack()
    back = damped.inverse_many(*damped.forward_many(q, edges, inputs, bits), inputs, bits)
    assert np.array_equal(back[0], q) and np.array_equal(back[1], edges)


def test_runs_in_parts_and_batches():
    """Steps are numbered from the start of the run; the stack is one."""
    _, damped = build(log2=4)
    q, p, inputs = numbers(damped, 60, batch=(3,))
    whole, parts = BitStack(), BitStack()
    end = damped.forward_many(q, p, inputs, whole)
    state = damped.forward_many(q, p, inputs[:25], parts)
    state = damped.forward_many(*state, inputs[25:], parts, first=25)
    assert all(np.array_equal(a, b) for a, b in zip(state, end, strict=True))
    assert len(parts) == len(whole)
    state = damped.inverse_many(*state, inputs[25:], parts, first=25)
    state = damped.inverse_many(*state, inputs[:25], parts)
    assert np.array_equal(state[0], q) and np.array_equal(state[1], p)


@pytest.mark.parametrize("log2", [4, 6])
def test_bits_stored_are_as_stated(log2):
    _, damped = build(log2=log2, n=16)
    q, p, inputs = numbers(damped, 2000)
    bits = BitStack()
    damped.forward_many(q, p, inputs, bits)
    assert len(bits) / (2000 * 16) == pytest.approx(damped.bits_per_step, rel=0.05)
    assert damped.information < damped.bits_per_step < 1.45 * damped.information


def test_without_bits_the_error_grows_as_the_anti_damped_motion():
    """Every oscillator of this one is underdamped (a >= 0.2 > g^2 / 4): the fitted growth a step is g h / 2."""
    _, damped = build("linear", log2=5)
    decay = damped.damping * damped.integrator.program.formats.step / 2
    steps = np.array([80, 120, 160, 200])
    errors = []
    for count in steps:
        found = []
        for seed in range(5):
            q, p, inputs = numbers(damped, count, seed)
            back = damped.inverse_many(*damped.forward_many(q, p, inputs), inputs)
            found.append(max(np.abs(back[0] - q).max(), np.abs(back[1] - p).max()))
        errors.append(np.median(found))
    assert np.polyfit(steps, np.log(errors), 1)[0] == pytest.approx(decay, rel=0.15)
    assert errors[-1] > 100


def test_follows_the_float_twin():
    formats = Formats(fraction_bits=24, operand_bits=22, g_bits=48)
    system, damped = build(log2=5, formats=formats)
    q, p, inputs = numbers(damped, 200)
    theta = {name: formats.theta.value(formats.theta.raw(value)) for name, value in system.initial(0).items()}
    leapfrog = DampedLeapfrog(system, theta, formats.step, damping=damped.damping)
    x, v = formats.q.value(q), formats.p.value(p)
    for u in formats.u.value(inputs):
        x, v = leapfrog.forward(x, v, u)
    end = damped.forward_many(q, p, inputs)
    assert np.abs(formats.q.value(end[0]) - x).max() < 1e-3
    undamped = damped.integrator.forward_many(q, p, inputs)[0]
    assert np.abs(formats.q.value(undamped) - x).max() > 0.1


def test_small_momenta_are_damped_too():
    """A free mass of a few LSB comes to rest: the dither leaves no dead band."""
    formats = Formats()
    program = compile_system(get("linear", n=1), formats)
    theta = {"a": np.zeros(1, np.int64), "B": np.zeros((1, 1), np.int64)}
    damped = DampedIntegrator(Integrator(program, theta), 6)
    for start in (20, -20):
        _, p = damped.forward_many(np.zeros(1, np.int64), np.array([start]), np.zeros((400, 1), np.int64))
        assert abs(p[0]) <= 1


def test_the_wrong_stack_is_refused():
    _, damped = build(log2=2)
    q, p, inputs = numbers(damped, 20)
    end = damped.forward_many(q, p, inputs)
    with pytest.raises(HelError, match="undo the very steps that filled it"):
        damped.inverse_many(*end, inputs, BitStack())


@pytest.mark.parametrize("log2", [0, -1, 21, 1.5, "6", True])
def test_losses_outside_the_rule_are_refused(log2):
    _, damped = build()
    with pytest.raises(HelError, match=r"2\*\*-d with 1 <= d <= 20, got d = "):
        DampedIntegrator(damped.integrator, log2)


@pytest.mark.parametrize(
    ("p", "message"),
    [
        (np.zeros(6), r"p holds integer words, got float64; use formats.p.raw\(...\)"),
        (np.full(6, 1 << 30), r"SQ\(6, 16\) holds raw values .* of p; scale"),
        (np.zeros(5, np.int64), r"p holds integer words of shape \(..., 6\)"),
    ],
)
def test_momenta_that_are_no_words_are_refused(p, message):
    _, damped = build()
    q, _, inputs = numbers(damped, 2)
    for run in (damped.forward_many, damped.inverse_many):
        with pytest.raises(HelError, match=message):
            run(q, p, inputs)
