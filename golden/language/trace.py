"""Traces ordinary NumPy code: called with symbols instead of arrays, a potential or a cost becomes a Graph.

What the code may use:

- ``+ - * /``, unary ``-``, ``**`` with a number
- ``matrix @ vector``, ``vector @ matrix``, ``vector @ vector``, ``.T`` of a matrix
- constant arrays in all of these: ``D @ q``, ``c * q``, ``q @ D``; they become the wiring of the array
- ``np.sum``, ``np.mean``, ``np.dot``, ``np.diff`` (of everything, no axis)
- ``x[i]``, ``x[a:b]``, ``x[a:b:c]`` and ``x[index array]`` of a vector; ``np.roll``, ``np.take``, ``np.flip``,
  ``np.concatenate``
- ``np.exp``, ``np.log``, ``np.log1p``, ``np.logaddexp``, ``np.sqrt``, ``np.sinh``, ``np.cosh``, ``np.tanh``,
  ``np.sin``, ``np.cos``, ``np.tan``, ``np.arctan``, ``np.arcsinh``, ``np.arctanh``; ``hel.table(f, df=...)`` of any
  function; ``np.clip(x, low, high)`` with two numbers, which states the range of x

A number meets a vector or matrix by repetition; otherwise operands have equal shapes (no other broadcasting).
Anything else raises `HelError` with the operation, the line of the user's code and this list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Graph, Node, Shape
from golden.language.numpy_rules import (
    FUNCTIONS,
    SHAPING,
    UFUNCS,
    index,
    located,
    matmul,
    mean,
    unsupported,
    where,
)
from golden.language.smooth_rules import SMOOTH_UFUNCS, clip

__all__ = ["Symbol", "trace_function"]


_UFUNCS, _SHAPING = UFUNCS | SMOOTH_UFUNCS, SHAPING | {"clip": clip}


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
        return Symbol(self._builder, index(self._builder, self.node, key))

    def sum(self) -> Symbol:
        return Symbol(self._builder, self._builder.sum(self.node))

    def mean(self) -> Symbol:
        return Symbol(self._builder, mean(self._builder, self.node))

    def dot(self, other: object) -> Symbol:
        return Symbol(self._builder, matmul(self._builder, self.node, _node(self._builder, other)))

    def clip(self, low: object, high: object) -> Symbol:
        return Symbol(self._builder, clip(self._builder, self._to_node, self, low, high))

    def called_by(self, function: Any) -> Symbol:
        """The value of a `golden.language.user_function.UserFunction`."""
        return Symbol(self._builder, self._builder.call(self.node, function))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Symbol:
        name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        rule = _UFUNCS.get(ufunc.__name__)
        if rule is None or method != "__call__":
            unsupported(name, ufunc.__name__)
        if "out" in options:
            unsupported("assignment in place (v += x and its like)", "inplace")
        if options:
            unsupported(f"{name} with {', '.join(sorted(options))}=")
        nodes = [_node(self._builder, value) for value in inputs]
        return Symbol(self._builder, rule(self._builder, *nodes))

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Symbol:
        shaping = _SHAPING.get(function.__name__)
        if shaping is not None:
            try:
                return Symbol(self._builder, shaping(self._builder, self._to_node, *args, **options))
            except TypeError:
                unsupported(f"np.{function.__name__} with these arguments")
        rule = FUNCTIONS.get(function.__name__)
        if rule is None:
            unsupported(f"np.{function.__name__}", function.__name__)
        if any(value is not None for value in options.values()):
            unsupported(f"np.{function.__name__} with {', '.join(sorted(options))}=")
        nodes = [_node(self._builder, value) for value in args]
        if len(nodes) != (2 if function.__name__ in ("dot", "matmul") else 1):
            unsupported(f"np.{function.__name__} with {len(nodes)} positional arguments")
        return Symbol(self._builder, rule(self._builder, *nodes))

    def _to_node(self, value: object) -> Node:
        return _node(self._builder, value)

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        unsupported("conversion to an array (np.asarray, np.array, assignment into an array)")

    def __bool__(self) -> NoReturn:
        unsupported("a decision on a traced value (if, while, and, or)")

    def __float__(self) -> NoReturn:
        unsupported("conversion to a Python number (float(), the math module)")

    def __setitem__(self, key: object, value: object) -> NoReturn:
        unsupported("assignment to an element")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        unsupported(f"the array method or attribute .{name}", name)

    def __repr__(self) -> str:
        return f"Symbol({self.node.op}, shape={self.shape})"


class _Parameters(Mapping[str, Symbol]):
    """theta while tracing: an unknown name is an error that lists the known ones."""

    def __init__(self, symbols: dict[str, Symbol]) -> None:
        self._symbols = symbols

    def __getitem__(self, name: str) -> Symbol:
        if name not in self._symbols:
            known = ", ".join(self._symbols) or "none"
            raise HelError(f"{where()}theta has no parameter {name!r}; declared parameters: {known}")
        return self._symbols[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._symbols)

    def __len__(self) -> int:
        return len(self._symbols)

    def _fixed(self, *_: object) -> NoReturn:
        raise HelError(
            f"{where()}theta is read, never changed: its names with [], get, keys, values and items;"
            ' put a new value in a variable of its own, c = 2 * theta["c"], or in dict(theta)'
        )

    __setitem__ = __delitem__ = __or__ = __ror__ = __ior__ = _fixed

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._fixed()


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
    theta = {
        key: Symbol(builder, builder.leaf("param", key, tuple(shape))) for key, shape in (parameters or {}).items()
    }
    builder.where = lambda: where().removesuffix(": ")
    result = function(*symbols) if parameters is None else function(*symbols, _Parameters(theta))
    if not isinstance(result, Symbol | int | float | np.number):
        got = f"{type(result).__name__}; return for example np.sum(...)"
        raise HelError(f"{name}: the {output} must be one number, got {got}")
    node = _node(builder, result)
    if node.shape != ():
        raise HelError(f"{name}: the {output} must be one number, got shape {node.shape}; wrap it in np.sum")
    return Graph(name, dict(inputs), dict(parameters or {}), {output: node}, builder)


def _node(builder: Builder, value: object) -> Node:
    if isinstance(value, Symbol):
        if value._builder is not builder:
            raise HelError(f"{where()}a value of one trace was used in another; do not keep symbols between calls")
        return value.node
    try:
        data = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        unsupported(f"an operand of type {type(value).__name__}")
    if np.asarray(value).dtype.kind not in "biuf":
        raise HelError(
            f"{where()}a whole number beyond 64 bits is a Python object to NumPy, not a number; write 2.0**70 for 2**70"
        )
    return located(lambda: builder.const(data))
