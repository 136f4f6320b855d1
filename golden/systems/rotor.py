"""Driven rotors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Rotor"]


class Rotor(System):
    """V = -sum a cos q + b sin q - (D u) . q: rotors, each in a field of its own; q are angles.

    A rigid pendulum that may go round, as often as it likes, pushed by a torque: Chirikov's rotor (1979) where the
    torque is periodic, and without it the pendulum of every textbook, swinging or turning. (a, b) is the field on a
    rotor, its strength and its direction. Input j pushes the rotors j, j + m, ... by D, fixed: the gradient of a learnt
    torque would be the angle itself, which has no end. a and b are learnt: dV/da = -cos q, dV/db = -sin q.

    >>> float(Rotor(1).potential(np.array([100 * np.pi]), np.zeros(1), {"a": np.ones(1), "b": np.zeros(1)}))
    -1.0
    """

    angles = True
    ranges = {}
    """A field is a direction: either sign, no stronger than its size, and angles have no end to run to."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"a": (self.n,), "b": (self.n,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        field = np.sum(theta["a"] * np.cos(q)) + np.sum(theta["b"] * np.sin(q))
        return -field - u[np.arange(self.n) % self.m] @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """a and b normal with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded({name: rng.normal(0.0, 0.3, self.n) for name in self.parameters})
