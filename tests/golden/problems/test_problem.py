"""A problem is checked once, and another one is made of it by `replace`, checked again."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from golden.cost_functions import AveragedCost, FinalCost, SummedCost, cross_entropy, cross_entropy_slope
from golden.errors import HelError
from golden.rules import RULES, Problem, gradient
from golden.systems import Dense
from tests.golden.rules.cases import case, values


def posed(**sizes):
    system, theta, arguments = case("dense", "final", **sizes)
    return Problem(system, theta, **arguments)


def test_fields_are_checked_arrays():
    problem = Problem(posed().system, posed().theta, np.ones((5, 2), int).tolist(), [0, 0, 0, 0], q0=[1, 2, 3, 4])
    assert all(getattr(problem, name).dtype == np.float64 for name in ("inputs", "targets", "q0", "p0"))
    assert (problem.steps, problem.batch, problem.step) == (5, (), 0.125)
    assert not problem.p0.any() and problem.p0.shape == (4,)


def test_batch_axes_come_from_inputs_and_theta():
    one = posed()
    many = replace(one, theta={**one.theta, "W": np.stack([one.theta["W"]] * 3)})
    assert (many.batch, many.shared, many.inputs.shape, many.q0.shape) == ((3,), False, (20, 3, 2), (3, 4))
    assert (one.batch, one.shared) == ((), True)


def test_replace_of_nothing_is_the_same_problem():
    one = posed(batch=(3, 2))
    two = replace(one)
    for name, value in values(one).items():
        same = getattr(two, name)
        if name == "theta":
            assert all(np.array_equal(value[key], same[key]) for key in value)
        else:
            assert np.array_equal(value, same) if isinstance(value, np.ndarray) else value is same or value == same


def test_it_is_frozen_and_equal_to_itself_alone():
    one = posed()
    with pytest.raises(FrozenInstanceError):
        one.step = 0.25
    assert one == one and one != replace(one) and len({one, one}) == 1


def test_meters_and_integrators_are_fresh():
    one = posed()
    one.meter().observe(one.steps - 1, one.q0)
    one.leapfrog().forward(one.q0, one.p0, one.inputs[0])
    assert one.leapfrog().force_evaluations == 0 and one.meter() is not one.meter()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step": 0.0}, "the step h must be a positive number, got 0.0; use for example 0.125"),
        ({"inputs": np.ones(3)}, r"have shape \(T, ..., 2\) with T >= 1, got \(3,\)"),
        ({"q0": np.zeros((3, 4))}, r"q0 has shape \(4,\), got \(3, 4\)"),
        ({"cost": None}, "a cost is one of golden.cost_functions, for instance"),
        ({"cost": SummedCost(), "targets": np.zeros((20, 7, 4))}, r"targets have the batch axes \(\) .* got \(7,\)"),
        (
            {"system": "dense"},
            r"a rule takes a golden.systems.System and a theta by name, got 'dense' and dict; write golden.systems.get"
            r'\("dense", n=...\), or for a stack: golden.rules.stack',
        ),
        ({"system": Dense}, r"got <class .*> and dict; write Dense\(n, m\)"),
        ({"theta": None}, "got Dense.* and NoneType; theta is a dict of arrays"),
        ({"theta": {3: np.ones(4)}}, "theta is arrays by the names of parameters, got the key 3; give al, W, B, b"),
        ({"step": 10**400}, "the step h must be a positive number, got 1000"),
        ({"inputs": np.zeros((10, 0, 2))}, r"a batch has at least one sample, got inputs of shape \(10, 0, 2\); leave"),
        ({"targets": 3.0}, r"targets need a last axis .* got shape \(\); FinalCost\(half_squared_error\) compares"),
        (
            {"targets": np.zeros(3)},
            r"targets of FinalCost\(half_squared_error\) have the shape of q in each sample, for q and the target got "
            r"\(4,\) and \(3,\); give targets of shape \(..., 4\), got \(3,\)",
        ),
        ({"targets": np.zeros(3), "cost": AveragedCost()}, r"targets of AveragedCost\(half_squared_error\)"),
        ({"targets": np.zeros((20, 1)), "cost": SummedCost()}, r"give targets of shape \(20, ..., 4\), got \(20, 1\)"),
        ({"targets": np.zeros((21, 4)), "cost": SummedCost()}, r"one target per step, \(20, ..., k\); got .*\(21, 4\)"),
        ({"targets": np.zeros(4), "cost": SummedCost()}, r"one target per step, \(20, ..., k\); got .*\(4,\)"),
        (
            {"targets": np.ones(3), "cost": FinalCost(lambda q, y: np.sum(q - y))},
            r"shape.*\[FinalCost\(<lambda>\) of q \(4,\) and a target \(3,\)\]",
        ),
        (
            {"cost": FinalCost(lambda q, y: 1 / 0)},
            r"FinalCost\(<lambda>\) of q \(4,\) .* raised ZeroDivisionError: .*; correct the targets or the function",
        ),
    ],
)
def test_errors(change, message):
    with pytest.raises(HelError, match=message):
        replace(posed(), **change)


@pytest.mark.parametrize("rule", [name for name in RULES if RULES[name].problem is Problem and "glep" not in name])
def test_one_target_too_few_is_refused_by_every_rule(rule):
    """Of all rules only glep's scheme verlet has inputs at both ends."""
    short = replace(posed(), targets=np.zeros((19, 4)), cost=SummedCost())
    options = {"dissipative": {"damping": 0.1}, "dissipative_fixed": {"log2_loss": 6}}.get(rule, {})
    with pytest.raises(HelError, match="a summed cost needs one target per step|reads its cost at the final time only"):
        gradient(short, rule=rule, **options)


