"""What a traced function may use: NumPy functions as rules on graph nodes; and the errors for everything else.

A rule takes the builder and nodes (the shaping functions: raw arguments) and returns a node. Every error starts with
the file, line and text of the user's code, and says what to write instead where that is known.
"""

from __future__ import annotations

import linecache
import math
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import numpy as np

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Node

__all__ = ["AVAILABLE", "FUNCTIONS", "SHAPING", "UFUNCS", "index", "located", "matmul", "mean", "unsupported", "where"]

AVAILABLE = (
    "+ - * /, ** with a number, @, .T, np.sum, np.mean, np.dot, np.diff, x[i], x[a:b], x[array], np.roll, np.take, "
    "np.flip, np.concatenate, np.square, np.sqrt, np.exp, np.log, np.log1p, np.logaddexp, np.sinh, np.cosh, np.tanh, "
    "np.sin, np.cos, np.tan, np.arctan, np.arcsinh, np.arctanh, np.clip, hel.table"
)
_SMOOTH = "write a smooth function: np.log(np.cosh(k * x)) / k for |x|, np.logaddexp(0, k * x) / k for max(0, x)"
HINTS = {
    **dict.fromkeys(("absolute", "fabs", "abs", "maximum", "minimum", "sign", "where", "heaviside"), _SMOOTH),
    **dict.fromkeys(("greater", "less", "greater_equal", "less_equal", "equal", "not_equal"), _SMOOTH),
    "bitwise_xor": "^ is no power in Python: write q**4 for the fourth",
    "norm": "write np.sum(x**2)",
    "einsum": "write W @ x, np.sum(a * b) or x @ (W @ y)",
    "inner": "write np.dot or a @ b",
    "vdot": "write np.dot or a @ b",
    "outer": "write (a @ x) * b for the product of an outer product and x",
    "power": "x**c with a number c, or c**x",
    **dict.fromkeys(("arcsin", "arccos", "arccosh", "cbrt", "erf"), "write hel.table(f, df=..., low=..., high=...)"),
    "prod": "write the product out: x[0] * x[1]",
    "array": "use np.concatenate, slices, or a constant matrix @ x",
    "stack": "use np.concatenate",
    "cumsum": "write np.tril(np.ones((n, n))) @ x",
    "convolve": "write a constant matrix @ x, or a sum of c[k] * np.roll(x, k)",
    "inplace": "write v = v + x",
    "gradient": "write np.diff(x), or np.roll(x, -1) - x",
}
_HERE = {
    str(Path(__file__).with_name(name))
    for name in (
        "trace.py",
        "builder.py",
        "numpy_rules.py",
        "smooth_rules.py",
        "smooth.py",
        "user_function.py",
        "autodiff.py",
    )
}


def located(make: Callable[[], Node]) -> Node:
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
        if path not in _HERE and f"{Path(np.__file__).parent}" not in path:
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
    """Raises the error of an operation `what`; `name` is the NumPy function's, for a hint."""
    hint = f"{HINTS[name]}; " if name in HINTS else ""
    raise HelError(f"{where()}{what} is not available in a traced function; {hint}available: {AVAILABLE}")


def _elementwise(method: str) -> Callable[[Builder, Node, Node], Node]:
    def rule(builder: Builder, a: Node, b: Node) -> Node:
        if a.shape == ():
            a = builder.fill(a, b.shape)
        elif b.shape == ():
            b = builder.fill(b, a.shape)
        make: Callable[[Node, Node], Node] = getattr(builder, method)
        return located(lambda: make(a, b))

    return rule


def matmul(builder: Builder, a: Node, b: Node) -> Node:
    ranks = (len(a.shape), len(b.shape))
    if ranks == (1, 1):
        if a.shape != b.shape:
            raise HelError(f"{where()}an inner product needs equal lengths, got {a.shape} and {b.shape}")
        return builder.sum(builder.mul(a, b))
    if ranks == (2, 1):
        return located(lambda: builder.matvec(a, b))
    if ranks == (1, 2):
        return located(lambda: builder.matvec_t(b, a))
    unsupported(f"@ of shapes {a.shape} and {b.shape} (one operand must be a vector)")


def index(builder: Builder, x: Node, key: object) -> Node:
    if len(x.shape) != 1:
        unsupported(f"indexing of an array of shape {x.shape} (vectors only)")
    size = x.shape[0]
    if isinstance(key, slice):
        start, stop, step = key.indices(size)
        if step != 1:
            return gather(builder, x, np.arange(start, stop, step))
        return builder.slice(x, start, max(0, stop - start))
    if isinstance(key, int | np.integer):
        at = int(key) + (size if key < 0 else 0)
        if not 0 <= at < size:
            raise HelError(f"{where()}an index lies in -{size}..{size - 1} for a vector of {size} elements, got {key}")
        return builder.sum(builder.slice(x, at, 1))
    if isinstance(key, list | np.ndarray):
        return gather(builder, x, np.asarray(key))
    unsupported(f"indexing with {type(key).__name__}")


