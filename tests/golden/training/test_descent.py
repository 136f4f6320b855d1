"""The steps of optimisers are those of docs/numerics.md: by Python's integers, word for word, and what it says of v."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.arithmetic.formats import Formats
from golden.dynamics.integrator import Flags
from golden.program.parameter_range import ParameterRange
from golden.training import update
from golden.training.descent import VELOCITY_BITS, Descent, FloatDescent
from golden.training.optimiser import Optimiser
from tests.golden.dynamics.cases import build
from tests.golden.program.naive import half_up, saturate

OPTIMISERS = [
    Optimiser(rates={"a": 2, "B": -1}),
    Optimiser(batch=2),
    Optimiser(batch=128),
    Optimiser("momentum"),
    Optimiser("momentum", momentum=7, rates={"B": 3}),
    Optimiser("momentum", momentum=2, batch=4),
    Optimiser("sign"),
    Optimiser("sign", threshold=0, rates={"a": -4}),
    Optimiser("sign", momentum=2, batch=2),
]


def free(name, n, m):
    """A program whose parameters have no range, and first words."""
    program, theta, _ = build(name, n=n, m=m)
    return replace(program, ranges=()), theta


def limited(x, most):
    return max(-most, min(most, x))


class Naive:
    """One word with its optimiser, by Python's integers; sign, offset and range of its parameter."""

    def __init__(self, optimiser, share, clip_log2, sign, offset, ends):
        self.o, self.share, self.clip_log2, self.sign, self.offset, self.ends = (
            optimiser, share, clip_log2, sign, offset, ends
        )  # fmt: skip
        self.v = 0

    def step(self, theta, g, base, r, last):
        o, extra = self.o, 16 - self.clip_log2
        beta, decay = o.batch.bit_length() - 1, o.momentum
        n = max(0, min(35, base + self.offset + (0 if o.name == "sign" else self.share)))
        if decay or beta:
            shift = n + beta + decay - extra
            part = half_up(g, shift) if shift > 0 else g << -shift
            self.v += limited(part, 2 ** (16 - beta - decay))
            if not last:
                return theta
            z = half_up(self.v, extra)
            self.v -= half_up(self.v, decay) if decay else z << extra
        else:
            z = limited(half_up(g, n), 1 << self.clip_log2)
        if o.name == "sign":
            z = ((z > 0) - (z < 0)) << max(0, min(self.clip_log2, 16 - r - self.share - o.threshold))
        exact = theta - self.sign * z
        if self.ends:
            return theta if z == 0 else max(self.ends[0], min(self.ends[1], exact))
        return saturate(exact, 18)


@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=str)
@pytest.mark.parametrize("clip_log2", [9, 4])
@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(2**35), 2**35 - 1), st.integers(-8, 45), st.integers(0, 12)), max_size=12),
    st.integers(-(2**17), 2**17 - 1),
)
def test_words_equal_the_rule(optimiser, clip_log2, samples, word):
    made = build("linear", n=1, m=1, formats=Formats(clip_log2=clip_log2))[0]
    program = replace(made, ranges=(ParameterRange("a", 2048, 131071),))
    descent = Descent(program, optimiser)
    naive = {
        name: Naive(optimiser, optimiser.share(name), clip_log2, sign, offset, ends)
        for name, sign, offset, ends in (("a", 1, -3, (2048, 131071)), ("B", -1, -4, None))
    }
    theta = {"a": np.array([word]), "B": np.array([[word]])}
    for k, (g, base, r) in enumerate(samples):
        last = optimiser.ends(k, len(samples))
        expected = {name: each.step(theta[name].item(), g, base, r, last) for name, each in naive.items()}
        theta, _ = descent.step(theta, {"a": np.array([g]), "B": np.array([[g]])}, base, r, last)
        assert {name: words.item() for name, words in theta.items()} == expected
        assert not optimiser.keeps or {name: v.item() for name, v in descent.velocity.items()} == {
            name: each.v for name, each in naive.items()
        }


def test_plain_is_the_update_of_the_array():
    program, theta, _ = build("dense")
    rng = np.random.default_rng(1)
    for base in (4, 12, 20):
        grads = {name: rng.integers(-(2**25), 2**25, words.shape) for name, words in theta.items()}
        expected = update.apply(program, theta, grads, base)
        found = Descent(program, Optimiser()).step(theta, grads, base, 6, True)
        assert found[1] == expected[1]
        assert all(np.array_equal(found[0][name], words) for name, words in expected[0].items())


@pytest.mark.parametrize("clip_log2", [0, 9, 14])
@pytest.mark.parametrize("end", [-1, 1])
def test_no_velocity_leaves_its_word(clip_log2, end):
    """The strongest gradients there are, for as long as it takes, with every momentum."""
    program, theta, _ = build("linear", n=1, m=1, formats=Formats(clip_log2=clip_log2))
    grads = {name: np.full_like(words, end * 2**35 - (end > 0)) for name, words in theta.items()}
    high = (1 << (VELOCITY_BITS - 1)) - 1
    for decay in range(min(8, 17 - clip_log2)):
        for beta in range(min(2, 17 - clip_log2 - decay)):
            optimiser = Optimiser("momentum" if decay else "plain", momentum=decay, batch=1 << beta)
            if not optimiser.keeps:
                continue
            descent = Descent(program, optimiser)
            for k in range(12 << (decay + beta)):
                before = theta
                theta, _ = descent.step(theta, grads, 0, 0, optimiser.ends(k, 10**6))
                assert all(-high - 1 <= v.min() and v.max() <= high for v in descent.velocity.values())
                assert all(np.abs(theta[name] - words).max() <= 1 << clip_log2 for name, words in before.items())


