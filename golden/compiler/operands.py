"""Step 2: from a normalised graph to terms. Which nodes are operands, how products are halved, where cuts are.

A factor of a product is an operand: a parameter, q cut once, a table's output, or another exact value, cut once.
Wiring is applied to operands and constants; anything else is cut before it travels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from golden.compiler.normal_form import Atom, Matrices, Normal, Outer, Split, Summand, Wiring
from golden.compiler.normal_form import Fixed as FixedForm
from golden.compiler.patterns import TABLES
from golden.compiler.powers import signed_powers
from golden.compiler.terms import (
    Cut,
    Density,
    Factor,
    Fixed,
    LookUp,
    MatrixProduct,
    Named,
    Outputs,
    Product,
    Sum,
    Term,
    Wire,
)
from golden.language.graph import Node

__all__ = ["choose_operands"]

ONE = Named("one")


def choose_operands(normal: Normal, symmetric: Collection[str] = ()) -> Outputs:
    """The terms of the force, of every density and of dV/du. W^T of a symmetric parameter W is W.

    >>> from golden.compiler.normalise import normalise
    >>> from golden.systems import get
    >>> print(choose_operands(normalise(get("springs", n=3).gradient)))
    %0 = cut q
    %1 = cut +1 fixed [2, 3] @ %0 -1 fixed [2, 3] @ %0
    %2 = cut +1 kc %1
    force = +1 k %0 +1 fixed [3, 2] @ %2 -1 fixed [3, 2] @ %2 -1 fixed [3, 1] @ u
    gradient k = +0.5 %0 %0
    gradient kc = +0.5 %1 %1
    inputs = -1 fixed [1, 3] @ %0
    """
    choice = _Choice(normal, symmetric)
    force = choice.total(normal.force, "F")
    densities = tuple(choice.density(name, found) for name, found in normal.gradients.items())
    return Outputs(force, densities, choice.total(normal.inputs, "v") if normal.inputs is not None else None)


class _Choice:
    """Operands by graph node. `source` is always the line around: of a node without one."""

    def __init__(self, normal: Normal, symmetric: Collection[str]) -> None:
        self.normal, self.symmetric = normal, symmetric
        self.operands: dict[Node, Factor] = {}

    # Operands
    def operand(self, node: Node, source: str) -> Factor:
        """What may travel, and be any factor."""
        if node not in self.operands:
            self.operands[node] = self._operand(node, node.source or source)
        return self.operands[node]

    def _operand(self, node: Node, source: str) -> Factor:
        if node.op in TABLES:
            return LookUp(node.function or node.op, self.total(node.args[0], "z", source), source)
        if node.op == "turn":
            (below,) = node.args
            exact = Named("q") if _is_q(below) else self.total(below, "y", source)
            return Cut(exact, source, turn=node.start)
        if _is_q(node):
            return Cut(Named("q"), source)
        return Cut(self.total(node, "y", source), source)

    def _vector(self, node: Node, source: str) -> Factor:
        """u as it is, where an operation reads inputs; else an operand."""
        return Named("u") if _is_u(node) else self.operand(node, source)

    def _factor(self, nodes: Sequence[Node], source: str) -> Factor:
        """One factor: a parameter, an operand, or a product, cut."""
        if len(nodes) > 1:
            return Cut(self._product(1.0, nodes, source), source)
        return Named(nodes[0].name) if nodes[0].op == "param" else self.operand(nodes[0], source)

    def _product(self, factor: float, nodes: Sequence[Node], source: str) -> Product:
        """Of two or more factors: a parameter first, else in order."""
        a, b = (self._factor(part, source) for part in halves(nodes))
        if isinstance(b, Named) and not isinstance(a, Named):
            a, b = b, a
        return Product(factor, a, _held(b, source), source=source)

    def _carried(self, split: Split) -> list[Node]:
        """The factors, one of them times the constant vector: what has been multiplied by it before, a table's
        output; the last one of equals.
        """
        nodes = list(split.factors)
        if split.carriers:
            last_first = reversed(split.carriers)
            i, made = max(last_first, key=lambda each: (each[1] in self.operands, nodes[each[0]].op in TABLES))
            nodes[i] = made
        return nodes

    # Sums
    def total(self, node: Node, wish: str, source: str = "") -> Sum:
        """The exact value of a node."""
        source = node.source or source
        return Sum(tuple(self._terms(node, 1.0, source)), _size(node), wish, source, node)

    def _terms(self, node: Node, factor: float, source: str) -> list[Term]:
        found = list[Term]()
        for summand in self.normal.sums[node]:
            own, around = summand.node.source, source
            if isinstance(summand.form, FixedForm):  # one node wherever the number stands: its line may be another's
                own, around = around, own
            found += self._summand(summand, factor * summand.factor, own or around)
        return found

    def _summand(self, summand: Summand, factor: float, source: str) -> list[Term]:
        match summand.form:
            case FixedForm(vector):
                return [Fixed(factor, vector, source=source)]
            case Atom(node) if node.op == "param":
                return [Product(factor, Named(node.name), ONE, source=source)]
            case Atom(node) if _is_u(node):
                return [Wire(factor, np.eye(node.shape[0]), Named("u"), source=source)]
            case Atom(node):
                return [Wire(factor, None, self.operand(node, source), source=source)]
            case Split() as split:
                return [self._product(factor * split.share, self._carried(split), source)]
            case Matrices() as form:
                return list(self._matrix_products(form, factor, source))
            case Wiring(matrix, below):
                return [term.through(matrix, source) for term in self._linear(below, factor, source)]
        raise AssertionError(summand)

    def _matrix_products(self, form: Matrices, factor: float, source: str) -> Iterator[MatrixProduct]:
        """A sum of matrices is a sum of products; only W u reads u as it is."""
        for name, share, flip in form.parts:
            across = flip and name not in self.symmetric
            vector = self.operand(form.vector, source) if across else self._vector(form.vector, source)
            yield MatrixProduct(factor * share, name, across, vector, source=source)

    def _linear(self, node: Node, factor: float, source: str) -> list[Wire | Fixed]:
        """Terms that wires may be applied to: wires and constants; anything else is cut to be one."""
        if any(isinstance(each.form, Split | Matrices) or _is_parameter(each) for each in self.normal.sums[node]):
            if node not in self.operands:  # terms without a line are of the wiring's, the sum of them is of its own
                terms = tuple(self._terms(node, 1.0, source))
                line = node.source or source
                self.operands[node] = Cut(Sum(terms, _size(node), "y", line, node), line)
            return [Wire(factor, None, self.operands[node], source=source)]
        found = (term.times(factor) for term in self._terms(node, 1.0, source))
        return [term for term in found if isinstance(term, Wire | Fixed)]

    # Densities
    def density(self, parameter: str, summands: Sequence[Summand]) -> Density:
        """Products of two operands; what is no such product is one sum."""
        products = [self._pair(each) for each in summands if each.form is not None]
        loose = [each for each in summands if each.form is None]
        outer = any(isinstance(each.form, Outer) for each in summands)
        size = _size(summands[0].node) if summands else 1
        return Density(parameter, outer, size, tuple(products), self._rest(loose, size) if loose else None)

    def _pair(self, summand: Summand) -> Product:
        source = summand.node.source
        if isinstance(summand.form, Outer):
            r, y = summand.form.r, summand.form.y
            return Product(summand.factor, self.operand(r, source), self._vector(y, source), source=source)
        assert isinstance(summand.form, Split)
        left, right = halves(self._carried(summand.form))
        if _is_table(right) and not _is_table(left):
            left, right = right, left
        a, b = (_held(self._factor(part, source), source) for part in (left, right))
        return Product(summand.factor * summand.form.share, a, b, source=source)

    def _rest(self, loose: Sequence[Summand], size: int) -> Product | Sum:
        if len(loose) == 1:
            factor, node = loose[0].factor, loose[0].node
            powers = signed_powers(factor)
            if powers is not None and len(powers) == 1:
                return Product(factor, self.operand(node, ""), ONE, source=node.source)
        terms = [term for each in loose for term in self._terms(each.node, each.factor, "")]
        return Sum(tuple(terms), size, "y")


def _held(factor: Factor, source: str) -> Factor:
    """A parameter as an operand; any other factor is one."""
    return Cut(Product(1.0, factor, ONE, source=source), source) if isinstance(factor, Named) else factor


def _size(node: Node) -> int:
    """A number is a vector of one element."""
    return node.shape[0] if node.shape else 1


def _is_q(node: Node) -> bool:
    return node.op == "input" and node.name == "q"


def _is_u(node: Node) -> bool:
    return node.op == "input" and node.name == "u"


def _is_parameter(summand: Summand) -> bool:
    return isinstance(summand.form, Atom) and summand.form.node.op == "param"


def _is_table(nodes: Sequence[Node]) -> bool:
    return len(nodes) == 1 and nodes[0].op in TABLES


def halves(nodes: Sequence[Node]) -> tuple[list[Node], list[Node]]:
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
