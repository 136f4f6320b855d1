"""Smooth functions of one variable without a product form: their values, their slopes, and NumPy's names for them.

They are nodes of the graph like tanh and sin, and differentiated like these. The integer program has them as tables,
alone or as parts of larger functions of the same variable (golden.compiler.tabulate).

==================  ==================  ===============================================
op                  value               slope of y = f(a)
==================  ==================  ===============================================
exp, expm1          e^a, e^a - 1        e^a
log, log1p          log a, log(1 + a)   1 / a, 1 / (1 + a)
sqrt                sqrt a              1 / (2 y)
reciprocal          1 / a               -y^2
power               a^c, c = factor     c a^(c - 1)
sinh, cosh          sinh a, cosh a      cosh a, sinh a
tan                 tan a               1 + y^2
arctan, arctanh     arctan a, artanh a  1 / (1 + a^2), 1 / (1 - a^2)
arcsinh             arsinh a            1 / sqrt(1 + a^2)
clip                a within function   1: a range is stated, not a corner
call                function(a)         function.slope(a)
==================  ==================  ===============================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from golden.errors import HelError
from golden.language.graph import SMOOTH, Array, Node

if TYPE_CHECKING:
    from golden.language.builder import Builder

__all__ = ["SLOPES", "value"]

Slope = Callable[["Builder", Node, Node], Node]
"""(builder, a, y) -> dy/da."""


def _one_plus(b: Builder, a: Node, factor: float = 1.0) -> Node:
    """1 + factor * a."""
    return b.add(b.full(1.0, a.shape), b.scale(a, factor))


def _reciprocal(b: Builder, a: Node) -> Node:
    return b.unary("reciprocal", a)


def _power_slope(b: Builder, a: Node, y: Node) -> Node:
    return b.scale(b.power_of(a, y.factor - 1.0), y.factor)


def _call_slope(b: Builder, a: Node, y: Node) -> Node:
    try:
        return b.call(a, y.function.slope)
    except HelError as error:
        raise HelError(f"{y.source}: {error}" if y.source else str(error)) from None


SLOPES: dict[str, Slope] = {
    "exp": lambda b, a, y: y,
    "expm1": lambda b, a, y: b.unary("exp", a),
    "log": lambda b, a, y: _reciprocal(b, a),
    "log1p": lambda b, a, y: _reciprocal(b, _one_plus(b, a)),
    "sqrt": lambda b, a, y: b.scale(_reciprocal(b, y), 0.5),
    "reciprocal": lambda b, a, y: b.scale(b.square(y), -1.0),
    "power": _power_slope,
    "sinh": lambda b, a, y: b.unary("cosh", a),
    "cosh": lambda b, a, y: b.unary("sinh", a),
    "tan": lambda b, a, y: _one_plus(b, b.square(y)),
    "arctan": lambda b, a, y: _reciprocal(b, _one_plus(b, b.square(a))),
    "arctanh": lambda b, a, y: _reciprocal(b, _one_plus(b, b.square(a), -1.0)),
    "arcsinh": lambda b, a, y: _reciprocal(b, b.unary("sqrt", _one_plus(b, b.square(a)))),
    "clip": lambda b, a, y: b.full(1.0, a.shape),
    "call": _call_slope,
}
"""One a function of `golden.language.graph.SMOOTH`."""

_VALUES: dict[str, Callable[[Array], Array]] = {
    name: getattr(np, name) for name in SMOOTH if name not in ("power", "clip", "call")
}


@dataclass(frozen=True)
class _Power:
    exponent: float

    def __call__(self, a: Array) -> Array:
        return np.asarray(np.power(a, self.exponent))


@dataclass(frozen=True)
class _Clip:
    low: float
    high: float

    def __call__(self, a: Array) -> Array:
        return np.clip(a, self.low, self.high)


def value(node: Node) -> Callable[[Array], Array]:
    """The NumPy function of a node of SMOOTH.

    >>> from golden.language.builder import Builder
    >>> b = Builder()
    >>> q = b.leaf("input", "q", (2,))
    >>> value(b.power_of(q, -1.5))(np.array([4.0]))
    array([0.125])
    """
    if node.op == "power":
        return _Power(node.factor)
    if node.op == "clip":
        return _Clip(*node.function)
    return node.function if node.op == "call" else _VALUES[node.op]
