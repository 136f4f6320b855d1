"""NumPy's functions of whole arrays as rules: products, sums over axes, what moves elements, what is linear.

A rule takes the builder, `value` (which makes a `Value` of an argument), and the arguments as the user wrote them. It
returns a `Value`, a list of them, or a plain number. `golden.language.numpy_rules` has what works element by element.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from golden.language.builder import Builder
from golden.language.graph import Node, Shape
from golden.language.layout import Refused, Value, array, broadcast, flat, linear, moved, of, reshaped, shared_shape
from golden.language.layout import times as constant_times
from golden.language.products import contract, matmul

__all__ = ["ARRAY_RULES", "METHODS", "Rule", "index", "summed"]

ToValue = Callable[[Any], Value]
Rule = Callable[..., Any]


def index(builder: Builder, value: ToValue, x: Value, key: Any) -> Value:
    """x[key] with NumPy's own meaning; of a matrix of parameters its rows, columns and elements."""
    if not x.matrix:
        keys = key if isinstance(key, tuple) else (key,)
        basic = not any(isinstance(one, list | np.ndarray) for one in keys)
        return moved(builder, [x], lambda places: places[key], slices=basic)[0]
    row, column = key if isinstance(key, tuple) and len(key) == 2 else (key, slice(None))
    whole = [one is Ellipsis or (isinstance(one, slice) and one == slice(None)) for one in (row, column)]
    if whole == [True, True]:
        return x
    if isinstance(row, int | np.integer) and not whole[0]:
        line = of(builder, builder.matvec_t(x.node, _unit(builder, x.shape[0], row)), (x.shape[1],))
        return line if whole[1] else index(builder, value, line, column)
    if isinstance(column, int | np.integer):
        line = of(builder, builder.matvec(x.node, _unit(builder, x.shape[1], column)), (x.shape[0],))
        return line if whole[0] else index(builder, value, line, row)
    if 1 in x.shape:
        return moved(builder, [reshaped(builder, Value(flat(builder, x), (x.size,)), x.shape)], lambda p: p[key])[0]
    raise Refused(
        "a matrix of parameters gives a row, a column or an element: W[i], W[:, j], W[i, j]; of a part of it write"
        " the product: (W @ x)[1:] for W[1:] @ x"
    )


def _unit(builder: Builder, size: int, at: Any) -> Node:
    return builder.const(np.eye(size)[normalize_axis_index(int(at), size)])


def summed(
    builder: Builder,
    value: ToValue,
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
) -> Value:
    """The sum of all elements, or along axes."""
    x = value(a)
    if out is not None:
        raise Refused("a traced value has no place to write into; leave out=... away")
    if dtype is not None and np.dtype(dtype) != np.float64:
        raise Refused(f"traced values are real numbers of 64 bits, got dtype={np.dtype(dtype)}; leave it away")
    axes = tuple(range(len(x.shape))) if axis is None else normalize_axis_tuple(axis, len(x.shape))
    kept = tuple(1 if at in axes else size for at, size in enumerate(x.shape))
    shape = kept if keepdims is True else tuple(size for at, size in enumerate(x.shape) if at not in axes)
    if len(axes) == len(x.shape):
        total = builder.sum(builder.matvec(x.node, builder.full(1.0, x.shape[1:])) if x.matrix else x.node)
        return Value(builder.fill(total, (1,)) if shape else total, shape)
    if not axes:
        return x
    if x.matrix:
        ones = builder.full(1.0, (x.shape[axes[0]],))
        return of(builder, (builder.matvec_t if axes == (0,) else builder.matvec)(x.node, ones), shape)
    rows = np.broadcast_to(np.arange(math.prod(kept)).reshape(kept), x.shape).ravel()
    matrix = np.zeros((math.prod(kept), x.size))
    matrix[rows, np.arange(x.size)] = 1.0
    return of(builder, constant_times(builder, matrix, flat(builder, x)), shape)


def mean(builder: Builder, value: ToValue, a: Any, axis: Any = None, dtype: Any = None, **options: Any) -> Value:
    x = value(a)
    total = summed(builder, value, x, axis, dtype, **options)
    return Value(builder.scale(total.node, max(1, total.size) / max(1, x.size)), total.shape)


