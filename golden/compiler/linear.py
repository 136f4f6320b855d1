"""Values that are linear in q with fixed coefficients: their matrix, and what else is added to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.compiler.patterns import constant
from golden.language.builder import Builder
from golden.language.graph import Array, Node

__all__ = ["Linear", "LinearForms"]


@dataclass(frozen=True)
class Linear:
    """matrix @ q + rest, as a vector; a number is a vector of one element. `rest` does not depend on q; None for 0."""

    matrix: Array
    rest: Node | None


class LinearForms:
    """The forms of nodes, each found once.

    >>> b = Builder()
    >>> q = b.leaf("input", "q", (3,))
    >>> LinearForms(q, b).of(b.subtract(b.slice(q, 1, 2), b.slice(q, 0, 2))).matrix
    array([[-1.,  1.,  0.],
           [ 0., -1.,  1.]])
    """

    def __init__(self, q: Node, builder: Builder) -> None:
        self.q, self.builder = q, builder
        self.found: dict[Node, Linear | None] = {q: Linear(np.eye(q.shape[0]), None)}

    def moves(self, node: Node) -> bool:
        """Whether a node depends on q."""
        form = self.of(node)
        return form is None or bool(np.any(form.matrix))

    def of(self, node: Node) -> Linear | None:
        """None where a node is not linear in q."""
        if node not in self.found:
            self.found[node] = self._form(node)
        return self.found[node]

    def _form(self, node: Node) -> Linear | None:
        forms = [self.of(arg) for arg in node.args]
        if all(form is not None and not np.any(form.matrix) for form in forms):
            size = node.shape[0] if len(node.shape) == 1 else 1
            return Linear(np.zeros((size, self.q.shape[0])), node)
        if any(form is None for form in forms):
            return None
        b = self.builder
        one, *others = [form for form in forms if form is not None]
        rest, rows = one.rest, one.matrix
        match node.op:
            case "add":
                (two,) = others
                both = rest if two.rest is None else two.rest if rest is None else b.add(rest, two.rest)
                return Linear(rows + two.matrix, both)
            case "scale":
                return Linear(node.factor * rows, None if rest is None else b.scale(rest, node.factor))
            case "slice":
                kept = rows[node.start : node.start + node.shape[0]]
                return Linear(kept, None if rest is None else b.slice(rest, node.start, node.shape[0]))
            case "pad":
                padded = np.zeros((node.shape[0], rows.shape[1]))
                padded[node.start : node.start + len(rows)] = rows
                return Linear(padded, None if rest is None else b.pad(rest, node.start, node.shape[0]))
            case "sum":
                return Linear(rows.sum(0, keepdims=True), None if rest is None else b.sum(rest))
            case "fill":
                repeated = np.repeat(rows, node.shape[0], axis=0)
                return Linear(repeated, None if rest is None else b.fill(rest, node.shape))
            case "mul":
                return self._times(node)
            case "matvec" | "matvec_t":
                return self._matrix_times(node)
        return None

    def _times(self, node: Node) -> Linear | None:
        """A fixed vector times a linear value."""
        for fixed, other in (node.args, node.args[::-1]):
            values, form = constant(fixed), self.of(other)
            if values is not None and form is not None:
                rest = None if form.rest is None else self.builder.mul(fixed, form.rest)
                return Linear(np.atleast_1d(values)[:, None] * form.matrix, rest)
        return None

    def _matrix_times(self, node: Node) -> Linear | None:
        matrix, form = constant(node.args[0]), self.of(node.args[1])
        if matrix is None or form is None:
            return None
        turned = matrix.T if node.op == "matvec_t" else matrix
        rest = None if form.rest is None else self.builder.again(node, (node.args[0], form.rest))
        return Linear(turned @ form.matrix, rest)
