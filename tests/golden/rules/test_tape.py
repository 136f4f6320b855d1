"""The independent differentiation: every operation against central differences and complex steps, and its refusals."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.rules.tape import gradients

M = np.random.default_rng(0).normal(size=(3, 3))
FUNCTIONS = [
    lambda x: np.sum(x + 2 * x - x / 4 + (-x) * x),
    lambda x: np.sum((+x) ** 3) + np.sum(x**0) + np.sum(1 / (2 + x**2)),
    lambda x: x @ (M @ x) + (x @ M).dot(x) + np.dot(M, x).sum() + np.sum(np.transpose(M) @ x),
    lambda x: np.sum(np.log(np.cosh(x))) + np.mean(np.tanh(x)) + x.mean(),
    lambda x: np.sum(np.logaddexp(x, -x)) + np.sum(np.log1p(np.exp(x))),
    lambda x: np.sum(np.sin(x) * np.cos(x[0])) + x[2] * np.sum(x[:-1] * x[1:]) + np.sum(np.diff(x) ** 2),
    lambda x: np.sum(np.square(x)) + sum(x) * len(x) * x.shape[0],
    lambda x: x[0] * x[1],
    lambda x: np.sum(np.roll(x, 1) * x * np.roll(x, shift=-1)) + np.sum(x[[0, 2, 0]] ** 3) + np.flip(x) @ (M @ x),
    lambda x: np.sum(np.take(x, [1, 1]) ** 2) + np.sum(np.concatenate([x[1:], x, np.ones(1)]) ** 4) + np.sum(x[::2]),
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_gradient_and_hessian_product(function):
    x, v = np.array([0.3, -0.7, 1.1]), np.array([1.0, 0.5, -2.0])
    value, (slope,) = gradients(function, x)
    assert value == pytest.approx(float(function(x)), rel=1e-14)
    rows = [(function(x + e) - function(x - e)) / 2e-6 for e in 1e-6 * np.eye(3)]
    assert slope == pytest.approx(rows, rel=1e-8, abs=1e-8)
    _, (bent,) = gradients(function, x + 1e-30j * v)
    ends = [gradients(function, x + side * 1e-5 * v)[1][0] for side in (1, -1)]
    assert np.imag(bent) * 1e30 == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-8, abs=1e-8)


def test_a_matrix_and_its_transpose():
    x = np.array([1.0, 2.0, 3.0])
    _, (w, back) = gradients(lambda w, x: np.sum((w @ x) ** 2) + np.sum((w.T @ x) * (x @ w)), M, x)
    assert w == pytest.approx(2 * np.outer(M @ x, x) + 2 * np.outer(x, x @ M))
    assert back == pytest.approx(2 * M.T @ M @ x + 2 * M @ M.T @ x)


def test_what_does_not_depend_has_zero():
    _, (a, b) = gradients(lambda a, b: np.sum(a), np.ones(2), np.ones(3))
    assert np.array_equal(a, np.ones(2)) and np.array_equal(b, np.zeros(3))
    assert gradients(lambda a: 1.0, np.ones(2))[0] == 1.0


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(np.arccos(x)),
        lambda x: np.linalg.norm(x),
        lambda x: np.maximum.reduce(x),
    ],
)
def test_refuses_what_it_does_not_know(function):
    with pytest.raises(HelError, match="the BPTT reference cannot differentiate np."):
        gradients(function, np.ones(3))


def test_matrix_times_matrix():
    value, (slope,) = gradients(lambda w: np.sum((w @ M) * (M @ w)), M)
    assert value == pytest.approx(np.sum((M @ M) ** 2))
    assert slope == pytest.approx((M @ M) @ M.T + M.T @ (M @ M))
