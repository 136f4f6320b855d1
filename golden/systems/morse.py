"""A chain of two kinds of atoms with Morse bonds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Morse"]


class Morse(System):
    """V = sum al q^2 / 2 + D (1 - exp(-a d))^2 - (B u) . q with the bonds d_i = q_{i+1} - q_i; masses 1, 2, 1, 2, ...

    A bond of two atoms: hard where it is short, and it breaks where D, its energy of dissociation, is reached (Morse
    1929); near rest a spring of stiffness 2 D a^2. Two masses in turn make it a diatomic chain, with an acoustic and an
    optical band. All of al, D, a and B are learnt: with e = exp(-a d) the tension is 2 D a e (1 - e), dV/dD = (1 - e)^2
    and dV/da = 2 D d e (1 - e). al holds each atom to its place.

    >>> Morse(5).mass
    array([1., 2., 1., 2., 1.])
    """

    ranges = {"al": (2**-4, 2.0), "D": (0.0, 2.0)}
    """A bond binds; what breaks it is held by al."""

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a chain of atoms has at least 2 of them, got {n}; use more neurons")
        self.mass = 1.0 + np.arange(n) % 2

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"al": (self.n,), "D": (self.n - 1,), "a": (self.n - 1,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        stretched = 1 - np.exp(-theta["a"] * np.diff(q))
        bonds = np.sum(theta["D"] * stretched**2)
        return np.sum(theta["al"] * q**2) / 2 + bonds - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.5, 1], D in [0.4, 0.8], a in [0.3, 0.5], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "al": rng.uniform(0.5, 1.0, self.n),
                "D": rng.uniform(0.4, 0.8, self.n - 1),
                "a": rng.uniform(0.3, 0.5, self.n - 1),
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
