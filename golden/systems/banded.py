"""Nonlinear units on a ring, each coupled to its two neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Banded"]


class Banded(System):
    """V = sum al q^2 / 2 + sum log cosh(w_i q_i + r_i q_{i+1} + l_i q_{i-1} + (B u + b)_i): W of three diagonals.

    With s = tanh of the argument, dV/dw = s q, dV/dr = s_i q_{i+1}, dV/dl = s_i q_{i-1}: 3 n couplings, not n^2.

    >>> Banded(4).parameters
    {'al': (4,), 'w': (4,), 'r': (4,), 'l': (4,), 'B': (4, 1), 'b': (4,)}
    """

    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        vector = (self.n,)
        return {"al": vector, "w": vector, "r": vector, "l": vector, "B": (self.n, self.m), "b": vector}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        near = theta["w"] * q + theta["r"] * np.roll(q, -1) + theta["l"] * np.roll(q, 1)
        z = near + theta["B"] @ u + theta["b"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(z)))

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 1], w in [0.5, 1]; r, l normal with deviation 0.4; B with variance 1 / m, b 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.2, 1.0, self.n),
                "w": rng.uniform(0.5, 1.0, self.n),
                "r": rng.normal(0.0, 0.4, self.n),
                "l": rng.normal(0.0, 0.4, self.n),
                "B": rng.normal(0.0, 1.0, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
