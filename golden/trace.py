"""Traces ordinary NumPy code: called with symbols instead of arrays, a potential or a cost becomes a Graph.

What the code may use:

- ``+ - *``, unary ``-``, division by a number, ``**`` with a whole exponent >= 0
- ``matrix @ vector``, ``vector @ matrix``, ``vector @ vector``, ``.T`` of a matrix
- ``np.sum``, ``np.mean``, ``np.dot``, ``np.diff`` (of everything, no axis); ``x[i]`` and ``x[a:b]`` of a vector
- ``np.log(np.cosh(x))``, ``np.logaddexp(a, b)``, ``np.log1p(np.exp(x))``, ``np.tanh``, ``np.sin``, ``np.cos``

A number meets a vector or matrix by repetition; otherwise operands have equal shapes (no other broadcasting).
Anything else raises `HelError` with the operation, the line of the user's code and this list.
"""

from __future__ import annotations

import linecache
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from golden.build import Builder
from golden.errors import HelError
from golden.graph import Graph, Node, Shape, topological

if TYPE_CHECKING:
    from golden.systems.base import System

__all__ = ["AVAILABLE", "Symbol", "trace", "trace_function"]

AVAILABLE = (
    "+ - *, / by a number, ** with a whole exponent, @, .T, np.sum, np.mean, np.dot, np.diff, x[i], x[a:b], "
    "np.log(np.cosh(x)), np.logaddexp, np.log1p(np.exp(x)), np.tanh, np.sin, np.cos, np.square"
)
_HERE = {str(Path(__file__).with_name(name)) for name in ("trace.py", "build.py")}


class Symbol(NDArrayOperatorsMixin):
    """A node that behaves like a NumPy array of its shape while a function is traced."""

    __hash__ = None  # type: ignore[assignment]  # == is not available, as for arrays

    def __init__(self, builder: Builder, node: Node) -> None:
        self._builder = builder
        self.node = node

    @property
    def shape(self) -> Shape:
        return self.node.shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def T(self) -> Symbol:
        return Symbol(self._builder, self._builder.transpose(self.node))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number")
        return self.shape[0]

    def __iter__(self) -> Iterator[Symbol]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: object) -> Symbol:
        return Symbol(self._builder, _index(self._builder, self.node, key))

    def sum(self) -> Symbol:
        return Symbol(self._builder, self._builder.sum(self.node))

    def mean(self) -> Symbol:
        return Symbol(self._builder, _mean(self._builder, self.node))

    def dot(self, other: object) -> Symbol:
        return Symbol(self._builder, _matmul(self._builder, self.node, _node(self._builder, other)))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Symbol:
        name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        rule = _UFUNCS.get(ufunc.__name__)
        if rule is None or method != "__call__":
            _unsupported(name)
        if options:
            _unsupported(f"{name} with {', '.join(sorted(options))}=")
        nodes = [_node(self._builder, value) for value in inputs]
        return Symbol(self._builder, rule(self._builder, *nodes))

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Symbol:
        rule = _FUNCTIONS.get(function.__name__)
        if rule is None:
            _unsupported(f"np.{function.__name__}")
        if any(value is not None for value in options.values()):
            _unsupported(f"np.{function.__name__} with {', '.join(sorted(options))}=")
        nodes = [_node(self._builder, value) for value in args]
        if len(nodes) != (2 if function.__name__ in ("dot", "matmul") else 1):
            _unsupported(f"np.{function.__name__} with {len(nodes)} positional arguments")
        return Symbol(self._builder, rule(self._builder, *nodes))

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        _unsupported("conversion to an array (np.asarray, np.array, assignment into an array)")

    def __bool__(self) -> NoReturn:
        _unsupported("a decision on a traced value (if, while, and, or)")

    def __float__(self) -> NoReturn:
        _unsupported("conversion to a Python number (float(), the math module)")

    def __setitem__(self, key: object, value: object) -> NoReturn:
        _unsupported("assignment to an element")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        _unsupported(f"the array method or attribute .{name}")

    def __repr__(self) -> str:
        return f"Symbol({self.node.op}, shape={self.shape})"


class _Parameters(Mapping[str, Symbol]):
    """theta while tracing: an unknown name is an error that lists the known ones."""

    def __init__(self, symbols: dict[str, Symbol]) -> None:
        self._symbols = symbols

    def __getitem__(self, name: str) -> Symbol:
        if name not in self._symbols:
            known = ", ".join(self._symbols) or "none"
            raise HelError(f"{_where()}theta has no parameter {name!r}; declared parameters: {known}")
        return self._symbols[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)


