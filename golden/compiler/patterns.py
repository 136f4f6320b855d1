"""Shapes of expressions that lowering looks for in the graph: sums, products, powers, fixed matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from golden.arithmetic.tables import FUNCTIONS, REDUCED
from golden.compiler.normal_form import Atom, Fixed, Form, Matrices, Outer, Split, Summand, Wiring
from golden.errors import HelError
from golden.language import graph
from golden.language.builder import Builder
from golden.language.graph import Array, Node, uniform

__all__ = ["TABLES", "at", "density", "opened", "summands", "unavailable", "written"]

TABLES = (*FUNCTIONS, *REDUCED, "table")
"""Functions with a form in integers; ``table`` is one of the program's own."""

_WRITTEN = {
    **dict.fromkeys(("mul", "scale"), "this product"),
    **dict.fromkeys(("matvec", "matvec_t"), "this product with @"),
    **dict.fromkeys(("slice", "pad", "fill"), "what this picks or repeats"),
    "add": "this sum",
    "square": "this square",
    "const": "this constant matrix",
    "param": "this parameter",
    "logcosh": "np.log(np.cosh(x))",
    "softplus": "np.log1p(np.exp(x))",
}
"""What a user wrote for the operations whose names are not NumPy's."""

Moves = Callable[[Node], bool]
"""Whether a node's value depends on q."""


def opened(node: Node, builder: Builder, moves: Moves) -> Iterator[Summand]:
    """A node as a sum, one summand after the other, without those that are always 0.

    Raises
    ------
    HelError : a summand has no integer form; with its line and what to write instead.
    """
    for factor, below in summands(node, builder):
        form = _form(below, builder, moves)
        if form is not None:
            yield Summand(factor, form, below)


def density(node: Node, builder: Builder, moves: Moves) -> Iterator[Summand]:
    """A parameter's density as a sum, without what does not depend on q: that is the same in both contexts."""
    for factor, below in summands(node, builder):
        if moves(below):
            yield Summand(factor, _density_form(below, builder, moves), below)


def _form(node: Node, builder: Builder, moves: Moves) -> Form | None:
    """A summand's form; None where its value is always 0."""
    value = constant(node)
    if value is not None:
        return Fixed(value) if np.any(value) else None
    if node.op in ("param", "input", "turn", *TABLES):
        return Atom(node)
    if node.op in ("matvec", "matvec_t") and constant(node.args[0]) is None:
        across = node.op == "matvec_t"
        parts = ((name, share, across != flip) for name, share, flip in matrices(node.args[0]))
        return Matrices(tuple(parts), node.args[1])
    if node.op in ("mul", "square"):
        nodes, share = factors(node)
        if nodes:
            return Split(tuple(nodes), share)
        if len(node.shape) == 1 and all(constant(arg) is None for arg in node.args):
            return _weighted_split(node, builder, moves)
    if node.op in ("slice", "pad", "sum", "fill", "mul", "matvec", "matvec_t"):
        return Wiring(*wiring(node))
    has = "+ - *, constant factors, parameter matrices, constant wiring"
    raise unavailable(node, f"the integer program has {has} and functions of one variable")


def _density_form(node: Node, builder: Builder, moves: Moves) -> Split | Outer | None:
    """None for what is no product of two operands."""
    if node.op == "outer":
        return Outer(*node.args)
    if len(node.shape) == 2:
        raise unavailable(
            node.args[0] if node.op == "transpose" else node,
            "a matrix of parameters may stand in products with vectors only, as W @ x",
        )
    if node.op not in ("mul", "square"):
        return None
    nodes, share = factors(node)
    return Split(tuple(nodes), share) if nodes else _weighted_split(node, builder, moves)


def _weighted_split(node: Node, builder: Builder, moves: Moves) -> Split | None:
    """A product with constant vectors in it, their product d on one factor; None where d is 0 or stands before one.

    Parameters are words of their own: what depends on q takes up d, if there is such a factor.
    """
    vector, nodes, share = weighted(node, moves)
    if not np.any(vector) or len(nodes) < 2:
        return None
    builder.where = lambda: node.source
    d = builder.const(vector)
    even = uniform(d)
    if even is not None:
        return Split(tuple(nodes), share * even)
    made = [builder.mul(d, one) for one in nodes]
    ranks = [(one.op != "param", moves(one)) for one in nodes]
    return Split(tuple(nodes), share, tuple((i, made[i]) for i, rank in enumerate(ranks) if rank == max(ranks)))


def summands(node: Node, builder: Builder) -> list[tuple[float, Node]]:
    """(factor, node) of a sum, in order, polynomials opened."""
    return list(graph.summands(node, lambda product: polynomial(product, builder)))


def polynomial(node: Node, builder: Builder) -> list[Node]:
    """(a + b x + c x x) x with parameters a, b, c as its products; none for another product."""
    for total, x in (node.args, node.args[::-1]):
        if total.op == "add" and x.op != "param":
            parts = [(share, *factors(part)) for share, part in summands(total, builder)]
            if all(_is_power(nodes, x) for _, nodes, _ in parts):
                return [_times(builder, part, x, share, node) for share, part in summands(total, builder)]
    return []


def _times(builder: Builder, part: Node, x: Node, share: float, whole: Node) -> Node:
    """share * part * x, from the line of the part; of a parameter, which has none, from that of the whole product."""
    builder.where = lambda: part.source or whole.source
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


def weighted(node: Node, moves: Moves) -> tuple[Array, list[Node], float]:
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
        way_out = (
            "fixed factors stand outside of it: write np.diag(D) @ (W @ q) or W @ (np.diag(D) @ q); of a matrix with"
            " few entries declare these as a vector"
        )
    else:
        way_out = "write for example (W @ q) * c"
    raise unavailable(node, f"{rule}; {way_out}")


def constant(node: Node) -> Array | None:
    """The value of a constant node of any shape."""
    if node.op == "fill":
        value = constant(node.args[0])
        return None if value is None else np.full(node.shape, float(value))
    return node.data


def at(node: Node) -> str:
    return f"{node.source}: " if node.source else ""


def written(node: Node) -> str:
    """What a user wrote for a node."""
    name = getattr(node.function, "name", node.op) if node.op == "table" else node.op
    return _WRITTEN.get(node.op, f"np.{name}")


def unavailable(node: Node, way_out: str) -> HelError:
    """The error of a node that has no integer form, with the line of the user's code that made it."""
    return HelError(f"{at(node)}{written(node)} has no fixed-point form here; {way_out}")
