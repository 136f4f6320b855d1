"""The Toda lattice: a ring of exponential springs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Toda"]


class Toda(System):
    """V = sum al q^2 / 2 + k (exp(r) - 1 - r) - (B u) . q with r_i = a_i (q_i - q_{i+1}), the last next to the first.

    Force al q and, between neighbours, the tension k a (exp(r) - 1): hard where a spring is squeezed, soft where it is
    stretched (Toda 1967). Where al = 0 and all springs are alike the lattice is integrable: solitons, and one integral
    a mass (Flaschka 1974, Henon 1974). All are learnt, strength and steepness of every spring too: dV/dk = exp(r) -
    1 - r, dV/da = k (exp(r) - 1) r / a, dV/dal = q^2 / 2, dV/dB = -q u^T.

    >>> theta = {"al": np.zeros(2), "k": np.ones(2), "a": np.ones(2), "B": np.zeros((2, 1))}
    >>> round(float(Toda(2).potential(np.array([1.0, 0.0]), np.zeros(1), theta)), 6)  # 2 cosh 1 - 2
    1.086161
    """

    ranges = {"al": (2**-4, 2.0), "k": (0.0, 2.0)}
    """Springs that pull back, hard side and soft; a may have either sign."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "k": (self.n,), "a": (self.n,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        r = theta["a"] * (q - np.roll(q, -1))
        springs = np.sum(theta["k"] * (np.exp(r) - 1 - r))
        return np.sum(theta["al"] * q**2) / 2 + springs - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 0.6], k in [0.3, 1], a in [0.4, 0.8], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.2, 0.6, self.n),
                "k": rng.uniform(0.3, 1.0, self.n),
                "a": rng.uniform(0.4, 0.8, self.n),
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
