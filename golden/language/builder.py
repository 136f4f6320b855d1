"""Builds nodes: checks shapes, interns equal expressions, and simplifies as it goes.

Rules applied on construction (c, d: numbers; 0: a uniform zero):

- constants fold; ``x + 0 = x``; ``0 x = 0``; ``1 x = x``; ``c x + d x = (c + d) x``; ``x x = square(x)``
- factors float out: ``(c x) y = c (x y)``, ``square(c x) = c^2 square(x)``, and through sum, fill, slice, pad,
  matvec, matvec_t, outer, transpose
- ``sum(fill(s)) = size s``; ``sum(pad(x)) = sum(x)``; ``slice(slice)``; ``fill(sum(x)) = x`` for one element
- ``a (1 / a) = 1``; ``1 / (c x) = (1 / c) (1 / x)``
- ``W^T^T = W``; a product with ``W^T`` becomes `matvec_t` (and back); ``(r x^T)^T = x r^T``
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from golden.errors import HelError
from golden.language.graph import SMOOTH, TABLES, Node, Shape, uniform

__all__ = ["Builder"]


class Builder:
    """Makes and interns the nodes of one graph.

    >>> b = Builder()
    >>> q = b.leaf("input", "q", (3,))
    >>> b.square(q) is b.mul(q, q)
    True
    >>> b.add(q, q).factor
    2.0
    """

    def __init__(self) -> None:
        self._interned: dict[object, Node] = {}
        self.where: Callable[[], str] = lambda: ""
        """The line of the user's code that new nodes are made for."""

    def _node(
        self,
        op: str,
        *args: Node,
        shape: Shape,
        name: str = "",
        factor: float = 1.0,
        start: int = 0,
        function: Any = None,
    ) -> Node:
        ids = tuple(id(arg) for arg in args)
        key = (op, tuple(sorted(ids)) if op in ("add", "mul") else ids, shape, name, factor, start, function)
        return self._intern(key, lambda: Node(op, args, shape, name, factor, start, None, self.where(), function))

    def _intern(self, key: object, make: Callable[[], Node]) -> Node:
        if key not in self._interned:
            self._interned[key] = make()
        return self._interned[key]

    # Leaves
    def leaf(self, op: str, name: str, shape: Shape) -> Node:
        """An ``input`` or ``param``."""
        assert op in ("input", "param")
        return self._node(op, shape=shape, name=name)

    def const(self, value: ArrayLike) -> Node:
        """A fixed array; a uniform one is a number, filled."""
        data = np.array(value, dtype=np.float64)
        if data.ndim > 2:
            raise HelError(f"a constant has at most 2 axes, got shape {data.shape}; write the function of one sample")
        if not np.all(np.isfinite(data)):
            raise HelError("a constant in a potential must be finite, got inf or nan; remove it")
        if data.ndim and data.size and np.all(data == data.flat[0]):
            return self.fill(self.const(data.flat[0]), data.shape)
        key = ("const", data.shape, (data + 0.0).tobytes())
        return self._intern(key, lambda: Node("const", (), data.shape, data=data, source=self.where()))

    def full(self, value: float, shape: Shape) -> Node:
        return self.fill(self.const(value), shape)

    # Elementwise
    def add(self, a: Node, b: Node) -> Node:
        self._same("+", a, b)
        x, y = uniform(a), uniform(b)
        if x is not None and y is not None:
            return self.full(x + y, a.shape)
        if x == 0.0 or y == 0.0:
            return b if x == 0.0 else a
        if a.data is not None and b.data is not None:
            return self.const(a.data + b.data)
        (base_a, factor_a), (base_b, factor_b) = _split(a), _split(b)
        if base_a is base_b:
            return self.scale(base_a, factor_a + factor_b)
        return self._node("add", a, b, shape=a.shape)

    def subtract(self, a: Node, b: Node) -> Node:
        return self.add(a, self.scale(b, -1.0))

    def mul(self, a: Node, b: Node) -> Node:
        self._same("*", a, b)
        x, y = uniform(a), uniform(b)
        if x is not None or y is not None:
            return self.scale(b, x) if x is not None else self.scale(a, y if y is not None else 1.0)
        if a.data is not None and b.data is not None:
            return self.const(a.data * b.data)
        (a, c), (b, d) = _split(a), _split(b)
        if (a.op == "reciprocal" and a.args[0] is b) or (b.op == "reciprocal" and b.args[0] is a):
            return self.full(c * d, a.shape)
        node = self._node("square", a, shape=a.shape) if a is b else self._node("mul", a, b, shape=a.shape)
        return self.scale(node, c * d)

    def square(self, a: Node) -> Node:
        return self.mul(a, a)

    def power(self, a: Node, exponent: int) -> Node:
        """a to a whole power >= 0, by squaring."""
        if exponent == 0:
            return self.full(1.0, a.shape)
        half = self.power(a, exponent // 2)
        whole = self.square(half) if exponent > 1 else None
        if whole is None:
            return a
        return self.mul(a, whole) if exponent % 2 else whole

    def scale(self, a: Node, factor: float) -> Node:
        value = uniform(a)
        if value is not None:
            return self.full(value * factor, a.shape)
        if a.data is not None:
            return self.const(a.data * factor)
        base, inner = _split(a)
        factor = float(factor) * inner
        if not math.isfinite(factor):
            raise HelError(f"a factor in a potential must be finite, got {factor}; check the division or power")
        if factor == 0.0:
            return self.full(0.0, a.shape)
        return base if factor == 1.0 else self._node("scale", base, shape=a.shape, factor=factor)

    def unary(self, op: str, a: Node) -> Node:
        """A function of TABLES or SMOOTH, element by element; of a number that is filled, once."""
        assert op in TABLES + SMOOTH
        if op == "reciprocal" and a.op == "scale":
            return self.scale(self.unary(op, a.args[0]), 1.0 / a.factor)
        if op in SMOOTH and a.op == "fill":
            return self.fill(self.unary(op, a.args[0]), a.shape)
        return self._node(op, a, shape=a.shape)

    def power_of(self, a: Node, exponent: float) -> Node:
        """a to any fixed power: products, a root or a reciprocal of these where that will do."""
        if exponent == int(exponent):
            whole = self.power(a, abs(int(exponent)))
            return whole if exponent >= 0 else self.unary("reciprocal", whole)
        if abs(exponent) == 0.5:
            root = self.unary("sqrt", a)
            return root if exponent > 0 else self.unary("reciprocal", root)
        if a.op == "fill":
            return self.fill(self.power_of(a.args[0], exponent), a.shape)
        return self._node("power", a, shape=a.shape, factor=float(exponent))

    def clip(self, a: Node, low: float, high: float) -> Node:
        """a, which is said to stay in [low, high]."""
        if a.op == "fill":
            return self.fill(self.clip(a.args[0], low, high), a.shape)
        return self._node("clip", a, shape=a.shape, function=(float(low), float(high)))

    def call(self, a: Node, function: Any) -> Node:
        """A user's function of a, element by element."""
        if a.op == "fill":
            return self.fill(self.call(a.args[0], function), a.shape)
        return self._node("call", a, shape=a.shape, function=function)

    def turn(self, a: Node, log2: int) -> Node:
        """2**-log2 a, in turns, modulo 1."""
        return self._node("turn", a, shape=a.shape, start=log2)

    def table(self, a: Node, function: Any) -> Node:
        """A function that is to be looked up in a table."""
        return self._node("table", a, shape=a.shape, function=function)

    def again(self, node: Node, args: tuple[Node, ...]) -> Node:
        """A node's operation on other operands."""
        if args == node.args:
            return node
        match node.op:
            case "scale":
                return self.scale(args[0], node.factor)
            case "power":
                return self.power_of(args[0], node.factor)
            case "clip":
                return self.clip(args[0], *node.function)
            case "call" | "table":
                return self._node(node.op, args[0], shape=node.shape, function=node.function)
            case "fill":
                return self.fill(args[0], node.shape)
            case "turn":
                return self.turn(args[0], node.start)
            case "slice":
                return self.slice(args[0], node.start, node.shape[0])
            case "pad":
                return self.pad(args[0], node.start, node.shape[0])
            case op if op in TABLES + SMOOTH:
                return self.unary(op, args[0])
        made: Node = getattr(self, node.op)(*args)
        return made

    # Sums and shapes
    def sum(self, a: Node) -> Node:
        size = math.prod(a.shape)
        if a.shape == () or size == 0:
            return a if a.shape == () else self.const(0.0)
        if a.op == "scale":
            return self.scale(self.sum(a.args[0]), a.factor)
        if a.op == "fill":
            return self.scale(a.args[0], float(size))
        if a.op == "pad":
            return self.sum(a.args[0])
        if a.data is not None:
            return self.const(a.data.sum())
        return self._node("sum", a, shape=())

    def fill(self, a: Node, shape: Shape) -> Node:
        assert a.shape == ()
        if shape == ():
            return a
        if a.op == "scale":
            return self.scale(self.fill(a.args[0], shape), a.factor)
        if a.op == "sum" and a.args[0].shape == shape:
            if math.prod(shape) == 1:
                return a.args[0]
        return self._node("fill", a, shape=shape)

    def slice(self, x: Node, start: int, length: int) -> Node:
        """x[start : start + length] of a vector."""
        assert len(x.shape) == 1 and 0 <= start <= start + length <= x.shape[0]
        if length == x.shape[0]:
            return x
        if x.op == "scale":
            return self.scale(self.slice(x.args[0], start, length), x.factor)
        if x.op == "slice":
            return self.slice(x.args[0], x.start + start, length)
        if x.op == "fill":
            return self.fill(x.args[0], (length,))
        if x.data is not None:
            return self.const(x.data[start : start + length])
        return self._node("slice", x, shape=(length,), start=start)

    def pad(self, x: Node, start: int, length: int) -> Node:
        """A vector of `length` zeros, with x from element `start` on."""
        assert len(x.shape) == 1 and 0 <= start <= start + x.shape[0] <= length
        if length == x.shape[0]:
            return x
        if uniform(x) == 0.0 or x.shape == (0,):
            return self.full(0.0, (length,))
        if x.op == "scale":
            return self.scale(self.pad(x.args[0], start, length), x.factor)
        return self._node("pad", x, shape=(length,), start=start)

    # Matrices
    def transpose(self, w: Node) -> Node:
        if len(w.shape) < 2:
            return w
        if w.op == "transpose":
            return w.args[0]
        if w.op == "scale":
            return self.scale(self.transpose(w.args[0]), w.factor)
        if w.op == "outer":
            return self.outer(w.args[1], w.args[0])
        if w.op == "fill":
            return self.fill(w.args[0], w.shape[::-1])
        if w.data is not None:
            return self.const(w.data.T)
        return self._node("transpose", w, shape=w.shape[::-1])

    def matvec(self, w: Node, x: Node) -> Node:
        """W x, the full sum."""
        return self._product("matvec", "matvec_t", w, x, 1)

    def matvec_t(self, w: Node, r: Node) -> Node:
        """W^T r, the full sum."""
        return self._product("matvec_t", "matvec", w, r, 0)

    def _product(self, op: str, other: str, w: Node, x: Node, axis: int) -> Node:
        if len(w.shape) != 2 or len(x.shape) != 1 or w.shape[axis] != x.shape[0]:
            raise HelError(f"a matrix product needs (n, m) @ (m,) or (n,) @ (n, m), got {w.shape} and {x.shape}"
                           f"{'' if axis else ' with the matrix transposed'}; check the operands' order")  # fmt: skip
        if uniform(w) == 0.0 or uniform(x) == 0.0:
            return self.full(0.0, (w.shape[1 - axis],))
        (w, c), (x, d) = _split(w), _split(x)
        if w.op == "transpose":
            w, op, axis = w.args[0], other, 1 - axis
        return self.scale(self._node(op, w, x, shape=(w.shape[1 - axis],)), c * d)

    def outer(self, r: Node, x: Node) -> Node:
        """r x^T."""
        assert len(r.shape) == len(x.shape) == 1
        shape = (r.shape[0], x.shape[0])
        if uniform(r) == 0.0 or uniform(x) == 0.0:
            return self.full(0.0, shape)
        (r, c), (x, d) = _split(r), _split(x)
        return self.scale(self._node("outer", r, x, shape=shape), c * d)

    @staticmethod
    def _same(sign: str, a: Node, b: Node) -> None:
        if a.shape != b.shape:
            raise HelError(f"operands of {sign} must have the same shape, or one is a number; "
                           f"got {a.shape} and {b.shape}; slice or sum them to agree")  # fmt: skip


def _split(node: Node) -> tuple[Node, float]:
    return (node.args[0], node.factor) if node.op == "scale" else (node, 1.0)
