"""How parameters move, as functions of trees of arrays: clipped descent as golden trains, and Adam.

===========  ==========================================================================================================
"own"        theta <- theta - clip(rate G, C), no memory (`golden.training.float_learner`)
"adam"       Kingma and Ba, arXiv 1412.6980: b1 = 0.9, b2 = 0.999, 1e-8; no weight decay
===========  ==========================================================================================================

Both keep every parameter to its range, where it has moved. C is a number a block, or a parameter; Adam has none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golden.peers.extra import jax

__all__ = ["OPTIMISERS", "Optimiser", "adam", "first", "own"]

Optimiser = Callable[[Any, Any, Any, Any, Any, Any], tuple[Any, Any]]
"""(parameters, ranges, clips, gradients, rate, memory) -> (parameters, memory); one tree of arrays each, of the ranges
one of pairs, of the clips one of numbers that may end at any node; the first memory is that of `first`."""

DECAY, SQUARES_DECAY, TINY = 0.9, 0.999, 1e-8


def own(theta: Any, ranges: Any, clips: Any, grads: Any, rate: Any, memory: Any) -> tuple[Any, Any]:
    """Clipped descent."""
    numpy, tree = jax().numpy, jax().tree

    def clipped(clip: float, block: Any) -> Any:
        return tree.map(lambda grad: numpy.clip(rate * grad, -clip, clip), block)

    steps = tree.map(clipped, clips, grads)
    return _moved(theta, ranges, steps), memory


def adam(theta: Any, ranges: Any, clips: Any, grads: Any, rate: Any, memory: Any) -> tuple[Any, Any]:
    """Adam; its memory is {"count", "mean", "square"}, made by `first`."""
    numpy, tree = jax().numpy, jax().tree
    count = memory["count"] + 1
    mean = tree.map(lambda v, g: DECAY * v + (1 - DECAY) * g, memory["mean"], grads)
    square = tree.map(lambda v, g: SQUARES_DECAY * v + (1 - SQUARES_DECAY) * g * g, memory["square"], grads)
    steps = tree.map(
        lambda v, w: rate * (v / (1 - DECAY**count)) / (numpy.sqrt(w / (1 - SQUARES_DECAY**count)) + TINY), mean, square
    )
    return _moved(theta, ranges, steps), {"count": count, "mean": mean, "square": square}


def first(name: str, theta: Any) -> Any:
    """The memory to begin with."""
    if name == "own":
        return {}
    numpy, tree = jax().numpy, jax().tree
    zero = tree.map(numpy.zeros_like, theta)
    return {"count": numpy.zeros((), tree.leaves(theta)[0].dtype), "mean": zero, "square": zero}


OPTIMISERS: dict[str, Optimiser] = {"own": own, "adam": adam}


def _moved(theta: Any, ranges: Any, steps: Any) -> Any:
    numpy, tree = jax().numpy, jax().tree

    def one(value: Any, step: Any, low: float, high: float) -> Any:
        return numpy.where(step != 0.0, numpy.clip(value - step, low, high), value)

    lowest, highest = (tree.map(lambda ends, k=k: ends[k], ranges, is_leaf=_pair) for k in (0, 1))
    return tree.map(one, theta, steps, lowest, highest)


def _pair(value: Any) -> bool:
    return isinstance(value, tuple)
