"""Step 1: a gradient graph with its sums opened, its products split, and the constants in them folded.

No choice is made here: what the integer program will hold, and how often, is decided in `golden.compiler.operands`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from golden.compiler.normal_form import Atom, Form, Matrices, Normal, Outer, Split, Summand, Wiring
from golden.compiler.patterns import density, opened
from golden.errors import HelError
from golden.language.builder import Builder
from golden.language.graph import Graph, Node, depends, uniform

__all__ = ["normalise"]


def normalise(graph: Graph) -> Normal:
    """Every sum that the outputs of a gradient graph need: ``q`` (force), ``u``, and one a parameter.

    Raises
    ------
    HelError : the potential does not depend on q, or a part of it has no integer form; with its line.

    >>> from golden.systems import get
    >>> print(normalise(get("linear", n=4, m=2).gradient))
    force = add[4]
    gradient a = +0.5 * q q
    gradient B = -1 * q outer u
    inputs = scale[2]
    add[4] = +1 * a q -1 * (1 B) @ u
    scale[2] = -1 * (1 B^T) @ q
    """
    force, inputs = graph.outputs["q"], graph.outputs["u"]
    if uniform(force) == 0.0:
        raise HelError(f"a potential is a function of q, that of {graph.name} does not depend on q; let q act in it")
    assert isinstance(graph.builder, Builder)
    work = _Normaliser(graph.builder)
    work.visit(force)
    gradients = {name: work.gradient(name, graph.outputs[name]) for name in graph.parameters}
    driven = uniform(inputs) != 0.0
    if driven:
        work.visit(inputs)
    return Normal(force, inputs if driven else None, gradients, work.sums)


class _Normaliser:
    """Visits each node that is read once."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.sums: dict[Node, tuple[Summand, ...]] = {}
        known: dict[Node, bool] = {}
        self.moves = partial(depends, name="q", cache=known)

    def visit(self, node: Node) -> None:
        """The node's summands, and those of what they read."""
        if node not in self.sums:
            self.sums[node] = self._followed(opened(node, self.builder, self.moves))

    def gradient(self, parameter: str, node: Node) -> tuple[Summand, ...]:
        """The summands of dV/d(parameter); those that are no product of two are visited as sums."""
        found = self._followed(density(node, self.builder, self.moves))
        for summand in found:
            if summand.form is None:
                self.visit(summand.node)
        return found

    def _followed(self, summands: Iterable[Summand]) -> tuple[Summand, ...]:
        """The summands; what each reads is visited before the next, so that a new node has the first line it is for."""
        found = []
        for summand in summands:
            found.append(summand)
            for node in _read(summand.form):
                self.visit(node)
        return tuple(found)


def _read(form: Form | Outer | None) -> tuple[Node, ...]:
    """The nodes whose sums a form needs."""
    match form:
        case Atom(node):
            return node.args
        case Split(factors, _, carriers):
            return (*factors, *(node for _, node in carriers))
        case Matrices(_, vector):
            return (vector,)
        case Wiring(_, below):
            return (below,)
        case Outer(r, y):
            return (r, y)
    return ()
