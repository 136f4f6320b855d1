"""Functions of one variable in a graph: the parts that are computed, element by element, from one node alone.

A variable is a leaf, or what has no one thing below it: a product of two, a matrix times a vector, a shift. A group is
all functions of one variable with an operation without product form in them: what the compiler makes tables of, and
what is differentiated as one function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from golden.language.graph import SMOOTH, TABLES, Graph, Node, uniform

__all__ = ["WITHOUT_PRODUCTS", "Group", "Summands", "groups", "opened", "variables"]

WITHOUT_PRODUCTS = frozenset((*SMOOTH, "logcosh", "softplus"))


@dataclass(frozen=True)
class Group:
    """The functions of one variable with an operation without products below them.

    Members
    -------
    variable : what they are functions of
    nodes : in topological order
    read : those that something outside of the group reads
    """

    variable: Node
    nodes: tuple[Node, ...]
    read: tuple[Node, ...]


def variables(nodes: Iterable[Node]) -> dict[Node, Node | None]:
    """What each node is a function of, element by element; None for a number, itself where no one thing."""
    found: dict[Node, Node | None] = {}
    for node in nodes:
        if uniform(node) is not None:
            found[node] = None
        elif node.op in ("scale", "square", *TABLES, *SMOOTH):
            found[node] = found[node.args[0]]
        elif node.op in ("add", "mul"):
            below = {found[arg] for arg in node.args} - {None}
            found[node] = below.pop() if len(below) == 1 else node
        else:
            found[node] = node
    return found


def groups(graph: Graph) -> Iterator[Group]:
    nodes = graph.nodes
    known = variables(nodes)
    inside: set[Node] = set()
    for node in nodes:
        own = known[node] is not None and known[node] is not node
        if own and (node.op in WITHOUT_PRODUCTS or any(arg in inside for arg in node.args)):
            inside.add(node)
    read = set(graph.outputs.values())
    for node in nodes:
        read |= {arg for arg in node.args if known[arg] is not known[node]}
    for variable in dict.fromkeys(known[node] for node in nodes if node in inside):
        assert variable is not None
        members = tuple(node for node in nodes if node in inside and known[node] is variable)
        yield Group(variable, members, tuple(node for node in members if node in read))


def _power_of_two(factor: float) -> bool:
    return abs(float(np.frexp(factor)[0])) == 0.5


@dataclass(frozen=True)
class Summands:
    """A demand as a sum: of functions that need a table, and of products."""

    inside: tuple[tuple[float, Node], ...]
    outside: tuple[tuple[float, Node], ...]


def opened(node: Node, members: frozenset[Node]) -> Summands:
    """With the summands' factors, powers of two."""
    parts: list[tuple[float, Node]] = [(1.0, node)]
    found: list[tuple[float, Node]] = []
    while parts:
        factor, top = parts.pop()
        if top in members and top.op == "add":
            parts += [(factor, arg) for arg in reversed(top.args)]
        elif top in members and top.op == "scale" and _power_of_two(top.factor):
            parts.append((factor * top.factor, top.args[0]))
        else:
            found.append((factor, top))
    return Summands(
        tuple(each for each in found if each[1] in members), tuple(each for each in found if each[1] not in members)
    )
