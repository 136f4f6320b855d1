"""The comparison of boundary conditions: every exact rule agrees, on every system; problems as described."""

import numpy as np
import pytest

from golden.checks.glepcheck import errors_by_eps, glepcheck, problem, shown
from golden.errors import HelError
from golden.rules.glep import CONDITIONS


@pytest.mark.parametrize("seed", [0, 1])
def test_every_condition_is_exact_and_civp_needs_its_residual(seed):
    result = glepcheck(seed=seed)
    assert (result["neurons"], result["steps"]) == (8, 100)
    rows = {row["condition"]: row for row in result["rows"]}
    assert set(rows) == set(CONDITIONS)
    assert all(row["cosine"] >= 0.999999 and row["relative_error"] < 1e-3 for row in rows.values())
    assert rows.pop("civp")["cosine_without_residual"] < 0.9
    assert all(row["cosine_without_residual"] == row["cosine"] for row in rows.values())
    assert {name for name, row in rows.items() if row["solver_iterations"] == 0} == {"pfvp"}
    assert rows["pfvp"]["passes"] == 3 and rows["pfvp"]["stored_words"] == 32


@pytest.mark.parametrize("system", ["hru", "linear", "springs"])
def test_other_systems(system):
    result = glepcheck(system, neurons=4, steps=50)
    assert all(row["cosine"] >= 0.999999 for row in result["rows"])


def test_the_seed_is_the_result():
    size = {"neurons": 3, "steps": 20, "conditions": ["mixed"]}
    assert glepcheck(**size, seed=5) == glepcheck(**size, seed=5)
    assert glepcheck(**size, seed=5)["rows"] != glepcheck(**size, seed=6)["rows"]


def test_error_by_eps_has_slope_two():
    found = errors_by_eps("dense", "pfvp", neurons=4, inputs=2, steps=40, step=0.125, seed=0)
    eps, errors = np.array(found[:4]).T
    assert 1.9 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= 2.1


def test_the_end_data_belong_to_a_trajectory():
    size = {"neurons": 4, "inputs": 2, "steps": 40, "step": 0.125, "seed": 0}
    posed, boundary = problem("dense", "cbvp", **size)
    found = shown("dense", "cbvp", eps=1e-4, **size)
    assert found.free[-1] == pytest.approx(boundary.qT, abs=1e-10)
    assert found.free[0] == pytest.approx(posed.q0, abs=1e-14)


def test_errors():
    with pytest.raises(HelError, match="the number of steps must be a whole number >= 2, got 1"):
        glepcheck(steps=1)
    with pytest.raises(HelError, match="there is no boundary condition 'x'"):
        glepcheck(conditions=["x"])
