"""Learners by averaged and per-step costs: gradients by differences, integers like float64, the exact return."""

from functools import partial

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.compiler import compile_system
from golden.rules import bptt, rhel
from golden.systems import get
from golden.training import update
from golden.training.cost_learners import FLOAT_LEARNERS, LEARNERS

N, M, T = 6, 2, 30
STEP = 2.0**-2
FORMATS = Formats(log2_inverse_step=2)
COSTS = ("averaged", "per-step")


def setting(seed=0):
    rng = np.random.default_rng(seed)
    system = get("dense", n=N, m=M)
    theta = {name: FORMATS.theta.value(FORMATS.theta.raw(value)) for name, value in system.initial(seed).items()}
    inputs = FORMATS.u.value(FORMATS.u.raw(rng.uniform(-1, 1, (T, M))))
    nudges = {"averaged": rng.uniform(-1, 1, N) / 8, "per-step": rng.uniform(-1, 1, (T, N)) / 64}
    return system, theta, inputs, nudges


def integer(cost, theta):
    program = compile_system(get("dense", n=N, m=M), FORMATS)
    return LEARNERS[cost](program, {name: FORMATS.theta.raw(value) for name, value in theta.items()})


def gradient_of(learner):
    return np.concatenate([np.ravel(learner.grads[name]) for name in ("W", "B", "b", "al")])


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("rule", [partial(rhel.gradient, eps=1e-3), bptt.gradient])
def test_float_gradients_are_those_of_what_forward_answers(cost, rule):
    system, theta, inputs, nudges = setting()

    def projected(theta):
        return (FLOAT_LEARNERS[cost](system, theta, STEP, rule).forward(inputs) * nudges[cost]).sum()

    learner = FLOAT_LEARNERS[cost](system, theta, STEP, rule)
    learner.forward(inputs)
    learner.echo(inputs, nudges[cost])
    for name, at in (("W", (1, 2)), ("B", (3, 1)), ("b", (2,)), ("al", (4,))):
        moved = []
        for d in (1e-6, -1e-6):
            other = {key: value.copy() for key, value in theta.items()}
            other[name][at] += d
            moved.append(projected(other))
        assert learner.grads[name][at] == pytest.approx((moved[0] - moved[1]) / 2e-6, rel=2e-4, abs=1e-7)


@pytest.mark.parametrize("cost", COSTS)
def test_integers_answer_and_learn_what_float64_does(cost):
    system, theta, inputs, nudges = setting()
    fixed, other = integer(cost, theta), FLOAT_LEARNERS[cost](system, theta, STEP, bptt.gradient)
    words = FORMATS.u.raw(inputs)
    assert np.abs(FORMATS.q.value(fixed.forward(words)) - other.forward(inputs)).max() < 2e-3
    fixed.echo(words, FORMATS.p.raw(nudges[cost]))
    other.echo(inputs, nudges[cost])
    found = np.concatenate([in_units(fixed, name) for name in ("W", "B", "b", "al")])
    wanted = gradient_of(other)
    cosine = found @ wanted / np.linalg.norm(found) / np.linalg.norm(wanted)
    assert cosine > 0.999 and np.linalg.norm(found) / np.linalg.norm(wanted) == pytest.approx(1, abs=0.02)


def in_units(learner, name):
    """A gradient of eps = 1 from its words: an update at rate 1 moves theta, of 16 fraction bits, by just that."""
    program = learner.program
    shift = update.n_base(program, 0, 0) + program.update_offset(name) + FORMATS.theta.fraction_bits
    return program.gradient(name).sign * np.ravel(learner.gradients[name]) * 2.0**-shift


@pytest.mark.parametrize("cost", COSTS)
def test_without_a_nudge_the_echo_leaves_no_gradient(cost):
    _, theta, inputs, nudges = setting()
    learner, words = integer(cost, theta), FORMATS.u.raw(inputs)
    learner.forward(words)
    learner.echo(words, np.zeros_like(FORMATS.p.raw(nudges[cost])))
    assert not any(np.any(words) for words in learner.gradients.values())


def test_mean_energies_are_exact_but_for_one_rounding():
    _, theta, inputs, _ = setting()
    words = FORMATS.u.raw(inputs)
    positions = integer("per-step", theta).forward(words)
    x = np.clip(positions >> (FORMATS.q.fraction_bits - FORMATS.x.fraction_bits), FORMATS.x.low, FORMATS.x.high)
    exact = [sum(int(v) ** 2 for v in column) for column in x.T]
    unit = 2 ** (2 * FORMATS.x.fraction_bits - FORMATS.q.fraction_bits) * T
    found = integer("averaged", theta).forward(words)
    assert found.tolist() == [(2 * s + unit) // (2 * unit) for s in exact]


def test_the_last_position_is_that_of_a_final_cost():
    _, theta, inputs, _ = setting()
    words = FORMATS.u.raw(inputs)
    assert np.array_equal(integer("per-step", theta).forward(words)[-1], integer("final", theta).forward(words))
