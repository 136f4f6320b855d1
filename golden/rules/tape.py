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
    def T(self) -> Variable:
        return Variable(np.transpose(self.value), [(self, np.transpose)])

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, key: Any) -> Variable:
        def pullback(g: Any) -> Any:
            full = np.zeros(self.shape, dtype=np.result_type(g))
            np.add.at(full, key, g)  # an index may occur more than once
            return full

        return Variable(self.value[key], [(self, pullback)])

    def sum(self) -> Variable:
        return Variable(np.sum(self.value), [(self, lambda g: g * np.ones(self.shape))])

    def mean(self) -> Any:
        return self.sum() * (1.0 / max(1, int(np.prod(self.shape))))

    def dot(self, other: Any) -> Any:
        return self @ other

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

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **options: Any) -> Variable:
        rule = _RULES.get(ufunc.__name__)
        if rule is None or method != "__call__" or options:
            raise HelError(
                f"the BPTT reference cannot differentiate np.{ufunc.__name__}; use HEL or finite differences"
            )
        values = [arg.value if isinstance(arg, Variable) else np.asarray(arg) for arg in args]
        value, pullbacks = rule(*values)
        pairs = zip(args, pullbacks, strict=True)
        return Variable(value, [(arg, pullback) for arg, pullback in pairs if isinstance(arg, Variable)])

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        plain = all(value is None for value in options.values())
        if function.__name__ not in _FUNCTIONS or not (plain or function.__name__ in _SHAPING):
            raise HelError(
                f"the BPTT reference cannot differentiate np.{function.__name__}; use HEL or finite differences"
            )
        return _FUNCTIONS[function.__name__](*args, **options)


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
    raise HelError(f"the BPTT reference multiplies matrix and vector, got shapes {np.shape(a)} and {np.shape(b)}")


def _logaddexp(a: Any, b: Any) -> tuple[Any, list[Pullback]]:
    top = np.maximum(np.real(a), np.real(b))  # any real shift is exact; NumPy's own function refuses complex numbers
    x, y = np.exp(a - top), np.exp(b - top)
    return top + np.log(x + y), [lambda g: g * x / (x + y), lambda g: g * y / (x + y)]


def _power(a: Any, k: Any) -> tuple[Any, list[Pullback]]:
    return a**k, [lambda g: g * k * a ** np.where(k == 0, 0, k - 1), lambda g: g * np.log(a) * a**k]


def _concatenate(arrays: Any, axis: int = 0) -> Variable:
    parts = [part if isinstance(part, Variable) else Variable(part) for part in arrays]
    stops = np.cumsum([len(part) for part in parts])
    sources = [(part, _between(stop - len(part), stop)) for part, stop in zip(parts, stops, strict=True)]
    return Variable(np.concatenate([part.value for part in parts]), sources)


def _between(start: int, stop: int) -> Pullback:
    return lambda g: g[start:stop]


def _one(
    function: Callable[[Any], Any], derivative: Callable[[Any], Any]
) -> Callable[[Any], tuple[Any, list[Pullback]]]:
    return lambda x: (function(x), [lambda g: g * derivative(x)])


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(),
    "dot": lambda a, b: a @ b,
    "transpose": lambda x: x.T,
    "diff": lambda x: x[1:] - x[:-1],
    "roll": lambda a, shift, axis=None: a[(np.arange(len(a)) - shift) % len(a)],
    "flip": lambda m, axis=None: m[::-1],
    "clip": lambda a, low, high: a.clip(low, high),
    "take": lambda a, indices, axis=None: a[indices],
    "concatenate": _concatenate,
    "hstack": _concatenate,
}
_SHAPING = ("roll", "flip", "take", "concatenate", "hstack")
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
