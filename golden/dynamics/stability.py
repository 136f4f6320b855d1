"""Whether a step is stable, and how long a motion can be foretold: two figures of a run in float64.

Leapfrog is stable while h^2 times the largest curvature of the potential, along the motion, stays below 4: an
oscillator of frequency w needs h w < 2. A perturbation grows by exp(t / L), L the Lyapunov time; one of a last place is
as large as the state after ln(1 / last place) Lyapunov times, and no gradient over so long a sequence says anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array
from golden.systems.base import System

__all__ = ["LIMIT", "Stability", "curvature", "growth", "stability"]

LIMIT = 4.0
"""Of h^2 times the curvature."""
POINTS = 16
"""Positions of a motion whose curvature is looked at, evenly spread."""
DIRECTIONS = 8
"""Perturbations whose growth is followed."""
_CURVE, _APART = 1e-4, 1e-7
"""Distances of the forces whose difference is a curvature, in units of the position where that is above 1; and of the
motions whose difference grows."""


@dataclass(frozen=True)
class Stability:
    """Of one motion.

    Members
    -------
    figure : h^2 times the largest curvature; stable below `LIMIT`
    growth_log2 : log2 of how much the fastest of some perturbations has grown at the end
    duration : h T
    """

    figure: float
    growth_log2: float
    duration: float

    @property
    def lyapunov_time(self) -> float:
        """In which a perturbation grows e times; infinite where none grows."""
        return self.duration / (self.growth_log2 * math.log(2)) if self.growth_log2 > 0 else math.inf

    @property
    def stable(self) -> bool:
        return self.figure < LIMIT

    @property
    def told(self) -> dict[str, float | None]:
        """As plain data: the figure and its limit, log2 of the growth, the Lyapunov time and h T; None for what has no
        end.
        """
        found = (self.figure, LIMIT, self.growth_log2, self.lyapunov_time, self.duration)
        names = ("figure", "limit", "growth_log2", "lyapunov_time", "duration")
        return {name: value if math.isfinite(value) else None for name, value in zip(names, found, strict=True)}


def stability(
    system: System, theta: Mapping[str, Array], inputs: Array, step: float, q0: Array | None = None,
    p0: Array | None = None, seed: int = 0,
) -> Stability:  # fmt: skip
    """Of the motion from q0, p0 (n,), at rest at 0 where there are none, under inputs (T, m).

    >>> from golden.systems import get
    >>> springs = get("springs", n=4)
    >>> found = stability(springs, springs.initial(0), np.zeros((100, 1)), 0.125, q0=np.ones(4))
    >>> round(found.figure, 3), found.stable, found.growth_log2 < 3
    (0.057, True, True)
    """
    q0 = np.zeros(system.n) if q0 is None else np.asarray(q0, np.float64)
    p0 = np.zeros(system.n) if p0 is None else np.asarray(p0, np.float64)
    leapfrog = Leapfrog(system, theta, step)
    path, q, p = [], q0, p0
    with np.errstate(all="ignore"):
        for u in inputs:
            path.append(q)
            q, p = leapfrog.forward(q, p, u)
    at = np.unique(np.linspace(0, len(path) - 1, POINTS).astype(int))
    largest = max(curvature(system, theta, path[t], inputs[t]) for t in at)
    grown = growth(leapfrog, inputs, q0, p0, seed)
    return Stability(step**2 * largest, grown, step * len(inputs))


def curvature(system: System, theta: Mapping[str, Array], q: Array, u: Array) -> float:
    """The largest eigenvalue of the second derivative of V at q (n,), by central differences of the force.

    Infinite where a force is not finite.
    """
    if not np.isfinite(q).all():
        return math.inf
    small = _CURVE * max(1.0, float(np.abs(q).max()))
    moved = q + small * np.concatenate([np.eye(system.n), -np.eye(system.n)])
    with np.errstate(all="ignore"):
        force = system.force({"q": moved, "u": np.broadcast_to(u, (2 * system.n, system.m)), **theta})["q"]
    second = (force[: system.n] - force[system.n :]) / (2 * small)
    if not np.isfinite(second).all():
        return math.inf
    return float(np.linalg.eigvalsh((second + second.T) / 2)[-1])


def growth(leapfrog: Leapfrog, inputs: Array, q: Array, p: Array, seed: int = 0) -> float:
    """log2 of the growth of the fastest of some random perturbations of a motion, each kept small on the way."""
    n = leapfrog.system.n
    away = np.random.default_rng([seed, 4]).normal(size=(DIRECTIONS, 2 * n))
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    total = np.zeros(DIRECTIONS)
    for u in inputs:
        apart = _APART * max(1.0, float(np.abs([q, p]).max()))
        beside = np.concatenate([np.zeros((1, 2 * n)), apart * away])
        with np.errstate(all="ignore"):
            moved = leapfrog.forward(
                q + beside[:, :n], p + beside[:, n:], np.broadcast_to(u, (DIRECTIONS + 1, *u.shape))
            )
            away = np.concatenate([each[1:] - each[0] for each in moved], axis=1) / apart
        q, p = (each[0] for each in moved)
        size = np.linalg.norm(away, axis=1, keepdims=True)
        if not (np.isfinite(size) & (size > 0)).all():
            return math.inf
        total += np.log2(size[:, 0])
        away /= size
    return float(total.max())
