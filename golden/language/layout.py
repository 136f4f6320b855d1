"""Arrays on vectors: how a value of any shape lies in a node of the graph.

A node of the graph is a number, a vector, or a matrix of parameters (docs: `golden.language.graph`), because these are
what the array computes with: a vector of any length is spread over its elements, whatever its entries mean. So the
shape that a user sees is kept here, beside the node:

- a number is a node of shape (); a value of any other shape is a vector of its elements in NumPy's order (C)
- a constant of two axes, and a matrix of parameters, are nodes of two axes: what `W @ x` and `D @ x` read
- what only moves elements (an index, a transpose, a repetition) is a constant matrix of 0 and 1 times the vector

How elements move is asked of NumPy itself: its function is called with their numbers in place of their values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Array, Node, Shape, uniform

__all__ = [
    "Refused",
    "Value",
    "array",
    "broadcast",
    "elementwise",
    "flat",
    "linear",
    "moved",
    "of",
    "reshaped",
    "shared_shape",
    "shown",
]


class Refused(HelError):
    """What cannot be traced, said without its place: the rule and what to write."""


@dataclass(frozen=True)
class Value:
    """A traced value: its node, and the shape that NumPy would say it has."""

    node: Node
    shape: Shape

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def matrix(self) -> bool:
        """Whether it is a matrix of parameters, or of what is made of them element by element."""
        return len(self.node.shape) == 2 and array(self.node) is None


def shown(shape: Shape) -> str:
    """A shape as a message quotes it.

    >>> shown((3,)), shown((2, 3))
    ('(3,)', '(2, 3)')
    """
    return str(tuple(int(size) for size in shape))


def array(node: Node) -> Array | None:
    """The value of a constant node, else None."""
    value = uniform(node)
    return np.full(node.shape, value) if value is not None else node.data


def of(builder: Builder, vector: Node, shape: Shape) -> Value:
    """The value of a vector of its elements."""
    return Value(vector if shape else builder.sum(vector), tuple(int(size) for size in shape))


def flat(builder: Builder, value: Value) -> Node:
    """The vector of a value's elements."""
    fixed = array(value.node)
    if value.node.shape == ():
        return builder.fill(value.node, (value.size,))
    if len(value.node.shape) == 1:
        return value.node
    if fixed is not None:
        return builder.const(fixed.ravel())
    rows, columns = value.node.shape
    if columns == 1:
        return builder.matvec(value.node, builder.full(1.0, (1,)))
    if rows == 1:
        return builder.matvec_t(value.node, builder.full(1.0, (1,)))
    name = value.node.name or "W"
    raise Refused(
        "a matrix of parameters stands in products with vectors, as W @ x, and not element by element; write W @ y for"
        f" (W * y).sum(axis=1), x @ (W @ y) for np.sum(W * np.outer(x, y)), or declare {name} with the shape"
        f' ({rows * columns},) and write theta["{name}"].reshape({rows}, {columns})'
    )


def reshaped(builder: Builder, value: Value, shape: Shape) -> Value:
    """The same elements in another shape."""
    return value if value.shape == shape else of(builder, flat(builder, value), shape)


def shared_shape(sign: str, shapes: Sequence[Shape]) -> Shape:
    """The shape that operands of these shapes have together."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        got = " and ".join(map(shown, shapes))
        raise Refused(
            f"operands of {sign} must have the same shape, or repeat to one; got {got}; slice or sum them to agree"
        ) from None


def broadcast(builder: Builder, value: Value, shape: Shape) -> Node:
    """The vector of a value repeated to a shape; a number stays one."""
    if value.shape == () or value.shape == shape and len(value.node.shape) == 1:
        return value.node
    fixed = array(value.node)
    if fixed is not None:
        return builder.const(np.broadcast_to(fixed.reshape(value.shape), shape).ravel())
    vector = flat(builder, value)
    if value.size == 1 or value.size == math.prod(shape):
        return builder.fill(builder.sum(vector), (math.prod(shape),)) if value.size == 1 else vector
    return moved(builder, [value], lambda places: np.broadcast_to(places, shape))[0].node


def elementwise(builder: Builder, name: str, rule: Callable[..., Node], values: Sequence[Value]) -> Value:
    """A function of elements at the operands' common shape. Matrices of parameters meet their like, and numbers."""
    shape = shared_shape(name, [value.shape for value in values])
    if any(value.matrix and value.shape == shape for value in values):
        whole = [value for value in values if len(value.node.shape) != 2 and value.shape]
        if not any(array(value.node) is None for value in whole):
            return Value(rule(builder, *(_as_matrix(builder, value, shape) for value in values)), shape)
    return Value(rule(builder, *(broadcast(builder, value, shape) for value in values)), shape)