def variance(builder: Builder, value: ToValue, a: Any, axis: Any = None, *, ddof: float = 0) -> Value:
    """The mean square of the deviation."""
    x = value(a)
    middle = _spread(builder, mean(builder, value, x, axis, keepdims=True), x.shape)
    off = builder.square(builder.subtract(flat(builder, x), middle))
    total = summed(builder, value, Value(off, x.shape), axis)
    return Value(builder.scale(total.node, 1.0 / (x.size / max(1, total.size) - ddof)), total.shape)


def _spread(builder: Builder, value: Value, shape: Shape) -> Node:
    """The vector of a value repeated to a shape."""
    node = broadcast(builder, value, shape)
    return builder.fill(node, (math.prod(shape),)) if not node.shape else node


def product(builder: Builder, value: ToValue, a: Any, axis: Any = None, **options: Any) -> Value:
    """The product of few elements: each is a factor, and cut in between."""
    x = value(a)
    if axis is None:
        x, axis = reshaped(builder, x, (x.size,)), 0
    at = normalize_axis_index(axis, len(x.shape))
    if x.shape[at] > _FACTORS:
        raise Refused(
            f"a product has at most {_FACTORS} factors, each cut to a word, got {x.shape[at]}; write it with fewer, or"
            " a sum"
        )
    kept = x.shape[:at] + x.shape[at + 1 :]
    parts = [moved(builder, [x], lambda places, i=i: np.take(places, i, axis=at))[0].node for i in range(x.shape[at])]
    total = builder.full(1.0, (math.prod(kept),) if kept else ())
    for part in parts:
        total = builder.mul(total, part)
    return Value(total, kept)


_FACTORS = 8


def polynomial(builder: Builder, value: ToValue, p: Any, x: Any) -> Value:
    """p[0] x^k + ... + p[k], from the inside out; the coefficients are numbers, or parameters."""
    at = value(x)
    node, scalar = at.node, not at.node.shape
    total: Node | None = None
    for one in p:
        number = value(one)
        if number.shape:
            raise Refused("np.polyval takes one number for each power; write the sum of c[k] * x**k")
        filled = number.node if scalar else builder.fill(number.node, node.shape)
        total = filled if total is None else builder.add(builder.mul(total, node), filled)
    return Value(builder.full(0.0, node.shape) if total is None else total, at.shape)


def outer(builder: Builder, value: ToValue, a: Any, b: Any) -> Value:
    left, right = (flat(builder, value(one)) for one in (a, b))
    return contract(builder, "ij", [(Value(left, left.shape), "i"), (Value(right, right.shape), "j")])


def vdot(builder: Builder, value: ToValue, a: Any, b: Any) -> Value:
    """The inner product of all elements, which are real."""
    left, right = (flat(builder, value(one)) for one in (a, b))
    return matmul(builder, Value(left, left.shape), Value(right, right.shape))


def dot(builder: Builder, value: ToValue, a: Any, b: Any) -> Value:
    left, right = value(a), value(b)
    if left.shape and right.shape:
        return matmul(builder, left, right)
    number, other = (left, right) if not left.shape else (right, left)
    node = flat(builder, other) if other.shape and not other.matrix else other.node
    return Value(builder.mul(builder.fill(number.node, node.shape), node), other.shape)


def inner(builder: Builder, value: ToValue, a: Any, b: Any) -> Value:
    if len(value(b).shape) > 1:
        raise Refused("np.inner takes a vector at last; write a @ b.T")
    return dot(builder, value, a, b)


def einsum(builder: Builder, value: ToValue, subscripts: Any, *operands: Any, optimize: Any = False) -> Value:
    """A sum of products, by letters."""
    if not isinstance(subscripts, str) or "." in subscripts:
        raise Refused("np.einsum takes letters, as np.einsum('i,ij,j', x, W, y); write it so, or with @ and np.sum")
    inputs, arrow, wanted = subscripts.replace(" ", "").partition("->")
    words = inputs.split(",")
    if not arrow:
        wanted = "".join(sorted(letter for letter in set(inputs) - {","} if inputs.count(letter) == 1))
    values = [value(operand) for operand in operands]
    if len(words) != len(values) or any(len(w) != len(v.shape) for w, v in zip(words, values, strict=False)):
        got = ", ".join(str(each.shape) for each in values)
        raise Refused(f"np.einsum has one word of letters for each operand, got {subscripts!r} for {got}; correct it")
    return contract(builder, wanted, list(zip(values, words, strict=True)))


