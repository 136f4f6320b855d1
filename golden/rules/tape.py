"""An automatic differentiation of its own, for the reference gradient: a tape of NumPy calls on real or complex arrays.

Nothing is shared with `golden.language.trace`, `golden.language.builder` and `golden.language.autodiff`: the user's
function runs on its actual numbers, each NumPy call is recorded as it was made (log and cosh are two calls; nothing is
rewritten or simplified), and every derivative below is written out again. All derivatives are complex-analytic, without
conjugation, so a tiny imaginary part d v in the argument gives a Hessian product, exact to round-off: H v = Im grad V(q
+ i d v) / d.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from golden.errors import HelError

__all__ = ["Variable", "gradients"]

Pullback = Callable[[Any], Any]


class Variable(NDArrayOperatorsMixin):
    """An array whose uses are recorded: value, and (operand, pullback of the adjoint) for each operand."""

    __hash__ = object.__hash__

    def __init__(self, value: Any, sources: Sequence[tuple[Variable, Pullback]] = ()) -> None:
        self.value = value
        self.sources = sources

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(np.shape(self.value))

    @property
    def T(self) -> Any:
        return _linear("transpose", self)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.size(self.value))

    @property
    def real(self) -> Variable:
        return self

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, key: Any) -> Variable:
        def pullback(g: Any) -> Any:
            full = np.zeros(self.shape, dtype=np.result_type(g))
            np.add.at(full, key, g)  # an index may occur more than once
            return full

        return Variable(self.value[key], [(self, pullback)])

    def sum(self, axis: Any = None, **options: Any) -> Any:
        if axis is not None or options:
            return _linear("sum", self, axis=axis, **options)
        return Variable(np.sum(self.value), [(self, lambda g: g * np.ones(self.shape))])

    def mean(self, axis: Any = None, **options: Any) -> Any:
        total = self.sum(axis, **options)
        return total * (np.size(_value(total)) / max(1, self.size))

    def var(self, axis: Any = None, ddof: float = 0) -> Any:
        total = ((self - self.mean(axis, keepdims=True)) ** 2).sum(axis)
        return total * (1.0 / (self.size / max(1, np.size(_value(total))) - ddof))

    def prod(self, axis: Any = None) -> Any:
        lines = np.moveaxis(np.arange(self.size).reshape(self.shape), axis, 0) if axis is not None else range(self.size)
        found: Any = 1.0
        for line in lines:
            found = found * self.reshape(-1)[line]
        return found

    def dot(self, other: Any) -> Any:
        return _dot(self, other)

    def clip(self, low: float, high: float) -> Variable:
        """The value in [low, high]; the slope goes on beyond, for a range is stated, not a corner."""
        real = np.real(self.value)
        return Variable(self.value - real + np.clip(real, low, high), [(self, lambda g: g)])

    def called_by(self, function: Any) -> Variable:
        """The value of a `golden.language.user_function.UserFunction`; to first order in an imaginary part."""
        real, tiny = np.real(self.value), 1j * np.imag(self.value) if np.iscomplexobj(self.value) else 0.0
        value = function(real) + tiny * function.slope(real)
        slope = function.slope(real) + tiny * function.bend(real)
        return Variable(value, [(self, lambda g: g * slope)])

    def copy(self) -> Variable:
        return self

    def astype(self, dtype: Any, **_: Any) -> Variable:
        return self

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return _linear("reshape", self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        return _linear("transpose", self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self) -> Any:
        return _linear("ravel", self)

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        return lambda *args, **options: _linear(name, self, *args, **options)

    def __array__(self, *_: Any, **__: Any) -> Any:
        """No array to others: scipy's product then leaves its matrix to `__rmatmul__` here."""
        alone = np.empty((), object)
        alone[()] = self
        return alone

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Any:
        if "out" in options and not np.shape(_value(options["out"][0])):
            del options["out"]  # v += x of a number is another number
        if method in _METHODS_OF_UFUNCS:
            return _METHODS_OF_UFUNCS[method](ufunc, *args, **options)
        rule = _RULES.get(ufunc.__name__)
        if rule is None or method != "__call__" or options:
            raise HelError(
                f"the BPTT reference cannot differentiate np.{ufunc.__name__}; use HEL or finite differences"
            )
        if ufunc.__name__ == "multiply" and any(c.__name__ == "spmatrix" for a in args for c in type(a).__mro__):
            return args[0] @ args[1]  # scipy's matrices that are no arrays
        values = [arg.value if isinstance(arg, Variable) else np.asarray(_dense(arg)) for arg in args]
        value, pullbacks = rule(*values)
        pairs = zip(args, pullbacks, strict=True)
        return Variable(value, [(arg, pullback) for arg, pullback in pairs if isinstance(arg, Variable)])

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        name = function.__name__
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](*args, **options)
        if name in _LINEAR:
            return _linear(name, *args, **options)
        raise HelError(f"the BPTT reference cannot differentiate np.{name}; use HEL or finite differences")


