"""Phase oscillators with inertia, every one coupled to every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System, symmetrised
from golden.systems.ranges import bounded

__all__ = ["Kuramoto"]


class Kuramoto(System):
    """V = -(c^T K c + s^T K s) / 2 - (D u) . q with c = cos q, s = sin q, K symmetric; q are angles.

    The Kuramoto model with inertia and without friction: q_i'' = sum_j K_ij sin(q_j - q_i) + drive (Kuramoto 1975;
    Tanaka, Lichtenberg and Oishi 1997; with equal K the Hamiltonian mean-field model of Antoni and Ruffo 1995). What
    distinguishes oscillators, the natural frequency, is their initial velocity here. Turning all by one angle changes
    no force. K is learnt, dV/dK = -(c c^T + s s^T) / 2; input j pushes the oscillators j, j + m, ... by D, fixed.

    >>> theta = {"K": np.array([[0.0, 1.0], [1.0, 0.0]])}
    >>> float(Kuramoto(2).potential(np.array([0.3, 0.3]), np.zeros(1), theta))
    -1.0
    """

    symmetric = ("K",)
    angles = True
    ranges = {}
    """A coupling of either sign pushes no harder than its size, and angles have no end to run to."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"K": (self.n, self.n)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        c, s = np.cos(q), np.sin(q)
        coupling = c @ (theta["K"] @ c) + s @ (theta["K"] @ s)
        return -coupling / 2 - u[np.arange(self.n) % self.m] @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """K symmetric, normal, off the diagonal with mean 1 / (sqrt 2 n) and deviation 1 / 2 n."""
        rng = np.random.default_rng(seed)
        return bounded({"K": symmetrised(rng.normal(0.5, 0.5, (self.n, self.n)) / self.n)})
