"""The damped integer echo: against the float rule, its order in eps, the free context's bits, and its limits."""

import math
from dataclasses import replace

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem
from golden.checks.comparison import compare
from golden.cost_functions import AveragedCost, FinalCost, SummedCost
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.rules import Problem, dissipative
from golden.rules.dissipative_fixed import gradient
from tests.golden.rules.cases import run, values

FINE = Formats(fraction_bits=24, operand_bits=22, g_bits=48, g_cut=0)


def numbers(name, cost, steps=80, neurons=8, seed=0):
    case = Case(name, neurons, 2, steps, "summed" if cost is SummedCost else "final")
    return replace(problem(case, seed), cost=cost())


def reference(posed, log2_loss):
    """The float rule, itself held against autodiff in test_dissipative.py."""
    damping = -2 / posed.step * math.log(1 - 2.0**-log2_loss)
    return dissipative.gradient(posed, damping=damping, eps=1e-4)


@pytest.mark.parametrize("keep_bits", [False, True])
@pytest.mark.parametrize("cost", [FinalCost, SummedCost, AveragedCost])
@pytest.mark.parametrize("name", ["dense", "hru", "linear", "springs"])
def test_every_gradient_agrees_with_the_float_rule(name, cost, keep_bits):
    posed = numbers(name, cost)
    wanted, value, _ = reference(posed, 7)
    options = {"log2_loss": 7, "formats": FINE, "eps": 2.0**-3, "keep_bits": keep_bits}
    grads, total, report = gradient(posed, **options)
    assert total == pytest.approx(value, rel=1e-4)
    assert report.flags == Flags(0)
    for key in wanted:
        cosine, error = compare(grads, wanted, [key])
        assert cosine > 0.999 and error < 0.05, key
    assert (report.return_error_lsb == 0) == keep_bits
    assert (report.passes, report.stored_bits > 0) == ((4, True) if keep_bits else (3, False))


@pytest.mark.parametrize("cost", [FinalCost, SummedCost])
def test_the_weights_have_the_right_size(cost):
    """Strong damping, c = 7/8, few steps: half a step's weight too much or too little would be an eighth."""
    posed = numbers("dense", cost, steps=12)
    wanted, _, _ = reference(posed, 3)
    grads, _, _ = gradient(posed, log2_loss=3, formats=FINE, eps=2.0**-3)
    for key in wanted:
        assert compare(grads, wanted, [key])[1] < 0.01, key


@pytest.mark.parametrize("keep_bits", [False, True])
def test_the_reference_format_reaches_four_nines(keep_bits):
    posed = numbers("dense", FinalCost, steps=100, neurons=16)
    wanted, _, _ = reference(posed, 6)
    grads, _, _ = gradient(posed, log2_loss=6, keep_bits=keep_bits)
    assert compare(grads, wanted, list(posed.theta))[0] > 0.9999


def test_error_falls_with_eps_squared():
    posed = numbers("dense", FinalCost)
    wanted, _, _ = reference(posed, 7)
    powers = np.array([0, -1, -2])
    fine = Formats(fraction_bits=28, operand_bits=22, g_bits=48, g_cut=0)
    errors = [
        compare(gradient(posed, log2_loss=7, formats=fine, eps=2.0**m)[0], wanted, posed.theta)[1] for m in powers
    ]
    assert np.polyfit(powers, np.log2(errors), 1)[0] == pytest.approx(2, abs=0.2)


def test_without_a_nudge_the_contexts_are_the_free_one():
    """Targets on the path itself: e = 0, and every difference of the lock-step contexts is exactly 0."""
    posed = numbers("dense", FinalCost)
    posed = replace(posed, cost=FinalCost(lambda q, y: np.sum(0.0 * q * y)))
    grads, _, report = gradient(posed, log2_loss=5, keep_bits=True)
    assert report.return_error_lsb == 0
    assert not any(value.any() for value in grads.values())


def test_a_batch_sums_its_samples():
    posed = numbers("hru", FinalCost)
    q0 = np.stack([posed.q0, -posed.q0])
    inputs = np.stack([posed.inputs] * 2, axis=1)
    whole, total, _ = gradient(replace(posed, q0=q0, inputs=inputs), log2_loss=6)
    parts = [gradient(replace(posed, q0=q), log2_loss=6) for q in q0]
    assert total == pytest.approx(sum(part[1] for part in parts))
    for key in posed.theta:
        assert np.allclose(whole[key], parts[0][0][key] + parts[1][0][key], rtol=1e-12)
    assert np.array_equal(whole["u"], np.stack([part[0]["u"] for part in parts], axis=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"log2_loss": 0}, r"2\*\*-d with 1 <= d <= 20, got d = 0"),
        ({"log2_loss": 2}, r"the first nudge, 2\*\*-38, is below one LSB of p, 2\*\*-16; use fewer steps"),
        ({"eps": 0.1}, "eps must be a power of two, got 0.1"),
        ({"q0": np.full(8, 40.0)}, r"SQ\(6, 20\) holds raw values"),
    ],
)
def test_errors(change, message):
    posed = numbers("dense", FinalCost)
    with pytest.raises(HelError, match=message):
        run(gradient, Problem, **{"log2_loss": 6, **values(posed), **change})
