"""M2': independent nonlinear units, the diagonal of the dense system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Hru"]


class Hru(System):
    """V = sum al_i q_i^2 / 2 + sum log cosh(w_i q_i + (B u + b)_i).

    Force al q + w s with s = tanh(w q + B u + b); dV/dw = s q, dV/dB = s u^T, dV/db = s, dV/dal = q^2 / 2.
    The Hamiltonian recurrent unit of Pourcel & Ernoult (arXiv 2506.05259) with c = w.

    >>> sorted(Hru(2).initial(0))
    ['B', 'al', 'b', 'w']
    """

    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "w": (self.n,), "B": (self.n, self.m), "b": (self.n,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        z = theta["w"] * q + theta["B"] @ u + theta["b"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(z)))

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 1], w in [0.5, 1.2]; B normal with variance 1 / m, b with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.2, 1.0, self.n),
                "w": rng.uniform(0.5, 1.2, self.n),
                "B": rng.normal(0.0, 1.0, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
