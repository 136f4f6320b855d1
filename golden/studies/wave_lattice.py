"""A phi^4 wave field on a square lattice that is a classifier: image in as a displacement, detectors read at time T.

    V = sum_i kappa_i q_i^2 / 2 + lam_i q_i^4 / 4 - f_i q_i + sum_<ij> k_ij (q_i - q_j)^2 / 2

<ij> are the pairs of the 8-neighbourhood, the boundary is free, every parameter depends on its place. With lam = 0 the
field at T is an affine function of the field at 0, so that no such field separates what a linear classifier of the same
image cannot: what is gained beyond it, the nonlinearity of the waves has gained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.cost_functions import FinalCost, cross_entropy, cross_entropy_slope
from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array, Shape
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["Detectors", "WaveLattice", "bptt", "walls", "waves"]


class WaveLattice(System):
    """rows x columns sites; site (r, c) is neuron r columns + c. It has no input: inputs are ignored.

    >>> lattice = WaveLattice(2, 3)
    >>> lattice.parameters
    {'kappa': (6,), 'lam': (6,), 'f': (6,), 'k': (11,)}
    """

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows * columns, 1)
        self.rows, self.columns = rows, columns
        site = np.arange(self.n).reshape(rows, columns)
        ends = [
            (site[:, :-1], site[:, 1:]),
            (site[:-1], site[1:]),
            (site[:-1, :-1], site[1:, 1:]),
            (site[:-1, 1:], site[1:, :-1]),
        ]
        pairs = np.array([np.concatenate([pair[side].ravel() for pair in ends]) for side in (0, 1)])
        self.differences = np.zeros((pairs.shape[1], self.n))
        """D, (pairs, n): (D q)_ij = q_i - q_j."""
        at = np.arange(pairs.shape[1])
        self.differences[at, pairs[0]], self.differences[at, pairs[1]] = 1.0, -1.0

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"kappa": (self.n,), "lam": (self.n,), "f": (self.n,), "k": (len(self.differences),)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        sites = np.sum(theta["kappa"] * q**2) / 2 + np.sum(theta["lam"] * q**4) / 4 - np.sum(theta["f"] * q)
        return sites + np.sum(theta["k"] * (self.differences @ q) ** 2) / 2

    def initial(self, seed: int) -> dict[str, Array]:
        """lam 1/2 everywhere, kappa and f normal(0, 0.1) about 0, k within 10 % of 1/4."""
        rng = np.random.default_rng(seed)
        return {
            "kappa": rng.normal(0.0, 0.1, self.n),
            "lam": np.full(self.n, 0.5),
            "f": rng.normal(0.0, 0.1, self.n),
            "k": 0.25 * (1 + rng.normal(0.0, 0.1, len(self.differences))),
        }


def walls(theta: Mapping[str, Array]) -> dict[str, Array]:
    """Where the parameters' range ends: [-2, 2), and lam >= 0, or the field would run away."""
    theta = bounded(theta)
    return {**theta, "lam": np.maximum(theta["lam"], 0.0)}


class Detectors:
    """logits_c = gain q(T) at the detector of class c; C = -log softmax(logits) of the label. Nothing here is learned.

    >>> Detectors(WaveLattice(8, 8), 2).sites.tolist()
    [27, 36]
    """

    PLACES = {2: ((3, 3), (4, 4)), 10: tuple((r, c) for r in (1, 3, 4, 6) for c in (1, 3, 6))[:10]}
    """Row and column on the 8 x 8 lattice, by the number of classes."""

    def __init__(self, lattice: WaveLattice, classes: int, gain: float = 4.0) -> None:
        self.sites = np.array([r * lattice.columns + c for r, c in self.PLACES[classes]])
        self.gain = gain
        self.readout = np.zeros((classes, lattice.n))
        self.readout[np.arange(classes), self.sites] = gain

    def logits(self, q: Array) -> Array:
        """(..., n) -> (..., classes)."""
        return np.asarray(self.gain * q[..., self.sites])

    def cost(self) -> FinalCost:
        """Softmax cross-entropy, targets one-hot."""
        return FinalCost(
            lambda q, y: cross_entropy(self.logits(q), y),
            gradient=lambda q, y: cross_entropy_slope(self.logits(q), y) @ self.readout,
        )


def waves(lattice: WaveLattice, theta: Mapping[str, Array], q0: Array, steps: int, step: float) -> Array:
    """The field at T, from rest at q0 (..., n)."""
    leapfrog = Leapfrog(lattice, theta, step)
    q, p, u = q0, np.zeros_like(q0), np.zeros(1)
    for _ in range(steps):
        q, p = leapfrog.forward(q, p, u)
    return q


def bptt(
    lattice: WaveLattice,
    theta: Mapping[str, Array],
    q0: Array,
    targets: Array,
    cost: FinalCost,
    steps: int,
    step: float,
) -> tuple[dict[str, Array], float]:
    """dC/dtheta and C, summed over the batch, by back-propagation with this lattice's own Hessian; batch (B, n).

    The adjoint equations of golden.rules.bptt, for many samples at once. It stores the positions of all steps.
    """
    assert cost.gradient is not None
    middles = np.empty((steps, *q0.shape))
    q, p, d = q0, np.zeros_like(q0), lattice.differences
    for t in range(steps):
        middles[t] = middle = q + step / 2 * p
        force = theta["kappa"] * middle + theta["lam"] * middle**3 - theta["f"] + (theta["k"] * (middle @ d.T)) @ d
        p = p - step * force
        q = middle + step / 2 * p
    a, b = np.asarray(cost.gradient(q, targets)), np.zeros_like(q0)
    grads = {name: np.zeros(shape) for name, shape in lattice.parameters.items()}
    for middle in middles[::-1]:
        b = b + step / 2 * a
        spread = b @ d.T
        grads["kappa"] -= step * np.sum(middle * b, axis=0)
        grads["lam"] -= step * np.sum(middle**3 * b, axis=0)
        grads["f"] += step * np.sum(b, axis=0)
        grads["k"] -= step * np.sum((middle @ d.T) * spread, axis=0)
        a = a - step * ((theta["kappa"] + 3 * theta["lam"] * middle**2) * b + (theta["k"] * spread) @ d)
        b = b + step / 2 * a
    return grads, float(np.sum(cost.function(q, targets)))
