"""Evaluates a graph with NumPy in float64, on batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from golden.language.graph import SMOOTH, Array, Graph, Node, topological
from golden.language.smooth import value as smooth_value

__all__ = ["Evaluator", "log_cosh", "logistic"]


class Evaluator:
    """Computes outputs of a graph for arrays with leading batch axes.

    Every value has the shape batch + (shape of its node); batch shapes broadcast against each other, so parameters
    may be shared (no batch axes) or one per sample. Outputs always have the full batch shape, except those asked for
    as totals: they are summed over all batch axes but the first `keep` (an outer product as one matrix product).

    Parameters
    ----------
    graph : what to compute
    outputs : names of the outputs wanted, default all

    >>> from golden.systems import get
    >>> linear = get("linear", n=2, m=1)
    >>> theta = {"a": np.array([1.0, 2.0]), "B": np.array([[1.0], [0.0]])}
    >>> Evaluator(linear.gradient, ["q"])({"q": np.ones((5, 2)), "u": np.ones(1), **theta})["q"].shape
    (5, 2)
    >>> Evaluator(linear.gradient, ["B"])({"q": np.ones((5, 2)), "u": np.ones(1), **theta}, total=["B"])["B"]
    array([[-5.],
           [-5.]])
    """

    def __init__(self, graph: Graph, outputs: Iterable[str] | None = None) -> None:
        self._ranks = {name: len(shape) for name, shape in (*graph.inputs.items(), *graph.parameters.items())}
        wanted = {name: graph.outputs[name] for name in (graph.outputs if outputs is None else outputs)}
        # An output is factor * base; the product of an outer base is left to the end, where its batch may be summed.
        split = {name: (n.args[0], n.factor) if n.op == "scale" else (n, 1.0) for name, n in wanted.items()}
        roots = [root for base, _ in split.values() for root in (base.args if base.op == "outer" else (base,))]
        nodes = topological(roots)
        at = {node: i for i, node in enumerate(nodes)}
        self._program: list[tuple[str | Array | Callable[..., Array], tuple[int, ...]]] = []
        for node in nodes:
            leaf = node.name if node.op in ("input", "param") else node.data
            self._program.append((_operation(node) if leaf is None else leaf, tuple(at[arg] for arg in node.args)))
        self._outputs = [
            (name, tuple(at[arg] for arg in (base.args if base.op == "outer" else (base,))), factor, len(base.shape))
            for name, (base, factor) in split.items()
        ]

    def __call__(self, values: Mapping[str, Array], *, total: Iterable[str] = (), keep: int = 0) -> dict[str, Array]:
        """The outputs at `values` (input and parameter name -> array); those in `total` summed over the batch."""
        results: list[Array] = []
        for operation, args in self._program:
            if isinstance(operation, str):
                results.append(values[operation])
            elif isinstance(operation, np.ndarray):
                results.append(operation)
            else:
                results.append(operation(*[results[arg] for arg in args]))
        batch = self.batch(values)
        outputs = {}
        for name, args, factor, rank in self._outputs:
            if name in total and len(batch) > keep:
                value = _total([results[arg] for arg in args], batch, keep, rank)
            elif len(args) == 2:
                value = results[args[0]][..., :, None] * results[args[1]][..., None, :]
            else:
                value = results[args[0]]
            # A slope that meets no input has no batch axis of its own.
            if (name not in total or len(batch) <= keep) and value.shape[: value.ndim - rank] != batch:
                value = np.broadcast_to(value, batch + value.shape[value.ndim - rank :])
            outputs[name] = value if factor == 1.0 else factor * value
        return outputs

    def batch(self, values: Mapping[str, Array]) -> tuple[int, ...]:
        """The common batch shape of `values`."""
        shapes = {value.shape[: value.ndim - self._ranks[name]] for name, value in values.items()}
        shapes.discard(())
        return np.broadcast_shapes(*shapes) if len(shapes) > 1 else next(iter(shapes), ())


def _total(parts: list[Array], batch: tuple[int, ...], keep: int, rank: int) -> Array:
    """Sums over the batch axes after the first `keep`: of one value of `rank` axes, or of an outer product of two."""
    if len(parts) == 1:
        (value,) = parts
        full = np.broadcast_to(value, batch + value.shape[value.ndim - rank :])
        return np.asarray(full.sum(axis=tuple(range(keep, len(batch)))))
    r, x = (np.broadcast_to(part, batch + part.shape[-1:]).reshape(*batch[:keep], -1, part.shape[-1]) for part in parts)
    return np.asarray(r.swapaxes(-1, -2) @ x)


def log_cosh(x: Array) -> Array:
    """log cosh x without overflow: |x| + log(1 + e^(-2|x|)) - log 2."""
    a = np.abs(x)
    return np.asarray(a + np.log1p(np.exp(-2.0 * a)) - np.log(2.0))


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x) without overflow: (1 + tanh(x / 2)) / 2."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _matvec(w: Array, x: Array) -> Array:
    if w.ndim == 2:
        return np.asarray(w @ x if x.ndim == 1 else x @ w.T)
    return np.asarray((w @ x[..., None])[..., 0])


def _pad(x: Array, start: int, length: int) -> Array:
    value = np.zeros((*x.shape[:-1], length))
    value[..., start : start + x.shape[-1]] = x
    return value


def _turn(x: Array) -> Array:
    return np.asarray(x - np.floor(x + 0.5))


def _operation(node: Node) -> Callable[..., Array]:
    """The NumPy function of one node's operands."""
    shape, factor, start = node.shape, node.factor, node.start
    match node.op:
        case "scale":
            return lambda a: factor * a
        case "fill":
            return lambda a: np.broadcast_to(a[(..., *(None,) * len(shape))], a.shape + shape)
        case "sum":
            axes = tuple(range(-len(node.args[0].shape), 0))
            return lambda a: np.asarray(a.sum(axis=axes))
        case "slice":
            return lambda x: x[..., start : start + shape[0]]
        case "pad":
            return lambda x: _pad(x, start, shape[0])
        case "turn":
            return lambda x: _turn(x * 2.0**-start)
        case "table":
            return node.function  # type: ignore[no-any-return]
        case op if op in SMOOTH:
            return smooth_value(node)
        case op:
            return _OPERATIONS[op]


_OPERATIONS: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "mul": np.multiply,
    "square": np.square,
    "matvec": _matvec,
    "matvec_t": lambda w, r: _matvec(w.swapaxes(-1, -2), r),
    "outer": lambda r, x: r[..., :, None] * x[..., None, :],
    "transpose": lambda w: w.swapaxes(-1, -2),
    "logcosh": log_cosh,
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "logistic": logistic,
    "cos": np.cos,
    "sin": np.sin,
}
