"""A function of one variable, as a part of a graph: its value, its text, and the range that is stated for it."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from golden.language.evaluate import Evaluator
from golden.language.graph import SMOOTH, TABLES, Array, Graph, Node, uniform

__all__ = ["Univariate"]


class Univariate:
    """The value of `root` as a function of the value of `variable`, element by element. Equal by its text.

    Members
    -------
    text : as NumPy would write it, of x
    bounds : what np.clip or a user's own function states of x, (low, high); None where nothing does
    error : the largest error that a user's own function asks for; None where none does

    >>> from golden.systems import System
    >>> class Well(System):
    ...     @property
    ...     def parameters(self):
    ...         return {"k": (self.n,)}
    ...     def potential(self, q, u, theta):
    ...         return -np.sum(theta["k"] * np.exp(-q**2))
    >>> from golden.compiler.tabulate import tabulate
    >>> (made,) = {node.function for node in tabulate(Well(2).gradient).nodes if node.op == "table"}
    >>> str(made), made(np.array([0.0, 1.0])).round(3).tolist()
    ('exp(-x**2)', [1.0, 0.368])
    """

    def __init__(self, root: Node, variable: Node, name: str = "") -> None:
        self.root, self.variable, self._name = root, variable, name
        self.text = _Text(variable).of(root)[0]
        nodes = [node for node in Graph("", {}, {}, {"": root}, None).nodes if node is not variable]
        self.bounds = _common([found for node in nodes for found in [_stated(node, variable)] if found])
        errors = [node.function.error for node in nodes if node.op == "call" and node.function.error is not None]
        self.error = min(errors, default=None)
        self._key = (self.text, *(id(node.function) for node in nodes if node.op == "call"))

    @property
    def name(self) -> str:
        """A short name: that of a plain function of x, else f."""
        if self._name:
            return self._name
        plain = self.root.args == (self.variable,) and self.root.op in (*TABLES, *SMOOTH)
        return str(getattr(self.root.function, "name", self.root.op)) if plain else "f"

    @cached_property
    def periodic(self) -> bool:
        """Whether it comes round with every whole step of x; tried on some hundred numbers."""
        x = np.linspace(-0.5, 0.5, 129) + 1 / 512
        here = self(x)
        if self.bounds is not None or not np.isfinite(here).all() or np.ptp(here) == 0.0:
            return False
        shifted = [self(x + turns) for turns in (1.0, -1.0, 2.0, 7.0)]
        return all(np.abs(there - here).max() <= 1e-9 * np.abs(here).max() for there in shifted)

    @property
    def source(self) -> str:
        return self.root.source

    def __call__(self, x: Array) -> Array:
        """Its values at x of any shape; not finite where there is none."""
        x = np.asarray(x, np.float64)
        with np.errstate(all="ignore"):
            return np.array(np.broadcast_to(self._evaluate({"x": x.ravel()})["y"], x.size).reshape(x.shape))

    @cached_property
    def _evaluate(self) -> Evaluator:
        leaf = Node("input", (), (), "x")
        return Evaluator(Graph("", {"x": ()}, {}, {"y": _over(self.root, self.variable, leaf)}, None))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Univariate) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __str__(self) -> str:
        return self.text


def _over(root: Node, variable: Node, leaf: Node) -> Node:
    """The same on numbers, with a leaf for the variable."""
    made: dict[Node, Node] = {variable: leaf}
    for node in Graph("", {}, {}, {"": root}, None).nodes:
        if node in made:
            continue
        if node.op == "fill":
            made[node] = made.get(node.args[0]) or _scalar(node.args[0])
        elif not node.args:
            made[node] = _scalar(node) if node.shape == () else node
        elif all(arg in made for arg in node.args):
            made[node] = Node(
                node.op, tuple(made[arg] for arg in node.args), (), node.name, node.factor, function=node.function
            )
    return made[root]


def _scalar(node: Node) -> Node:
    return Node("const", (), (), data=np.asarray(uniform(node), np.float64))


def _stated(node: Node, variable: Node) -> tuple[float, float] | None:
    """The range of the variable that a node states."""
    if node.op not in ("clip", "call"):
        return None
    line = _line(node.args[0], variable)
    if line is None:
        return None
    factor, offset = line
    stated = node.function if node.op == "clip" else (node.function.low, node.function.high)
    low, high = sorted((end - offset) / factor for end in stated)
    return low, high


def _line(node: Node, variable: Node) -> tuple[float, float] | None:
    """(factor, offset) where a node is factor * variable + offset."""
    if node is variable:
        return 1.0, 0.0
    if node.op == "scale":
        below = _line(node.args[0], variable)
        return None if below is None else (node.factor * below[0], node.factor * below[1])
    if node.op == "add":
        for one, other in (node.args, node.args[::-1]):
            below, number = _line(one, variable), uniform(other)
            if below is not None and number is not None:
                return below[0], below[1] + number
    return None


def _common(ranges: list[tuple[float, float]]) -> tuple[float, float] | None:
    """What all ranges allow."""
    if not ranges:
        return None
    return max(low for low, _ in ranges), min(high for _, high in ranges)


class _Text:
    """Nodes as NumPy text with the precedence of their outermost operation: 0 a sum, 1 a product, 2 a power, 3 more."""

    def __init__(self, variable: Node) -> None:
        self.variable = variable

    def of(self, node: Node) -> tuple[str, int]:
        if node is self.variable:
            return "x", 3
        value = uniform(node)
        if value is not None:
            return f"{value:g}" if float(f"{value:g}") == value else repr(value), 3 if value >= 0 else 0
        args = node.args
        match node.op:
            case "add":
                (a, _), (b, _) = self.of(args[0]), self.of(args[1])
                return (f"{a} - {b[1:]}" if b.startswith("-") else f"{a} + {b}"), 0
            case "mul":
                if args[1].op == "reciprocal":
                    return f"{self.within(args[0], 1)} / {self.within(args[1].args[0], 2)}", 1
                return f"{self.within(args[0], 1)} * {self.within(args[1], 1)}", 1
            case "scale":
                number = {1.0: "", -1.0: "-"}.get(node.factor, f"{_number(node.factor)} * ")
                return f"{number}{self.within(args[0], 1)}", 1
            case "square":
                return f"{self.within(args[0], 3)}**2", 2
            case "power":
                return f"{self.within(args[0], 3)}**{_number(node.factor)}", 2
            case "reciprocal":
                return f"1 / {self.within(args[0], 2)}", 1
            case "clip":
                low, high = node.function
                return f"clip({self.of(args[0])[0]}, {low:g}, {high:g})", 3
            case "call":
                return f"{node.function}({self.of(args[0])[0]})", 3
            case "fill":
                return self.of(args[0])
        return f"{node.op}({self.of(args[0])[0]})", 3

    def within(self, node: Node, strength: int) -> str:
        text, own = self.of(node)
        return text if own >= strength and not text.startswith("-") else f"({text})"


def _number(value: float) -> str:
    if value in (2 * math.pi, -2 * math.pi):
        return "-" * (value < 0) + "2 * pi"
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
