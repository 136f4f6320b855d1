"""Nudges that are data: what they are as functions, and that an echo with them is one with such functions."""

import numpy as np
import pytest

from golden.arithmetic.rounding import half_up, half_up_each
from golden.cost_functions.latch import Latch
from golden.dynamics.integrator import quadratic_nudge, twin
from golden.dynamics.nudges import Listed, Towards
from golden.errors import HelError
from tests.golden.dynamics.cases import build, state


def test_every_element_has_its_own_shift():
    x = np.random.default_rng(0).integers(-(1 << 30), 1 << 30, 200)
    shifts = np.arange(200) % 80 - 15
    expected = [int(half_up(np.array(one), int(n))) for one, n in zip(x, shifts, strict=True)]
    assert half_up_each(x, shifts).tolist() == expected


def test_an_echo_with_data_is_one_with_functions():
    program, theta, run = build("dense")
    q, p, inputs = state(program, 6, steps=7)
    rng = np.random.default_rng(1)
    listed = rng.integers(-5000, 5000, (7, program.n))
    targets = rng.integers(-(1 << 21), 1 << 21, (7, program.n))
    latch = Latch(program.formats, rng.normal(size=program.n) / 50)
    for data, function in (
        (Listed(listed), lambda t, q: listed[t]),
        (
            Towards(targets, np.array([program.nudge_shift + 3])),
            lambda t, q: quadratic_nudge(program, q, targets[t], -3),
        ),
        (latch.nudges(-2), lambda t, q: latch.nudge(q, -2)),
    ):
        ends = [run.echo_many(*twin(q, p), inputs, nudge=nudge) for nudge in (data, function)]
        assert all(np.array_equal(a, b) for a, b in zip(*ends, strict=True))


def test_positions_go_into_an_array():
    program, theta, run = build("dense")
    q, p, inputs = state(program, 6, steps=5)
    seen, found = [], np.empty((5, program.n), np.int64)
    run.forward_many(q, p, inputs, lambda t, q: seen.append(q.copy()))
    run.forward_many(q, p, inputs, found)
    assert np.array_equal(found, seen)
    for wrong in (found[:4], found.astype(float)):
        with pytest.raises(HelError, match=r"positions go into an int64 array \(T, ..., n\) = \(5, 6\), got"):
            run.forward_many(q, p, inputs, wrong)
