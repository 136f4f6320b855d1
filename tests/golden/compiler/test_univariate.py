"""A part of a graph as a function of one number: value, text, equality, stated range."""

import numpy as np
import pytest

from golden.language.user_function import table
from tests.golden.compiler.test_table_words import univariate

CURVE = table(lambda x: np.sin(x), low=-1.0, high=3.0, error=2.0**-9)


@pytest.mark.parametrize(
    ("f", "text", "name"),
    [
        (np.exp, "exp(x)", "exp"),
        (lambda x: 1 / x, "1 / x", "reciprocal"),
        (lambda x: x / (1 + x**2), None, "f"),
        (lambda x: np.exp(-(x**2) / 2), "exp(-0.5 * x**2)", "f"),
        (lambda x: (1 + x) ** -1.5, "(1 + x)**-1.5", "f"),
        (lambda x: np.sqrt(2 - x), "sqrt(2 - x)", "f"),
        (lambda x: np.log(np.clip(x, 0.1, 2.0)), "log(clip(x, 0.1, 2))", "f"),
        (CURVE, None, None),
        (lambda x: np.log1p(np.exp(2 * x)), "softplus(2 * x)", "f"),
    ],
)
def test_text_and_value(f, text, name):
    one = univariate(f)
    assert text is None or str(one) == text
    assert name is None or one.name == name
    x = np.array([[0.2, 0.5], [0.9, 1.9]])
    assert one(x) == pytest.approx(f(x), rel=1e-13) and one(x).shape == (2, 2)
    assert one(np.array([])).shape == (0,)
    scope = {
        "x": x,
        "softplus": lambda a: np.logaddexp(0, a),
        **{n: getattr(np, n) for n in ("exp", "sqrt", "log", "clip")},
    }
    if f is not CURVE:
        assert eval(str(one), scope) == pytest.approx(f(x), rel=1e-13)


def test_the_text_makes_them_equal():
    assert univariate(lambda x: np.exp(-x)) == univariate(lambda x: np.exp(-1 * x))
    assert univariate(np.exp) != univariate(np.expm1)
    other = table(lambda x: np.sin(x), low=-1.0, high=3.0)
    assert univariate(CURVE) == univariate(CURVE) != univariate(other)


def test_bounds():
    assert univariate(np.exp).bounds is None
    assert univariate(lambda x: np.exp(np.clip(x, -1, 2))).bounds == (-1.0, 2.0)
    assert univariate(lambda x: np.exp(np.clip(-2 * x, -1, 2))).bounds == (-1.0, 0.5)
    assert univariate(lambda x: 1 / np.clip(2 + x / 4, 1, 3)).bounds == (-4.0, 4.0)
    assert univariate(lambda x: 1 / np.clip(3 - 2 * (x + 1), 1, 3)).bounds == (-1.0, 0.0)
    assert univariate(lambda x: np.exp(np.clip(x, -1, 2)) * np.log(np.clip(x, -0.5, 4) + 1)).bounds == (-0.5, 2.0)
    assert univariate(lambda x: np.sqrt(np.clip(1 + x**2, 0.5, 2.0))).bounds is None  # of no plain multiple of x
    one = univariate(lambda x: CURVE(x) + np.exp(x))
    assert one.bounds == (-1.0, 3.0) and one.error == 2.0**-9


def test_no_value_is_no_warning():
    assert np.isnan(univariate(np.log)(np.array([-1.0]))).all()
    assert np.isinf(univariate(lambda x: 1 / x)(np.zeros(1))).all()
