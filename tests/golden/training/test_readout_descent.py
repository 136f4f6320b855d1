"""The readout in minibatches: one step by the exact sum of all products."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.cost_functions.float_readout import FloatReadout
from golden.cost_functions.readout import Readout
from golden.cost_functions.squared_error import FloatPerStepReadout, PerStepReadout
from golden.training.optimiser import Optimiser
from golden.training.readout_descent import ReadoutDescent

FORMATS = Formats(log2_inverse_step=2)


def drawn(kind, *more, lead=()):
    rng = np.random.default_rng(3)
    return kind(*more, rng.normal(0, 0.3, (*lead, 3, 5)), rng.normal(0, 0.3, (*lead, 3)))


@pytest.mark.parametrize("lead", [(), (2,)])
def test_one_sample_is_the_update_of_before(lead):
    rng = np.random.default_rng(4)
    one, other = drawn(Readout, FORMATS, lead=lead), drawn(Readout, FORMATS, lead=lead)
    descent = ReadoutDescent(one, Optimiser(rates={"readout": 2}))
    for _ in range(3):
        errors, x = rng.integers(-(2**16), 2**16, (*lead, 3)), rng.integers(-(2**17), 2**17, (*lead, 5))
        descent.met(errors, x, 4, True)
        other.update(errors, x, 6)
    assert np.array_equal(one.weights, other.weights) and np.array_equal(one.bias, other.bias)


def test_words_of_a_minibatch():
    """One element by Python's integers; nothing moves before its end."""
    rng = np.random.default_rng(5)
    readout = drawn(Readout, FORMATS)
    before, bias = readout.weights.copy(), readout.bias.copy()
    descent = ReadoutDescent(readout, Optimiser(batch=4))
    met = [(rng.integers(-(2**12), 2**12, 3), rng.integers(-(2**14), 2**14, 5)) for _ in range(4)]
    for k, (errors, x) in enumerate(met):
        assert np.array_equal(readout.weights, before)
        descent.met(errors, x, 5, k == 3)
    n = 5 + 2 + (2 * 18 - 6) - 22
    total = sum(int(errors[2]) * int(x[3]) for errors, x in met)
    assert readout.weights[2, 3] == before[2, 3] - (total + (1 << (n - 1)) >> n)
    total = sum(int(errors[1]) * 2**13 for errors, _ in met)
    assert readout.bias[1] == bias[1] - (total + (1 << (n - 1)) >> n)


@pytest.mark.parametrize("order", [(5, 40), (40, 5)])
@pytest.mark.parametrize(
    "kind, more, unit",
    [(PerStepReadout, (FORMATS,), 2.0**-22), (FloatPerStepReadout, (), 2.0**-50)],
    ids=["fixed", "float"],
)
def test_sequences_of_unequal_lengths_have_equal_weight(kind, more, unit, order):
    """Of a per-step cost: the mean of what each alone would move, to a last place."""
    rng = np.random.default_rng(6)
    scale = 2.0**12 if more else 2.0**-5
    met = [((scale * rng.normal(size=(t, 3))), (scale * rng.normal(size=(t, 5)))) for t in order]
    if more:
        met = [(errors.astype(np.int64), x.astype(np.int64)) for errors, x in met]
    moved = []
    for part in ([met[0]], [met[1]], met):
        readout = drawn(kind, *more)
        before = np.array(readout.weights)
        descent = ReadoutDescent(readout, Optimiser(batch=2))
        for k, (errors, x) in enumerate(part):
            descent.met(errors, x, 5, k == len(part) - 1)
        moved.append((readout.weights - before) * (unit * 2**22 if more else 1.0))
    assert np.abs(moved[0] + moved[1] - moved[2]).max() <= (2 if more else 1e-12)
    assert np.abs(moved[2]).max() > (100 if more else 1e-6)


def test_floats_of_seeds_side_by_side():
    wide, alone = drawn(FloatReadout, lead=(2,)), [drawn(FloatReadout, lead=(2,)) for _ in range(2)]
    rng = np.random.default_rng(7)
    descents = [ReadoutDescent(each, Optimiser(batch=2)) for each in (wide, *alone)]
    for s, each in enumerate(alone):
        each.weights, each.bias = each.weights[s], each.bias[s]
    for k in range(2):
        errors, x = rng.normal(size=(2, 3)), rng.normal(size=(2, 5))
        descents[0].met(errors, x, 6, k == 1)
        for s in range(2):
            descents[1 + s].met(errors[s], x[s], 6, k == 1)
    assert all(np.array_equal(wide.weights[s], alone[s].weights) for s in range(2))
