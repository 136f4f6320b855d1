"""Angles: sin and cos of 2 pi times a value are functions of turns, which never end; q is read modulo one turn.

- sin and cos of 2 pi (C q + r), C a matrix of multiples of 2**-8, become one function of turns, sin 2 pi t, at C q + r
  and at C q + r + 1/4: the factor 2 pi meets the graph's own in symbols, so nothing is rounded
- where q acts in such functions alone, and C is whole eighths, q / 8 (or the like) is read as ``turn q``, modulo 1: the
  word may wrap, the angle comes round
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from golden.compiler.linear import LinearForms
from golden.compiler.patterns import TABLES, written
from golden.compiler.univariate import Univariate
from golden.errors import HelError, abridged
from golden.language.builder import Builder
from golden.language.graph import Array, Graph, Node, uniform
from golden.systems.coordinates import UNIT_LOG2

__all__ = ["in_turns", "turns_of", "with_turns", "with_two_pi"]

FINEST = 2.0**-8
"""A factor of 2 pi is a multiple of this."""
TWO_PI = 2 * math.pi


def _position(graph: Graph) -> Node | None:
    return next((node for node in graph.nodes if node.op == "input" and node.name == "q"), None)


def with_two_pi(graph: Graph) -> Graph:
    """The graph with every argument of sin and cos that is one in turns written as 2 pi times turns."""
    q, builder = _position(graph), graph.builder
    assert isinstance(builder, Builder)
    if q is None or not any(node.op in ("sin", "cos") for node in graph.nodes):
        return graph
    forms, made = LinearForms(q, builder), dict[Node, Node]()
    for node in graph.nodes:
        turns = _turns(node.args[0], forms, builder) if node.op in ("sin", "cos") else None
        if turns is not None:
            builder.where = _source(node)
            made[node] = builder.unary(node.op, builder.scale(turns, TWO_PI))
    if all(node is other for node, other in made.items()):
        return graph
    return replace(graph, outputs={name: _again(node, made, builder) for name, node in graph.outputs.items()})


def _turns(angle: Node, forms: LinearForms, builder: Builder) -> Node | None:
    """angle / 2 pi, where that has coefficients of q that are multiples of FINEST."""
    form = forms.of(angle)
    if form is None or not np.any(form.matrix):
        return None
    matrix = _multiples(form.matrix)
    if matrix is None:
        return None
    turns = _wired(matrix, forms.q, angle, builder)
    return turns if form.rest is None else builder.add(turns, builder.scale(form.rest, 1.0 / TWO_PI))


def _wired(matrix: Array, q: Node, like: Node, builder: Builder) -> Node:
    """matrix @ q of the shape of `like`."""
    if matrix.shape == (q.shape[0],) * 2 and np.array_equal(matrix, matrix[0, 0] * np.eye(len(matrix))):
        return builder.scale(q, float(matrix[0, 0]))
    found = builder.matvec(builder.const(matrix), q)
    return found if like.shape else builder.sum(found)


def turns_of(node: Node) -> float:
    """r where a node is sin or cos of 2 pi r times a node, r a multiple of FINEST; else 0."""
    if node.op not in ("sin", "cos") or node.args[0].op != "scale":
        return 0.0
    whole = _multiples(np.array(node.args[0].factor))
    return 0.0 if whole is None else float(whole)


def _multiples(angles: Array) -> Array | None:
    """Angles over 2 pi, where they are all multiples of FINEST, exactly these."""
    ratio = angles / TWO_PI / FINEST
    whole = np.rint(ratio)
    return whole * FINEST if np.all(np.abs(ratio - whole) <= 1e-9 * np.abs(whole)) else None


def in_turns(node: Node, below: Node, builder: Builder) -> Node:
    """sin or cos of 2 pi r times a node as a table over a turn; `below` is what has become of that node."""
    turns = builder.scale(below, turns_of(node))
    if node.op == "cos":
        turns = builder.add(turns, builder.full(0.25, turns.shape))
    x = builder.leaf("input", "x", ())
    return builder.table(turns, Univariate(builder.unary("sin", builder.scale(x, TWO_PI)), x, "sin2pi"))


def with_turns(graph: Graph, declared: Iterable[int] = (), finest: int = UNIT_LOG2) -> Graph:
    """A tabulated gradient graph whose periodic functions read q modulo 2**e, where nothing else reads it.

    e <= `finest` is the least with which all factors of q are whole multiples of 2**-e; a word of as many integer bits
    wraps where all of them have come round.

    Parameters
    ----------
    declared : neurons whose positions are said to be angles; then anything else that reads them is an error

    Raises
    ------
    HelError : a declared angle in a polynomial, or in a function that has another period; a dV/du, which nothing in
        hardware needs, that alone reads q otherwise; with its line.
    """
    q, builder, angles = _position(graph), graph.builder, list(declared)
    assert isinstance(builder, Builder)
    if q is None or not (angles or any(_over_a_turn(node) for node in graph.nodes)):
        return graph
    forms = LinearForms(q, builder)
    needed = replace(graph, outputs={name: node for name, node in graph.outputs.items() if name != "u"})
    others = list(_other_readers(needed, forms, finest))
    for node, columns in others:
        if np.any(columns[angles]):
            raise _no_angle(graph, node, forms, angles)
    if others and not angles:
        return graph
    made = dict[Node, Node]()
    read = [node for node in graph.nodes if _over_a_turn(node) and _parts(forms, node) <= finest]
    log2 = max((_parts(forms, node) for node in read), default=0)
    for node in read:
        turned = {q: builder.scale(builder.turn(q, log2), 2.0**log2)}
        made[node] = builder.again(node, (_again(node.args[0], turned, builder),))
    by_input = replace(graph, outputs={"u": graph.outputs["u"]})
    for node, columns in () if others else _other_readers(by_input, forms, finest):
        raise _no_angle(graph, node, forms, angles) if np.any(columns[angles]) else _no_slope(graph, node)
    outputs = {name: _again(node, made, builder) for name, node in graph.outputs.items()}
    return replace(graph, outputs=outputs)


def _no_slope(graph: Graph, node: Node) -> HelError:
    at = f"{node.source}: " if node.source else f"{graph.name}: "
    return HelError(f"{at}dV/du reads a position that all else reads modulo 1; drive it by a periodic function of it")


def _parts(forms: LinearForms, node: Node) -> int:
    """The least e with which a function's argument is a sum of q with multiples of 2**-e; else a large one."""
    form = forms.of(node.args[0])
    if form is None:
        return 99
    return next((e for e in range(9) if np.array_equal(form.matrix * 2**e, np.rint(form.matrix * 2**e))), 99)


