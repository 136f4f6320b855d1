"""Evaluates a traced graph with `jax.numpy`: the potential as JAX sees it, of one sample.

Twin of `golden.language.evaluate`, which evaluates in NumPy on batches; here `jax.vmap` makes the batches, `jax.grad`
the slopes: nothing of golden's own differentiation is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from golden.errors import HelError
from golden.language.graph import Graph, Node
from golden.peers.extra import jax

__all__ = ["function_of"]


def function_of(graph: Graph, output: str) -> Callable[[Mapping[str, Any]], Any]:
    """values by name of inputs and parameters -> the output, both of one sample.

    Raises
    ------
    HelError : a function of the user's own, which JAX cannot look into; JAX is not installed.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> potential = function_of(linear.graph, "potential")
    >>> values = {"q": [1.0, 2.0], "u": [0.0], "a": [1.0, 1.0], "B": [[1.0], [1.0]]}
    >>> float(potential({name: jax().numpy.array(value) for name, value in values.items()}))
    2.5
    """
    nodes, root = graph.nodes, graph.outputs[output]
    operations = _operations()
    for node in nodes:
        if node.op in ("call", "table"):
            name = getattr(node.function, "name", "a function")
            raise HelError(
                f"{node.source or graph.name}: JAX knows the functions of NumPy, not {name} of hel.table;"
                " write it in NumPy's functions, or leave JAX out"
            )

    def evaluate(values: Mapping[str, Any]) -> Any:
        numpy = jax().numpy
        found: dict[Node, Any] = {}
        for node in nodes:
            if node.op in ("input", "param"):
                found[node] = values[node.name]
            elif node.op == "const":
                found[node] = numpy.asarray(node.data, dtype=values["q"].dtype)
            else:
                found[node] = operations[node.op](node, *(found[arg] for arg in node.args))
        return found[root]

    return evaluate


def _operations() -> dict[str, Callable[..., Any]]:
    """op -> (node, values of its operands) -> value."""
    numpy, nn = jax().numpy, jax().nn

    def pad(node: Node, x: Any) -> Any:
        return numpy.zeros(node.shape, x.dtype).at[node.start : node.start + x.shape[0]].set(x)

    def turn(node: Node, x: Any) -> Any:
        y = x * 2.0**-node.start
        return y - numpy.floor(y + 0.5)

    def log_cosh(node: Node, x: Any) -> Any:
        return numpy.logaddexp(x, -x) - numpy.log(2.0).astype(x.dtype)

    def one(function: Callable[[Any], Any]) -> Callable[..., Any]:
        return lambda node, x: function(x)

    plain = ("tanh", "cos", "sin", "exp", "expm1", "log", "log1p", "sqrt", "reciprocal", "sinh", "cosh", "tan",
             "arctan", "arctanh", "arcsinh", "square")  # fmt: skip
    return {
        "add": lambda node, a, b: a + b,
        "mul": lambda node, a, b: a * b,
        "scale": lambda node, a: node.factor * a,
        "matvec": lambda node, w, x: w @ x,
        "matvec_t": lambda node, w, r: r @ w,
        "outer": lambda node, r, x: r[:, None] * x[None, :],
        "transpose": lambda node, w: w.T,
        "sum": lambda node, a: a.sum(),
        "fill": lambda node, a: numpy.broadcast_to(a, node.shape),
        "slice": lambda node, x: x[node.start : node.start + node.shape[0]],
        "pad": pad,
        "turn": turn,
        "logcosh": log_cosh,
        "softplus": lambda node, x: numpy.logaddexp(x, 0.0),
        "logistic": lambda node, x: nn.sigmoid(x),
        "power": lambda node, x: x**node.factor,
        "clip": lambda node, x: numpy.clip(x, *node.function),
        **{name: one(getattr(numpy, name)) for name in plain},
    }
