"""Springs on any graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.language.validate import shortened
from golden.systems.base import System
from golden.systems.ranges import bounded

__all__ = ["SpringGraph"]


class SpringGraph(System):
    """V = sum k q^2 / 2 + sum over edges e = (i, j) of kc_e (q_i - q_j)^2 / 2 - (B u) . q.

    One parameter an edge, shared by both of its ends: with the incidence matrix D, force k q + D^T (kc D q) - B u, and
    dV/dkc = (D q)^2 / 2. The edges are given; the default is a ring with n / 2 chords, drawn with seed 0.

    >>> graph = SpringGraph(4, edges=[(0, 1), (1, 2), (1, 3)])
    >>> graph.incidence
    array([[ 1., -1.,  0.,  0.],
           [ 0.,  1., -1.,  0.],
           [ 0.,  1.,  0., -1.]])
    """

    ranges = {"k": (2**-4, 2.0), "kc": (0.0, 2.0)}
    """Springs that all pull back; one that pushes would buckle the network."""

    def __init__(self, n: int, m: int = 1, edges: Sequence[tuple[int, int]] | None = None) -> None:
        super().__init__(n, m)
        if n < 2:
            raise HelError(f"a graph of springs has at least 2 masses, got {n}; use more neurons")
        self.edges = tuple(_chords(n) if edges is None else _pairs(edges))
        for i, j in self.edges:
            if i == j or not (0 <= i < n and 0 <= j < n):
                raise HelError(f"an edge joins two masses of 0..{n - 1}, got ({i}, {j}); correct the edges")
        self.incidence = np.eye(n)[[i for i, _ in self.edges]] - np.eye(n)[[j for _, j in self.edges]]

    @property
    def name(self) -> str:
        return "graph"

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {"k": (self.n,), "kc": (len(self.edges),), "B": (self.n, self.m)}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        d = self.incidence @ q
        return np.sum(theta["k"] * q**2) / 2 + np.sum(theta["kc"] * d**2) / 2 - (theta["B"] @ u) @ q

    def initial(self, seed: int) -> dict[str, Array]:
        """k uniform in [0.5, 1.5], kc in [0.1, 0.5], B normal with variance 1 / 4 m."""
        rng = np.random.default_rng(seed)
        return bounded(
            {
                "k": rng.uniform(0.5, 1.5, self.n),
                "kc": rng.uniform(0.1, 0.5, len(self.edges)),
                "B": rng.normal(0.0, 0.5, (self.n, self.m)) / np.sqrt(self.m),
            },
            self.ranges,
        )


def _pairs(edges: Any) -> list[tuple[int, int]]:
    """The edges a user gave, as pairs of Python ints."""
    try:
        pairs = [(i, j) for i, j in edges]
        if any(isinstance(k, bool) or int(k) != k for pair in pairs for k in pair):
            raise TypeError
        return [(int(i), int(j)) for i, j in pairs]
    except (TypeError, ValueError, OverflowError):
        example = "give for instance [(0, 1), (1, 2)]"
        raise HelError(f"edges are pairs of masses, each a whole number, got {shortened(edges)}; {example}") from None


def _chords(n: int) -> list[tuple[int, int]]:
    """A ring and n // 2 further edges, each pair once."""
    rng = np.random.default_rng(0)
    ring = [(i, (i + 1) % n) for i in range(n if n > 2 else 1)]
    taken = {frozenset(edge) for edge in ring}
    free = [(i, j) for i in range(n) for j in range(i + 1, n) if frozenset((i, j)) not in taken]
    chosen = rng.permutation(len(free))[: n // 2]
    return ring + [free[c] for c in sorted(chosen.tolist())]
