"""The readout of targets: the integers follow the formulas, and a per-step cost of one step is a final one."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import half_up
from golden.cost_functions.readout import MASTER
from golden.cost_functions.squared_error import (
    FloatPerStepReadout,
    FloatSquaredReadout,
    PerStepReadout,
    SquaredReadout,
    kappa,
)

FORMATS = [Formats(), Formats(operand_bits=10, fraction_bits=12)]
N, K, T = 5, 2, 12


def draw(seed=0):
    rng = np.random.default_rng(seed)
    weights, bias = rng.normal(0, 0.4, (K, N)), rng.normal(0, 0.2, K)
    return weights, bias, rng.normal(0, 0.5, (T, N)), rng.uniform(-0.5, 0.5, (T, K))


def both(formats, cls, twin, seed=0):
    """Integer and float readout with the same weights, x, and targets."""
    weights, bias, x, y = draw(seed)
    fixed = cls(formats, weights, bias)
    fixed.weights = fixed.weights >> fixed.cut << fixed.cut  # what the operand holds
    words = formats.x.raw(x)
    other = twin(MASTER.value(fixed.weights), MASTER.value(fixed.bias >> fixed.cut << fixed.cut))
    return fixed, other, words, formats.x.value(words), y


@pytest.mark.parametrize("formats", FORMATS)
def test_errors_are_the_float_ones_rounded_once(formats):
    fixed, other, words, x, y = both(formats, SquaredReadout, FloatSquaredReadout)
    lsb = 2.0 ** (1 - formats.operand_bits)
    assert np.abs(fixed.errors(words, y) * lsb - other.errors(x, y)).max() <= lsb  # target and sum, half each
    assert np.array_equal(fixed.values(fixed.logits(words)), other.values(other.logits(x)))


@pytest.mark.parametrize("formats", FORMATS)
def test_an_error_beyond_one_counts_as_one(formats):
    readout = SquaredReadout(formats, np.zeros((1, N)), np.zeros(1))
    x = np.zeros(N, np.int64)
    high = (1 << (formats.operand_bits - 1)) - 1
    assert readout.errors(x, np.array([-3.0])).tolist() == [high]
    assert readout.errors(x, np.array([7.0])).tolist() == [-high - 1]


@pytest.mark.parametrize("formats", FORMATS)
def test_one_step_is_a_final_cost(formats):
    """The same errors, nudge, eps and update."""
    fixed, _, words, _, y = both(formats, SquaredReadout, FloatSquaredReadout)
    framed = PerStepReadout(formats, np.zeros((K, N)), np.zeros(K))
    framed.weights, framed.bias = fixed.weights.copy(), fixed.bias.copy()
    errors = fixed.errors(words[3], y[3])
    assert np.array_equal(framed.errors(words[3:4], y[3:4])[0], errors)
    one, other = fixed.nudge(errors), framed.nudge(errors[None])
    assert np.array_equal(one[0], other[0][0]) and one[1] == other[1]
    fixed.update(errors, words[3], 5)
    framed.update(errors[None], words[3:4], 5)
    assert np.array_equal(fixed.weights, framed.weights) and np.array_equal(fixed.bias, framed.bias)


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("warm_up", [0, 3])
def test_all_nudges_of_a_sample_weigh_at_most_eps0(formats, warm_up):
    fixed, other, words, x, y = both(formats, PerStepReadout, FloatPerStepReadout)
    fixed.warm_up = other.warm_up = warm_up
    count = T - warm_up
    errors, floats = fixed.errors(words, y), other.errors(x, y)
    assert not errors[:warm_up].any() and not floats[:warm_up].any() and errors[warm_up:].any()
    for (nudge, m), unit in ((fixed.nudge(errors), 2.0**-formats.fraction_bits), (other.nudge(floats), 1.0)):
        largest = np.abs(nudge).max() * unit * 2 ** kappa(count)
        assert 0.12 < largest <= 0.2501 and count * np.abs(nudge).max() * unit <= 0.2501
        slopes = floats @ other.weights * 2.0 ** -kappa(count)
        assert np.abs(nudge * unit * 2.0**m - slopes).max() < 2.0 ** (1 - formats.operand_bits + 2)


def test_the_update_is_the_gradient_of_the_mean_cost():
    """By differences of the float cost, far from the clip."""
    _, readout, _, x, y = both(Formats(), PerStepReadout, FloatPerStepReadout)
    readout.warm_up = 2
    weights, bias = readout.weights.copy(), readout.bias.copy()

    def cost(w, c):
        return ((x[2:] @ w.T + c - y[2:]) ** 2).sum() / 2 / 2 ** kappa(T - 2)

    readout.update(readout.errors(x, y), x, 10)
    for k, n in ((0, 1), (1, 4)):
        up, down = weights.copy(), weights.copy()
        up[k, n], down[k, n] = up[k, n] + 1e-6, down[k, n] - 1e-6
        slope = (cost(up, bias) - cost(down, bias)) / 2e-6
        assert (weights - readout.weights)[k, n] * 1024 == pytest.approx(slope, rel=1e-4)
    slope = (cost(weights, bias + [1e-6, 0]) - cost(weights, bias - [1e-6, 0])) / 2e-6
    assert (bias - readout.bias)[0] * 1024 == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize("formats", FORMATS)
def test_the_integer_update_sums_before_it_rounds(formats):
    fixed, _, words, _, y = both(formats, PerStepReadout, FloatPerStepReadout)
    before, errors = fixed.weights.copy(), fixed.errors(words, y)
    fixed.update(errors, words, 6)
    naive = sum(np.outer(errors[t], words[t]) for t in range(T))
    shift = 6 + 2 * formats.operand_bits - 6 - 22 + kappa(T)
    assert np.array_equal(before - fixed.weights, np.clip(half_up(naive, shift), -(2**15), 2**15))


def test_seeds_side_by_side_equal_each_alone():
    formats = Formats()
    made = [both(formats, PerStepReadout, FloatPerStepReadout, seed) for seed in (0, 1)]
    wide = PerStepReadout(formats, np.zeros((2, K, N)), np.zeros((2, K)))
    wide.weights, wide.bias = (np.stack([getattr(one[0], name) for one in made]) for name in ("weights", "bias"))
    words, y = np.stack([one[2] for one in made], 1), np.stack([one[4] for one in made], 1)
    errors = wide.errors(words, y)
    nudge, m = wide.nudge(errors)
    wide.update(errors, words, 5)
    for s, (readout, _, x, _, answers) in enumerate(made):
        alone = readout.errors(x, answers)
        e, eps = readout.nudge(alone)
        readout.update(alone, x, 5)
        assert np.array_equal(errors[:, s], alone) and np.array_equal(nudge[:, s], e) and m[s] == eps
        assert np.array_equal(wide.weights[s], readout.weights) and np.array_equal(wide.bias[s], readout.bias)
