"""A problem is checked once, and another one is made of it by `replace`, checked again."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from golden.cost_functions import SummedCost
from golden.errors import HelError
from golden.rules import Problem
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
        ({"q0": np.zeros((3, 4))}, r"q0 has shape \(4,\) or \(4,\), got \(3, 4\)"),
        ({"cost": None}, "a cost is one of golden.cost_functions, for instance"),
        ({"cost": SummedCost(), "targets": np.zeros((20, 7, 4))}, r"targets have the batch axes \(\) .* got \(7,\)"),
        ({"system": "dense"}, "a rule takes a golden.systems.System and a theta by name, got 'dense' and dict"),
    ],
)
def test_errors(change, message):
    with pytest.raises(HelError, match=message):
        replace(posed(), **change)


def test_batches_that_do_not_agree():
    one = posed(batch=(2,))
    with pytest.raises(HelError, match=r"batch axes of the inputs \(2,\) and of theta .* do not agree"):
        replace(one, theta={**one.theta, "W": np.stack([one.theta["W"]] * 3)})