def trace(system: System) -> Graph:
    """The graph of a system's potential V(q, u; theta): inputs q (n,) and u (m,), one output ``potential`` of shape ().

    Raises
    ------
    HelError : an operation outside the vocabulary, shapes that do not agree, or a result that is not one number.
    """
    return trace_function(
        system.potential, system.name, {"q": (system.n,), "u": (system.m,)}, system.parameters, output="potential"
    )


def trace_function(
    function: Callable[..., Any],
    name: str,
    inputs: Mapping[str, Shape],
    parameters: Mapping[str, Shape] | None = None,
    *,
    output: str = "value",
) -> Graph:
    """Traces ``function(*inputs)``, or ``function(*inputs, theta)`` where there are `parameters`, to one number.

    >>> print(trace_function(lambda q, y: np.sum((q - y) ** 2) / 2, "cost", {"q": (2,), "target": (2,)}))
    cost: inputs q (2), target (2); parameters none
      %0 = input q          : (2)
      %1 = input target     : (2)
      %2 = scale %1 by -1   : (2)
      %3 = add %0 %2        : (2)
      %4 = square %3        : (2)
      %5 = sum %4           : ()
      %6 = scale %5 by 0.5  : ()
      value = %6
    """
    clash = set(inputs) & set(parameters or {})
    if clash:
        taken = ", ".join(sorted(clash))
        raise HelError(f"{name}: parameters may not be called {taken}, the names of the inputs; rename them")
    builder = Builder()
    symbols = [Symbol(builder, builder.leaf("input", key, tuple(shape))) for key, shape in inputs.items()]
    if parameters is None:
        result = function(*symbols)
    else:
        theta = {key: Symbol(builder, builder.leaf("param", key, tuple(shape))) for key, shape in parameters.items()}
        result = function(*symbols, _Parameters(theta))
    if not isinstance(result, Symbol | int | float | np.number):
        got = f"{type(result).__name__}; return for example np.sum(...)"
        raise HelError(f"{name}: the {output} must be one number, got {got}")
    node = _node(builder, result)
    if node.shape != ():
        raise HelError(f"{name}: the {output} must be one number, got shape {node.shape}; wrap it in np.sum")
    for below in topological([node]):
        if below.op in ("cosh", "exp"):
            raise HelError(f"{name}: np.{below.op} is available only inside a logarithm; available: {AVAILABLE}")
    return Graph(name, dict(inputs), dict(parameters or {}), {output: node}, builder)


def _node(builder: Builder, value: object) -> Node:
    if isinstance(value, Symbol):
        if value._builder is not builder:
            raise HelError(f"{_where()}a value of one trace was used in another; do not keep symbols between calls")
        return value.node
    try:
        data = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        _unsupported(f"an operand of type {type(value).__name__}")
    return _located(lambda: builder.const(data))


def _located(make: Callable[[], Node]) -> Node:
    try:
        return make()
    except HelError as error:
        where = _where()
        raise HelError(str(error) if str(error).startswith(where) else where + str(error)) from None


