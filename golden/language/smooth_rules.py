"""NumPy's smooth functions as rules on graph nodes: powers, quotients, exponentials, roots, and ranges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import SMOOTH, Node, uniform
from golden.language.layout import Value
from golden.language.numpy_rules import located, unsupported, where

__all__ = ["SMOOTH_UFUNCS", "clip"]

Rule = Callable[..., Node]


def _divide(builder: Builder, a: Node, b: Node) -> Node:
    """a / b: times the reciprocal, a number's or an array's own at once."""
    if a.shape == ():
        a = builder.fill(a, b.shape)
    elif b.shape == ():
        b = builder.fill(b, a.shape)
    fixed = b.data if b.data is not None else uniform(b)
    if fixed is not None:
        if not np.all(fixed):
            raise HelError(f"{where()}division by zero; divide by what is not zero")
        divisor = uniform(b)
        if divisor is not None:
            return builder.scale(a, 1.0 / divisor)
        return located(lambda: builder.mul(a, builder.const(1.0 / fixed)))
    return located(lambda: builder.mul(a, builder.unary("reciprocal", b)))


def _power(builder: Builder, a: Node, b: Node) -> Node:
    """a ** b with a number for one of the two."""
    exponent, base = uniform(b), uniform(a)
    if exponent is not None and b.shape in ((), a.shape):
        return builder.power_of(a, exponent)
    if base is not None and base > 0.0 and a.shape in ((), b.shape):
        return builder.unary("exp", builder.scale(b, math.log(base)))
    unsupported("** with two values that are traced, or an exponent that differs from element to element", "power")


def _log(builder: Builder, a: Node) -> Node:
    if a.op == "cosh":
        return builder.unary("logcosh", a.args[0])
    return a.args[0] if a.op == "exp" else builder.unary("log", a)


def _log1p(builder: Builder, a: Node) -> Node:
    return builder.unary("softplus", a.args[0]) if a.op == "exp" else builder.unary("log1p", a)


def _logaddexp(builder: Builder, a: Node, b: Node) -> Node:
    """log(e^a + e^b): log(2 cosh a) where b = -a, else a constant (or b) + softplus of the difference."""
    shape = a.shape or b.shape
    a, b = (builder.fill(x, shape) if x.shape == () else x for x in (a, b))
    if uniform(a) is not None:
        a, b = b, a
    if builder.scale(a, -1.0) is b:
        return builder.add(builder.unary("logcosh", a), builder.full(math.log(2.0), a.shape))
    return located(lambda: builder.add(b, builder.unary("softplus", builder.subtract(a, b))))


def _scaled(rule: Rule, before: float = 1.0, after: float = 1.0) -> Rule:
    """after * rule(before * x): other bases."""
    return lambda builder, a: builder.scale(rule(builder, builder.scale(a, before)), after)


def _unary(op: str) -> Rule:
    return lambda builder, a: builder.unary(op, a)


def clip(builder: Builder, value: Callable[[Any], Value], a: Any, a_min: Any = None, a_max: Any = None) -> Value:
    """np.clip(x, low, high) with two numbers: x, which is said to stay between them."""
    low, high = (uniform(value(one).node) if one is not None else None for one in (a_min, a_max))
    if low is None or high is None or not low < high:
        got = f"{a_min!r:.30} and {a_max!r:.30}"
        raise HelError(
            f"np.clip states the range of a function's argument, two numbers low < high, got {got}; give both, as"
            " np.clip(x, -0.75, 3.0)"
        )
    x = value(a)
    return Value(builder.clip(x.node, low, high), x.shape)


_PLAIN = ("exp", "expm1", "sqrt", "reciprocal", "sinh", "cosh", "tan", "arctan", "arctanh", "arcsinh")
assert set(_PLAIN) < set(SMOOTH)

SMOOTH_UFUNCS: dict[str, Rule] = {
    "divide": _divide,
    "power": _power,
    "float_power": _power,
    "log": _log,
    "log1p": _log1p,
    "logaddexp": _logaddexp,
    "log2": _scaled(_log, after=1.0 / math.log(2.0)),
    "log10": _scaled(_log, after=1.0 / math.log(10.0)),
    "exp2": _scaled(_unary("exp"), before=math.log(2.0)),
    **{op: _unary(op) for op in _PLAIN},
}
"""NumPy's name -> rule(builder, nodes)."""
