"""What joins a layer to the next: a static nonlinear map of its position, with a residual connection to its input.

x_t = u_t + f(q_t): u_t is the layer's input at step t, q_t its position at the step's end, x_t what the layer above (or
the readout) receives at the same step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.stacks.static import StaticMap

__all__ = ["GluMixing", "Mixing", "TanhMixing"]


class Mixing(ABC):
    """A static map (q, u; theta) -> x of a layer with n neurons and m inputs; x has k numbers.

    A user's mixing names its parameters and writes `function` in the vocabulary of `golden.language.trace`.

    Members
    -------
    n, m, k : neurons read, inputs of the layer, outputs (default m, as a residual connection needs)

    >>> class Gain(Mixing):
    ...     parameters = {"g": (3,)}
    ...     def function(self, q, u, theta):
    ...         return u + theta["g"] * q
    >>> gain = Gain(3, 3)
    >>> gain.map({"q": np.ones(3), "u": np.ones(3)}, {"g": np.array([1.0, 2.0, 3.0])})
    array([2., 3., 4.])
    """

    def __init__(self, n: int, m: int, k: int | None = None) -> None:
        k = m if k is None else k
        for what, size in (("neurons n", n), ("inputs m", m), ("outputs k", k)):
            _check(what, size)
        self.n, self.m, self.k = int(n), int(m), int(k)

    @property
    @abstractmethod
    def parameters(self) -> Mapping[str, Shape]:
        """Name -> shape."""

    @abstractmethod
    def function(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        """x (k,) of one sample: q (n,), u (m,)."""

    def initial(self, seed: int) -> dict[str, Array]:
        """A random theta: matrices normal with variance 1 / columns, vectors normal with deviation 0.3."""
        rng = np.random.default_rng(seed)
        scale = {name: 1 / np.sqrt(shape[1]) if len(shape) == 2 else 0.3 for name, shape in self.parameters.items()}
        return {name: rng.normal(0.0, scale[name], shape) for name, shape in self.parameters.items()}

    @cached_property
    def map(self) -> StaticMap:
        """The traced function, inputs ``"q"`` and ``"u"``."""
        name = type(self).__name__.lower()
        return StaticMap(name, self.function, {"q": (self.n,), "u": (self.m,)}, self.parameters, self.k)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n={self.n}, m={self.m}, k={self.k})"

    def _residual(self) -> None:
        if self.k != self.m:
            raise HelError(
                f"a residual connection adds the {self.m} inputs to as many outputs, got k = {self.k}; "
                "leave k out, or take residual=False"
            )


class TanhMixing(Mixing):
    """x = u + M tanh(N q + c), or without u.

    Parameters
    ----------
    hidden : rows of N, default n
    residual : add u; needs k = m

    >>> TanhMixing(4, 2).parameters
    {'M': (2, 4), 'N': (4, 4), 'c': (4,)}
    """

    def __init__(
        self, n: int, m: int, k: int | None = None, *, hidden: int | None = None, residual: bool = True
    ) -> None:
        super().__init__(n, m, k)
        self.hidden, self.residual = self.n if hidden is None else hidden, residual
        _check("hidden units", self.hidden)
        if residual:
            self._residual()

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"M": (self.k, self.hidden), "N": (self.hidden, self.n), "c": (self.hidden,)}

    def function(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        x = theta["M"] @ np.tanh(theta["N"] @ q + theta["c"])
        return u + x if self.residual else x


class GluMixing(Mixing):
    """x = u + (A g + a) * logistic(G g + b) with g = gelu(q): the mixing of the HSSM and of LinOSS.

    gelu(q) = q (1 + tanh(0.79788456 (q + 0.044715 q^3))) / 2, its usual tanh form; logistic(z) = (1 + tanh(z / 2)) / 2.

    >>> GluMixing(4, 2).parameters
    {'A': (2, 4), 'a': (2,), 'G': (2, 4), 'b': (2,)}
    """

    def __init__(self, n: int, m: int, k: int | None = None, *, residual: bool = True) -> None:
        super().__init__(n, m, k)
        self.residual = residual
        if residual:
            self._residual()

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"A": (self.k, self.n), "a": (self.k,), "G": (self.k, self.n), "b": (self.k,)}

    def function(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        g = q * (1 + np.tanh(0.79788456 * (q + 0.044715 * q**3))) / 2
        gate = (1 + np.tanh((theta["G"] @ g + theta["b"]) / 2)) / 2
        x = (theta["A"] @ g + theta["a"]) * gate
        return u + x if self.residual else x


def _check(what: str, size: object) -> None:
    if not isinstance(size, int | np.integer) or size < 1:
        raise HelError(f"the number of {what} of a mixing must be a whole number >= 1, got {size!r}")
