"""A symmetric network of saturating neurons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System, symmetrised
from golden.systems.ranges import bounded

__all__ = ["Hopfield"]


class Hopfield(System):
    """V = sum al q^2 / 2 - r^T W r / 2 - (B u + b) . r with r = tanh q and W symmetric.

    Force al q - (1 - r^2) (W r + B u + b); dV/dW = -r r^T / 2, dV/dB = -r u^T, dV/db = -r. W is stored and used as one
    matrix, never transposed, and stays symmetric while it learns.

    >>> W = Hopfield(3).initial(0)["W"]
    >>> bool((W == W.T).all())
    True
    """

    symmetric = ("W",)
    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "W": (self.n, self.n), "B": (self.n, self.m), "b": (self.n,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        r = np.tanh(q)
        return np.sum(theta["al"] * q**2) / 2 - r @ (theta["W"] @ r) / 2 - (theta["B"] @ u + theta["b"]) @ r

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.5, 1.3]; W symmetric, normal, variance 1 / 16 n; B with 1 / 4 m; b with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.5, 1.3, self.n),
                "W": symmetrised(rng.normal(0.0, 0.25, (self.n, self.n)) / np.sqrt(self.n)),
                "B": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
