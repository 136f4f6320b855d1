"""Reverse-mode differentiation of a traced graph, as graph nodes.

The adjoint of node x is the sum, over its users y, of (dy/dx)^T applied to the adjoint of y; the users' rules are

=============  =======================================================
y              contribution to the adjoint, g = adjoint of y
=============  =======================================================
add(a, b)      a: g;  b: g
mul(a, b)      a: g b;  b: g a
square(a)      2 g a
scale(a; c)    c g
matvec(W, x)   W: outer(g, x);  x: matvec_t(W, g)
matvec_t(W,r)  W: outer(r, g);  r: matvec(W, g)
sum(a)         fill(g)
fill(a)        sum(g)
slice(x)       pad(g)
transpose(W)   transpose(g)
logcosh(a)     g tanh(a)
tanh(a)        g (1 - square(tanh(a)))
softplus(a)    g logistic(a)
logistic(a)    g (l - square(l)), l = logistic(a)
cos, sin       -g sin(a);  g cos(a)
exp, ...       g times the slope (golden.language.smooth)
=============  =======================================================

Adjoints are built in the graph's own builder, so they share nodes with the potential and with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Graph, Node, summands, topological
from golden.language.one_variable import groups, opened, variables
from golden.language.smooth import SLOPES

__all__ = ["gradient"]


def gradient(graph: Graph, symmetric: Iterable[str] = ()) -> Graph:
    """The derivative of a graph's single output with respect to each input and parameter.

    Parameters
    ----------
    graph : one output of shape (), as `System.graph` is
    symmetric : parameters that are symmetric matrices; their derivative is the symmetric part, (G + G^T) / 2

    Returns
    -------
    Graph with one output per input and parameter, under its name and with its shape: for a system ``"q"`` is the
    force dV/dq, ``"u"`` is dV/du, ``"W"`` is dV/dW. What the output does not depend on has a uniform zero.

    >>> from golden.systems import get
    >>> print(gradient(get("linear", n=3, m=2).graph))
    linear: inputs q (3), u (2); parameters a (3), B (3, 2)
      %0  = param a           : (3)
      %1  = input q           : (3)
      %2  = mul %0 %1         : (3)
      %3  = param B           : (3, 2)
      %4  = input u           : (2)
      %5  = matvec %3 %4      : (3)
      %6  = scale %5 by -1    : (3)
      %7  = add %2 %6         : (3)
      %8  = matvec_t %3 %1    : (2)
      %9  = scale %8 by -1    : (2)
      %10 = square %1         : (3)
      %11 = scale %10 by 0.5  : (3)
      %12 = outer %1 %4       : (3, 2)
      %13 = scale %12 by -1   : (3, 2)
      q = %7
      u = %9
      a = %11
      B = %13
    """
    assert isinstance(graph.builder, Builder)
    outputs = _of_leaves(graph, graph.builder, _adjoints(graph, graph.builder))
    for name in symmetric:
        _check_symmetric(graph, name)
        outputs[name] = _symmetric_part(graph.builder, outputs[name])
    return Graph(graph.name, graph.inputs, graph.parameters, outputs, graph.builder)


def _adjoints(graph: Graph, b: Builder) -> dict[Node, Node]:
    """The reverse sweep: the adjoint of every node that the output depends on.

    A contribution comes from the line of its user y, and so does the sum with those of later users; the sum for a
    leaf, to which the whole potential contributes, comes from no single line.
    """
    ((_, output),) = graph.outputs.items()
    assert output.shape == ()
    adjoint = {output: b.const(1.0)}
    wholes = _Wholes(graph, b)
    for node in reversed(graph.nodes):
        if node not in adjoint or not node.args:
            continue
        b.where = partial(_source, node)
        for arg, term in wholes.terms(node, adjoint[node]) or _terms(b, node, adjoint[node]):
            b.where = partial(_source, node) if arg.args else _nowhere
            adjoint[arg] = b.add(term, adjoint[arg]) if arg in adjoint else term
    b.where = _nowhere
    return adjoint


def _terms(b: Builder, y: Node, g: Node) -> list[tuple[Node, Node]]:
    """What a node contributes to each of its operands."""
    return list(zip(y.args, _RULES[y.op](b, y, g), strict=True))


class _Wholes:
    """Functions of one variable that are read from outside: each is differentiated as one, g f'(x), so that what it is
    made of meets nothing but itself, and f' is a function of one variable again.
    """

    def __init__(self, graph: Graph, b: Builder) -> None:
        self.b = b
        self.groups = {node: group for group in groups(graph) for node in group.read}

    def terms(self, y: Node, g: Node) -> list[tuple[Node, Node]]:
        """What y contributes to its variable, and to the summands of products in it; none of any other node."""
        group = self.groups.get(y)
        if group is None:
            return []
        b, parts = self.b, opened(y, frozenset(group.nodes))
        found = [(node, b.scale(g, factor)) for factor, node in parts.outside]
        for factor, node in parts.inside:
            b.where = partial(_source, node)  # where it was written, not where it is added up
            found.append((group.variable, b.mul(b.scale(g, factor), self._slope(node, group.variable))))
        return found

    def _slope(self, y: Node, variable: Node) -> Node:
        """dy/d(variable), element by element."""
        b = self.b
        nodes = topological([y])
        below = variables(nodes)
        adjoint = {y: b.full(1.0, y.shape)}
        for node in reversed(nodes):
            if node is variable or node not in adjoint:
                continue
            for arg, term in _terms(b, node, adjoint[node]):
                if below[arg] is variable:
                    adjoint[arg] = b.add(term, adjoint[arg]) if arg in adjoint else term
        return adjoint[variable]


def _of_leaves(graph: Graph, b: Builder, adjoint: Mapping[Node, Node]) -> dict[str, Node]:
    """The adjoints of the inputs, then of the parameters; zeros where there is none."""
    leaves = {(node.op, node.name): node for node in graph.nodes if node in adjoint}
    outputs = {}
    for op, shapes in (("input", graph.inputs), ("param", graph.parameters)):
        for name, shape in shapes.items():
            leaf = leaves.get((op, name))
            outputs[name] = b.full(0.0, shape) if leaf is None else adjoint[leaf]
    return outputs


def _check_symmetric(graph: Graph, name: str) -> None:
    """HelError unless the name is that of a square matrix of parameters."""
    if name not in graph.parameters:
        known = ", ".join(graph.parameters) or "none"
        raise HelError(f"{graph.name}: symmetric names parameters, got {name!r}; choose among {known}")
    shape = tuple(graph.parameters[name])
    if len(shape) != 2 or shape[0] != shape[1]:
        way_out = "make it square, or take it out of symmetric"
        raise HelError(f"{graph.name}: a symmetric parameter is a square matrix, {name} is {shape}; {way_out}")


def _symmetric_part(b: Builder, derivative: Node) -> Node:
    """(G + G^T) / 2: each of G's summands at half scale, followed by its transpose."""
    total = b.full(0.0, derivative.shape)
    for factor, term in summands(derivative):
        b.where = partial(_source, term)
        half = b.scale(term, factor / 2)
        pair = b.add(half, b.transpose(half))
        b.where = _nowhere
        total = b.add(total, pair)
    return total