@pytest.mark.parametrize("decay", [1, 3, 7])
def test_a_gradient_that_stays_moves_theta_as_far_with_momentum(decay):
    """One rate is one learning rate; and what no longer decays no longer moves."""
    program, _ = free("linear", n=1, m=1)
    descent, base = Descent(program, Optimiser("momentum", momentum=decay)), update.n_base(program, -6, -3)
    theta = {"a": np.zeros(1, np.int64), "B": np.zeros((1, 1), np.int64)}
    grads = {name: np.full_like(words, 40 << update.shift(program, name, base)) for name, words in theta.items()}
    steps = []
    for _ in range(20 << decay):
        fresh, _ = descent.step(theta, grads, base, 6, True)
        steps.append(theta["a"].item() - fresh["a"].item())
        theta = {**fresh, "a": np.zeros(1, np.int64), "B": np.zeros((1, 1), np.int64)}
    assert steps[-1] == 40 and steps == sorted(steps)
    nothing = {name: np.zeros_like(words) for name, words in grads.items()}
    for _ in range(20 << decay):
        last, _ = descent.step(theta, nothing, base, 6, True)
    assert all((last[name] == words).all() for name, words in theta.items())


def test_minibatches_lose_nothing_by_rounding():
    """A quarter of a last place, sixteen minibatches long: plain at batch 1 would never move."""
    program, _ = free("linear", n=1, m=1)
    descent, base = Descent(program, Optimiser(batch=2)), update.n_base(program, -6, -3)
    theta = start = {"a": np.zeros(1, np.int64), "B": np.zeros((1, 1), np.int64)}
    grads = {name: np.full_like(words, 1 << (update.shift(program, name, base) - 2)) for name, words in theta.items()}
    assert (update.apply(program, start, grads, base)[0]["a"] == start["a"]).all()
    for k in range(32):
        theta, _ = descent.step(theta, grads, base, 6, k % 2 == 1)
    assert theta["a"].item() == -4 and theta["B"].item() == 4


def test_a_minibatch_takes_samples_of_any_eps():
    """The same gradient through two nudges: the mean is the gradient, whatever was the eps of each."""
    program, _ = free("linear", n=1, m=1)
    theta = {"a": np.zeros(1, np.int64), "B": np.zeros((1, 1), np.int64)}
    moved = []
    for eps in ((-2, -2), (-2, -7), (-7, -2)):
        descent = Descent(program, Optimiser(batch=2))
        words = theta
        for k, log2_eps in enumerate(eps):
            base = update.n_base(program, -6, log2_eps)
            grads = {name: np.full_like(v, 100 << update.shift(program, name, base)) for name, v in theta.items()}
            words, _ = descent.step(words, grads, base, 6, k == 1)
        moved.append(words["a"].item())
    assert moved == [-100] * 3


def test_sign_counts_gradients_from_its_threshold_on():
    program, _ = free("dense", n=3, m=1)
    optimiser = Optimiser("sign", threshold=5)
    base = update.n_base(program, -optimiser.gradient_rate(6), -2)
    theta = {name: np.zeros(shape, np.int64) for name, shape in program.parameters}
    sign, log2 = program.gradient_log2("b")
    scale = sign * program.formats.step / 2 * 2.0 ** (log2 + 2)
    least = round(2.0**-5 / scale)
    grads = {**theta, "b": np.array([least, least - 1, -least - 1])}
    fresh, flags = Descent(program, optimiser).step(theta, grads, base, 6, True)
    assert fresh["b"].tolist() == [-(2 ** (16 - 6 - 5)), 0, 2 ** (16 - 6 - 5)] and flags == Flags(0)


@pytest.mark.parametrize("clip_log2", [9, 6])
@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=str)
def test_float_is_the_same_without_roundings(optimiser, clip_log2):
    """Twelve samples; within a last place for every rounding on the way."""
    optimiser = replace(optimiser, rates={})
    program, theta = free("linear", n=4, m=2)
    program = replace(program, formats=replace(program.formats, clip_log2=clip_log2))
    rng = np.random.default_rng(5)
    values = {name: words / 2**16 for name, words in theta.items()}
    descent, exact = Descent(program, optimiser), FloatDescent(values, {}, optimiser, 2.0 ** (clip_log2 - 16))
    for k in range(12):
        m, last = int(rng.integers(2, 6)), optimiser.ends(k, 12)
        slopes = {
            name: rng.choice([-1, 1], words.shape) * rng.uniform(0.1, 2, words.shape) for name, words in theta.items()
        }
        grads = {}
        for name, slope in slopes.items():
            sign, log2 = program.gradient_log2(name)
            grads[name] = np.rint(slope / (sign * program.formats.step / 2 * 2.0 ** (log2 + m))).astype(np.int64)
        rate = optimiser.gradient_rate(6)
        theta, _ = descent.step(theta, grads, update.n_base(program, -rate, -m), 6, last)
        exact.step({name: slope * 2.0**-m for name, slope in slopes.items()}, rate - m, 6, last)
    for name, words in theta.items():
        assert np.abs(words - values[name] * 2**16).max() <= 12, name


def test_floats_that_do_not_move_stay_outside_of_their_range():
    theta = {"a": np.array([-1.0, 0.5])}
    descent = FloatDescent(theta, {"a": (0.0, 1.0)}, Optimiser("sign"))
    descent.step({"a": np.array([0.0, -1.0])}, 6, 6, True)
    assert theta["a"].tolist() == [-1.0, 0.5 + 2.0**-12]
