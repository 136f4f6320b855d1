"""The reference against references: an outside autodiff library, finite differences; work and counts."""

import sys

import numpy as np
import pytest

from golden.cost_functions import Cost, FinalCost
from golden.errors import HelError
from golden.rules import Problem, bptt, finite_differences
from golden.systems import SYSTEMS
from tests.golden.rules import oracle
from tests.golden.rules.cases import COSTS, NONLINEAR, case, relative_error


def against_autograd(name, kind, **sizes):
    system, theta, arguments = case(name, kind, **sizes)
    grads, cost, _ = bptt.gradient(Problem(system, theta, **arguments))
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    reference, same = oracle.gradient(name, theta, **plain, kind=kind)
    assert cost == pytest.approx(same, rel=1e-11)
    return max(relative_error(grads, reference, [key]) for key in reference)


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", SYSTEMS)
def test_agrees_with_autograd(name, kind):
    assert against_autograd(name, kind) < 1e-12


@pytest.mark.parametrize("name", NONLINEAR)
def test_agrees_with_autograd_over_a_thousand_steps(name):
    assert against_autograd(name, "summed", n=16, steps=1000) < 1e-9


@pytest.mark.parametrize("kind", COSTS)
@pytest.mark.parametrize("name", SYSTEMS)
def test_agrees_with_finite_differences(name, kind):
    system, theta, arguments = case(name, kind, n=3, steps=10)
    grads, cost, _ = bptt.gradient(Problem(system, theta, **arguments))
    reference, same, _ = finite_differences.gradient(Problem(system, theta, **arguments))
    assert cost == pytest.approx(same, rel=1e-13)
    largest = max(np.abs(value).max() for value in reference.values())
    assert all(np.abs(grads[key] - reference[key]).max() < 1e-7 * largest for key in reference)


def test_work_grows_with_the_steps_and_not_faster():
    def calls(steps):
        system, theta, arguments = case("dense", "final", n=8, m=2, steps=steps)
        problem, count = Problem(system, theta, **arguments), 0

        def counting(*_):
            nonlocal count
            count += 1

        sys.setprofile(counting)
        try:
            bptt.gradient(problem)
        finally:
            sys.setprofile(None)
        return count

    calls(1)  # what is kept from one call to the next
    few, twice, most = (calls(steps) for steps in (100, 200, 400))
    assert most - twice == pytest.approx(2 * (twice - few), rel=0.01)


def test_report_stores_the_trajectory():
    system, theta, arguments = case("dense", "final", n=5, steps=30)
    _, _, report = bptt.gradient(Problem(system, theta, **arguments))
    assert report.stored_words == 2 * 5 * 30 + 2 * 5
    assert (report.passes, report.force_evaluations, report.hessian_products) == (2, 30, 30)


@pytest.mark.parametrize("kind", COSTS)
def test_batch(kind):
    system, theta, arguments = case("dense", kind, n=3, steps=5, batch=(2,))
    grads, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    reference, _, _ = finite_differences.gradient(Problem(system, theta, **arguments))
    assert all(relative_error(grads, reference, [key]) < 1e-7 for key in reference)


def test_costs_of_the_vocabulary_are_differentiated():
    system, theta, arguments = case("dense", "final", n=3, steps=5)
    arguments["cost"] = FinalCost(lambda q, y: np.sum(np.logaddexp(0, -y * q)) + np.log(np.cosh(q - y)).mean())
    grads, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    reference, _, _ = finite_differences.gradient(Problem(system, theta, **arguments))
    assert relative_error(grads, reference) < 1e-7


def test_other_costs_are_refused():
    class Odd(Cost):
        def _meter(self, steps, targets, value, slope):
            raise NotImplementedError

    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match="BPTT knows final, summed and averaged costs, got Odd"):
        bptt.gradient(Problem(system, theta, **{**arguments, "cost": Odd()}))


@pytest.mark.parametrize("kind", COSTS)
def test_runs_without_tracing_or_the_graphs_derivatives(kind, monkeypatch):
    """The reference is independent of what it checks: with both disabled it gives the same gradient."""
    system, theta, arguments = case("dense", kind)
    wanted, _, _ = bptt.gradient(Problem(system, theta, **arguments))

    def forbidden(*args, **kwargs):
        raise AssertionError("the reference used the code it checks")

    for name in (
        "golden.systems.base.trace_function",
        "golden.language.autodiff.gradient",
        "golden.cost_functions.trajectory.trace_function",
        "golden.cost_functions.trajectory.gradient",
    ):
        monkeypatch.setattr(name, forbidden)
    fresh, theta, arguments = case("dense", kind)
    grads, _, _ = bptt.gradient(Problem(fresh, theta, **arguments))
    assert all(np.array_equal(grads[key], wanted[key]) for key in wanted)
