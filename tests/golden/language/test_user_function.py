"""hel.table's function: numbers, symbols, slopes, ranges, and what it refuses."""

import math

import numpy as np
import pytest
from scipy import special

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.trace import trace_function
from golden.language.user_function import table


def test_one_slope_is_given_or_traced():
    given = table(np.arctan, lambda x: 1 / (1 + x**2))
    traced = table(lambda x: np.arctan(x))
    x = np.linspace(-8, 8, 33)
    assert given.slope(x) == pytest.approx(traced.slope(x), rel=1e-14)
    assert given.slope is given.slope and str(given) == "arctan" and str(given.slope) == "darctan"


def test_errors_name_the_line_of_the_call():
    with pytest.raises(HelError, match=r"^test_user_function.py:\d+: `table.*function cos .*wrap it in np.vec"):
        table(math.cos)(np.zeros(3))
    graph = trace_function(lambda q: np.sum(table(special.erf)(q)), "f", {"q": (3,)})
    with pytest.raises(HelError, match=r"^test_user_function.py:\d+: `.* traced; give it: hel.table\(erf, df=...\)$"):
        gradient(graph)


def test_beyond_the_range_it_stands_still():
    well = table(lambda x: x**2, low=-1.0, high=2.0)
    assert well([-5.0, 0.5, 9.0]).tolist() == [1.0, 0.25, 4.0]


def test_what_cannot_be_traced_needs_df():
    loud = table(np.vectorize(lambda x: math.erf(x)), low=-4.0, high=4.0)
    assert loud(0.5) == pytest.approx(math.erf(0.5))
    with pytest.raises(HelError, match=r"needs the derivative of .*; give it: hel.table\(.*, df=...\)"):
        loud.slope(np.ones(1))
    bell = table(np.vectorize(math.erf), lambda x: 2 / math.sqrt(math.pi) * np.exp(-(x**2)), low=-4.0, high=4.0)
    graph = gradient(trace_function(lambda q: np.sum(bell(q)), "f", {"q": (3,)}))
    q = np.array([-0.3, 0.0, 1.0])
    assert Evaluator(graph)({"q": q})["q"] == pytest.approx(2 / math.sqrt(math.pi) * np.exp(-(q**2)))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((3,), {}, "takes a function, got 3 for f; pass the function itself"),
        ((np.exp, 3), {}, "takes a function, got 3 for df; pass the function itself"),
        ((np.exp,), {"low": 1.0, "high": 1.0}, "two numbers low < high, got 1.0 and 1.0; write low=-4.0, high=4.0"),
        ((np.exp,), {"low": "a"}, "two numbers low < high, got 'a' and 8.0"),
        ((np.exp,), {"high": np.inf}, "two numbers low < high, got -8.0 and inf"),
        ((np.exp,), {"error": 0.0}, "the error of hel.table"),
        ((np.exp,), {"error": -1.0}, "the error of hel.table"),
    ],
)
def test_bad_arguments(arguments, options, message):
    with pytest.raises(HelError) as error:
        table(*arguments, **options)
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("function", [np.sum, lambda x: x + 1j, lambda x: "a"])
def test_a_function_that_is_none_of_one_variable(function):
    with pytest.raises(HelError, match="maps an array to real numbers of its shape"):
        table(function)(np.ones(3))


@pytest.mark.parametrize(("f", "df"), [(np.sin, np.sin), (np.sin, lambda x: 2 * np.cos(x)), (np.exp, np.sinh)])
def test_a_derivative_that_is_none_is_refused(f, df):
    with pytest.raises(HelError, match="df of hel.table is the slope of f: at x = .*; correct df, or leave it out"):
        table(f, df=df)


def test_corners_between_points_are_let_be():
    knots, heights = np.linspace(-8, 8, 9), np.array([0, 1, 0, 2, 0, 1, 3, 0, 1.0])
    slopes = np.diff(heights) / np.diff(knots)
    table(lambda x: np.interp(x, knots, heights), df=lambda x: slopes[np.clip(((x + 8) // 2).astype(int), 0, 7)])
