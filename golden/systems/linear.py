"""M4: independent linear oscillators, driven through a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Linear"]


class Linear(System):
    """V = sum a_i q_i^2 / 2 - (B u) . q.

    Force a q - B u; dV/da = q^2 / 2, dV/dB = -q u^T. Quadratic: with a final quadratic cost the echo's gradient has no
    error in eps.

    >>> float(Linear(1).potential(np.array([2.0]), np.array([3.0]), {"a": np.array([1.0]), "B": np.array([[0.5]])}))
    -1.0
    """

    ranges = {"a": (2**-4, 2.0)}
    """An oscillator that nothing ties to its place drifts away; B is a force."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"a": (self.n,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        return np.sum(theta["a"] * q**2) / 2 - np.sum((theta["B"] @ u) * q)

    def initial(self, seed: int) -> dict[str, Array]:
        """a uniform in [0.05, 2], held to its range, B normal with variance 1 / m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "a": rng.uniform(0.05, 2.0, self.n),
                "B": rng.normal(0.0, 1.0, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
