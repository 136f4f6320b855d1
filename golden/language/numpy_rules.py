"""NumPy's functions that work element by element, as rules on graph nodes; and the errors for everything else.

A rule takes the builder and nodes of one shape, or numbers, and returns a node. Every error starts with the file, line
and text of the user's code, and says what to write instead where that is known. `golden.language.array_rules` has the
functions of whole arrays.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar

import numpy as np

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Node

__all__ = ["AVAILABLE", "UFUNCS", "located", "unsupported", "where"]

AVAILABLE = (
    "+ - * /, ** with a number, @, .T, x[...], np.sum and np.mean of axes, np.dot, np.einsum, np.diff, np.cumsum, "
    "np.roll, np.concatenate, np.stack, np.reshape and what else moves elements, np.square, np.sqrt, np.exp, np.log, "
    "np.log1p, np.logaddexp, np.sinh, np.cosh, np.tanh, np.sin, np.cos, np.tan, np.arctan, np.arcsinh, np.arctanh, "
    "np.clip, hel.table"
)
_SMOOTH = "write a smooth function: np.log(np.cosh(k * x)) / k for |x|, np.logaddexp(0, k * x) / k for max(0, x)"
_STEPS = "write a smooth function: np.cos(x) and np.sin(x) have periods of their own"
_DECISION = "write a smooth step, (1 + np.tanh(k * x)) / 2; np.where with a constant condition is available"
_ORDER = "write a smooth function: np.logaddexp(x, y) for the larger of two, np.sum for all of them"
_ALGEBRA = "compute it beforehand of constants, in __init__; of parameters write products of matrices and vectors"
HINTS = {
    **dict.fromkeys(("absolute", "fabs", "abs", "maximum", "minimum", "sign", "where", "heaviside"), _SMOOTH),
    **dict.fromkeys(("greater", "less", "greater_equal", "less_equal", "equal", "not_equal"), _SMOOTH),
    "bitwise_xor": "^ is no power in Python: write q**4 for the fourth",
    "norm": "write np.sum(x**2), its square, or np.sqrt(c + np.sum(x**2))",
    "hypot": "write np.sqrt(x**2 + y**2)",
    "sinc": "write hel.table(np.sinc, df=..., low=..., high=...)",
    **dict.fromkeys(("std", "nanstd"), "write np.var(x), its square"),
    **dict.fromkeys(
        ("max", "min", "amax", "amin", "argmax", "argmin", "sort", "argsort", "median", "percentile"), _ORDER
    ),
    **dict.fromkeys(("det", "inv", "eig", "eigh", "eigvalsh", "svd", "solve", "cholesky", "pinv"), _ALGEBRA),
    **dict.fromkeys(("fft", "ifft", "rfft", "fft2"), "write constant matrices of cosines and sines: C @ x, S @ x"),
    "apply_along_axis": "write the function of the whole array, with axis=",
    "vectorize": "write the function of the whole array: NumPy works element by element",
    **dict.fromkeys(("tensordot", "multi_dot"), "write np.einsum with letters, or products one after the other with @"),
    **dict.fromkeys(("remainder", "fmod", "floor", "ceil", "rint", "trunc"), _STEPS),
    "floor_divide": "write x / 2 for x // 2",
    **dict.fromkeys(("any", "all", "logical_and", "logical_or", "logical_not", "isfinite", "isnan"), _DECISION),
    **dict.fromkeys(("item", "tolist"), "leave it out: traced values are real numbers, and x[i] is one"),
    "multiply.sparse": "write D @ x, or c * x with an array c",
    "cross": "write it out with x[..., 0] and so on, or with np.einsum",
    "cumprod": "write products of few factors, np.prod(x[:k])",
    "interp": "write hel.table(lambda x: np.interp(x, ...), df=..., low=..., high=...)",
    "round": "write a smooth function: the potential has a slope everywhere",
    "power": "write x**c with a number c, or c**x",
    **dict.fromkeys(("arcsin", "arccos", "arccosh", "cbrt", "erf"), "write hel.table(f, df=..., low=..., high=...)"),
    "inplace": "write v = v + x",
    "setitem": "build the array of its parts: np.stack, np.concatenate, np.where with a constant condition",
    "array": "a traced value is one already; write np.stack([a, b]) for np.array([a, b])",
    "number": "write np.cos(x) for math.cos(x), and np.stack([a, b]) for an array that is filled element by element",
    "decision": _DECISION,
    "complex": "write the real and the imaginary part: np.cos(x), np.sin(x)",
}
T = TypeVar("T")
_HERE = (str(Path(__file__).parent), str(Path(np.__file__).parent))
"""Not the user's: this machinery and NumPy; nor scipy, which is known by its folder's name."""


def located(make: Callable[[], T]) -> T:
    """What `make` makes; its error with the place in the user's code."""
    try:
        return make()
    except HelError as error:
        at = where()
        raise HelError(str(error) if str(error).startswith(at) else at + str(error)) from None


def where() -> str:
    """``file:line: `source`: `` of the innermost frame that is neither this machinery nor NumPy, or "".

    The source is the very expression where it stands on one line, else the line.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if frame.f_code.co_name == "reduced" and path.endswith("base.py"):  # the coordinates' factor: no line of theirs
            return ""
        if not path.startswith(_HERE) and "scipy" not in Path(path).parts:
            source = _expression(frame) or linecache.getline(path, frame.f_lineno).strip()
            return f"{Path(path).name}:{frame.f_lineno}: " + (f"`{source}`: " if source else "")
        frame = frame.f_back
    return ""


def _expression(frame: FrameType) -> str:
    """The text of what a frame computes right now; "" where it is not known or not on one line."""
    at = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None,) * 4)
    first, last, start, stop = at
    if first is None or first != last or start is None or stop is None:
        return ""
    text = linecache.getline(frame.f_code.co_filename, first).encode()[start:stop]
    return text.decode(errors="replace").strip()


def unsupported(what: str, name: str = "") -> NoReturn:
    """Raises the error of an operation `what`; `name` is the NumPy function's, for what to write instead of it."""
    way_out = HINTS[name] if name in HINTS else f"available: {AVAILABLE}"
    raise HelError(f"{where()}{what} is not available in a traced function; {way_out}")


def _elementwise(method: str) -> Callable[[Builder, Node, Node], Node]:
    def rule(builder: Builder, a: Node, b: Node) -> Node:
        if a.shape == ():
            a = builder.fill(a, b.shape)
        elif b.shape == ():
            b = builder.fill(b, a.shape)
        make: Callable[[Node, Node], Node] = getattr(builder, method)
        return located(lambda: make(a, b))

    return rule


def _unary(op: str) -> Callable[[Builder, Node], Node]:
    return lambda builder, a: builder.unary(op, a)


UFUNCS: dict[str, Callable[..., Node]] = {
    "add": _elementwise("add"),
    "subtract": _elementwise("subtract"),
    "multiply": _elementwise("mul"),
    "negative": lambda builder, a: builder.scale(a, -1.0),
    "positive": lambda builder, a: a,
    "square": lambda builder, a: builder.square(a),
    **{op: _unary(op) for op in ("tanh", "cos", "sin")},
}