def gradients(function: Callable[..., Any], *arrays: Any) -> tuple[Any, list[Any]]:
    """The value of ``function(*variables)`` and its derivative by each array.

    >>> value, (slope,) = gradients(lambda q: np.sum(np.log(np.cosh(q))), np.array([0.0, 1e-30j]))
    >>> bool(np.allclose(slope.imag * 1e30, [0, 1]))
    True
    """
    variables = [Variable(array) for array in arrays]
    result = function(*variables)
    if not isinstance(result, Variable):
        return result, [np.zeros(np.shape(array)) for array in arrays]
    order: list[Variable] = []
    seen: set[int] = set()
    stack = [(result, False)]
    while stack:
        variable, ready = stack.pop()
        if ready:
            order.append(variable)
        elif id(variable) not in seen:
            seen.add(id(variable))
            stack.append((variable, True))
            stack.extend((source, False) for source, _ in variable.sources)
    adjoint: dict[int, Any] = {id(result): np.ones(())}
    for variable in reversed(order):
        for source, pullback in variable.sources:
            term = _fit(pullback(adjoint[id(variable)]), source.shape)
            key = id(source)
            adjoint[key] = adjoint[key] + term if key in adjoint else term
    return result.value, [adjoint.get(id(v), np.zeros(v.shape)) for v in variables]


def _fit(g: Any, shape: tuple[int, ...]) -> Any:
    """Sums over the axes along which an operand was repeated."""
    while np.ndim(g) > len(shape):
        g = np.sum(g, axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and np.shape(g)[axis] != 1:
            g = np.sum(g, axis=axis, keepdims=True)
    return g


def _matmul(a: Any, b: Any) -> tuple[Any, list[Pullback]]:
    match (np.ndim(a), np.ndim(b)):
        case (1, 1):
            return np.sum(a * b), [lambda g: g * b, lambda g: g * a]
        case (2, 1):
            return a @ b, [lambda g: g[:, None] * b, lambda g: g @ a]
        case (1, 2):
            return a @ b, [lambda g: b @ g, lambda g: a[:, None] * g]
    return a @ b, [lambda g: g @ np.swapaxes(b, -1, -2), lambda g: np.swapaxes(a, -1, -2) @ g]


def _logaddexp(a: Any, b: Any) -> tuple[Any, list[Pullback]]:
    top = np.maximum(np.real(a), np.real(b))  # any real shift is exact; NumPy's own function refuses complex numbers
    x, y = np.exp(a - top), np.exp(b - top)
    return top + np.log(x + y), [lambda g: g * x / (x + y), lambda g: g * y / (x + y)]


def _power(a: Any, k: Any) -> tuple[Any, list[Pullback]]:
    return a**k, [lambda g: g * k * a ** np.where(k == 0, 0, k - 1), lambda g: g * np.log(a) * a**k]


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Variable) else x


def _dense(x: Any) -> Any:
    return x.toarray() if hasattr(x, "toarray") else x


def _dot(a: Any, b: Any) -> Any:
    return a @ b if np.ndim(a) and np.ndim(b) else a * b


