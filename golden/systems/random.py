"""Random legal potentials: what a user might write, drawn from a seed. For tests of everything below a potential.

`get("random", n=8, m=2, seed=3)`, or by the name alone `random-3`, which the command line takes as a SYSTEM. The
potential is a confining sum al q^2 / 2, a drive -(B u) . q, and two to four terms drawn from the vocabulary: sparse and
full wirings, matrices, powers, products of states and inputs, shared and tied parameters, vectors of other lengths,
slices, and at most one of tanh and sin. The parameters of `initial` keep it near its minimum for thousands of steps.
Seeds from 1000 on are those of `golden.systems.various`, which draws from the whole language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array, Shape
from golden.language.validate import whole
from golden.systems.base import System, symmetrised
from golden.systems.ranges import bounded

__all__ = ["OTHERS", "WITH_SIN", "WITH_TANH", "Random", "Term", "normal", "uniform"]

Potential = Callable[[Any, Any, Mapping[str, Any]], Any]
_Draw = Callable[[np.random.Generator, Shape], Array]


def normal(deviation: float) -> _Draw:
    return lambda rng, shape: rng.normal(0.0, deviation, shape)


def uniform(low: float, high: float) -> _Draw:
    return lambda rng, shape: rng.uniform(low, high, shape)


@dataclass(frozen=True)
class Term:
    """parameters: name -> (shape, how to draw it)."""

    what: str
    parameters: dict[str, tuple[Shape, _Draw]]
    potential: Potential


class Random(System):
    """V = sum al q^2 / 2 - (B u) . q + two to four terms drawn by the seed; `terms` says which.

    >>> system = Random(6, 2, seed=1)
    >>> system.terms
    ['quartic of some', 'fixed couplings', 'sines of some, joined']
    >>> system.name
    'random-1'
    """

    def __init__(self, n: int, m: int = 1, seed: int = 0) -> None:
        super().__init__(n, m)
        if n < 3:
            raise HelError(f"a random potential has at least 3 neurons, got {n}; use more")
        self.seed = whole(seed, "the seed of a random potential", 0)
        self._symmetric: list[str] = []
        self._terms: list[Term] = []
        self._draw(np.random.default_rng([self.seed, n, m]))
        self.symmetric = tuple(self._symmetric)

    def _draw(self, rng: np.random.Generator) -> None:
        """All terms."""
        self._terms = [self._confined()]
        makers = [*OTHERS, *(WITH_TANH, WITH_SIN, ())[int(rng.integers(0, 3))]]
        self._add(rng, makers, None)

    def _add(self, rng: np.random.Generator, makers: Sequence[Callable[..., Term]], count: int | None) -> None:
        """`count` terms of different makers; None: two to four."""
        order = rng.permutation(len(makers))
        chosen = order[: int(rng.integers(2, 5)) if count is None else count]
        for i in sorted(chosen.tolist()):
            self._terms.append(makers[i](self, rng, len(self._terms)))

    @property
    def name(self) -> str:
        return f"random-{self.seed}"

    @property
    def terms(self) -> list[str]:
        """What was drawn beside the confining term, in words."""
        return [term.what for term in self._terms[1:]]

    @property
    def parameters(self) -> Mapping[str, Shape]:
        return {name: shape for term in self._terms for name, (shape, _) in term.parameters.items()}

    def potential(self, q: Any, u: Any, theta: Mapping[str, Any]) -> Any:
        return sum(term.potential(q, u, theta) for term in self._terms)

    def initial(self, seed: int) -> dict[str, Array]:
        """al uniform in [0.5, 1.5], B normal with deviation 0.3 / sqrt m, the others as small as stability asks."""
        rng = np.random.default_rng(seed)
        theta = {name: draw(rng, shape) for term in self._terms for name, (shape, draw) in term.parameters.items()}
        for name in self.symmetric:
            theta[name] = symmetrised(theta[name])
        return bounded(theta)

    def _confined(self) -> Term:
        drawn = {
            "al": ((self.n,), uniform(0.5, 1.5)),
            "B": ((self.n, self.m), normal(0.3 / np.sqrt(self.m))),
        }
        return Term("", drawn, lambda q, u, t: np.sum(t["al"] * q**2) / 2 - (t["B"] @ u) @ q)

    # Terms without a table function
    def springs(self, rng: np.random.Generator, i: int) -> Term:
        bonds = self._bonds(rng)
        k = f"k{i}"
        return Term(
            "springs on a graph",
            {k: ((len(bonds),), uniform(0.1, 0.5))},
            lambda q, u, t: np.sum(t[k] * (bonds @ q) ** 2) / 2,
        )

    def tied(self, rng: np.random.Generator, i: int) -> Term:
        which = rng.integers(0, 2, self.n)
        k, s = f"k{i}", f"s{i}"
        return Term(
            "tied parameters",
            {k: ((2,), uniform(0.1, 0.5)), s: ((), uniform(0.1, 0.3))},
            lambda q, u, t: np.sum(t[k][which] * q**2) / 2 + t[s] * np.sum((q - np.roll(q, 1)) ** 2) / 2,
        )

    def quartic(self, rng: np.random.Generator, i: int) -> Term:
        some = np.sort(rng.permutation(self.n)[: int(rng.integers(1, self.n + 1))])
        k = f"c{i}"
        return Term(
            "quartic of some",
            {k: ((len(some),), uniform(0.05, 0.3))},
            lambda q, u, t: np.sum(t[k] * q[some] ** 4) / 4,
        )

    def soft(self, rng: np.random.Generator, i: int) -> Term:
        bonds = self._bonds(rng)
        a, c = f"a{i}", f"c{i}"
        return Term(
            "soft bonds",
            {a: ((len(bonds),), uniform(-0.1, 0.1)), c: ((len(bonds),), uniform(0.05, 0.2))},
            lambda q, u, t: np.sum(t[a] * (bonds @ q) ** 3) / 3 + np.sum(t[c] * (bonds @ q) ** 4) / 4,
        )

    def form(self, rng: np.random.Generator, i: int) -> Term:
        name = f"W{i}"
        if rng.random() < 0.5:
            self._symmetric.append(name)
        return Term(
            "quadratic form",
            {name: ((self.n, self.n), normal(0.1 / np.sqrt(self.n)))},
            lambda q, u, t: q @ (t[name] @ q) / 2,
        )

    def product(self, rng: np.random.Generator, i: int) -> Term:
        shift, scale = int(rng.integers(1, self.n)), 0.7 ** int(rng.integers(1, 4))
        k = f"k{i}"
        return Term(
            "states times states",
            {k: ((self.n,), normal(0.2))},
            lambda q, u, t: scale * np.sum(t[k] * q * np.roll(q, shift)),
        )

    def gated(self, rng: np.random.Generator, i: int) -> Term:
        size = int(rng.integers(1, self.n))
        name = f"G{i}"
        return Term(
            "inputs times states",
            {name: ((size, self.m), normal(0.1 / np.sqrt(self.m)))},
            lambda q, u, t: np.sum((t[name] @ u) * q[:size] * q[-size:]) / 2,
        )

    def fixed(self, rng: np.random.Generator, i: int) -> Term:
        coupling = np.tril(np.triu(rng.normal(0.0, 0.2, (self.n, self.n)), -1), 1)
        weights, drive = rng.uniform(0.1, 0.4, self.n), rng.normal(0.0, 0.3, (self.n, self.m))
        return Term(
            "fixed couplings",
            {},
            lambda q, u, t: q @ (coupling @ q) / 4 + np.sum(weights * q**2) / 2 - q @ (drive @ u),
        )

    def shared(self, rng: np.random.Generator, i: int) -> Term:
        """One vector in two places, of unequal powers of two and signs."""
        k, by = f"k{i}", 2.0 ** -int(rng.integers(0, 4))
        gate = rng.normal(0.0, 0.5, (self.n, self.m))
        return Term(
            "a vector used twice",
            {k: ((self.n,), uniform(0.1, 0.4))},
            lambda q, u, t: np.sum(t[k] * q**2) / 2 - by * np.sum(t[k] * q * (gate @ u)),
        )

    def reused(self, rng: np.random.Generator, i: int) -> Term:
        """One matrix in two places: its density has two outer products."""
        name, shift = f"W{i}", int(rng.integers(1, self.n))
        factor = 0.75 if rng.random() < 0.5 else 0.5
        return Term(
            "a matrix used twice",
            {name: ((self.n - 1, self.n), normal(0.3 / np.sqrt(self.n)))},
            lambda q, u, t: factor * (t[name] @ q) @ (t[name] @ np.roll(q, shift)),
        )

    # Terms with a table
    def units(self, rng: np.random.Generator, i: int) -> Term:
        size, start = int(rng.integers(1, self.n + 3)), int(rng.integers(0, self.n // 2))
        name, b, drive = f"W{i}", f"b{i}", f"D{i}"
        log_cosh = rng.random() < 0.5

        def potential(q: Any, u: Any, t: Mapping[str, Any]) -> Any:
            z = t[name] @ q[start:] + t[drive] @ u + t[b]
            return np.sum(np.log(np.cosh(z))) if log_cosh else np.sum(np.logaddexp(0, z)) / 2

        drawn = {
            name: ((size, self.n - start), normal(0.5 / np.sqrt(self.n))),
            drive: ((size, self.m), normal(0.5 / np.sqrt(self.m))),
            b: ((size,), normal(0.3)),
        }
        return Term("saturating units", drawn, potential)

    def network(self, rng: np.random.Generator, i: int) -> Term:
        name = f"W{i}"
        self._symmetric.append(name)
        return Term(
            "symmetric network",
            {name: ((self.n, self.n), normal(0.2 / np.sqrt(self.n)))},
            lambda q, u, t: -np.tanh(q) @ (t[name] @ np.tanh(q)) / 2,
        )

    def pendulums(self, rng: np.random.Generator, i: int) -> Term:
        bonds = self._bonds(rng)
        g, k = f"g{i}", f"k{i}"
        return Term(
            "angles",
            {g: ((self.n,), uniform(0.1, 0.4)), k: ((len(bonds),), uniform(0.1, 0.3))},
            lambda q, u, t: -np.sum(t[g] * np.cos(q)) - np.sum(t[k] * np.cos(bonds @ q)),
        )

    def waves(self, rng: np.random.Generator, i: int) -> Term:
        k, half = f"k{i}", self.n // 2
        return Term(
            "sines of some, joined",
            {k: ((2 * half,), uniform(-0.3, 0.3))},
            lambda q, u, t: np.sum(t[k] * np.sin(np.concatenate([q[:half], q[half : 2 * half] + 0.5]))),
        )

    def _bonds(self, rng: np.random.Generator) -> Array:
        """Differences of random pairs, one row each."""
        count = int(rng.integers(1, self.n + 2))
        pairs = [rng.permutation(self.n)[:2] for _ in range(count)]
        rows = np.zeros((count, self.n))
        for row, (a, b) in zip(rows, pairs, strict=True):
            row[a], row[b] = 1.0, -1.0
        return rows


_Maker = Callable[[Random, np.random.Generator, int], Term]
OTHERS: tuple[_Maker, ...] = (
    Random.springs, Random.tied, Random.quartic, Random.soft, Random.form, Random.product, Random.gated, Random.fixed,
    Random.shared, Random.reused,
)  # fmt: skip
WITH_TANH: tuple[_Maker, ...] = (Random.units, Random.network)
WITH_SIN: tuple[_Maker, ...] = (Random.pendulums, Random.waves)
