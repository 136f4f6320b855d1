"""A gated recurrent unit in JAX, with the interface of `golden.peers.jax_system.JaxSystem`: what a training runs.

    r, z = sigmoid(W u + b + V h + d),   c = tanh(W' u + b' + r (V' h + d')),   h <- (1 - z) c + z h

Source: K. Cho and others, arXiv 1406.1078; with a bias of either product, as cuDNN and PyTorch have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from golden.language.graph import Array
from golden.peers.extra import jax
from golden.peers.jax_system import held

__all__ = ["Gru"]


class Gru:
    """n units and m inputs; all its parameters are its own.

    >>> gru = Gru(4, 2)
    >>> seen, _ = gru.run(gru.initial(0), np.ones((5, 3, 2), np.float32), None, "final")
    >>> seen.shape, sum(value.size for value in gru.initial(0).values())
    ((3, 4), 96)
    """

    def __init__(self, n: int, m: int) -> None:
        self.n, self.m = n, m
        self.system = SimpleNamespace(symmetric=())

    def initial(self, seed: int) -> dict[str, Array]:
        """Uniform within 1 / sqrt n."""
        rng, edge = np.random.default_rng(seed), 1 / np.sqrt(self.n)
        shapes = {"W": (3 * self.n, self.m), "V": (3 * self.n, self.n), "b": (3 * self.n,), "d": (3 * self.n,)}
        return {name: rng.uniform(-edge, edge, shape) for name, shape in shapes.items()}

    def run(self, theta: Mapping[str, Any], inputs: Any, steps: Any, seen: str) -> tuple[Any, Any]:
        """As `JaxSystem.run`: "final" h_T, "averaged" the mean of h_t, "per-step" all; and the state at the end."""
        numpy, nn = jax().numpy, jax().nn
        n, count = self.n, inputs.shape[0]
        h = numpy.zeros((*inputs.shape[1:-1], n), inputs.dtype)
        driven = inputs @ theta["W"].T + theta["b"]

        def step(state: Any, at: Any) -> Any:
            (h, total), (t, of_u) = state, at
            of_h = h @ theta["V"].T + theta["d"]
            gates = nn.sigmoid(of_u[..., : 2 * n] + of_h[..., : 2 * n])
            r, z = gates[..., :n], gates[..., n:]
            new = (1 - z) * numpy.tanh(of_u[..., 2 * n :] + r * of_h[..., 2 * n :]) + z * h
            (new,) = held(t, steps, (new,), (h,))
            if seen == "averaged":
                (total,) = held(t, steps, (total + new,), (total,))
            return (new, total), new if seen == "per-step" else None

        (h, total), all_of_them = jax().lax.scan(step, (h, h), (numpy.arange(count), driven))
        if seen == "per-step":
            return all_of_them, (h,)
        long = count if steps is None else numpy.asarray(steps, h.dtype)[..., None]
        return total / long if seen == "averaged" else h, (h,)