def _linear(name: str, *args: Any, **options: Any) -> Any:
    """A NumPy function that is linear (or affine) in each of its variables, which stand alone or in its first list.

    The pullback by a variable of g is the vector of sum(g (f(e) - f(0))) over its unit vectors e, all else held.
    """
    function = getattr(np, name)
    listed = bool(args) and isinstance(args[0], list | tuple)
    slots = [*args[0], *args[1:]] if listed else list(args)
    cut = len(args[0]) if listed else 0

    def made(values: list[Any]) -> Any:
        found = function(*([values[:cut], *values[cut:]] if listed else values), **options)
        return list(found) if isinstance(found, list | tuple) else found

    values = [_dense(_value(slot)) for slot in slots]
    result = made(values)

    def pullback(at: int, output: int | None) -> Pullback:
        def pulled(g: Any) -> Any:
            shape = np.shape(values[at])

            def of(unit: Any) -> Any:
                found = made([*values[:at], unit, *values[at + 1 :]])
                return found if output is None else found[output]

            zero = of(np.zeros(shape))
            units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
            return np.array([np.sum(g * (of(unit) - zero)) for unit in units]).reshape(shape)

        return pulled

    variables = [(slot, at) for at, slot in enumerate(slots) if isinstance(slot, Variable)]
    if isinstance(result, list):
        return [Variable(one, [(x, pullback(at, i)) for x, at in variables]) for i, one in enumerate(result)]
    return Variable(result, [(x, pullback(at, None)) for x, at in variables])


def _one(
    function: Callable[[Any], Any], derivative: Callable[[Any], Any]
) -> Callable[[Any], tuple[Any, list[Pullback]]]:
    return lambda x: (function(x), [lambda g: g * derivative(x)])


def _moved(name: str, quick: Callable[..., Any], count: int = 0) -> Callable[..., Any]:
    """`quick` of a vector and `count` arguments more, which the systems use at every step; else by unit vectors."""

    def made(x: Any, *args: Any, **options: Any) -> Any:
        return (
            quick(x, *args)
            if np.ndim(x) == 1 and len(args) == count and not options
            else _linear(name, x, *args, **options)
        )

    return made


def _roll(x: Any, shift: Any) -> Any:
    return x[(np.arange(len(x)) - shift) % len(x)] if np.ndim(shift) == 0 else _linear("roll", x, shift)


def _concatenate(arrays: Any, axis: Any = 0) -> Any:
    parts = [part if isinstance(part, Variable) else Variable(np.asarray(part)) for part in arrays]
    if axis != 0 or any(part.ndim != 1 for part in parts):
        return _linear("concatenate", list(arrays), axis)
    stops = np.cumsum([len(part) for part in parts])
    sources = [(part, _between(stop - len(part), stop)) for part, stop in zip(parts, stops, strict=True)]
    return Variable(np.concatenate([part.value for part in parts]), sources)


def _between(start: int, stop: int) -> Pullback:
    return lambda g: g[start:stop]


_METHODS = ("cumsum", "diagonal", "ravel", "repeat", "squeeze", "swapaxes", "take", "trace")
_LINEAR = (
    *_METHODS, "append", "atleast_1d", "atleast_2d", "average", "broadcast_arrays", "broadcast_to", "column_stack",
    "convolve", "correlate", "delete", "diag", "dstack", "ediff1d", "einsum", "expand_dims",
    "fliplr", "flipud", "gradient", "hsplit", "hstack", "inner", "kron", "meshgrid", "moveaxis", "outer", "pad",
    "reshape", "resize", "rot90", "split", "array_split", "stack", "tile", "transpose", "trapezoid", "tril", "triu",
    "vsplit", "vstack", "where",
)  # fmt: skip


