"""The reference for stacks against references: autograd, finite differences; independence of the traced code."""

import numpy as np
import pytest

from golden.rules import StackProblem, stack_bptt
from tests.golden.rules.cases import relative_error
from tests.golden.rules.stack_cases import COSTS, difference_gradient, oracle_gradient, stack_case


@pytest.mark.parametrize("kind", COSTS)
def test_agrees_with_autograd(kind):
    stack, theta, arguments = stack_case(kind)
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    grads, cost, _ = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    wanted, same = oracle_gradient(theta, **plain, kind=kind, sizes=(8, 9, 10))
    assert cost == pytest.approx(same, rel=1e-12)
    assert all(relative_error(grads, wanted, [name]) < 1e-10 for name in wanted)


def test_agrees_with_finite_differences():
    stack, theta, arguments = stack_case(sizes=(3, 4), steps=20)
    plain = {key: value for key, value in arguments.items() if key != "cost"}
    grads, _, _ = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    wanted = difference_gradient(theta, **plain, kind="final", sizes=(3, 4))
    assert all(relative_error(grads, wanted, [name]) < 1e-7 for name in theta)


@pytest.mark.parametrize("kind", COSTS)
def test_batch_is_the_sum_of_its_samples(kind):
    stack, theta, arguments = stack_case(kind, sizes=(3, 4), steps=6, batch=(2,))
    grads, cost, report = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    parts = []
    for at in range(2):
        one = dict(arguments, inputs=arguments["inputs"][:, at], q0=arguments["q0"][at], p0=arguments["p0"][at])
        one["targets"] = arguments["targets"][:, at] if kind == "summed" else arguments["targets"][at]
        parts.append(stack_bptt.gradient(StackProblem(stack, theta, **one)))
    assert cost == pytest.approx(sum(part[1] for part in parts))
    assert report.stored_words == 2 * parts[0][2].stored_words
    for name in theta:
        assert np.allclose(grads[name], parts[0][0][name] + parts[1][0][name])
    assert np.array_equal(grads["u"], np.stack([part[0]["u"] for part in parts], axis=1))
    assert np.array_equal(grads["q0"], np.stack([part[0]["q0"] for part in parts]))


def test_runs_without_tracing_or_the_graphs_derivatives(monkeypatch):
    stack, theta, arguments = stack_case(steps=10)
    wanted, _, _ = stack_bptt.gradient(StackProblem(stack, theta, **arguments))

    def forbidden(*args, **kwargs):
        raise AssertionError("the reference used the code it checks")

    for name in (
        "golden.systems.base.trace_function",
        "golden.language.autodiff.gradient",
        "golden.language.evaluate.Evaluator.__call__",
    ):
        monkeypatch.setattr(name, forbidden)
    grads, _, _ = stack_bptt.gradient(StackProblem(stack, theta, **arguments))
    assert all(np.array_equal(grads[name], wanted[name]) for name in wanted)
