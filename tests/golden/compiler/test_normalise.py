"""Step 1: what a potential is opened to."""

import numpy as np
import pytest

from golden.compiler.normal_form import Split
from golden.compiler.normalise import normalise
from golden.errors import HelError
from golden.systems import get
from tests.golden.compiler.made import system

D = np.arange(1, 4) / 8


def normal(parameters, potential):
    return normalise(system(parameters, potential).gradient)


def lines(found):
    return str(found).splitlines()


def test_powers_are_one_product():
    found = lines(normal({"c": (3,)}, lambda q, u, t: np.sum(t["c"] * q**4) / 4))
    assert found[:2] == ["force = mul[3]", "gradient c = +0.25 * q q q q"]


def test_a_polynomial_is_opened():
    """(a + c x^2) x is two products, whoever wrote it as one."""
    found = normal({"a": (3,), "c": (3,)}, lambda q, u, t: np.sum((t["a"] + t["c"] * q**2) * q**2))
    assert all(isinstance(each.form, Split) for each in found.sums[found.force])


def test_a_constant_in_a_product_goes_to_what_depends_on_q():
    found = normal({"c": (3,)}, lambda q, u, t: np.sum(D * t["c"] * q**2) / 2)
    (force,) = found.sums[found.force]
    assert str(force) == "+1 * fixed c q" and [i for i, _ in force.form.carriers] == [1]


def test_what_does_not_depend_on_q_is_no_density():
    found = normal({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * (q**2 + u**2 + 3.0)))
    assert [str(each) for each in found.gradients["a"]] == ["+1 * q q"]


@pytest.mark.parametrize("name", ["dense", "springs", "phi4", "fput", "gated", "random-3"])
def test_every_sum_that_a_sum_reads_is_there(name):
    """Closed under reading: later steps look nodes up and never open one."""
    found = normalise(get(name, n=6, m=2).gradient)
    for summands in found.sums.values():
        for each in summands:
            if isinstance(each.form, Split):
                assert {*each.form.factors, *(node for _, node in each.form.carriers)} <= set(found.sums)


def test_a_sum_that_is_always_zero_has_no_summands():
    found = normal({"a": (3,)}, lambda q, u, t: np.sum(t["a"] * q**2) + np.sum(np.zeros(3) * q))
    assert [str(each) for each in found.sums[found.force]] == ["+2 * a q"]


def test_a_potential_depends_on_q():
    with pytest.raises(HelError, match="that of made does not depend on q; let q act in it"):
        normal({"a": (3,)}, lambda q, u, t: np.sum(t["a"]) * u[0])
