"""The sine-Gordon chain: pendulums on a torsion wire between two walls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["SineGordon"]


class SineGordon(System):
    """V = sum g (1 - cos(pi q / 2)) (2 / pi)^2 + ka d^2 / 2 - (B u) . q with the n + 1 twists d_i = q_{i+1} - q_i.

    The discrete sine-Gordon equation, or the model of Frenkel and Kontorova (1938): pendulums that a wire joins, its
    ends held at q_0 = q_{n+1} = 0. q counts quarters of a turn and is no declared angle, for the wire remembers how
    often it was wound: a kink is a step of 4 along the chain, and cos(pi q / 2) never ends. The force is that of the
    wire and g sin(pi q / 2) 2 / pi. g, ka and B are learnt: dV/dg = (1 - cos(pi q / 2)) (2 / pi)^2, dV/dka = d^2 / 2.

    >>> theta = {"g": np.ones(2), "ka": np.zeros(3), "B": np.zeros((2, 1))}
    >>> float(SineGordon(2).potential(np.array([4.0, -8.0]), np.zeros(1), theta))  # whole turns are at rest
    0.0
    """

    ranges = {"ka": (2**-4, 2.0)}
    """The wire between two walls confines; g pulls by no more than g."""

    @property
    def name(self) -> str:
        return "sine_gordon"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"g": (self.n,), "ka": (self.n + 1,), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        wall = np.zeros(1)
        twist = np.diff(np.concatenate([wall, q, wall]))
        weights = np.sum(theta["g"] * (1 - np.cos(np.pi / 2 * q))) * (2 / np.pi) ** 2
        return weights + np.sum(theta["ka"] * twist**2) / 2 - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """g uniform in [0.5, 1.5], ka in [0.5, 1], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "g": rng.uniform(0.5, 1.5, self.n),
                "ka": rng.uniform(0.5, 1.0, self.n + 1),
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
