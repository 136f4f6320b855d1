"""Dense units whose couplings are multiplied by the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Gated"]


class Gated(System):
    """V = sum al q^2 / 2 + sum log cosh((W q) (G u + g) + B u + b): row i of W counts (G u + g)_i times.

    Force al q + W^T (s (G u + g)) with s = tanh(...).
    dV/dW = (s (G u + g)) q^T, dV/dG = (s (W q)) u^T, dV/dg = s (W q).

    >>> sorted(Gated(2).parameters)
    ['B', 'G', 'W', 'al', 'b', 'g']
    """

    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        vector, driven = (self.n,), (self.n, self.m)
        return {"al": vector, "W": (self.n, self.n), "G": driven, "g": vector, "B": driven, "b": vector}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        gate = theta["G"] @ u + theta["g"]
        z = (theta["W"] @ q) * gate + theta["B"] @ u + theta["b"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(z)))

    def initial(self, seed: int) -> dict[str, Array]:
        """al, g uniform in [0.2, 1]; W normal with variance 1 / n, G and B with 1 / 4 m; b with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.2, 1.0, self.n),
                "W": rng.normal(0.0, 1.0, (self.n, self.n)) / np.sqrt(self.n),
                "G": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
                "g": rng.uniform(0.2, 1.0, self.n),
                "B": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
