"""Two dense layers, the second driven by the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["StackedDense"]


class StackedDense(System):
    """V = sum al q^2 / 2 + sum log cosh(V1 a + B u + b1) + sum log cosh(V2 c + C a + b2).

    a = q[:k] and c = q[k:] are the layers, k = n // 2.
    Layer 1 sees the inputs; layer 2 sees the states of layer 1 through C, and acts back on them: one potential.

    >>> StackedDense(5, 2).parameters["C"]
    (3, 2)
    """

    ranges = {"al": (2**-4, 2.0)}
    """A stiffness that descent drives below zero lets positions run away."""

    def __init__(self, n: int, m: int = 1) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a stack of two layers has at least 2 neurons, got {n}; use more")
        self.split = n // 2

    @property
    def name(self) -> str:
        return "stack"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        k, rest = self.split, self.n - self.split
        first: dict[str, Shape] = {"al": (self.n,), "V1": (k, k), "B": (k, self.m), "b1": (k,)}
        return {**first, "V2": (rest, rest), "C": (rest, k), "b2": (rest,)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        a, c = q[: self.split], q[self.split :]
        first = theta["V1"] @ a + theta["B"] @ u + theta["b1"]
        second = theta["V2"] @ c + theta["C"] @ a + theta["b2"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(first))) + np.sum(np.log(np.cosh(second)))

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.2, 1]; matrices normal with variance 1 / columns, C half as wide; b1, b2 normal, 0.3."""
        rng = np.random.default_rng(seed)
        theta = {"al": rng.uniform(0.2, 1.0, self.n)}
        for name, shape in self.parameters.items():
            if len(shape) == 2:
                theta[name] = rng.normal(0.0, 0.5 if name == "C" else 1.0, shape) / np.sqrt(shape[1])
            elif name != "al":
                theta[name] = rng.normal(0.0, 0.3, shape)
        return bounded(theta, self.ranges)