def _outer(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    return ufunc(_linear("reshape", a, np.shape(_value(a)) + (1,) * np.ndim(_value(b))), b)


def _reduced(ufunc: np.ufunc, x: Any, axis: Any = 0) -> Any:
    if ufunc.__name__ not in ("add", "multiply"):
        raise HelError(f"the BPTT reference cannot differentiate np.{ufunc.__name__}.reduce; use finite differences")
    return x.sum(axis) if ufunc.__name__ == "add" else x.prod(axis)


def _accumulated(ufunc: np.ufunc, x: Any, axis: Any = 0) -> Any:
    if ufunc.__name__ != "add":
        raise HelError(
            f"the BPTT reference cannot differentiate np.{ufunc.__name__}.accumulate; use finite differences"
        )
    return _linear("cumsum", x, axis)


def _polyval(p: Any, x: Any) -> Any:
    total: Any = 0.0
    for one in p:
        total = total * x + one
    return total


_METHODS_OF_UFUNCS: dict[str, Callable[..., Any]] = {"outer": _outer, "reduce": _reduced, "accumulate": _accumulated}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": lambda x, axis=None, **options: x.sum(axis, **options),
    "mean": lambda x, axis=None, **options: x.mean(axis, **options),
    "var": lambda x, axis=None, **options: x.var(axis, **options),
    "prod": lambda x, axis=None, **options: x.prod(axis, **options),
    "dot": _dot,
    "clip": lambda a, low, high: a.clip(low, high),
    "roll": _moved("roll", _roll, 1),
    "flip": _moved("flip", lambda x: x[::-1]),
    "take": _moved("take", lambda x, indices: x[indices], 1),
    "diff": _moved("diff", lambda x: x[1:] - x[:-1]),
    "concatenate": _concatenate,
    "polyval": _polyval,
    "vdot": lambda a, b: _linear("ravel", a) @ _linear("ravel", b),
    "copy": lambda x: x,
    "real": lambda x: x,
    "real_if_close": lambda x: x,
    "shape": lambda x: x.shape,
    "ndim": lambda x: x.ndim,
    "size": lambda x, axis=None: x.size if axis is None else x.shape[axis],
    "ones_like": lambda x, **_: np.ones(x.shape),
    "zeros_like": lambda x, **_: np.zeros(x.shape),
    "full_like": lambda x, fill_value, **_: np.full(x.shape, fill_value),
}
_RULES: dict[str, Callable[..., tuple[Any, list[Pullback]]]] = {
    "add": lambda a, b: (a + b, [lambda g: g, lambda g: g]),
    "subtract": lambda a, b: (a - b, [lambda g: g, lambda g: -g]),
    "multiply": lambda a, b: (a * b, [lambda g: g * b, lambda g: g * a]),
    "divide": lambda a, b: (a / b, [lambda g: g / b, lambda g: -g * a / b**2]),
    "power": _power,
    "float_power": _power,
    "matmul": _matmul,
    "logaddexp": _logaddexp,
    "negative": _one(np.negative, lambda x: -1.0),
    "positive": _one(np.positive, lambda x: 1.0),
    "square": _one(np.square, lambda x: 2 * x),
    "log": _one(np.log, lambda x: 1 / x),
    "log1p": _one(np.log1p, lambda x: 1 / (1 + x)),
    "exp": _one(np.exp, np.exp),
    "exp2": _one(np.exp2, lambda x: np.log(2.0) * np.exp2(x)),
    "expm1": _one(np.expm1, np.exp),
    "log2": _one(np.log2, lambda x: 1 / (np.log(2.0) * x)),
    "log10": _one(np.log10, lambda x: 1 / (np.log(10.0) * x)),
    "sqrt": _one(np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "reciprocal": _one(np.reciprocal, lambda x: -1 / x**2),
    "sinh": _one(np.sinh, np.cosh),
    "cosh": _one(np.cosh, np.sinh),
    "tan": _one(np.tan, lambda x: 1 / np.cos(x) ** 2),
    "arctan": _one(np.arctan, lambda x: 1 / (1 + x**2)),
    "arctanh": _one(np.arctanh, lambda x: 1 / (1 - x**2)),
    "arcsinh": _one(np.arcsinh, lambda x: 1 / np.sqrt(1 + x**2)),
    "tanh": _one(np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sin": _one(np.sin, np.cos),
    "cos": _one(np.cos, lambda x: -np.sin(x)),
}