def _source(node: Node) -> str:
    """What is derived from a node comes from its line."""
    return node.source


def _nowhere() -> str:
    return ""


def _slope(b: Builder, op: str, a: Node) -> Node:
    """1 - t**2 of t = tanh(a), l - l**2 of l = logistic(a)."""
    value = b.unary(op, a)
    return b.subtract(b.full(1.0, a.shape) if op == "tanh" else value, b.square(value))


def _smooth(b: Builder, y: Node, g: Node) -> tuple[Node, ...]:
    (a,) = y.args
    return (b.mul(g, SLOPES[y.op](b, a, y)),)


_RULES: dict[str, Callable[[Builder, Node, Node], tuple[Node, ...]]] = {
    "add": lambda b, y, g: (g, g),
    "mul": lambda b, y, g: (b.mul(g, y.args[1]), b.mul(g, y.args[0])),
    "square": lambda b, y, g: (b.scale(b.mul(g, y.args[0]), 2.0),),
    "scale": lambda b, y, g: (b.scale(g, y.factor),),
    "matvec": lambda b, y, g: (b.outer(g, y.args[1]), b.matvec_t(y.args[0], g)),
    "matvec_t": lambda b, y, g: (b.outer(y.args[1], g), b.matvec(y.args[0], g)),
    "transpose": lambda b, y, g: (b.transpose(g),),
    "sum": lambda b, y, g: (b.fill(g, y.args[0].shape),),
    "fill": lambda b, y, g: (b.sum(g),),
    "slice": lambda b, y, g: (b.pad(g, y.start, y.args[0].shape[0]),),
    "pad": lambda b, y, g: (b.slice(g, y.start, y.args[0].shape[0]),),
    "logcosh": lambda b, y, g: (b.mul(g, b.unary("tanh", y.args[0])),),
    "tanh": lambda b, y, g: (b.mul(g, _slope(b, "tanh", y.args[0])),),
    "softplus": lambda b, y, g: (b.mul(g, b.unary("logistic", y.args[0])),),
    "logistic": lambda b, y, g: (b.mul(g, _slope(b, "logistic", y.args[0])),),
    "cos": lambda b, y, g: (b.scale(b.mul(g, b.unary("sin", y.args[0])), -1.0),),
    "sin": lambda b, y, g: (b.mul(g, b.unary("cos", y.args[0])),),
    **dict.fromkeys(SLOPES, _smooth),
}
