"""A chain of atoms with the bonds of Lennard-Jones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["LennardJones"]


class LennardJones(System):
    """V = sum al q^2 / 2 + k (d^-12 - 2 d^-6) S^2 / 72 - (B u) . q with the distances d_i = 1 + (q_{i+1} - q_i) / S.

    Two neutral atoms: van der Waals attraction as d^-6, and a repulsion as d^-12 (Lennard-Jones 1931). q is how far an
    atom is from its place, in units in which neighbours rest S = 16 apart, and k is the stiffness of a bond at rest.
    Distances are taken into [0.7, 2]: the pole at d = 0 has no table, and beyond that range a bond is silent; al
    holds each atom to its place. al, k and B are learnt: dV/dk = (d^-12 - 2 d^-6) S^2 / 72.

    >>> theta = {"al": np.zeros(2), "k": np.ones(1), "B": np.zeros((2, 1))}
    >>> float(LennardJones(2).potential(np.zeros(2), np.zeros(1), theta)) * 72 / 256
    -1.0
    """

    ranges = {"al": (2**-4, 2.0), "k": (0.0, 2.0)}
    """Neutral atoms attract from afar and repel at a touch: k < 0 would let them fall into each other."""

    SPACING = 16.0

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a chain of atoms has at least 2 of them, got {n}; use more neurons")

    @property
    def name(self) -> str:
        return "lennard_jones"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "k": (self.n - 1,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        closeness = 1 / np.clip(1 + np.diff(q) / self.SPACING, 0.7, 2.0)
        attraction = closeness**6
        bonds = np.sum(theta["k"] * (attraction * (attraction - 2))) * self.SPACING**2 / 72
        return np.sum(theta["al"] * q**2) / 2 + bonds - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.5, 1], k in [0.2, 0.5], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.5, 1.0, self.n),
                "k": rng.uniform(0.2, 0.5, self.n - 1),
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
