"""Central differences: order two in the distance moved, batches, one theta per sample, errors."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules import Problem, bptt, finite_differences
from tests.golden.rules.cases import case, relative_error


def test_order_two():
    system, theta, arguments = case("dense", "averaged")
    reference, _, _ = bptt.gradient(Problem(system, theta, **arguments))
    eps = 2.0 ** -np.arange(3, 9)
    errors = [
        relative_error(finite_differences.gradient(Problem(system, theta, **arguments), eps=e)[0], reference)
        for e in eps
    ]
    assert 1.9 <= np.polyfit(np.log(eps), np.log(errors), 1)[0] <= 2.1


def test_one_theta_per_sample():
    system, theta, arguments = case("dense", "final", n=2, steps=4, batch=(3,))
    batched = dict(theta, W=np.stack([theta["W"], 0.5 * theta["W"], -theta["W"]]))
    grads, _, _ = finite_differences.gradient(Problem(system, batched, **arguments))
    reference, _, _ = bptt.gradient(Problem(system, batched, **arguments))
    assert all(relative_error(grads, reference, [key]) < 1e-7 for key in reference)


def test_report_and_names():
    system, theta, arguments = case("dense", "averaged", n=3, steps=7)
    grads, _, report = finite_differences.gradient(Problem(system, theta, **arguments), names=["W", "p0"])
    assert set(grads) == {"W", "p0"}
    assert (report.passes, report.force_evaluations) == (25, 25 * 7)
    assert report.stored_words == 9


def test_errors():
    system, theta, arguments = case("dense", "final")
    with pytest.raises(HelError, match="there is no gradient of V; choose from al, W, B, b, u, q0, p0"):
        finite_differences.gradient(Problem(system, theta, **arguments), names=["V"])
    with pytest.raises(HelError, match=r"there is no gradient of array\(\[0., 0.\]\); choose from al"):
        finite_differences.gradient(Problem(system, theta, **arguments), names=[np.zeros(2)])
    with pytest.raises(HelError, match="the distance eps must be a positive number, got -1"):
        finite_differences.gradient(Problem(system, theta, **arguments), eps=-1)
