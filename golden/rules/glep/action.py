"""The discrete action of a trajectory, from its nodes: what everything in this package is the stationary point of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from golden.rules.glep.lattice import Lattice
from golden.systems.base import System

__all__ = ["action"]


def action(
    system: System,
    lattice: Lattice,
    theta: Mapping[str, Any],
    inputs: Any,
    nodes: Any,
    *,
    beta: float = 0.0,
    cost: Callable[[Any], Any] | None = None,
) -> Any:
    """S_beta = sum_k |x_{k+1} - x_k|^2 / (2 drift) - sum_k w_k V(x_k; theta, u_k) + beta C.

    Interior nodes of a trajectory make it stationary; its slopes at the ends are the momenta, dS/dx_0 = -p_0 and
    dS/dx_K = p_T; at fixed nodes dS/dtheta = -sum_k w_k dV/dtheta.

    Parameters
    ----------
    nodes : x_0 .. x_K, (K + 1, n); with the user's own potential anything it accepts will do
    cost : C of the positions after steps (T, n), where beta is not 0

    >>> import numpy as np
    >>> from golden.rules.glep.lattice import lattice
    >>> from golden.systems import get
    >>> free = {"a": np.zeros(1), "B": np.zeros((1, 1))}
    >>> float(action(get("linear", n=1), lattice("leapfrog", rows=1, step=2.0), free, np.zeros((1, 1)), np.eye(3, 1)))
    0.5
    """
    pairs = zip(nodes[:-1], nodes[1:], strict=True)
    total = sum(((b - a) ** 2).sum() for a, b in pairs) / (2 * lattice.drift)
    for x, node in zip(nodes, lattice.nodes, strict=True):
        if node.weight:
            total = total - node.weight * system.reduced(x, inputs[node.input], theta)
    if cost is not None:
        total = total + beta * cost([x for x, node in zip(nodes, lattice.nodes, strict=True) if node.step is not None])
    return total
