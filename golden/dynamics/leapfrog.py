"""The leapfrog step in float64: drift, kick, drift; its inverse by a direction bit; and by flipping momenta."""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableMapping

from golden.language.graph import Array
from golden.language.validate import positive
from golden.systems.base import System

__all__ = ["Leapfrog"]


class Leapfrog:
    """One step of a system with H = |p|^2 / 2 + V(q, u; theta).

    forward(q, p, u)::

        q <- q + (h/2) p;   p <- p - h dV/dq(q; theta, u);   q <- q + (h/2) p

    inverse(q, p, u): the same with every sign turned. It equals flip, forward, flip (`inverse_by_flip`) to the last
    bit, and undoes forward to round-off. Order 2, symplectic, time-reversible.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape, or with batch axes before it
    step : h > 0

    Members
    -------
    force_evaluations : how many times the force was computed, one per context and step

    >>> import numpy as np
    >>> from golden.systems import get
    >>> leapfrog = Leapfrog(get("linear", n=1), {"a": np.array([1.0]), "B": np.array([[0.0]])}, 0.5)
    >>> q, p = leapfrog.forward(np.array([1.0]), np.array([0.0]), np.array([0.0]))
    >>> q, p
    (array([0.875]), array([-0.5]))
    >>> leapfrog.inverse(q, p, np.array([0.0]))
    (array([1.]), array([0.]))
    """

    def __init__(self, system: System, theta: Mapping[str, Array], step: float) -> None:
        positive(step, "the step h", "0.125")
        self.system = system
        self.theta = system.check(theta)
        self.step = float(step)
        self.force_evaluations = 0
        self.shared = all(self.theta[name].ndim == len(shape) for name, shape in system.parameters.items())
        """True where no parameter has batch axes: slopes are then summed over the batch."""

    def forward(
        self, q: Array, p: Array, u: Array, slopes: MutableMapping[str, Array] | None = None, *, contexts: int = 0
    ) -> tuple[Array, Array]:
        """One step forwards: q, p (..., n) and u (..., m) -> new q, p.

        Where `slopes` is given it receives, at the half-step position, ``"u"``: dV/du (..., m), and each parameter's
        dV/dtheta: summed over the batch axes after the first `contexts` if theta is `shared`, else per sample.
        """
        return self._move(self.step, q, p, u, slopes, contexts)

    def inverse(
        self, q: Array, p: Array, u: Array, slopes: MutableMapping[str, Array] | None = None, *, contexts: int = 0
    ) -> tuple[Array, Array]:
        """One step backwards; arguments as `forward`."""
        return self._move(-self.step, q, p, u, slopes, contexts)

    def inverse_by_flip(self, q: Array, p: Array, u: Array) -> tuple[Array, Array]:
        """The inverse as theory writes it: flip p, one step forwards, flip p."""
        q, p = self.forward(q, -p, u)
        return q, -p

    def _move(
        self, h: float, q: Array, p: Array, u: Array, slopes: MutableMapping[str, Array] | None, contexts: int
    ) -> tuple[Array, Array]:
        middle = q + (h / 2) * p
        values = {"q": middle, "u": u, **self.theta}
        self.force_evaluations += math.prod(q.shape[:contexts])
        if slopes is None:
            force = self.system.force(values)["q"]
        else:
            slopes.update(self.system.slopes(values, total=self.theta if self.shared else (), keep=contexts))
            force = slopes.pop("q")
        p = p - h * force
        return middle + (h / 2) * p, p
