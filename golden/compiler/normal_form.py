"""What normalising makes of a graph: each node as a sum of products of nodes, and of fixed matrices times nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golden.language.graph import Array, Node

__all__ = ["Atom", "Fixed", "Form", "Matrices", "Normal", "Outer", "Split", "Summand", "Wiring", "text"]


@dataclass(frozen=True)
class Fixed:
    """A constant vector or number."""

    vector: Array

    def __str__(self) -> str:
        return f"fixed {list(self.vector.shape)}"


@dataclass(frozen=True)
class Atom:
    """A parameter, an input, q, or a function of the table: nothing to open."""

    node: Node

    def __str__(self) -> str:
        return text(self.node)


@dataclass(frozen=True)
class Split:
    """share * the element-wise product of two or more factors.

    Members
    -------
    factors : nodes, none of them a product or a constant
    share : a number
    carriers : (i, d * factors[i]) of the factors that may take up the constant vector d; () where there is none
    """

    factors: tuple[Node, ...]
    share: float = 1.0
    carriers: tuple[tuple[int, Node], ...] = ()

    def __str__(self) -> str:
        number = f"{self.share:g} " if self.share != 1.0 else ""
        return number + "fixed " * bool(self.carriers) + " ".join(map(text, self.factors))


@dataclass(frozen=True)
class Matrices:
    """A sum of parameter matrices times a vector: (name, share, whether transposed) of each."""

    parts: tuple[tuple[str, float, bool], ...]
    vector: Node

    def __str__(self) -> str:
        each = (f"{share:g} {name}{'^T' * flip}" for name, share, flip in self.parts)
        return f"({' + '.join(each)}) @ {text(self.vector)}"


@dataclass(frozen=True)
class Wiring:
    """A fixed matrix times a node."""

    matrix: Array
    below: Node

    def __str__(self) -> str:
        return f"fixed {list(self.matrix.shape)} @ {text(self.below)}"


@dataclass(frozen=True)
class Outer:
    """r y^T: in a matrix's density."""

    r: Node
    y: Node

    def __str__(self) -> str:
        return f"{text(self.r)} outer {text(self.y)}"


Form = Fixed | Atom | Split | Matrices | Wiring


@dataclass(frozen=True)
class Summand:
    """factor * form; `node` is where it stands in the graph. In a density a form of None is no product of two."""

    factor: float
    form: Form | Outer | None
    node: Node

    def __str__(self) -> str:
        return f"{self.factor:+g} * {text(self.node) if self.form is None else self.form}"


@dataclass(frozen=True)
class Normal:
    """A normalised graph; ``str()`` lists what there was to open.

    Members
    -------
    force, inputs : nodes of dV/dq and dV/du; None where the potential does not depend on u
    gradients : parameter -> summands of its density that depend on q
    sums : node -> its summands, in order; of every node that lowering reads
    """

    force: Node
    inputs: Node | None
    gradients: Mapping[str, tuple[Summand, ...]]
    sums: Mapping[Node, tuple[Summand, ...]]

    def __str__(self) -> str:
        heads = [f"force = {text(self.force)}"]
        heads += [f"gradient {name} = {' '.join(map(str, found))}" for name, found in self.gradients.items()]
        if self.inputs is not None:
            heads.append(f"inputs = {text(self.inputs)}")
        sums = [(text(node), " ".join(map(str, found))) for node, found in self.sums.items()]
        return "\n".join(heads + [f"{name} = {found}" for name, found in sums if found != f"+1 * {name}"])


def text(node: Node) -> str:
    """A node in a line: its name, or its operation and the shape of its value."""
    return node.name or f"{node.op}{list(node.shape)}"
