"""Which functions of one variable become tables: the fewest that make all that the force and the densities read.

A graph's operations without a product form (golden.language.graph.SMOOTH, log cosh, softplus) have to be looked up, by
themselves or inside a larger function of the same variable. Take all nodes that are functions of one variable alone,
and of these the ones that are read by something else, or end a sum: the demands. A choice of tables is then a set of
nodes that every way from an operation without product form to a demand goes through, a vertex cut of that small graph;
what lies above the cut is made of products. The smallest cut is taken, among equals the one nearest to the demands:

- k (1 - exp(-d))^2 reads (1 - e) e in its force and (1 - e)^2 in its density: one table, e = exp(-d)
- exp(-x^2), read as x exp(-x^2) by its force alone: one table of that, odd
- 1 / S times exp(q), S the sum of exp(q): two variables, two tables

The summands of a demand are demands of their own, but where a table of their sum takes no more than theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from golden.compiler.angles import in_turns, turns_of, with_two_pi
from golden.compiler.univariate import Univariate
from golden.compiler.vertex_cut import smallest_cut
from golden.language.builder import Builder
from golden.language.graph import Graph, Node, topological
from golden.language.one_variable import WITHOUT_PRODUCTS, Group, groups, opened

__all__ = ["tabulate"]


def tabulate(graph: Graph) -> Graph:
    """A gradient graph with its table functions as nodes ``table``; the graph itself where it needs none.

    >>> from golden.systems import get
    >>> pendulum = get("pendulum", n=2).gradient
    >>> tabulate(pendulum) is pendulum
    True
    """
    graph = with_two_pi(graph)
    if not any(node.op in WITHOUT_PRODUCTS or turns_of(node) for node in graph.nodes):
        return graph
    assert isinstance(graph.builder, Builder)
    work = _Rewriting(graph, graph.builder)
    outputs = {name: work.outputs[node] for name, node in graph.outputs.items()}
    return replace(graph, outputs=outputs)


class _Rewriting:
    """The graph's nodes and what becomes of them.

    Members
    -------
    cut : the nodes that become tables
    joined : demands whose table summands are one table: (their sum, the other summands)
    outputs : node -> what it has become
    """

    def __init__(self, graph: Graph, builder: Builder) -> None:
        self.builder = builder
        self.cut: dict[Node, Univariate] = {}
        self.joined: dict[Node, tuple[Node, Node | None]] = {}
        for group in groups(graph):
            self._choose(group)
        self.outputs: dict[Node, Node] = {}
        for node in graph.nodes:
            self._make(node)

    def _choose(self, group: Group) -> None:
        """The cut of a group: of its demands opened or, where that is no larger, with their summands joined."""
        members = frozenset(group.nodes)
        found = {node: opened(node, members) for node in group.read}
        apart = dict.fromkeys(one for each in found.values() for _, one in each.inside)
        cut = smallest_cut(group.nodes, list(apart), WITHOUT_PRODUCTS)
        many = {node: self._sum(each.inside) for node, each in found.items() if len(each.inside) > 1}
        if many:
            demands = dict.fromkeys(many.get(node) or found[node].inside[0][1] for node in group.read)
            other = smallest_cut(_with(group.nodes, many.values()), list(demands), WITHOUT_PRODUCTS)
            if len(other) <= len(cut):
                cut = other
                for node, total in many.items():
                    outside = found[node].outside
                    if outside or total is not node:
                        self.joined[node] = total, self._sum(outside) if outside else None
        for node in cut:
            self.cut[node] = Univariate(node, group.variable)

    def _sum(self, summands: tuple[tuple[float, Node], ...]) -> Node:
        factor, node = summands[0]
        self.builder.where = partial(_source, node)  # a sum of slopes has no line of its own
        total = self.builder.scale(node, factor)
        for factor, node in summands[1:]:
            total = self.builder.add(total, self.builder.scale(node, factor))
        return total

    def _make(self, root: Node) -> Node:
        """What a node becomes; first what its operands do."""
        for node in topological([root]):
            if node not in self.outputs:
                self.builder.where = partial(_source, node)
                self.outputs[node] = self._made(node)
        return self.outputs[root]

    def _made(self, node: Node) -> Node:
        if node in self.cut:
            return self.builder.table(self.outputs[self.cut[node].variable], self.cut[node])
        if turns_of(node):
            return in_turns(node, self.outputs[node.args[0].args[0]], self.builder)
        if node in self.joined:
            total, rest = self.joined[node]
            made = self._make(total)
            return made if rest is None else self.builder.add(made, self._make(rest))
        return self.builder.again(node, tuple(self.outputs[arg] for arg in node.args))


def _with(nodes: tuple[Node, ...], totals: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes, and all that the totals are made of above them."""
    found = dict.fromkeys(nodes)
    for node in topological(totals):
        if any(arg in found for arg in node.args):
            found[node] = None
    return tuple(found)


def _source(node: Node) -> str:
    return node.source
