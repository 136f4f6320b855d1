"""The damped leapfrog in float64: the symplectic step between two halves of a contraction of the momentum.

For s'' + g s' + dV/ds = 0, the motion of the Lagrangian e^{g t} (|v|^2 / 2 - V). Normative prose: docs/dissipation.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, MutableMapping

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.language.graph import Array
from golden.systems.base import System

__all__ = ["DampedLeapfrog"]


class DampedLeapfrog(Leapfrog):
    """One step of a damped system.

    forward(q, p, u), with c = e^{-g h / 2}::

        p <- c p;   q <- q + (h/2) p;   p <- p - h dV/dq(q; theta, u);   q <- q + (h/2) p;   p <- c p

    inverse(q, p, u) is the anti-damped step: the same with the signs turned and 1 / c for c. It undoes forward to
    round-off; over many steps that round-off grows as e^{g t / 2}. Order 2; p is the velocity, and P = e^{g t} p is
    the canonical momentum, in which the step is symplectic. At g = 0 it is `Leapfrog`, bit for bit.

    Parameters
    ----------
    system, theta, step : as `Leapfrog`
    damping : g >= 0, per unit of time, one number: with several the motion has no Lagrangian of this form

    >>> from golden.systems import get
    >>> theta = {"a": np.array([1.0]), "B": np.array([[0.0]])}
    >>> leapfrog = DampedLeapfrog(get("linear", n=1), theta, 0.5, damping=0.5)
    >>> state, u = (np.array([1.0]), np.array([0.0])), np.array([0.0])
    >>> q, p = leapfrog.forward(*state, u)
    >>> bool(np.allclose(leapfrog.inverse(q, p, u), state, atol=1e-15))
    True
    """

    def __init__(self, system: System, theta: Mapping[str, Array], step: float, damping: float) -> None:
        super().__init__(system, theta, step)
        if not (isinstance(damping, int | float | np.number) and math.isfinite(damping) and damping >= 0):
            raise HelError(f"the damping g is one number >= 0, got {damping!r}; use for example 0.1")
        self.damping = float(damping)

    def _move(
        self, h: float, q: Array, p: Array, u: Array, slopes: MutableMapping[str, Array] | None, contexts: int
    ) -> tuple[Array, Array]:
        half = math.exp(-self.damping * h / 2)
        q, p = super()._move(h, q, half * p, u, slopes, contexts)
        return q, half * p
