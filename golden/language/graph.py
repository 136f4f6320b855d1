"""The expression graph: hash-consed nodes with shapes, and a text form.

A node is one operation on real arrays without batch axes; shapes are (), (n,) or (n, m). The whole vocabulary:

==================  ======================================  =======================================================
op                  fields                                  value
==================  ======================================  =======================================================
``input``           name                                    the input of that name (``q``, ``u``; ``target`` in a cost)
``param``           name                                    the parameter of that name
``const``           data                                    a fixed float64 array
``add``             args a, b of equal shape                a + b   (a - b is add(a, scale(b, -1)))
``mul``             args a, b of equal shape                a * b, element by element
``square``          arg a                                   a * a
``scale``           arg a; factor                           factor * a, factor a Python float
``matvec``          args W (n, m), x (m,)                   W x
``matvec_t``        args W (n, m), r (n,)                   W^T r
``outer``           args r (n,), x (m,)                     r x^T, shape (n, m)
``transpose``       arg W (n, m)                            W^T  (only around elementwise matrix arithmetic)
``sum``             arg a                                   the sum of all elements, shape ()
``fill``            arg a of shape (); shape                every element is a
``slice``           arg x (n,); start, shape (k,)           x[start : start + k]
``pad``             arg x (k,); start, shape (n,)           zeros with x at [start : start + k] (adjoint of slice)
``tanh`` ...        arg a                                   one of TABLES or SMOOTH, element by element
``power``           arg a; factor                           a to the power of factor
``clip``            arg a; function, (low, high)            a within a stated range
``call``            arg a; function                         a user's own function of a
``turn``            arg a; start                            2**-start a modulo 1, in [-1/2, 1/2)
``table``           arg a; function                         a function of a, chosen for a table by the compiler
==================  ======================================  =======================================================

Operands never broadcast: `fill` says where a number becomes a vector. Factors float outwards through linear
operations, so a sum of products meets its constants last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "OPS",
    "SMOOTH",
    "TABLES",
    "Array",
    "Graph",
    "Node",
    "Shape",
    "depends",
    "summands",
    "topological",
    "uniform",
]

Array = NDArray[np.float64]
Shape = tuple[int, ...]

TABLES = ("logcosh", "tanh", "softplus", "logistic", "cos", "sin")
"""Smooth scalar functions of which the first four have derivatives among themselves, and all a table of their own."""

SMOOTH = ("exp", "expm1", "log", "log1p", "sqrt", "reciprocal", "power", "sinh", "cosh", "tan", "arctan", "arctanh",
          "arcsinh", "clip", "call")  # fmt: skip
"""All other smooth functions of one variable (golden.language.smooth)."""

OPS = ("input", "param", "const", "add", "mul", "square", "scale", "matvec", "matvec_t", "outer", "transpose",
       "sum", "fill", "slice", "pad", *TABLES, *SMOOTH, "turn", "table")  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One operation. Nodes are compared by identity: inside one graph, equal expressions are one node.

    Members
    -------
    op : one of OPS
    args : operand nodes
    shape : shape of the value, without batch axes
    name : of an ``input`` or ``param``, else ""
    factor : of a ``scale``, exponent of a ``power``, else 1.0
    start : first element of a ``slice`` or position in a ``pad``, power of two of a ``turn``, else 0
    data : float64 array of a ``const``, else None
    source : ``file:line: `text``` of the user's code that made the node first, "" where unknown
    function : of a ``call`` or a ``table`` what it computes, of a ``clip`` its bounds, else None
    """

    op: str
    args: tuple[Node, ...]
    shape: Shape
    name: str = ""
    factor: float = 1.0
    start: int = 0
    data: Array | None = None
    source: str = ""
    function: Any = None


