"""Equilibrium propagation in integers: against implicit differentiation, orders in eps, rest, and what it refuses."""

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.cost_functions import FinalCost, SummedCost, half_squared_error
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.rules import StaticProblem, ep_fixed
from golden.systems import System, get
from tests.golden.rules.cases import one_minus_cosine, relative_error, run
from tests.golden.rules.test_ep import NAMES, implicit

FINE = Formats(fraction_bits=20, operand_bits=22, log2_inverse_step=0, g_bits=48, g_cut=0)


def case(name, *, n=8, seed=1, batch=()):
    """Numbers that the words hold exactly."""
    rng = np.random.default_rng(seed)
    system = get(name, n=n, m=1 if name == "springs" else 3)
    theta = {key: np.rint(value * 2**16) / 2**16 for key, value in system.initial(seed).items()}
    u, y = (np.rint(rng.normal(size=(*batch, size)) * 256) / 256 for size in (system.m, n))
    return system, theta, u, y


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_implicit_differentiation(name, seed):
    system, theta, u, y = case(name, seed=seed, n=16)
    wanted, value = implicit(name, theta, u, y)
    grads, cost, report = ep_fixed.gradient(StaticProblem(system, theta, u, y), eps=2.0**-7)
    assert cost == pytest.approx(value, rel=1e-3)
    assert one_minus_cosine(grads, wanted, list(theta)) < (1e-5 if name in ("dense", "hru") else 1e-4)
    assert relative_error(grads, wanted, ["u"]) < 0.02
    assert report.flags == Flags(0) and report.residual < 2e-3
    assert (report.rule, report.passes, report.stored_words) == ("ep fixed", 3, 32)


@pytest.mark.parametrize(("symmetric", "order", "powers"), [(True, 2, (-3, -4, -5)), (False, 1, (-4, -5, -6))])
@pytest.mark.parametrize("name", ["dense", "hru"])
def test_order_in_eps(name, symmetric, order, powers):
    system, theta, u, y = case(name)
    wanted, _ = implicit(name, theta, u, y)
    options = {"formats": FINE, "symmetric": symmetric}
    errors = [
        relative_error(
            ep_fixed.gradient(StaticProblem(system, theta, u, y), eps=2.0**m, **options)[0], wanted, list(theta)
        )
        for m in powers
    ]
    assert np.polyfit(powers, np.log2(errors), 1)[0] == pytest.approx(order, abs=0.15)


def test_averaging_resolves_more_than_a_word_does():
    """At a weak nudge the cycle about the minimum is the error, and its mean is much finer."""
    system, theta, u, y = case("dense", n=16)
    wanted, _ = implicit("dense", theta, u, y)
    angles = [
        one_minus_cosine(
            ep_fixed.gradient(StaticProblem(system, theta, u, y), eps=2.0**-8, average=n)[0], wanted, list(theta)
        )
        for n in (1, 256)
    ]
    assert angles[1] < angles[0] / 10 < 1e-3


def test_a_batch_is_the_sum_of_its_samples():
    system, theta, u, y = case("hru", batch=(3,))
    grads, cost, _ = ep_fixed.gradient(StaticProblem(system, theta, u, y))
    parts = [ep_fixed.gradient(StaticProblem(system, theta, u[k], y[k])) for k in range(3)]
    assert cost == pytest.approx(sum(part[1] for part in parts), rel=1e-3)
    summed = {key: sum(part[0][key] for part in parts) for key in theta}
    assert relative_error(grads, summed) < 0.01
    assert relative_error(grads, {"u": np.stack([part[0]["u"] for part in parts])}) < 0.02


def test_the_same_words_every_time():
    system, theta, u, y = case("dense")
    one, two = (ep_fixed.gradient(StaticProblem(system, theta, u, y))[0] for _ in range(2))
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_a_cost_of_ones_own_takes_the_float_slope():
    system, theta, u, y = case("dense")
    one, _, _ = ep_fixed.gradient(StaticProblem(system, theta, u, y))
    two, _, _ = ep_fixed.gradient(
        StaticProblem(system, theta, u, y, cost=FinalCost(lambda q, t: half_squared_error(q, t)))
    )
    assert one_minus_cosine(one, two, list(theta)) < 1e-5


def test_a_coarser_step_and_a_finer_one_come_to_the_same_rest():
    system, theta, u, y = case("dense")
    coarse, _, few = ep_fixed.gradient(StaticProblem(system, theta, u, y), log2_inverse_rate=2)
    fine, _, many = ep_fixed.gradient(StaticProblem(system, theta, u, y), log2_inverse_rate=6)
    assert one_minus_cosine(coarse, fine, list(theta)) < 1e-4
    assert many.solver_iterations > few.solver_iterations


def test_a_system_without_inputs():
    class Free(System):
        @property
        def parameters(self):
            return {"k": (self.n,)}

        def potential(self, q, u, theta):
            return np.sum(theta["k"] * (q - 1.0) ** 2) / 2

    grads, _, _ = ep_fixed.gradient(StaticProblem(Free(3), {"k": np.ones(3)}, np.zeros(1), np.zeros(3)))
    assert not grads["u"].any() and np.abs(grads["k"]).max() < 1e-3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"al": -1.0}, "the free descent does not settle: residual .* raise log2_inverse_rate"),
        ({"log2_inverse_rate": -2}, "the free descent does not settle"),
        ({"eps": 4.0}, "the nudged descent does not settle"),
        ({"max_iterations": 128, "log2_inverse_rate": 10}, "did not come to rest: .* after 128 iterations"),
        ({"max_iterations": 10}, "max_iterations is a whole number >= 128, got 10"),
        ({"average": 0}, "average is a whole number >= 1, got 0"),
        ({"log2_inverse_rate": 0.5}, "log2_inverse_rate is a whole number from -8 to 24, got 0.5"),
        ({"eps": 0.1}, "eps must be a power of two, got 0.1"),
        ({"cost": SummedCost()}, "its cost is a FinalCost, got SummedCost"),
        ({"inputs": np.zeros(4)}, r"static inputs of Dense\(n=8, m=3\) have shape \(..., 3\), got \(4,\)"),
        ({"inputs": np.zeros((0, 3))}, r"none empty, got \(0, 3\)"),
        ({"inputs": np.full(3, 40.0)}, r"SQ\(5, 13\) holds raw values"),
        ({"q0": np.full(8, 99.0)}, r"SQ\(6, 17\) holds raw values"),
    ],
)
def test_errors(change, message):
    system, theta, u, y = case("dense")
    change = dict(change)
    if "al" in change:
        theta = {**theta, "al": np.full(8, change.pop("al"))}
    with pytest.raises(HelError, match=message):
        run(ep_fixed.gradient, StaticProblem, system, theta, **{"inputs": u, "targets": y, **change})
