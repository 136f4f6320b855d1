"""A problem without time: its fields, checked."""

from dataclasses import replace

import numpy as np
import pytest

from golden.cost_functions import SummedCost
from golden.errors import HelError
from golden.rules import StaticProblem
from golden.systems import get


def posed(batch=()):
    dense = get("dense", n=3, m=2)
    return StaticProblem(dense, dense.initial(0), np.ones((*batch, 2)), np.zeros(3))


def test_inputs_and_start_have_all_batch_axes():
    one = posed((5,))
    many = replace(posed(), theta={**one.theta, "b": np.zeros((4, 3))})
    assert (one.inputs.shape, one.q0.shape) == ((5, 2), (5, 3))
    assert (many.inputs.shape, many.q0.shape) == ((4, 2), (4, 3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cost": SummedCost()}, "a state at rest has no steps: its cost is a FinalCost, got SummedCost"),
        ({"cost": None}, "a cost is one of golden.cost_functions"),
        ({"targets": np.zeros(2)}, r"for q and the target got \(3,\) and \(2,\); give targets of shape \(..., 3\)"),
        ({"targets": 1.0}, r"targets need a last axis of at least one number, got shape \(\)"),
        ({"inputs": np.zeros((0, 2))}, r"static inputs of Dense.* none empty, got \(0, 2\)"),
        ({"inputs": np.ones(3)}, r"static inputs of Dense\(n=3, m=2\) have shape \(..., 2\), got \(3,\)"),
        ({"q0": np.ones(2)}, r"q0 has shape \(3,\), got \(2,\)"),
    ],
)
def test_errors(change, message):
    with pytest.raises(HelError, match=message):
        replace(posed(), **change)