@dataclass(frozen=True)
class Graph:
    """Named outputs over named inputs and parameters; ``str(graph)`` is the text form.

    Members
    -------
    name : of the system or function traced
    inputs, parameters : name -> shape
    outputs : name -> node (``{"potential": ...}`` from a trace, ``{"q": dV/dq, "u": dV/du, "W": dV/dW ...}`` from
        `golden.language.autodiff.gradient`)

    >>> from golden.systems import get
    >>> print(get("linear", n=3, m=2).graph)
    linear: inputs q (3), u (2); parameters a (3), B (3, 2)
      %0  = param a          : (3)
      %1  = input q          : (3)
      %2  = square %1        : (3)
      %3  = mul %0 %2        : (3)
      %4  = sum %3           : ()
      %5  = scale %4 by 0.5  : ()
      %6  = param B          : (3, 2)
      %7  = input u          : (2)
      %8  = matvec %6 %7     : (3)
      %9  = mul %8 %1        : (3)
      %10 = sum %9           : ()
      %11 = scale %10 by -1  : ()
      %12 = add %5 %11       : ()
      potential = %12
    """

    name: str
    inputs: Mapping[str, Shape]
    parameters: Mapping[str, Shape]
    outputs: Mapping[str, Node]
    builder: object = field(repr=False)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node the outputs need, operands before users."""
        return topological(self.outputs.values())

    def __str__(self) -> str:
        nodes = self.nodes
        number = {node: f"%{i}" for i, node in enumerate(nodes)}
        head = f"{self.name}: inputs {_leaves(self.inputs)}; parameters {_leaves(self.parameters) or 'none'}"
        texts = [_text(node, number) for node in nodes]
        width = max((len(text) for text in texts), default=0)
        wide = len(f"%{len(nodes) - 1}")
        rows = zip(nodes, texts, strict=True)
        lines = [f"  {number[node]:<{wide}} = {text:<{width}}  : {_shape(node.shape)}" for node, text in rows]
        lines += [f"  {name} = {number[node]}" for name, node in self.outputs.items()]
        return "\n".join([head, *lines])


def topological(outputs: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes below `outputs`, each once, operands first, in the order a reader would compute them."""
    order: dict[Node, None] = {}
    stack = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, ready = stack.pop()
        if node in order:
            continue
        if ready:
            order[node] = None
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    return tuple(order)


def summands(node: Node, products: Callable[[Node], Sequence[Node]] = lambda node: ()) -> Iterator[tuple[float, Node]]:
    """(factor, summand) of a sum, in order; no recursion, for sums may be long.

    `products` says of which nodes an element-wise product is the sum; none for one that is left as it is.
    """
    stack = [(1.0, node)]
    while stack:
        factor, top = stack.pop()
        if top.op == "add":
            stack += [(factor, top.args[1]), (factor, top.args[0])]
        elif top.op == "scale":
            stack.append((factor * top.factor, top.args[0]))
        elif top.op == "mul" and (parts := products(top)):
            stack += [(factor, part) for part in reversed(parts)]
        else:
            yield factor, top


def depends(node: Node, name: str, cache: dict[Node, bool]) -> bool:
    """Whether a node's value depends on the input `name`; `cache` keeps answers for one name."""
    for below in topological([node]):
        if below not in cache:
            cache[below] = (below.op == "input" and below.name == name) or any(cache[arg] for arg in below.args)
    return cache[node]


def uniform(node: Node) -> float | None:
    """The value of every element where that is one known number, else None."""
    base = node.args[0] if node.op == "fill" else node
    return float(base.data) if base.data is not None and base.shape == () else None


def _shape(shape: Shape) -> str:
    return "(" + ", ".join(str(size) for size in shape) + ")"


def _leaves(leaves: Mapping[str, Shape]) -> str:
    return ", ".join(f"{name} {_shape(shape)}" for name, shape in leaves.items())


def _text(node: Node, number: Mapping[Node, str]) -> str:
    words = [node.op, *(number[arg] for arg in node.args)]
    if node.op in ("input", "param"):
        words.append(node.name)
    elif node.op == "power":
        words.append(f"to {node.factor:g}")
    elif node.op == "clip":
        words.append("[{:g}, {:g}]".format(*node.function))
    elif node.function is not None:
        words.append(str(node.function))
    elif node.op == "scale":
        words.append(f"by {node.factor:g}" if float(f"{node.factor:g}") == node.factor else f"by {node.factor!r}")
    elif node.op == "slice":
        words.append(f"[{node.start}:{node.start + node.shape[0]}]")
    elif node.op == "pad":
        words.append(f"at {node.start}")
    elif node.op == "const":
        assert node.data is not None
        words.append(np.array2string(node.data, threshold=6, separator=",").replace("\n", ""))
    return " ".join(words)
