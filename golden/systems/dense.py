"""M3: the dense nonlinear system, the one that learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Dense"]


class Dense(System):
    """V = sum al_i q_i^2 / 2 + sum log cosh(W q + B u + b).

    Force al q + W^T s with s = tanh(W q + B u + b); dV/dW = s q^T, dV/dB = s u^T, dV/db = s, dV/dal = q^2 / 2.

    >>> print(Dense(3, 2).gradient)
    dense: inputs q (3), u (2); parameters al (3), W (3, 3), B (3, 2), b (3)
    ...
    """

    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "W": (self.n, self.n), "B": (self.n, self.m), "b": (self.n,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        z = theta["W"] @ q + theta["B"] @ u + theta["b"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(z)))

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 1], W and B normal with variance 1 / columns, b normal with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.2, 1.0, self.n),
                "W": rng.normal(0.0, 1.0, (self.n, self.n)) / np.sqrt(self.n),
                "B": rng.normal(0.0, 1.0, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