def gather(builder: Builder, x: Node, key: np.ndarray[Any, Any]) -> Node:
    """x[key] for an array of indices or truth values: a constant matrix times x."""
    size = x.shape[0]
    if key.dtype == bool and key.shape == (size,):
        key = np.flatnonzero(key)
    if key.ndim != 1 or (key.size and key.dtype.kind not in "iu"):
        unsupported(f"indexing with an array of {key.dtype} of shape {key.shape} (one axis of whole numbers)")
    for at in key.tolist():
        if not -size <= at < size:
            raise HelError(f"{where()}an index lies in -{size}..{size - 1} for a vector of {size} elements, got {at}")
    if key.size == 0:
        return builder.full(0.0, (0,))
    return builder.matvec(builder.const(np.eye(size)[key.astype(np.int64)]), x)


def _vector(builder: Builder, value: Any, node: Callable[[Any], Node], name: str) -> Node:
    found = node(value)
    if len(found.shape) != 1:
        unsupported(f"np.{name} of shape {found.shape} (vectors only)")
    return found


def _roll(builder: Builder, node: Callable[[Any], Node], a: Any, shift: Any, axis: Any = None) -> Node:
    x = _vector(builder, a, node, "roll")
    if not isinstance(shift, int | np.integer) or axis not in (None, 0, -1):
        unsupported("np.roll by anything but a whole number")
    size = x.shape[0]
    cut = -int(shift) % max(size, 1)
    front, back = builder.slice(x, cut, size - cut), builder.slice(x, 0, cut)
    return _joined(builder, [front, back])


def _joined(builder: Builder, parts: list[Node]) -> Node:
    length = sum(part.shape[0] for part in parts)
    total, start = builder.full(0.0, (length,)), 0
    for part in parts:
        total = builder.add(total, builder.pad(part, start, length))
        start += part.shape[0]
    return total


def _concatenate(builder: Builder, node: Callable[[Any], Node], arrays: Any, axis: Any = 0) -> Node:
    if axis not in (0, -1, None):
        unsupported(f"np.concatenate along axis {axis} (vectors only)")
    return _joined(builder, [_vector(builder, part, node, "concatenate") for part in arrays])


def _take(builder: Builder, node: Callable[[Any], Node], a: Any, indices: Any, axis: Any = None) -> Node:
    return index(builder, _vector(builder, a, node, "take"), indices if np.ndim(indices) else int(indices))


def _flip(builder: Builder, node: Callable[[Any], Node], m: Any, axis: Any = None) -> Node:
    x = _vector(builder, m, node, "flip")
    return gather(builder, x, np.arange(x.shape[0])[::-1])


def mean(builder: Builder, a: Node) -> Node:
    return builder.scale(builder.sum(a), 1.0 / max(1, math.prod(a.shape)))


def _diff(builder: Builder, x: Node) -> Node:
    if len(x.shape) != 1 or x.shape[0] < 1:
        unsupported(f"np.diff of shape {x.shape} (vectors only)")
    size = x.shape[0]
    return builder.subtract(builder.slice(x, 1, size - 1), builder.slice(x, 0, size - 1))


def _unary(op: str) -> Callable[[Builder, Node], Node]:
    return lambda builder, a: builder.unary(op, a)


UFUNCS: dict[str, Callable[..., Node]] = {
    "add": _elementwise("add"),
    "subtract": _elementwise("subtract"),
    "multiply": _elementwise("mul"),
    "negative": lambda builder, a: builder.scale(a, -1.0),
    "positive": lambda builder, a: a,
    "square": lambda builder, a: builder.square(a),
    "matmul": matmul,
    "vecdot": matmul,
    "matvec": matmul,
    "vecmat": matmul,
    **{op: _unary(op) for op in ("tanh", "cos", "sin")},
}
FUNCTIONS: dict[str, Callable[..., Node]] = {
    "sum": lambda builder, a: builder.sum(a),
    "mean": mean,
    "dot": matmul,
    "diff": _diff,
    "transpose": lambda builder, a: builder.transpose(a),
}
SHAPING: dict[str, Callable[..., Node]] = {
    "roll": _roll,
    "concatenate": _concatenate,
    "hstack": lambda builder, node, tup: _concatenate(builder, node, tup),
    "take": _take,
    "flip": _flip,
}
"""Functions with arguments of their own: rule(builder, to_node, *args, **options)."""