def test_a_cost_of_ones_own_may_read_shorter_targets():
    problem = replace(posed(), targets=np.ones(2), cost=FinalCost(lambda q, y: np.sum((q[:2] - y) ** 2)))
    echo, reference = gradient(problem)[0], gradient(problem, rule="bptt")[0]
    assert np.allclose(echo["W"], reference["W"], rtol=1e-3, atol=1e-6)


def unit(q, y):
    """A cost that has no value at q = 0, where no rule calls it."""
    assert np.all(np.linalg.norm(q, axis=-1) > 0)
    return np.sum(q * y, -1) / np.linalg.norm(q, axis=-1)


def unit_slope(q, y):
    r = np.linalg.norm(q, axis=-1, keepdims=True)
    return y / r - q * np.sum(q * y, -1, keepdims=True) / r**3


def positive_mean(m, y):
    assert np.all(m >= 0)
    return np.sum((m - y) ** 2, -1)


@pytest.mark.parametrize(
    "change",
    [
        {"cost": FinalCost(unit, gradient=unit_slope)},
        {"cost": AveragedCost(positive_mean, gradient=lambda m, y: 2 * (m - y)), "q0": -np.ones(4)},
        {"cost": FinalCost(gradient=lambda q, y: q - y)},
        {"cost": FinalCost(lambda q, y: np.sum(q * y, -1), gradient=lambda q, y: y)},
    ],
    ids=["no value at rest", "of squares only", "half squared error", "linear"],
)
def test_costs_with_a_gradient_of_their_own(change):
    problem = replace(posed(), targets=np.array([1.0, 0.5, 0.0, 0.25]), **change)
    reference, cost, _ = gradient(problem, rule="bptt")
    for rule in ("rhel", "finite_differences"):
        found, same, _ = gradient(problem, rule=rule)
        assert same == pytest.approx(cost)
        assert np.allclose(found["W"], reference["W"], rtol=1e-3, atol=1e-6)
    assert np.allclose(gradient(problem, rule="rhel_fixed")[0]["W"], reference["W"], atol=0.05)


@pytest.mark.parametrize("rule", ["rhel", "bptt", "rhel_fixed"])
@pytest.mark.parametrize(
    ("function", "slope", "message"),
    [
        (
            cross_entropy,
            cross_entropy_slope,
            r"\(cross_entropy\) of q .* and a target \(3,\) raised ValueError",
        ),
        (lambda q, y: np.sum(q, -1), lambda q, y: np.zeros(1), r"dc/dq has shape .*4,?\), got \(1,\) \[FinalCost"),
        (lambda q, y: np.zeros(2), lambda q, y: q, r"c has shape \(\), got \(2,\) \[FinalCost"),
        (lambda q, y: np.sum(q, -1), lambda q, y: 2j * q, "dc/dq is real numbers, got complex128 .*; correct the"),
        (lambda q, y: np.sum(q, -1) * np.nan, lambda q, y: q, "c is nan where q is finite .*; correct the function or"),
        (lambda q, y: 1 / 0, lambda q, y: q, "raised ZeroDivisionError: division by zero; correct the targets or"),
    ],
    ids=["raises", "slope", "value", "complex", "nan", "zero"],
)
def test_what_a_function_of_ones_own_returns(rule, function, slope, message):
    problem = replace(posed(), targets=np.ones(3), cost=FinalCost(function, gradient=slope))
    with pytest.raises(HelError, match=message):
        gradient(problem, rule=rule)


def test_one_step_has_no_target_less():
    with pytest.raises(HelError, match=r"one target per step, \(1, ..., k\); got shape \(0, 4\)"):
        replace(posed(), inputs=np.ones((1, 2)), targets=np.zeros((0, 4)), cost=SummedCost())


def test_copies_are_problems_and_theta_makes_dicts():
    problem = posed()
    for other in (copy.copy(problem), copy.deepcopy(problem), pickle.loads(pickle.dumps(problem))):
        assert not other.theta["W"].flags.writeable and not other.inputs.flags.writeable
        assert gradient(other)[1] == gradient(problem)[1]
    changed = problem.theta | {"b": np.ones(4)}
    assert isinstance(changed, dict) and replace(problem, theta=changed).theta["b"].all()
    assert ({"b": np.ones(4)} | problem.theta)["b"] is problem.theta["b"]
    assert isinstance(problem.theta.copy(), dict)


def test_arrays_and_theta_are_read_only():
    inputs, theta, start = np.ones((20, 2)), posed().theta["W"].copy(), np.zeros(4)
    problem = replace(posed(), inputs=inputs, theta={**posed().theta, "W": theta}, q0=start)
    for array in (*(getattr(problem, name) for name in ("inputs", "targets", "q0", "p0")), *problem.theta.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(TypeError, match="item assignment"):
        problem.theta["W"] = theta
    before = problem.theta["W"].copy()
    theta += 1
    start += 1
    inputs += 1
    assert np.array_equal(problem.theta["W"], before) and not problem.q0.any(), "the caller's arrays stay writeable"
    assert set(pickle.loads(pickle.dumps(problem.theta))) == set(problem.theta)


def test_batches_that_do_not_agree():
    one = posed(batch=(2,))
    with pytest.raises(HelError, match=r"batch axes of the inputs \(2,\) and of theta .* do not agree"):
        replace(one, theta={**one.theta, "W": np.stack([one.theta["W"]] * 3)})