def where_fixed(builder: Builder, value: ToValue, condition: Any, x: Any, y: Any) -> Value:
    """One or the other by a constant condition."""
    fixed = array(value(condition).node)
    if fixed is None:
        raise Refused(
            "np.where decides by constants, not by traced values; write a smooth step, (1 + np.tanh(k * x)) / 2"
        )
    values = [value(x), value(y)]
    shape = shared_shape("np.where", [np.shape(condition), *(each.shape for each in values)])
    mask = np.broadcast_to(fixed.reshape(np.shape(condition)) != 0.0, shape).astype(np.float64).ravel()
    total = builder.full(0.0, (mask.size,))
    for share, each in zip((mask, 1.0 - mask), values, strict=True):
        total = builder.add(total, builder.mul(builder.const(share), _spread(builder, each, shape)))
    return of(builder, total, shape)


def roll(builder: Builder, value: ToValue, a: Any, shift: Any, axis: Any = None) -> Value:
    x = value(a)
    if len(x.shape) != 1 or not isinstance(shift, int | np.integer) or axis not in (None, 0, -1):
        return moved(builder, [x], lambda places: np.roll(places, shift, axis))[0]
    size = x.shape[0]
    cut = -int(shift) % max(size, 1)
    return _joined(builder, [builder.slice(x.node, cut, size - cut), builder.slice(x.node, 0, cut)])


def concatenate(builder: Builder, value: ToValue, arrays: Any, axis: Any = 0) -> Value:
    parts = [value(part) for part in arrays]
    if axis in (0, -1, None) and all(len(part.shape) == 1 for part in parts):
        return _joined(builder, [part.node for part in parts])
    return moved(builder, parts, lambda *places: np.concatenate(places, axis))[0]


def take(builder: Builder, value: ToValue, a: Any, indices: Any, axis: Any = None, mode: Any = "raise") -> Value:
    plain = np.ndim(indices) == 0
    return moved(builder, [value(a)], lambda places: np.take(places, indices, axis, mode=mode), slices=plain)[0]


def hstack(builder: Builder, value: ToValue, tup: Any) -> Value:
    parts = [value(part) for part in tup]
    along = 0 if all(len(part.shape) < 2 for part in parts) else 1
    return concatenate(builder, value, [reshaped(builder, part, part.shape or (1,)) for part in parts], along)


def _joined(builder: Builder, parts: list[Node]) -> Value:
    length = sum(part.shape[0] for part in parts)
    total, start = builder.full(0.0, (length,)), 0
    for part in parts:
        total = builder.add(total, builder.pad(part, start, length))
        start += part.shape[0]
    return Value(total, (length,))


def transpose(builder: Builder, value: ToValue, a: Any, axes: Any = None) -> Value:
    x = value(a)
    if len(x.node.shape) == 2 and axes in (None, (1, 0), [1, 0]):
        return Value(builder.transpose(x.node), x.shape[::-1])
    return moved(builder, [x], lambda places: np.transpose(places, axes))[0]


def difference(builder: Builder, value: ToValue, a: Any, n: int = 1, axis: int = -1) -> Value:
    x = value(a)
    if n == 1 and len(x.shape) == 1 and x.size:
        size = x.size
        return Value(
            builder.subtract(builder.slice(x.node, 1, size - 1), builder.slice(x.node, 0, size - 1)), (size - 1,)
        )
    return linear(builder, x, lambda unit: np.diff(unit, n, axis))


