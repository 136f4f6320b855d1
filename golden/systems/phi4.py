"""The phi^4 lattice: a ring of quartic wells with springs between neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Phi4"]


class Phi4(System):
    """V = sum mu q^2 / 2 + lam q^4 / 4 + ka_i (q_i - q_{i+1})^2 / 2 - (B u) . q, the last mass next to the first.

    Force mu q + lam q^3 + the springs'; dV/dmu = q^2 / 2, dV/dlam = q^4 / 4, dV/dka = d^2 / 2, dV/dB = -q u^T.

    >>> float(Phi4(2).potential(np.array([1.0, 0.0]), np.zeros(1), {"mu": np.ones(2), "lam": np.ones(2),
    ...                         "ka": np.ones(2), "B": np.zeros((2, 1))}))
    1.75
    """

    ranges = {"lam": (2**-4, 2.0), "ka": (0.0, 2.0)}
    """The quartic term confines, and springs couple; mu is free, for mu < 0 makes two wells of one."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"mu": (self.n,), "lam": (self.n,), "ka": (self.n,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        wells = np.sum(theta["mu"] * q**2) / 2 + np.sum(theta["lam"] * q**4) / 4
        springs = np.sum(theta["ka"] * (q - np.roll(q, -1)) ** 2) / 2
        return wells + springs - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """mu uniform in [0.2, 1], lam in [0.1, 0.3], ka in [0.1, 0.5], B normal with variance 1 / 4 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "mu": rng.uniform(0.2, 1.0, self.n),
                "lam": rng.uniform(0.1, 0.3, self.n),
                "ka": rng.uniform(0.1, 0.5, self.n),
                "B": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
