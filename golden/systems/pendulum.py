"""A chain of pendulums on torsion springs, coupled by the angle between neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Pendulum"]


class Pendulum(System):
    """V = sum al q^2 / 2 - g cos q - kc_i cos(q_i - q_{i+1}) - (B u) . q.

    Force al q + g sin q + the couplings', kc sin of the angle between neighbours: coupled phases as in the Kuramoto
    model. dV/dg = -cos q, dV/dkc = -cos of the angle. sin has a table up to 8 radians; the springs keep q inside.

    >>> Pendulum(3).parameters
    {'al': (3,), 'g': (3,), 'kc': (2,), 'B': (3, 1)}
    """

    ranges = {"al": (2**-4, 2.0)}
    """The springs keep the angles within the table of sin; g and kc, of either sign, pull no harder than that."""

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a chain of pendulums has at least 2 of them, got {n}; use more neurons")

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "g": (self.n,), "kc": (self.n - 1,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        springs = np.sum(theta["al"] * q**2) / 2
        weights = np.sum(theta["g"] * np.cos(q))
        coupling = np.sum(theta["kc"] * np.cos(q[:-1] - q[1:]))
        return springs - weights - coupling - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.5, 1.3], g in [0.2, 0.6], kc in [0.1, 0.3], B normal with variance 1 / 4 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.5, 1.3, self.n),
                "g": rng.uniform(0.2, 0.6, self.n),
                "kc": rng.uniform(0.1, 0.3, self.n - 1),
                "B": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