def _no_angle(graph: Graph, node: Node, forms: LinearForms, angles: list[int]) -> HelError:
    at = f"{node.source}: " if node.source else f"{graph.name}: "
    if node.op == "table" and _parts(forms, node) <= UNIT_LOG2:
        rule = f"the word of an angle has at least {UNIT_LOG2} integer bits, got fewer"
        return HelError(f"{at}{rule}; take the usual formats, or in Python Formats(integer_bits={UNIT_LOG2})")
    rule, undeclared = "an angle acts in functions of whole turns alone", "or do not declare it an angle"
    if found := _part_of_a_turn(node, forms, angles):
        return HelError(f"{at}{rule}, and {found} here; write whole factors inside np.sin and np.cos, {undeclared}")
    if any(node is output and name in graph.parameters for name, output in graph.outputs.items()):
        why = "the gradient of a learnt torque is the angle itself, which has no end"
        return HelError(f"{at}{rule}, and {why}; drive it by u times the angle, {undeclared}")
    if node.op == "table":
        reader = f"{abridged(str(node.function))} has another period, or none"
    else:
        reader = f"np.{node.op} has no period" if node.op in TABLES else f"{written(node)} reads it by itself"
    return HelError(
        f"{at}{rule}, and {reader}; write it inside np.sin and np.cos with whole factors, drive it by u times the"
        f" angle, {undeclared}"
    )


def _part_of_a_turn(node: Node, forms: LinearForms, angles: list[int]) -> str:
    """Which angle turns how many times, where a function of a sum of angles reads it by no whole number."""
    form = forms.of(node.args[0]) if node.op in ("sin", "cos") or _over_a_turn(node) else None
    if form is None:
        return ""
    turns = form.matrix * (2**UNIT_LOG2 if node.op == "table" else 2**UNIT_LOG2 / TWO_PI)
    for row in turns:
        for neuron in angles:
            if abs(row[neuron] - round(row[neuron])) > 1e-9 * max(1.0, abs(row[neuron])):
                part = Fraction(row[neuron]).limit_denominator(64)
                near = abs(float(part) - row[neuron]) < 1e-9
                return f"q[{neuron}] turns {part if near else f'{row[neuron]:.4g}'} times"
    return ""


def _other_readers(graph: Graph, forms: LinearForms, finest: int) -> Iterator[tuple[Node, Array]]:
    """Nodes that read sums of q and are neither such sums nor functions of whole turns; with the neurons they read."""
    for node in graph.nodes:
        found = [form for form in map(forms.of, node.args) if form is not None and np.any(form.matrix)]
        if not found or forms.of(node) is not None:
            continue
        columns = np.any([np.any(form.matrix, axis=0) for form in found], axis=0)
        if not (_over_a_turn(node) and _parts(forms, node) <= finest):
            yield node, columns
    for node in graph.outputs.values():
        form = forms.of(node)
        if form is not None and np.any(form.matrix) and uniform(node) is None:
            yield node, np.any(form.matrix, axis=0)


def _over_a_turn(node: Node) -> bool:
    return node.op == "table" and bool(node.function.periodic)


def _again(output: Node, made: dict[Node, Node], builder: Builder) -> Node:
    """A node over what its operands have become."""
    for node in Graph("", {}, {}, {"": output}, builder).nodes:
        if node not in made:
            builder.where = _source(node)
            made[node] = builder.again(node, tuple(made[arg] for arg in node.args))
    return made[output]


def _source(node: Node) -> Callable[[], str]:
    return lambda: node.source
