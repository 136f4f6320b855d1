"""Shapes of expressions that lowering looks for in the graph: sums, products, powers, fixed matrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Array, Node

__all__ = [
    "at",
    "constant",
    "factors",
    "halves",
    "matrices",
    "polynomial",
    "summands",
    "unavailable",
    "uniform",
    "weighted",
    "wiring",
]


def summands(node: Node, builder: Builder) -> list[tuple[float, Node]]:
    """(factor, node) of a sum, in order; no recursion, for sums may be long."""
    found, stack = [], [(1.0, node)]
    while stack:
        factor, top = stack.pop()
        if top.op == "add":
            stack += [(factor, top.args[1]), (factor, top.args[0])]
        elif top.op == "scale":
            stack.append((factor * top.factor, top.args[0]))
        elif top.op == "mul" and (powers := polynomial(top, builder)):
            stack += [(factor, power) for power in reversed(powers)]
        else:
            found.append((factor, top))
    return found


def polynomial(node: Node, builder: Builder) -> list[Node]:
    """(a + b x + c x x) x with parameters a, b, c as its products; none for another product."""
    for total, x in (node.args, node.args[::-1]):
        if total.op == "add" and x.op != "param":
            parts = [(share, *factors(part)) for share, part in summands(total, builder)]
            if all(_is_power(nodes, x) for _, nodes, _ in parts):
                return [_times(builder, part, x, share) for share, part in summands(total, builder)]
    return []


def _times(builder: Builder, part: Node, x: Node, share: float) -> Node:
    """share * part * x, from the line of the part."""
    builder.where = lambda: part.source
    return builder.scale(builder.mul(part, x), share)


def _is_power(nodes: list[Node], x: Node) -> bool:
    """Whether a product is one parameter times powers of x."""
    return sum(node.op == "param" for node in nodes) == 1 and all(node is x or node.op == "param" for node in nodes)


def factors(node: Node) -> tuple[list[Node], float]:
    """The factors of an element-wise product, products inside it opened; none where one of them is a constant."""
    if node.op == "scale":
        nodes, share = factors(node.args[0])
        return nodes, share * node.factor
    if node.op not in ("mul", "square"):
        return ([] if constant(node) is not None else [node]), 1.0
    found: list[Node] = []
    share = 1.0
    for arg in (node.args[0], node.args[-1]):
        nodes, inner = factors(arg)
        if not nodes:
            return [], 1.0
        found, share = found + nodes, share * inner
    return found, share


def weighted(node: Node, moves: Callable[[Node], bool]) -> tuple[Array, list[Node], float]:
    """(d, factors, share) of an element-wise product with constants in it: share * d * the product of the factors.

    A constant times one value that `moves` is a factor as it stands; every other constant is multiplied into d, of
    shape () where there is none.
    """
    vector, found, share = np.ones(()), list[Node](), 1.0
    for arg in (node.args[0], node.args[-1]):
        base, factor = (arg.args[0], arg.factor) if arg.op == "scale" else (arg, 1.0)
        value = constant(base)
        if value is not None:
            inner: tuple[Array, list[Node], float] = value, [], 1.0
        elif base.op in ("mul", "square"):
            inner = weighted(base, moves)
            if len(inner[1]) == 1 and moves(inner[1][0]):
                inner = np.ones(()), [base], 1.0
        else:
            inner = np.ones(()), [base], 1.0
        vector, found, share = vector * inner[0], found + inner[1], share * factor * inner[2]
    return vector, found, share


def halves(nodes: list[Node]) -> tuple[list[Node], list[Node]]:
    """Two parts to multiply; a power is halved, an odd factor comes last, a parameter first.

    c x x x is (c (x x)) x: three factors, two cuts, and the last product exact.
    """
    if len(nodes) == 2:
        return [nodes[0]], [nodes[1]]
    counts = {node: nodes.count(node) for node in nodes}
    odd = [node for node, count in counts.items() if count % 2]
    if not odd:
        half = [node for node, count in counts.items() for _ in range(count // 2)]
        return half, half
    last = next((node for node in reversed(odd) if node.op != "param"), odd[0])
    rest = list(nodes)
    rest.remove(last)
    return ([last], rest) if last.op == "param" else (rest, [last])


def wiring(node: Node) -> tuple[Array, Node]:
    """(matrix, x) of a node that is a fixed matrix times x; numbers are vectors of one element."""
    size = node.shape[0] if node.shape else 1
    x = node.args[0]
    match node.op:
        case "slice":
            return np.eye(x.shape[0])[node.start : node.start + size], x
        case "pad":
            return np.eye(size)[:, node.start : node.start + x.shape[0]], x
        case "sum" if len(x.shape) == 1:
            return np.ones((1, x.shape[0])), x
        case "fill" if len(node.shape) == 1:
            return np.ones((size, 1)), x
        case "mul":
            first, second = constant(x), constant(node.args[1])
            if first is not None:
                return np.diag(np.atleast_1d(first)), node.args[1]
            if second is not None:
                return np.diag(np.atleast_1d(second)), x
        case "matvec" | "matvec_t":
            matrix = constant(x)
            if matrix is not None:
                return matrix if node.op == "matvec" else matrix.T, node.args[1]
    raise unavailable(node, "arithmetic on whole matrices is not available; write products of matrices and vectors")


def matrices(node: Node) -> list[tuple[str, float, bool]]:
    """(parameter, factor, transposed) of a sum of parameter matrices."""
    match node.op:
        case "param":
            return [(node.name, 1.0, False)]
        case "add":
            return matrices(node.args[0]) + matrices(node.args[1])
        case "scale":
            return [(name, share * node.factor, flip) for name, share, flip in matrices(node.args[0])]
        case "transpose":
            return [(name, share, not flip) for name, share, flip in matrices(node.args[0])]
    rule = "a matrix in a product is a parameter, a constant, or a sum of such"
    if node.op == "mul" and any(constant(arg) is not None for arg in node.args):
        way_out = "fixed factors stand outside of it: write np.diag(D) @ (W @ q) or W @ (np.diag(D) @ q)"
    else:
        way_out = "write for example (W @ q) * c"
    raise unavailable(node, f"{rule}; {way_out}")


def constant(node: Node) -> Array | None:
    """The value of a constant node of any shape."""
    if node.op == "fill":
        value = constant(node.args[0])
        return None if value is None else np.full(node.shape, float(value))
    return node.data


def uniform(node: Node) -> float | None:
    base = node.args[0] if node.op == "fill" else node
    return float(base.data) if base.data is not None and base.shape == () else None


def at(node: Node) -> str:
    return f"{node.source}: " if node.source else ""


def unavailable(node: Node, way_out: str) -> HelError:
    """The error of a node that has no integer form, with the line of the user's code that made it."""
    return HelError(f'{at(node)}the operation "{node.op}" has no fixed-point form here; {way_out}')
