"""A harmonic oscillator recurrent network (HORN) without its friction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Horn"]


class Horn(System):
    """V = sum w^2 q^2 / 2 - al log cosh(W q + B u + b): oscillators that excite each other.

    A HORN has q'' = -w^2 q - 2 gamma q' + al tanh(recurrent sum + input), every neuron a damped oscillator
    (Effenberger, Carvalho, Dubinin and Singer, PNAS 122, e2412830122, 2025). Its conservative part has gamma = 0, and
    each weight acts both ways, for forces of an energy are symmetric: q'' = -w^2 q + W^T (al tanh(W q + B u + b)).
    Frequencies w, excitabilities al, W, B and b are learnt, every neuron its own: dV/dw = w q^2, dV/dal = -log cosh,
    and with s = al tanh(...) dV/dW = -s q^T, dV/dB = -s u^T, dV/db = -s.

    >>> Horn(3, 2).parameters
    {'w': (3,), 'al': (3,), 'W': (3, 3), 'B': (3, 2), 'b': (3,)}
    """

    ranges = {"w": (2**-4, 2.0)}
    """An oscillator keeps a frequency: without one it drifts away. al, of either sign, pushes with a bounded force."""

    @property
    def parameters(self) -> Mapping[str, Shape]:
        each = (self.n,)
        return {"w": each, "al": each, "W": (self.n, self.n), "B": (self.n, self.m), "b": each}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        z = theta["W"] @ q + theta["B"] @ u + theta["b"]
        return np.sum((theta["w"] * q) ** 2) / 2 - np.sum(theta["al"] * np.log(np.cosh(z)))

    def initial(self, seed: int) -> dict[str, Array]:
        """w uniform in [0.8, 1.5], al in [0.2, 0.6]; W normal, variance 1 / 4 n; B with 1 / m; b with deviation 0.3."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "w": rng.uniform(0.8, 1.5, self.n),
                "al": rng.uniform(0.2, 0.6, self.n),
                "W": rng.normal(0.0, 0.5, (self.n, self.n)) / np.sqrt(self.n),
                "B": rng.normal(0.0, 1.0, (self.n, self.m)) / np.sqrt(self.m),
                "b": rng.normal(0.0, 0.3, self.n),
            },
            self.ranges,
        )
