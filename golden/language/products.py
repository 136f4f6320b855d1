"""Products of traced arrays: matrix and vector, and sums of products by letters.

A matrix of parameters meets one vector at a time, as the array does it: `W @ x`, `x @ W`. Everything else is a product
element by element, of operands repeated to all letters, and a sum over those that are not wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from golden.language.builder import Builder
from golden.language.graph import Node
from golden.language.layout import Refused, Value, array, broadcast, flat, moved, of, shown, times

__all__ = ["contract", "matmul"]

Lettered = tuple[Value, str]


def matmul(builder: Builder, a: Value, b: Value) -> Value:
    """a @ b of vectors and matrices."""
    ranks = (len(a.shape), len(b.shape))
    if not set(ranks) <= {1, 2}:
        raise Refused(f"@ takes vectors and matrices, got shapes {shown(a.shape)} and {shown(b.shape)}; write a * b")
    inner = b.shape[0]
    if a.shape[-1] != inner:
        if ranks == (1, 1):
            raise Refused(f"an inner product needs equal lengths, got {shown(a.shape)} and {shown(b.shape)}; slice one")
        raise Refused(
            f"a matrix product needs (n, m) @ (m,) or (n,) @ (n, m), got {shown(a.shape)} and {shown(b.shape)}; check"
            " the operands' order"
        )
    if ranks == (1, 1):
        return Value(builder.sum(builder.mul(a.node, b.node)), ())
    if ranks == (2, 1) and len(a.node.shape) == 2:
        return Value(_applied(builder, a.node, b.node, builder.matvec), (a.shape[0],))
    if ranks == (1, 2) and len(b.node.shape) == 2:
        return Value(_applied(builder, b.node, a.node, builder.matvec_t), (b.shape[1],))
    if ranks == (2, 2) and (len(a.node.shape) == 2 or len(b.node.shape) == 2):
        return _matrices(builder, a, b)
    letters = ("ij"[-ranks[0] :], "jk"[: ranks[1]])
    wanted = letters[0].replace("j", "") + letters[1].replace("j", "")
    return contract(builder, wanted, [(a, letters[0]), (b, letters[1])])


def _applied(builder: Builder, w: Node, x: Node, times_vector: Callable[[Node, Node], Node]) -> Node:
    """w x of a sum of matrices with constants in it, or of one times a number: (W + D) x = W x + D x."""
    if not any(below.op == "mul" or array(below) is not None for below in _summands(w)):
        return times_vector(w, x)
    if w.op == "add":
        return builder.add(*(_applied(builder, one, x, times_vector) for one in w.args))
    if w.op == "scale":
        return builder.scale(_applied(builder, w.args[0], x, times_vector), w.factor)
    if w.op == "mul":
        for number, matrix in (w.args, w.args[::-1]):
            if number.op == "fill":
                made = _applied(builder, matrix, x, times_vector)
                return builder.mul(builder.fill(number.args[0], made.shape), made)
    return times_vector(w, x)


def _summands(w: Node) -> list[Node]:
    found, stack = [], [w]
    while stack:
        top = stack.pop()
        if top.op in ("add", "scale"):
            stack += top.args
        else:
            found.append(top)
    return found


def _matrices(builder: Builder, a: Value, b: Value) -> Value:
    """The product of two matrices, one of them fixed or of parameters, column by column of the other."""
    if (a.matrix or array(a.node) is not None) and (b.matrix or array(b.node) is not None):
        left, right = array(a.node), array(b.node)
        if left is not None and right is not None:
            return Value(builder.const(left @ right), (a.shape[0], b.shape[1]))
        raise Refused(
            "a product of two matrices is not available; write products with vectors, W @ (V @ x) for W @ V @ x"
        )
    if len(b.node.shape) == 2:  # X W is the transpose of W^T X^T
        turned = matmul(builder, Value(builder.transpose(b.node), b.shape[::-1]), _turned(builder, a))
        return _turned(builder, turned)
    columns = [moved(builder, [b], lambda places, j=j: places[:, j])[0] for j in range(b.shape[1])]
    made = [Value(builder.matvec(a.node, column.node), (a.shape[0],)) for column in columns]
    return moved(builder, made, lambda *places: np.stack(places, axis=-1))[0]


def _turned(builder: Builder, x: Value) -> Value:
    return moved(builder, [x], np.transpose)[0]


def contract(builder: Builder, wanted: str, operands: Sequence[Lettered]) -> Value:
    """The sum of products over every letter that is not wanted: `np.einsum` of a word of letters for each operand."""
    sizes: dict[str, int] = {}
    for value, word in operands:
        for letter, size in zip(word, value.shape, strict=True):
            if sizes.setdefault(letter, size) != size:
                raise Refused(
                    f"a letter stands for one size, {letter} for {sizes[letter]} and {size}; check the operands"
                )
    if len(set(wanted)) != len(wanted) or not set(wanted) <= set(sizes):
        raise Refused(f"the letters of the result are letters of the operands, each once, got {wanted!r}; correct them")
    rest = _without_matrices(builder, wanted, [_diagonal(builder, each) for each in operands])
    letters = wanted + "".join(letter for letter in sizes if letter not in wanted)
    letters = "".join(letter for letter in letters if any(letter in word for _, word in rest))
    shape = tuple(sizes[letter] for letter in letters)
    total = builder.full(1.0, (math.prod(shape),) if shape else ())
    for value, word in rest:
        node = broadcast(builder, _placed(builder, value, word, letters), shape)
        total = builder.mul(total, builder.fill(node, total.shape) if node.shape == () else node)
    kept = tuple(sizes[letter] for letter in wanted)
    if len(wanted) == len(letters):
        return Value(total, kept)
    rows = math.prod(kept)
    return of(builder, times(builder, np.repeat(np.eye(rows), math.prod(shape) // max(1, rows), axis=1), total), kept)


def _diagonal(builder: Builder, operand: Lettered) -> Lettered:
    """Without a letter that stands twice."""
    value, word = operand
    for letter in {letter for letter in word if word.count(letter) > 1}:
        first, second = word.index(letter), word.rindex(letter)
        (value,) = moved(builder, [value], lambda p, i=first, j=second: np.diagonal(p, axis1=i, axis2=j))
        word = "".join(one for at, one in enumerate(word) if at not in (first, second)) + letter
    return value, word


def _without_matrices(builder: Builder, wanted: str, operands: list[Lettered]) -> list[Lettered]:
    """Each matrix of parameters met by a vector that shares a letter which nothing else has."""
    while True:
        at = next((at for at, (value, _) in enumerate(operands) if value.matrix), None)
        if at is None:
            return operands
        value, word = operands.pop(at)
        for axis in (1, 0):
            letter, kept = word[axis], word[1 - axis]
            users = [i for i, (_, other) in enumerate(operands) if letter in other]
            if letter in wanted or len(users) > 1 or (users and operands[users[0]][1] != letter):
                continue
            vector = flat(builder, operands.pop(users[0])[0]) if users else builder.full(1.0, (value.shape[axis],))
            node = (builder.matvec if axis else builder.matvec_t)(value.node, vector)
            operands.append((Value(node, node.shape), kept))
            break
        else:
            node = flat(builder, value)
            operands.append((Value(node, value.shape), word))


def _placed(builder: Builder, value: Value, word: str, letters: str) -> Value:
    """The operand with its axes in the order of the letters, and axes of one element for the others."""
    order = sorted(range(len(word)), key=lambda at: letters.index(word[at]))
    turned = value if order == sorted(order) else moved(builder, [value], lambda p: np.transpose(p, order))[0]
    shape = tuple(value.shape[word.index(letter)] if letter in word else 1 for letter in letters)
    return (
        Value(turned.node, shape)
        if shape and turned.node.shape
        else Value(turned.node, shape if turned.node.shape else ())
    )
