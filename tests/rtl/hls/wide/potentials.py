"""Potentials of a user's own that an element of several banks has a form for, beside dense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.systems.base import System


class Layers(System):
    """Two hidden layers, of more and of fewer units than there are neurons; one of them is subtracted."""

    def __init__(self, n: int, m: int, wide: int, narrow: int) -> None:
        super().__init__(n, m)
        self.wide, self.narrow = wide, narrow

    @property
    def parameters(self) -> Mapping[str, tuple[int, ...]]:
        hidden, few = self.wide, self.narrow
        return {
            "k": (self.n,),
            "W": (hidden, self.n),
            "B": (hidden, self.m),
            "b": (hidden,),
            "V": (few, self.n),
            "c": (few,),
        }

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        one = np.log(np.cosh(theta["W"] @ q + theta["B"] @ u + theta["b"]))
        other = np.log(np.cosh(theta["V"] @ q + theta["c"]))
        return np.sum(theta["k"] * q**2) / 2 + np.sum(one) - np.sum(other)


class Hidden(System):
    """One hidden layer of more or fewer units than there are neurons, subtracted."""

    def __init__(self, n: int, m: int, units: int) -> None:
        super().__init__(n, m)
        self.units = units

    @property
    def parameters(self) -> Mapping[str, tuple[int, ...]]:
        return {"k": (self.n,), "W": (self.units, self.n), "B": (self.units, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        hidden = np.log(np.cosh(theta["W"] @ q + theta["B"] @ u))
        return np.sum(theta["k"] * q**2) / 2 - np.sum(hidden)


class Free(System):
    """A layer without inputs of its own, a bias or a stiffness: chains that begin with nothing."""

    @property
    def parameters(self) -> Mapping[str, tuple[int, ...]]:
        return {"W": (self.n, self.n)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        return np.sum(np.log(np.cosh(theta["W"] @ q)))