def _where() -> str:
    """``file:line: `source`: `` of the innermost frame that is neither this machinery nor NumPy, or ""."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path not in _HERE and f"{Path(np.__file__).parent}" not in path:
            source = linecache.getline(path, frame.f_lineno).strip()
            return f"{Path(path).name}:{frame.f_lineno}: " + (f"`{source}`: " if source else "")
        frame = frame.f_back
    return ""


def _unsupported(what: str) -> NoReturn:
    raise HelError(f"{_where()}{what} is not available in a traced function; available: {AVAILABLE}")


def _elementwise(method: str) -> Callable[[Builder, Node, Node], Node]:
    def rule(builder: Builder, a: Node, b: Node) -> Node:
        if a.shape == ():
            a = builder.fill(a, b.shape)
        elif b.shape == ():
            b = builder.fill(b, a.shape)
        make: Callable[[Node, Node], Node] = getattr(builder, method)
        return _located(lambda: make(a, b))

    return rule


def _divide(builder: Builder, a: Node, b: Node) -> Node:
    divisor = builder.uniform(b)
    if divisor is None:
        _unsupported("division by a traced value or a varying array")
    if divisor == 0.0:
        raise HelError(f"{_where()}division by zero")
    if a.shape == ():
        a = builder.fill(a, b.shape)
    return builder.scale(a, 1.0 / divisor)


def _power(builder: Builder, a: Node, b: Node) -> Node:
    exponent = builder.uniform(b)
    if exponent is None or exponent < 0 or exponent != int(exponent) or b.shape not in ((), a.shape):
        here = "" if exponent is None else f" (here {exponent:g})"
        _unsupported("** with an exponent that is not a whole number >= 0" + here)
    return builder.power(a, int(exponent))


def _matmul(builder: Builder, a: Node, b: Node) -> Node:
    ranks = (len(a.shape), len(b.shape))
    if ranks == (1, 1):
        if a.shape != b.shape:
            raise HelError(f"{_where()}an inner product needs equal lengths, got {a.shape} and {b.shape}")
        return builder.sum(builder.mul(a, b))
    if ranks == (2, 1):
        return _located(lambda: builder.matvec(a, b))
    if ranks == (1, 2):
        return _located(lambda: builder.matvec_t(b, a))
    _unsupported(f"@ of shapes {a.shape} and {b.shape} (one operand must be a vector)")


def _index(builder: Builder, x: Node, key: object) -> Node:
    if len(x.shape) != 1:
        _unsupported(f"indexing of an array of shape {x.shape} (vectors only)")
    size = x.shape[0]
    if isinstance(key, slice):
        start, stop, step = key.indices(size)
        if step != 1:
            _unsupported(f"slicing with step {step}")
        return builder.slice(x, start, max(0, stop - start))
    if isinstance(key, int | np.integer):
        at = int(key) + (size if key < 0 else 0)
        if not 0 <= at < size:
            raise HelError(f"{_where()}an index lies in -{size}..{size - 1} for a vector of {size} elements, got {key}")
        return builder.sum(builder.slice(x, at, 1))
    _unsupported(f"indexing with {type(key).__name__}")


def _mean(builder: Builder, a: Node) -> Node:
    return builder.scale(builder.sum(a), 1.0 / max(1, math.prod(a.shape)))


def _diff(builder: Builder, x: Node) -> Node:
    if len(x.shape) != 1 or x.shape[0] < 1:
        _unsupported(f"np.diff of shape {x.shape} (vectors only)")
    size = x.shape[0]
    return builder.subtract(builder.slice(x, 1, size - 1), builder.slice(x, 0, size - 1))


def _log(builder: Builder, a: Node) -> Node:
    if a.op == "cosh":
        return builder.unary("logcosh", a.args[0])
    if a.op == "exp":
        return a.args[0]
    _unsupported("np.log of anything but np.cosh(x) or np.exp(x)")


def _log1p(builder: Builder, a: Node) -> Node:
    if a.op != "exp":
        _unsupported("np.log1p of anything but np.exp(x)")
    return builder.unary("softplus", a.args[0])


def _logaddexp(builder: Builder, a: Node, b: Node) -> Node:
    """log(e^a + e^b): log(2 cosh a) where b = -a, else a constant (or b) + softplus of the difference."""
    if builder.uniform(a) is not None:
        a, b = b, a
    if builder.scale(a, -1.0) is b:
        return builder.add(builder.unary("logcosh", a), builder.full(math.log(2.0), a.shape))
    return builder.add(b, builder.unary("softplus", builder.subtract(a, b)))


def _unary(op: str) -> Callable[[Builder, Node], Node]:
    return lambda builder, a: builder.unary(op, a)


def _pairwise(rule: Callable[[Builder, Node, Node], Node]) -> Callable[[Builder, Node, Node], Node]:
    def filled(builder: Builder, a: Node, b: Node) -> Node:
        shape = a.shape or b.shape
        a, b = (builder.fill(x, shape) if x.shape == () else x for x in (a, b))
        return _located(lambda: rule(builder, a, b))

    return filled


_UFUNCS: dict[str, Callable[..., Node]] = {
    "add": _elementwise("add"),
    "subtract": _elementwise("subtract"),
    "multiply": _elementwise("mul"),
    "divide": _divide,
    "power": _power,
    "negative": lambda builder, a: builder.scale(a, -1.0),
    "positive": lambda builder, a: a,
    "square": lambda builder, a: builder.square(a),
    "matmul": _matmul,
    "vecdot": _matmul,
    "matvec": _matmul,
    "vecmat": _matmul,
    "log": _log,
    "log1p": _log1p,
    "logaddexp": _pairwise(_logaddexp),
    **{op: _unary(op) for op in ("cosh", "exp", "tanh", "cos", "sin")},
}
_FUNCTIONS: dict[str, Callable[..., Node]] = {
    "sum": lambda builder, a: builder.sum(a),
    "mean": _mean,
    "dot": _matmul,
    "diff": _diff,
    "transpose": lambda builder, a: builder.transpose(a),
}
