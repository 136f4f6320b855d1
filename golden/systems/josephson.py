"""A square array of Josephson junctions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Josephson"]


class Josephson(System):
    """V = -sum over junctions (i, j) of E_ij cos(q_i - q_j) - (D u) . q: superconducting islands; q are angles.

    q is the phase of an island's condensate, its mass the capacitance, and the slope E sin(q_i - q_j) the supercurrent
    through a junction (Josephson 1962). The islands lie in rows of ceil(sqrt n), each joined to the next of its row
    and to the one below. Current j goes in at island j and out at island n - 1 - j, by D, fixed: it tilts the cosine to
    a washboard, down which the phase slips turn by turn, 2e / h turns a second a volt. The junctions' energies E are
    learnt: dV/dE = -cos(q_i - q_j).

    >>> Josephson(4).junctions
    array([[ 1., -1.,  0.,  0.],
           [ 1.,  0., -1.,  0.],
           [ 0.,  1.,  0., -1.],
           [ 0.,  0.,  1., -1.]])
    """

    angles = True
    ranges = {}
    """A junction of either sign (a pi junction) carries no more than E, and phases have no end to run to."""

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"an array of junctions has at least 2 islands, got {n}; use more neurons")
        width = math.isqrt(n - 1) + 1
        right = [(i, i + 1) for i in range(n - 1) if (i + 1) % width]
        pairs = sorted(right + [(i, i + width) for i in range(n - width)])
        self.junctions = np.eye(n)[[i for i, _ in pairs]] - np.eye(n)[[j for _, j in pairs]]
        self.feed = np.zeros((n, m))
        for j in range(m):
            self.feed[j % (n // 2), j] += 1.0
            self.feed[n - 1 - j % (n // 2), j] -= 1.0

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"E": (len(self.junctions),)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        return -np.sum(theta["E"] * np.cos(self.junctions @ q)) - (self.feed @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """E uniform in [0.1, 0.4]."""
        rng = np.random.default_rng(seed)
        return bounded({"E": rng.uniform(0.1, 0.4, len(self.junctions))})
