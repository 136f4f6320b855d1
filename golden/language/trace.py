"""Traces ordinary NumPy code: called with symbols instead of arrays, a potential or a cost becomes a Graph.

What the code may use:

- ``+ - * /``, unary ``-``, ``**`` with a number
- ``np.square``, ``np.sqrt``, ``np.reciprocal``, ``np.float_power``, ``np.exp``, ``np.exp2``, ``np.expm1``, ``np.log``,
  ``np.log2``, ``np.log10``, ``np.log1p``, ``np.logaddexp``, ``np.sinh``, ``np.cosh``, ``np.tanh``, ``np.sin``,
  ``np.cos``, ``np.tan``, ``np.arctan``, ``np.arcsinh``, ``np.arctanh``; ``hel.table(f, df=...)`` of any function;
  ``np.clip(x, low, high)`` with two numbers, which states the range of x
- ``W @ x``, ``x @ W``, ``x @ y``, ``np.dot``, ``np.vdot``, ``np.inner``, ``np.outer``, ``np.einsum``, ``np.polyval``
- constant arrays in all of these, sparse ones of scipy too: ``D @ q``, ``c * q``; they become the wiring of the array
- with axes and ``keepdims``: ``np.sum``, ``np.mean``, ``np.var``, ``np.prod`` (of few elements)
- linear: ``np.diff``, ``np.cumsum``, ``np.gradient``, ``np.average``, ``np.trapezoid``, ``np.trace``, ``np.ediff1d``,
  ``np.convolve``, ``np.correlate``, ``np.kron`` (with a constant)
- what moves elements: ``x[...]`` of every kind, ``.T``, ``np.transpose``, ``np.swapaxes``, ``np.moveaxis``,
  ``np.reshape``, ``np.ravel``, ``np.squeeze``, ``np.expand_dims``, ``np.atleast_1d``, ``np.atleast_2d``, ``np.resize``,
  ``np.roll``, ``np.flip``, ``np.fliplr``, ``np.flipud``, ``np.rot90``, ``np.take``, ``np.delete``, ``np.repeat``,
  ``np.tile``, ``np.broadcast_to``, ``np.broadcast_arrays``, ``np.meshgrid``, ``np.diag``, ``np.diagonal``, ``np.tril``,
  ``np.triu``, ``np.pad``, ``np.concatenate``, ``np.stack``, ``np.hstack``, ``np.vstack``, ``np.dstack``,
  ``np.column_stack``, ``np.append``, ``np.split``, ``np.array_split``, ``np.hsplit``, ``np.vsplit``
- ``np.where`` with a constant condition
- what asks for a shape: ``np.shape``, ``np.ndim``, ``np.size``, ``np.ones_like``, ``np.zeros_like``, ``np.full_like``,
  ``np.copy``, ``np.real``, ``np.real_if_close``

Operands repeat to a common shape as NumPy's do; a matrix of parameters meets vectors by ``@``, matrices and numbers.
Anything else raises `HelError` with the operation, the line of the user's code and what to write, or a list.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from golden.errors import HelError
from golden.language.array_rules import ARRAY_RULES, METHODS, index
from golden.language.builder import Builder
from golden.language.graph import Graph, Node, Shape
from golden.language.hints import HINTS
from golden.language.layout import Value, elementwise
from golden.language.numpy_rules import UFUNCS, called, located, unsupported, where
from golden.language.products import matmul
from golden.language.smooth_rules import SMOOTH_UFUNCS, clip

__all__ = ["Symbol", "trace_function"]


class Symbol(NDArrayOperatorsMixin):
    """A value that behaves like a NumPy array of its shape while a function is traced.

    Its node is a vector of its elements, a number, or a matrix of parameters: `golden.language.layout` says why.
    """

    __hash__ = None  # type: ignore[assignment]  # == is not available, as for arrays

    def __init__(self, builder: Builder, node: Node, shape: Shape | None = None) -> None:
        self._builder = builder
        self.node = node
        self.shape: Shape = node.shape if shape is None else shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def T(self) -> Any:
        return self._ruled("transpose", (self,), {})

    @property
    def real(self) -> Symbol:
        return self

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.float64)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number")
        return self.shape[0]

    def __iter__(self) -> Iterator[Symbol]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: object) -> Symbol:
        if any(isinstance(one, Symbol) for one in (key if isinstance(key, tuple | list) else (key,))):
            unsupported("an index that is a traced value", "index")
        x = Value(self.node, self.shape)
        try:
            found = located(lambda: index(self._builder, self._value, x, key))
        except HelError:
            raise
        except (IndexError, TypeError, ValueError) as error:
            more = {"q": ", or ask for more positions with -n", "u": ", or ask for more inputs with -m"}
            got = f"of shape {self.shape}: {error}; correct it{more.get(self.node.name, '')}"
            raise HelError(f"{where()}an index lies inside the array, {got}") from None
        return Symbol(self._builder, found.node, found.shape)

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return self._ruled("reshape", (self, shape[0] if len(shape) == 1 else shape), options)

    def transpose(self, *axes: Any) -> Any:
        return self._ruled("transpose", (self, (axes[0] if len(axes) == 1 else axes) or None), {})

    def flatten(self) -> Any:
        return self._ruled("ravel", (self,), {})

    def clip(self, low: Any, high: Any) -> Any:
        return self._ruled("clip", (self, low, high), {})

    def called_by(self, function: Any) -> Symbol:
        """The value of a `golden.language.user_function.UserFunction`."""
        return Symbol(self._builder, self._builder.call(self.node, function), self.shape)

    def copy(self) -> Symbol:
        return self

    def astype(self, dtype: Any, **_: Any) -> Symbol:
        if np.dtype(dtype) != np.float64:
            unsupported(f"conversion to {np.dtype(dtype)} (values are real numbers)", "item")
        return self

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = _named(ufunc) + ("" if method == "__call__" else f".{method}")
        if method in ("outer", "reduce", "accumulate"):
            return self._method(ufunc.__name__, method, inputs, options)
        if "out" in options and method == "__call__" and not options["out"][0].shape:
            del options["out"]  # v += x of a number: v is another one from here on, as in NumPy
        if ufunc.__name__ in _PRODUCTS or (ufunc.__name__ == "multiply" and any(map(_multiplies, inputs))):
            ufunc = np.matmul
        rule = _UFUNCS.get(ufunc.__name__)
        if (rule is None and ufunc is not np.matmul) or method != "__call__":
            vectorised = ufunc.__name__.endswith("(vectorized)")  # by np.frompyfunc
            unsupported(name, "vectorize" if vectorised else ufunc.__name__, _tabled(ufunc))
        if "out" in options:
            unsupported("assignment in place (v += x and its like)", "inplace")
        if options:
            unsupported(f"{name} with {', '.join(sorted(options))}=")
        values = [self._value(value) for value in inputs]
        found = located(
            lambda: (
                matmul(self._builder, *values) if rule is None
                else elementwise(self._builder, _SIGNS.get(ufunc.__name__, name), rule, values)
            )
        )  # fmt: skip
        return Symbol(self._builder, found.node, found.shape)

    def _method(self, ufunc: str, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """ufunc.outer, ufunc.reduce, ufunc.accumulate."""
        if method == "outer" and not options:
            a, b = (_symbols(self._builder, self._value(value)) for value in inputs)
            return getattr(np, ufunc)(a[(..., *(None,) * b.ndim)] if a.ndim else a, b)
        like = {("add", "reduce"): "sum", ("multiply", "reduce"): "prod", ("add", "accumulate"): "cumsum"}
        name = like.get((ufunc, method))
        if name is None:
            unsupported(f"np.{ufunc}.{method}", f"{ufunc}.{method}", HINTS.get(ufunc, ""))
        return self._ruled(name, inputs, {"axis": 0} | options)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return self._ruled(function.__name__, args, options, str(function.__module__).replace("numpy", "np", 1))

    def _ruled(self, name: str, args: tuple[Any, ...], options: dict[str, Any], module: str = "np") -> Any:
        """What a function of whole arrays makes."""
        if name == "matmul":
            return np.matmul(*args)
        rule = _ARRAY_RULES.get(name)
        if rule is None:
            unsupported(f"{module}.{name}", name)
        given = {key: value for key, value in options.items() if value is not None}
        try:
            found = located(lambda: rule(self._builder, self._value, *args, **given))
        except HelError:
            raise
        except TypeError:
            unsupported(f"np.{name} with these arguments", f"{name} arguments", _takes(name, rule))
        except (IndexError, ValueError) as error:  # as NumPy says it
            raise HelError(f"{where()}np.{name} takes other shapes or axes; {error}") from None
        return _symbols(self._builder, found)

    def _value(self, value: object) -> Value:
        return _valued(self._builder, value)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        if str(sys._getframe(1).f_globals.get("__name__")).startswith("scipy.sparse"):
            # No array to scipy, whose product then leaves the matrix to __rmatmul__ here.
            alone = np.empty((), object)
            alone[()] = self
            return alone
        name = called()
        if name:
            unsupported("np.vectorize" if name == "_vectorize_call" else name, name)
        unsupported("conversion to an array (np.asarray, np.array, assignment into an array)", "array")

    def __bool__(self) -> NoReturn:
        unsupported("a decision on a traced value (if, while, and, or)", "decision")

    def __float__(self) -> NoReturn:
        unsupported("conversion to a Python number (float(), the math module, assignment into an array)", "number")

    def __complex__(self) -> NoReturn:
        unsupported("conversion to a complex number", "complex")

    def __int__(self) -> NoReturn:
        unsupported("conversion to a whole number (int(), an index, range())", "item")

    __index__ = __int__

    def __format__(self, how: str) -> str:
        return repr(self)

    def __setitem__(self, key: object, value: object) -> NoReturn:
        unsupported("assignment to an element", "setitem")

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            return lambda *args, **options: self._ruled(name, (self, *args), options)
        if name.startswith("__"):
            raise AttributeError(name)
        unsupported(f"the array method or attribute .{name}", name)

    def __repr__(self) -> str:
        return f"Symbol({self.node.op}, shape={self.shape})"


_UFUNCS, _ARRAY_RULES = UFUNCS | SMOOTH_UFUNCS, ARRAY_RULES | {"clip": clip}
_PRODUCTS = ("matmul", "vecdot", "matvec", "vecmat")
_COMPARISONS = {
    "greater": ">",
    "less": "<",
    "greater_equal": ">=",
    "less_equal": "<=",
    "equal": "==",
    "not_equal": "!=",
}
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}


def _named(ufunc: np.ufunc) -> str:
    """As a user calls it: by its sign, as NumPy's, or as another package's."""
    name = ufunc.__name__
    if name in _COMPARISONS:
        return f"the comparison {_COMPARISONS[name]}"
    return f"np.{name}" if hasattr(np, name) else name


def _tabled(ufunc: np.ufunc) -> str:
    """What to write for a function of one variable from another package."""
    one = ufunc.nin == ufunc.nout == 1
    return f"write hel.table({_named(ufunc)}, df=..., low=..., high=...)" if one else ""


def _takes(name: str, rule: Callable[..., Any]) -> str:
    """What a rule takes, where that can be read from it."""
    parameters = list(inspect.signature(rule).parameters.values())[2:]
    if any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in parameters):
        return "look at its arguments"
    return f"it takes {', '.join(one.name for one in parameters if one.name not in ('out', 'dtype'))}"


def _symbols(builder: Builder, found: Any) -> Any:
    """Values as symbols; anything else as it is."""
    if isinstance(found, list):
        return [_symbols(builder, one) for one in found]
    return Symbol(builder, found.node, found.shape) if isinstance(found, Value) else found


def _multiplies(value: object) -> bool:
    """Whether `*` is the matrix product to it: of `scipy.sparse`, the matrices that are no arrays."""
    return any(cls.__name__ == "spmatrix" for cls in type(value).__mro__)


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
        if name in ("update", "pop", "popitem", "clear", "setdefault"):
            self._fixed()
        known = name if name in self._symbols else next(iter(self._symbols), "k")
        raise HelError(f'{where()}a parameter is asked for by its name, got theta.{name}; write theta["{known}"]')


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
    arguments = symbols if parameters is None else [*symbols, _Parameters(theta)]
    try:
        result = function(*arguments)
    except (TypeError, ValueError) as error:  # NumPy's own, of an array that a traced value was written into
        if isinstance(error.__cause__, HelError):
            raise error.__cause__ from None
        raise
    if not isinstance(result, Symbol | int | float | np.number):
        got = f"{type(result).__name__}; return for example np.sum(...)"
        raise HelError(f"{name}: the {output} must be one number, got {got}")
    value = _valued(builder, result)
    if value.shape != ():
        at = value.node.source or name
        raise HelError(f"{at}: the {output} must be one number, got shape {value.shape}; wrap it in np.sum")
    node = value.node
    return Graph(name, dict(inputs), dict(parameters or {}), {output: node}, builder)


def _valued(builder: Builder, value: Any) -> Value:
    """What was passed, as a value: a traced one, or a constant; a sparse matrix is the matrix it is."""
    if isinstance(value, Value):
        return value
    if isinstance(value, Symbol):
        if value._builder is not builder:
            raise HelError(f"{where()}a value of one trace was used in another; do not keep symbols between calls")
        return Value(value.node, value.shape)
    if hasattr(value, "toarray"):
        value = value.toarray()
    if value is None or value is NotImplemented:
        what = "nothing (None)" if value is None else "the element-wise product of a sparse matrix and a traced value"
        unsupported(f"{what} as an operand", "operand" if value is None else "multiply.sparse")
    try:
        data = np.asarray(value, dtype=None if np.iscomplexobj(value) else np.float64)
    except HelError:
        unsupported(f"a {type(value).__name__} of traced values as an operand", "array")
    except (TypeError, ValueError):
        unsupported(f"an operand of type {type(value).__name__}", "operand")
    kind = np.asarray(value).dtype.kind
    if kind == "c":
        unsupported("a complex number", "complex")
    if kind not in "biuf":
        what, example = "whole number beyond 64 bits", "2.0**70 for 2**70"
        if not isinstance(value, int):
            what, example = type(value).__name__, "float(x) for x"
        raise HelError(f"{where()}a {what} is a Python object to NumPy, not a number; write {example}")
    if data.ndim > 2:
        return Value(located(lambda: builder.const(data.ravel())), data.shape)
    return Value(located(lambda: builder.const(data)), data.shape)
