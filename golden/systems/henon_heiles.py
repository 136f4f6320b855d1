"""A ring of stars that each move in the field of Henon and Heiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["HenonHeiles"]


class HenonHeiles(System):
    """V = sum r^2 / 2 + lam (x^2 y - y^3 / 3) + c r^4 / 4 + springs - (B u) . q, with r^2 = x^2 + y^2 a star.

    A star in the plane of an axisymmetric galaxy, the model in which Henon and Heiles (1964) saw order and chaos side
    by side. The first half of q are the stars' x, the second their y; an odd one out is harmonic. Turning every star by
    120 degrees changes nothing. lam alone lets it escape beyond the energy 1 / (6 lam^2): c binds it. Neighbours on
    the ring are tied by springs ka ((x_i - x_{i+1})^2 + (y_i - y_{i+1})^2) / 2. lam, c, ka and B are learnt.

    >>> theta = {"lam": np.ones(1), "c": np.zeros(1), "ka": np.zeros(1), "B": np.zeros((2, 1))}
    >>> round(6 * float(HenonHeiles(2).potential(np.array([0.0, 1.0]), np.zeros(1), theta)), 6)  # a saddle, at 1 / 6
    1.0
    """

    ranges = {"c": (2**-4, 2.0), "ka": (0.0, 2.0)}
    """The quartic energy holds what the cubic one, lam, lets go, of either sign."""

    @property
    def name(self) -> str:
        return "henon_heiles"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        stars = (self.n // 2,)
        return {"lam": stars, "c": stars, "ka": stars, "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        stars = self.n // 2
        x, y = q[:stars], q[stars : 2 * stars]
        square = x**2 + y**2
        cubic = np.sum(theta["lam"] * (x**2 * y - y**3 / 3))
        quartic = np.sum(theta["c"] * square**2) / 4
        springs = np.sum(theta["ka"] * ((x - np.roll(x, -1)) ** 2 + (y - np.roll(y, -1)) ** 2)) / 2
        return np.sum(q**2) / 2 + cubic + quartic + springs - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """lam uniform in [0.1, 0.3], c in [0.1, 0.2], ka in [0.05, 0.2], B normal with variance 1 / 16 m."""
        rng = np.random.default_rng(seed)
        stars = self.n // 2
        return bounded(
            {
                "lam": rng.uniform(0.1, 0.3, stars),
                "c": rng.uniform(0.1, 0.2, stars),
                "ka": rng.uniform(0.05, 0.2, stars),
                "B": rng.normal(0.0, 0.25, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )
