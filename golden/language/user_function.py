"""`hel.table`: a function of one variable in the user's own words, with its slope, its range and its error.

Called with arrays in a potential it computes; called with symbols it is one node of the graph, which the compiler looks
up in a table on the stated range. What is not an array (a symbol, a value of the reference's tape) says itself how it
is called, by a method ``called_by``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.language.numpy_rules import located, where
from golden.language.trace import trace_function
from golden.language.validate import positive, shortened

__all__ = ["UserFunction", "table"]


class UserFunction:
    """A function of one variable, element by element; made by `table`.

    Members
    -------
    name : of the Python function
    low, high : the range that is stated for the argument
    error : the largest error of the table, or None for one last place of its words
    slope : the derivative, a `UserFunction` of the same range
    """

    def __init__(
        self,
        function: Callable[..., Any],
        derivative: Callable[..., Any] | None,
        low: float,
        high: float,
        error: float | None,
        name: str,
    ) -> None:
        self.function, self.derivative = function, derivative
        self.low, self.high, self.error, self.name = low, high, error, name

    def __call__(self, x: Any) -> Any:
        """f(x) for numbers and arrays of any shape, x taken into the range; a node of the graph while tracing."""
        called = getattr(type(x), "called_by", None)
        if called is not None:
            return called(x, self)
        numbers = np.clip(np.asarray(x, np.float64), self.low, self.high)
        try:
            values = np.asarray(self.function(numbers))
        except TypeError as error:
            raise HelError(
                f"{where()}the function {self.name} of hel.table maps an array to real numbers of its shape, element by"
                f" element: {error}; write it with NumPy, or wrap it in np.vectorize"
            ) from None
        if values.shape != numbers.shape or values.dtype.kind not in "biuf":
            got = f"{values.dtype} of shape {values.shape} for {numbers.shape}"
            raise HelError(
                f"{where()}the function {self.name} of hel.table maps an array to real numbers of its shape, element by"
                f" element, got {got}; write it with NumPy, or wrap it in np.vectorize"
            )
        return np.asarray(values, np.float64)

    @cached_property
    def slope(self) -> UserFunction:
        """By the derivative given, else by that of the traced function."""
        name = f"d{self.name}"
        if self.derivative is not None:
            return UserFunction(self.derivative, None, self.low, self.high, self.error, name)
        try:
            graph = trace_function(self.function, self.name, {"x": ()})
            evaluate = Evaluator(gradient(graph), ["x"])
        except (HelError, TypeError, ValueError) as error:
            why = f" ({error})" if hasattr(self.function, "__code__") else ""
            raise HelError(
                f"hel.table needs the derivative of {self.name}, for this function cannot be traced{why};"
                f" give it: hel.table({self.name}, df=...)"
            ) from None
        return UserFunction(lambda x: evaluate({"x": x})["x"], None, self.low, self.high, self.error, name)

    def bend(self, x: Array) -> Array:
        """f'' at x, by differences of the slope: for the reference alone, nothing that is built reads it."""
        step = 1e-5 * max(1.0, self.high - self.low)
        return np.asarray((self.slope(x + step) - self.slope(x - step)) / (2 * step))

    def __str__(self) -> str:
        return self.name


def _check_slope(f: Callable[..., Any], df: Callable[..., Any], low: float, high: float) -> None:
    """HelError where df is not the slope of f at most of some points; corners that lie between points are let be."""
    x = np.linspace(low, high, 67)[1:-1]
    step = (high - low) * 2.0**-20
    with np.errstate(all="ignore"):
        try:
            found, wanted = (
                np.asarray(df(x), np.float64),
                (np.asarray(f(x + step)) - np.asarray(f(x - step))) / (2 * step),
            )
        except (TypeError, ValueError):
            return  # said where the function is first called
        off = np.abs(found - wanted)
    if found.shape != x.shape or wanted.shape != x.shape or not np.isfinite(off).all():
        return
    wrong = off > 0.02 * np.abs(wanted).max() + 1e-6 * np.abs(np.asarray(f(x))).max()
    if wrong.mean() > 0.25:
        at = int(np.argmax(off))
        raise HelError(
            f"{where()}df of hel.table is the slope of f: at x = {x[at]:.4g} it is {found[at]:.4g}, where f changes by"
            f" {wanted[at]:.4g}; correct df, or leave it out where f is written with NumPy"
        )


def table(
    f: Callable[..., Any],
    df: Callable[..., Any] | None = None,
    *,
    low: float = -8.0,
    high: float = 8.0,
    error: float | None = None,
) -> UserFunction:
    """A function of one variable for a potential, looked up in a table on [low, high] in fixed point.

    Parameters
    ----------
    f : takes an array, returns an array of its shape
    df : its derivative; may be left out where f is written with what a potential may use
    low, high : the range of the argument; beyond it the function is clamped, and a flag raised
    error : the largest error of a look-up; default one last place of the table's words, or as near as 2048 segments get

    Raises
    ------
    HelError : no function, no range, an error that is not positive.

    >>> well = table(lambda x: -np.exp(-x**2), low=-4.0, high=4.0)
    >>> well(np.array([0.0, 9.0])).round(6).tolist(), well.slope(np.array([1.0])).round(3).tolist()
    ([-1.0, -0.0], [0.736])
    """
    for what, each in (("f", f), *((("df", df),) if df is not None else ())):
        if not callable(each):
            got = f"{shortened(each)} for {what}"
            raise HelError(f"{where()}hel.table takes a function, got {got}; pass the function itself")
    try:
        ends = float(low), float(high)
    except (TypeError, ValueError):
        ends = (np.nan, np.nan)
    if not (np.isfinite(ends).all() and ends[0] < ends[1]):
        got = f"{shortened(low)} and {shortened(high)}"
        raise HelError(
            f"{where()}the range of hel.table is two numbers low < high, got {got}; write low=-4.0, high=4.0"
        )
    if error is not None:
        located(lambda: positive(error, "the error of hel.table", "2**-12"))
    name = getattr(f, "__name__", "f")
    if df is not None:
        _check_slope(f, df, *ends)
    return UserFunction(f, df, *ends, error, name if name.isidentifier() else "f")
