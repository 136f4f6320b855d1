"""The integer readout against float64, within bounds that follow from its formats, and its rules by themselves."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.cost_functions.readout import CLIP, MASTER, Readout, bit_length, softmax
from golden.errors import HelError

FORMATS = [Formats(log2_inverse_step=2), Formats(16, 18, log2_inverse_step=3), Formats(12, 16), Formats(10, 12)]


def exact(logits):
    """Softmax in float64."""
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def readout(formats, seed=1, classes=10, n=32, lead=()):
    rng = np.random.default_rng(seed)
    return Readout(formats, rng.normal(0, 0.4, (*lead, classes, n)), rng.normal(0, 0.3, (*lead, classes)))


def positions(formats, seed, shape):
    return formats.x.raw(np.random.default_rng(seed).normal(0, 2, shape), saturating=True)


@pytest.mark.parametrize("operand_bits", [10, 12, 16, 18, 24])
def test_softmax_within_its_bounds(operand_bits):
    """Logits cut at 2**-16, log2(e) to 2**-17, a table to 2**-19: a relative error of 1e-4 at most, and half an LSB."""
    rng = np.random.default_rng(7)
    for scale in (0.1, 1.0, 5.0, 20.0):
        logits = rng.normal(0, scale, (500, 10))
        raw = np.rint(np.ldexp(logits, 2 * operand_bits - 7)).astype(np.int64)
        p = softmax(raw, operand_bits)
        want = exact(np.ldexp(raw.astype(float), 7 - 2 * operand_bits)) * 2.0 ** (operand_bits - 1)
        lsb = 2.0 ** (operand_bits - 1)
        assert (np.abs(p - want) <= 0.51 + 1e-4 * want + 2.0**-17 * lsb).all()
        assert (np.abs(p.sum(-1) - lsb) <= 5).all()


def test_softmax_of_extremes():
    far = 1 << 40
    assert softmax(np.array([far, 0, -far]), 18).tolist() == [1 << 17, 0, 0]
    assert softmax(np.zeros(4, np.int64), 18).tolist() == [1 << 15] * 4


@pytest.mark.parametrize("formats", FORMATS, ids=str)
def test_errors_and_nudge_against_float(formats):
    r = readout(formats)
    x = positions(formats, 3, (200, 32))
    labels = np.random.default_rng(4).integers(0, 10, 200)
    weights, bias = (np.ldexp((w >> r.cut).astype(float), 2 - formats.operand_bits) for w in (r.weights, r.bias))
    p = exact(formats.x.value(x) @ weights.T + bias)
    p[np.arange(200), labels] -= 1
    errors = np.stack([r.errors(*pair) for pair in zip(x, labels, strict=True)])
    lsb = 2.0 ** (1 - formats.operand_bits)
    assert np.abs(formats.s.value(errors) - p).max() <= 2 * lsb + 1e-4
    for error in errors:
        e, m = r.nudge(error)
        wanted = weights.T @ formats.s.value(error) * 2.0**-m
        assert np.abs(formats.p.value(e) - wanted).max() <= 2.0 ** -(formats.fraction_bits + 1)
        assert 2.0**-3 <= np.abs(formats.p.value(e)).max() <= 2.0**-2


def test_no_error_no_nudge():
    r = readout(FORMATS[0])
    e, m = r.nudge(np.zeros(10, np.int64))
    assert not e.any() and m == 0


def test_the_smallest_error_is_scaled_up():
    r = readout(FORMATS[0])
    error = np.zeros(10, np.int64)
    error[3] = 1
    e, m = r.nudge(error)
    assert 1 << 13 <= np.abs(e).max() <= 1 << 14 and m < -10


def test_update_is_gradient_descent_with_a_clip():
    formats = FORMATS[0]
    r, x = readout(formats), positions(formats, 5, 32)
    errors = r.errors(x, np.int64(2))
    before, bias = r.weights.copy(), r.bias.copy()
    step = formats.s.value(errors)[:, None] * formats.x.value(x) * 2.0**-6
    r.update(errors, x, 6)
    moved = MASTER.value(before - r.weights)
    assert np.abs(moved - np.clip(step, -(2.0**-7), 2.0**-7)).max() <= 2.0**-23
    assert (
        np.abs(MASTER.value(bias - r.bias) - np.clip(formats.s.value(errors) * 2.0**-6, -(2.0**-7), 2.0**-7)).max()
        <= 2.0**-23
    )
    assert np.abs(before - r.weights).max() == CLIP


def test_weights_saturate():
    formats = FORMATS[0]
    r = Readout(formats, np.full((2, 1), 5.0), np.zeros(2))
    assert (r.weights == MASTER.high).all()
    r.update(np.full(2, formats.s.low), np.array([formats.x.high]), 0)
    assert (r.weights == MASTER.high).all()


def test_leading_axes_are_independent_readouts():
    formats = FORMATS[0]
    together = readout(formats, lead=(3,))
    x, labels = positions(formats, 6, (3, 32)), np.array([1, 5, 9])
    alone = [readout(formats) for _ in range(3)]
    for k, single in enumerate(alone):
        single.weights, single.bias = together.weights[k].copy(), together.bias[k].copy()
    errors = together.errors(x, labels)
    nudges, m = together.nudge(errors)
    together.update(errors, x, 6)
    for k, single in enumerate(alone):
        error = single.errors(x[k], labels[k])
        e, one_m = single.nudge(error)
        single.update(error, x[k], 6)
        assert np.array_equal(error, errors[k]) and np.array_equal(e, nudges[k]) and one_m == m[k]
        assert np.array_equal(single.weights, together.weights[k]) and np.array_equal(single.bias, together.bias[k])


def test_bit_length_is_exact():
    values = [0, 1, 2, 3] + [2**n + d for n in range(2, 52) for d in (-1, 0, 1)]
    assert bit_length(np.array(values)).tolist() == [v.bit_length() for v in values]


def test_cut_x_saturates():
    formats = FORMATS[0]
    r = readout(formats)
    q = np.array([formats.q.high, formats.q.low, -1, 1 << (formats.q.fraction_bits)])
    assert r.cut_x(q).tolist() == [formats.x.high, formats.x.low, -1, formats.one]


@pytest.mark.parametrize(
    ("weights", "bias", "message"),
    [
        (np.zeros((3, 4)), np.zeros(2), "give one bias a class"),
        (np.zeros(4), np.zeros(4), "give one bias a class"),
        (np.zeros((1, 4)), np.zeros(1), "at least 2 classes apart, got 1"),
    ],
)
def test_bad_shapes(weights, bias, message):
    with pytest.raises(HelError, match=message):
        Readout(FORMATS[0], weights, bias)