def _as_matrix(builder: Builder, value: Value, shape: Shape) -> Node:
    fixed = array(value.node)
    if fixed is None or not value.shape:
        return value.node
    return builder.const(np.broadcast_to(fixed.reshape(value.shape), shape))


def moved(builder: Builder, values: Sequence[Value], function: Callable[..., Any], slices: bool = True) -> list[Value]:
    """What a NumPy function makes that only moves elements of its arrays, and zeros; of several results, each.

    Neighbours in their order are a slice, unless told that they are what an array of indices happens to pick.

    >>> b = Builder()
    >>> q = Value(b.leaf("input", "q", (3,)), (3,))
    >>> (made,) = moved(b, [q], lambda places: places[::2, None])
    >>> made.shape, made.node.args[0].data.tolist()
    ((2, 1), [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    """
    starts = np.cumsum([0, *(value.size for value in values)]).tolist()
    numbers = [
        np.arange(1 + start, 1 + start + value.size).reshape(value.shape)
        for start, value in zip(starts[:-1], values, strict=True)
    ]
    made = function(*numbers)
    results = list(made) if isinstance(made, list | tuple) else [made]
    return [_picked(builder, values, starts, np.asarray(places), slices) for places in results]


def _picked(
    builder: Builder, values: Sequence[Value], starts: Sequence[int], places: NDArray[Any], slices: bool
) -> Value:
    """The value whose elements have these numbers; 0 is no element."""
    order = places.ravel().astype(np.int64) - 1
    total = builder.full(0.0, order.shape)
    for start, value in zip(starts[:-1], values, strict=True):
        here = (order >= start) & (order < start + value.size)
        if here.any():
            total = builder.add(total, _part(builder, value, order - start, here, slices))
    return of(builder, total, places.shape)


def _part(builder: Builder, value: Value, order: NDArray[np.int64], here: NDArray[np.bool_], slices: bool) -> Node:
    """The elements of one vector in their places, zeros elsewhere."""
    if value.node.shape == () and here.all():
        return builder.fill(value.node, order.shape)
    if slices and here.all() and (np.diff(order) == 1).all():
        return builder.slice(flat(builder, value), int(order[0]), order.size)
    matrix = np.zeros((order.size, value.size))
    matrix[here, order[here]] = 1.0
    return times(builder, matrix, flat(builder, value))


def times(builder: Builder, matrix: Array, vector: Node) -> Node:
    """A constant matrix times a vector."""
    fixed = array(vector)
    if fixed is not None:
        return builder.const(matrix @ fixed)
    return builder.matvec(builder.const(matrix), vector) if matrix.size else builder.full(0.0, (matrix.shape[0],))


def linear(builder: Builder, value: Value, function: Callable[[Array], Any]) -> Value:
    """What a NumPy function makes that is linear: the matrix whose columns it makes of unit vectors.

    >>> b = Builder()
    >>> made = linear(b, Value(b.leaf("input", "q", (2,)), (2,)), np.cumsum)
    >>> made.node.args[0].data.tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    columns = [np.asarray(function(unit.reshape(value.shape)), np.float64) for unit in np.eye(value.size)]
    if not columns:
        return of(builder, builder.full(0.0, (0,)), (0,))
    matrix = np.stack([column.ravel() for column in columns], axis=-1)
    return of(builder, times(builder, matrix, flat(builder, value)), columns[0].shape)