def pad(builder: Builder, value: ToValue, a: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Value:
    moving = ("constant", "edge", "wrap", "reflect", "symmetric")
    if mode not in moving or any(np.any(given) for given in options.values()):
        raise Refused(
            f"np.pad has the modes {', '.join(moving)}, and zeros for a constant; write np.concatenate for others"
        )
    return moved(builder, [value(a)], lambda places: np.pad(places, pad_width, mode))[0]


def _moves(name: str, several: bool = False) -> Rule:
    """A function that moves the elements of its first argument."""
    function: Callable[..., Any] = getattr(np, name)

    def rule(builder: Builder, value: ToValue, a: Any, *args: Any, **options: Any) -> Any:
        found = moved(builder, [value(a)], lambda places: function(places, *args, **options))
        return found if several else found[0]

    return rule


def _joins(name: str) -> Rule:
    """A function that puts a list of arrays together."""
    function: Callable[..., Any] = getattr(np, name)

    def rule(builder: Builder, value: ToValue, arrays: Iterable[Any], *args: Any, **options: Any) -> Value:
        parts = [value(part) for part in arrays]
        return moved(builder, parts, lambda *places: function(places, *args, **options))[0]

    return rule


def _each(name: str) -> Rule:
    """A function of several arrays, moved into several."""
    function: Callable[..., Any] = getattr(np, name)

    def rule(builder: Builder, value: ToValue, *arrays: Any, **options: Any) -> Any:
        found = moved(builder, [value(one) for one in arrays], lambda *places: function(*places, **options))
        return found if len(arrays) > 1 or name == "meshgrid" else found[0]

    return rule


def _linear(name: str, arrays: int = 1) -> Rule:
    """A function that is linear in the one of its first arguments that is traced."""
    function: Callable[..., Any] = getattr(np, name)

    def rule(builder: Builder, value: ToValue, *args: Any, **options: Any) -> Value:
        values = [value(arg) for arg in args[:arrays]]
        traced = [at for at, each in enumerate(values) if array(each.node) is None]
        if len(traced) > 1:
            raise Refused(
                f"np.{name} has one traced operand and a constant one; write the product out: a sum of c[k] * x"
            )
        at = traced[0] if traced else 0
        return linear(builder, values[at], lambda unit: function(*args[:at], unit, *args[at + 1 :], **options))

    return rule


def _same(builder: Builder, value: ToValue, a: Any, *_: Any, **options: Any) -> Value:
    return value(a)


ARRAY_RULES: dict[str, Rule] = {
    "sum": summed,
    "mean": mean,
    "var": variance,
    "prod": product,
    "dot": dot,
    "inner": inner,
    "vdot": vdot,
    "outer": outer,
    "einsum": einsum,
    "where": where_fixed,
    "roll": roll,
    "concatenate": concatenate,
    "transpose": transpose,
    "diff": difference,
    "pad": pad,
    "hstack": hstack,
    "take": take,
    "append": lambda builder, value, arr, values, axis=None: moved(
        builder, [value(arr), value(values)], lambda a, b: np.append(a, b, axis)
    )[0],
    **{name: _joins(name) for name in ("stack", "vstack", "dstack", "column_stack")},
    **{name: _each(name) for name in ("meshgrid", "broadcast_arrays", "atleast_1d", "atleast_2d")},
    **{name: _moves(name, several=True) for name in ("split", "array_split", "hsplit", "vsplit")},
    **{
        name: _moves(name)
        for name in (
            "reshape", "ravel", "squeeze", "expand_dims", "swapaxes", "moveaxis", "broadcast_to", "flip", "fliplr",
            "flipud", "rot90", "repeat", "tile", "resize", "delete", "diagonal", "diag", "tril", "triu",
        )
    },
    "polyval": polynomial,
    **{name: _linear(name) for name in ("cumsum", "trace", "gradient", "average", "ediff1d", "trapezoid")},
    **{name: _linear(name, arrays=2) for name in ("convolve", "correlate", "kron")},
    **dict.fromkeys(("copy", "real", "real_if_close"), _same),
    "shape": lambda builder, value, a: value(a).shape,
    "ndim": lambda builder, value, a: len(value(a).shape),
    "size": lambda builder, value, a, axis=None: value(a).size if axis is None else value(a).shape[axis],
    "ones_like": lambda builder, value, a, **_: np.ones(value(a).shape),
    "zeros_like": lambda builder, value, a, **_: np.zeros(value(a).shape),
    "full_like": lambda builder, value, a, fill_value, **_: np.full(value(a).shape, fill_value),
}  # fmt: skip
"""By the name of NumPy's function: rule(builder, value, *args, **options)."""

METHODS = ("cumsum", "diagonal", "dot", "mean", "prod", "ravel", "repeat", "squeeze", "sum", "swapaxes", "take",
           "trace", "var")  # fmt: skip
"""Methods of an array that are the function of the same name."""
