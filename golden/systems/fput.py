"""The chain of Fermi, Pasta, Ulam and Tsingou between two walls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Fput"]


class Fput(System):
    """V = sum k d^2 / 2 + a d^3 / 3 + c d^4 / 4 - (B u) . q with the n + 1 stretches d_i = q_{i+1} - q_i.

    The walls are q_0 = q_{n+1} = 0.
    The tension of a spring is k d + a d^2 + c d^3; dV/dk = d^2 / 2, dV/da = d^3 / 3, dV/dc = d^4 / 4, dV/dB = -q u^T.

    >>> Fput(3).parameters
    {'B': (3, 1), 'k': (4,), 'a': (4,), 'c': (4,)}
    """

    ranges = {"k": (2**-4, 2.0), "c": (2**-4, 2.0)}
    """The quartic energy confines. The cubic one, a, has no range: of either sign, the others hold it."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        springs = (self.n + 1,)
        return {"B": (self.n, self.m), "k": springs, "a": springs, "c": springs}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        wall = np.zeros(1)
        d = np.diff(np.concatenate([wall, q, wall]))
        springs = np.sum(theta["k"] * d**2) / 2 + np.sum(theta["a"] * d**3) / 3 + np.sum(theta["c"] * d**4) / 4
        return springs - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """k uniform in [0.5, 1], a in [-0.2, 0.2], c in [0.1, 0.3], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
                "k": rng.uniform(0.5, 1.0, self.n + 1),
                "a": rng.uniform(-0.2, 0.2, self.n + 1),
                "c": rng.uniform(0.1, 0.3, self.n + 1),
            },
            self.ranges,
        )
