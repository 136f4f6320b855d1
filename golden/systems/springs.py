"""M1: a chain of coupled springs, driven by a force on its first mass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Springs"]


class Springs(System):
    """V = sum k_i q_i^2 / 2 + sum kc_i (q_i - q_{i+1})^2 / 2 - u_0 q_0.

    Force k q + kc-weighted differences; dV/dk = q^2 / 2, dV/dkc = d^2 / 2 with d_i = q_i - q_{i+1}. Quadratic: with a
    final quadratic cost the echo's gradient has no error in eps. Further inputs (m > 1) are ignored.

    >>> springs = Springs(3)
    >>> theta = {"k": np.array([1.0, 1.0, 1.0]), "kc": np.array([1.0, 1.0])}
    >>> float(springs.potential(np.array([1.0, 0.0, 0.0]), np.array([0.5]), theta))
    0.5
    """

    ranges = {"k": (2**-4, 2.0), "kc": (0.0, 2.0)}
    """A chain of springs that all pull back; one that pushes would buckle it."""

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a chain of springs has at least 2 masses, got {n}; use more neurons")

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"k": (self.n,), "kc": (self.n - 1,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        d = q[:-1] - q[1:]
        return np.sum(theta["k"] * q**2) / 2 + np.sum(theta["kc"] * d**2) / 2 - u[0] * q[0]

    def initial(self, seed: int) -> dict[str, Array]:
        """k uniform in [0.5, 1.5], kc uniform in [0.2, 1]."""
        rng = np.random.default_rng(seed)
        return bounded({"k": rng.uniform(0.5, 1.5, self.n), "kc": rng.uniform(0.2, 1.0, self.n - 1)}, self.ranges)
