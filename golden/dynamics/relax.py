"""Relaxation: from a start to a minimum of an energy, many samples at once, by forces and energies only.

Steepest descent with the step of Barzilai and Borwein, each sample with its own:

    q <- q - a F(q);   a <- |s|^2 / (s . y),  s the last move, y the change of F        (4 a where s . y <= 0)

A move is kept if E falls by 10^-4 a |F|^2 below the largest of the last `MEMORY` energies (Grippo, Lampariello &
Lucidi 1986), else a <- a / 4. No curvature is asked for and nothing is inverted: n words of position, n of force.
Converged: every component of F of every sample is within the tolerance; such samples wait for the others.

Sources: Barzilai & Borwein 1988; Raydan, SIAM J. Optim. 7 (1997) for the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive

__all__ = ["LARGEST", "MEMORY", "Relaxed", "relax"]

MEMORY = 8

LARGEST = 2.0**20
"""A position beyond this is taken to be on its way to infinity."""

_DECREASE, _SLACK = 1e-4, 2.0**-46
_STEPS = (2.0**-30, 2.0**30)


@dataclass(frozen=True)
class Relaxed:
    """Where a relaxation came to rest.

    Members
    -------
    q : (..., n)
    residual : largest |F| of any component of any sample
    iterations : force evaluations on the whole batch after the first
    words : most numbers kept from one iteration to the next: q, F, steps and the energies remembered
    """

    q: Array
    residual: float
    iterations: int
    words: int


def relax(
    energy: Callable[[Array], Array],
    force: Callable[[Array], Array],
    start: Array,
    *,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
    what: str = "the energy",
) -> Relaxed:
    """A minimum of E, from `start`.

    Parameters
    ----------
    energy, force : E (...) and its gradient F (..., n) of positions (..., n)
    start : (..., n)
    tolerance : largest |F| of any component at the end
    max_iterations : then it is an error
    what : how an error calls E

    Raises
    ------
    HelError : no convergence, with the residual and the iterations; E without a minimum.

    >>> stiffness = np.array([1.0, 10.0])
    >>> rest = relax(lambda q: (stiffness * q**2).sum(-1) / 2 - q[..., 0], lambda q: stiffness * q - [1, 0], np.ones(2))
    >>> np.round(rest.q, 9).tolist(), rest.iterations < 50
    ([1.0, 0.0], True)
    """
    for name, value in (("tolerance", tolerance), ("max_iterations", max_iterations)):
        positive(value, f"{name} of a relaxation", "1e-10")
    with np.errstate(all="ignore"):
        q, f, e = start, force(start), energy(start)
    if not (np.isfinite(f).all() and np.isfinite(e).all()):
        raise HelError(f"{what} and its force are finite at the start, got a value that is not; check inputs and start")
    recent = np.repeat(e[None], MEMORY, axis=0)
    a = 1.0 / (1.0 + np.linalg.norm(f, axis=-1))
    words = q.size + f.size + a.size + recent.size
    iterations = 0
    while True:
        moving = np.abs(f).max(-1) > tolerance
        if not moving.any():
            return Relaxed(q, float(np.abs(f).max(initial=0.0)), iterations, words)
        if iterations >= max_iterations:
            raise HelError(
                f"{what} did not come to rest: residual {np.abs(f).max():.2g} after {iterations} iterations, wanted "
                f"{tolerance:g}; raise max_iterations or tolerance, or see whether the energy has a minimum"
            )
        trial = q - np.where(moving, a, 0.0)[..., None] * f
        if np.abs(trial).max() > LARGEST:
            raise HelError(
                f"{what} has no minimum near the start: after {iterations} iterations a position passed {LARGEST:g}; "
                "let the potential grow in every direction (al > 0), lower eps, or start elsewhere"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            new_e, new_f = energy(trial), force(trial)
            s, y = trial - q, new_f - f
            ss, sy = (s * s).sum(-1), (s * y).sum(-1)
            limit = recent.max(0) - _DECREASE * a * (f * f).sum(-1) + _SLACK * (1.0 + np.abs(e))
            good = moving & (new_e <= limit) & np.isfinite(new_f).all(-1)
            longer = np.where(sy > 0, ss / np.where(sy > 0, sy, 1.0), 4.0 * a)
        a = np.where(good, np.clip(longer, *_STEPS), np.where(moving, a / 4, a))
        q = np.where(good[..., None], trial, q)
        f = np.where(good[..., None], new_f, f)
        e = np.where(good, new_e, e)
        recent[iterations % MEMORY] = e
        iterations += 1
