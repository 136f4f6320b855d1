"""Momentum against its formula, and its two bounds."""

import numpy as np
import pytest

from golden.training.momentum import Momentum


def descent(theta, **change):
    options = {"momentum": 0.9, "longest": 10.0, "ranges": dict.fromkeys(theta, (-2.0, 2.0))}
    return Momentum(theta, **{**options, **change})


def test_steps_follow_the_formula():
    theta, x, v = {"a": np.array([1.0, -0.5])}, np.array([1.0, -0.5]), 0.0
    run = descent(theta)
    for _ in range(5):
        grad = theta["a"].copy()
        v = 0.9 * v - 0.1 * x
        x = x + v
        run.step({"a": grad}, 0.1)
        assert theta["a"] == pytest.approx(x, rel=1e-12)


def test_long_gradients_are_shortened_together():
    theta = {"a": np.zeros(1), "b": np.zeros(1)}
    descent(theta, longest=1.0).step({"a": np.array([3.0]), "b": np.array([4.0])}, 0.5)
    assert theta["a"] == pytest.approx(-0.3) and theta["b"] == pytest.approx(-0.4)


def test_ranges_hold_and_the_rest_stays():
    theta = {"a": np.array([0.2]), "b": np.array([1.0])}
    descent(theta, ranges={"a": (0.125, 2.0), "b": (-2.0, 2.0)}).step({"a": np.array([5.0])}, 1.0)
    assert theta["a"] == 0.125 and theta["b"] == 1.0
