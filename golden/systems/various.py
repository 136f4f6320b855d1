"""Random potentials of everything the language has: smooth functions as tables, masses, angles. For tests.

`get("random", n=8, m=2, seed=1003)`, or `random-1003`: seeds from 1000 on. Below them, seeds keep the potentials that
`golden.systems.random` draws for them, bit for bit. One in four has angles alone, periodic in all of its terms; the
others have the confining sum of `random`, some of its terms, and up to two functions of one variable that become
tables, one each, on ranges and with errors that keep them within 400 segments. Half of them have masses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golden.language.user_function import table
from golden.systems.random import OTHERS, WITH_SIN, WITH_TANH, Random, Term, normal, uniform

__all__ = ["FIRST", "Various"]

FIRST = 1000
"""The first seed."""

_ERROR = 2.0**-9
"""Of the user's own functions: words of 12 bits can have it."""
_well = table(
    lambda x: np.exp(-(x**2)), df=lambda x: -2 * x * np.exp(-(x**2)), low=-4.0, high=4.0, error=_ERROR
)  # fmt: skip
_bump = table(lambda x: 1 / (1 + x**2), low=-4.0, high=4.0, error=_ERROR)
_root = table(lambda x: np.sqrt(1 + x**2), low=-4.0, high=4.0, error=_ERROR)
_arch = table(lambda x: x * np.arctan(x) - np.log1p(x**2) / 2, low=-4.0, high=4.0, error=_ERROR)

_RANGES: tuple[dict[str, tuple[float, float]], ...] = ({}, {"al": (2**-4, 2.0)}, {"al": (0.3, 1.7), "B": (-0.75, 1.0)})
"""Of parameters, by the seed: none, one, two."""


class Various(Random):
    """Drawn by the seed from all terms; `terms` says which, `mass` and `angles` what moves.

    >>> system = Various(6, 2, seed=1000)
    >>> system.name, len(system.terms) >= 2
    ('random-1000', True)
    """

    def __init__(self, n: int, m: int = 1, seed: int = FIRST) -> None:
        super().__init__(n, m, seed)

    def _draw(self, rng: np.random.Generator) -> None:
        self.angles = bool(rng.integers(0, 4) == 0)
        if rng.random() < 0.5:
            same = self.angles or rng.random() < 0.3
            self.mass = 4.0 if same else rng.uniform(0.7, 2.0, self.n).round(3)
        if self.angles:
            self._terms = [self._pushed()]
            self._add(rng, _ANGLES, int(rng.integers(2, 5)))
            return
        self.ranges = _RANGES[self.seed % len(_RANGES)]
        self._terms = [self._confined()]
        self._add(rng, [*OTHERS, *_PLAIN, *(WITH_TANH, WITH_SIN, ())[int(rng.integers(0, 3))]], int(rng.integers(1, 4)))
        self._add(rng, _TABLES, int(rng.integers(0, 3)))

    # Positions: without a table
    def modulated(self, rng: np.random.Generator, i: int) -> Term:
        """Scalars with a constant in them, of an input and of a parameter."""
        s, k, by = f"s{i}", f"k{i}", int(rng.integers(0, self.m))
        drawn = {s: ((), uniform(-0.3, 0.3)), k: ((self.n,), uniform(0.1, 0.3))}
        return Term(
            "a modulated stiffness",
            drawn,
            lambda q, u, t: (1 + u[by] / 4) * np.sum(t[k] * q**2) / 2 + (1 - t[s]) * np.sum(q) ** 2 / (4 * self.n),
        )

    def pairs(self, rng: np.random.Generator, i: int) -> Term:
        """Differences of some with all, by broadcasting."""
        few, k = int(rng.integers(1, 3)), f"k{i}"
        weights = rng.uniform(0.0, 0.2, (few, self.n))
        return Term(
            "pairs by broadcasting",
            {k: ((self.n,), uniform(0.02, 0.1))},
            lambda q, u, t: np.sum((weights + t[k]) * (q[:few, None] - q[None, :]) ** 2) / 2,
        )

    def twice(self, rng: np.random.Generator, i: int) -> Term:
        """One symmetric parameter in two forms."""
        name, shift = f"K{i}", int(rng.integers(1, self.n))
        self._symmetric.append(name)
        return Term(
            "a symmetric matrix used twice",
            {name: ((self.n, self.n), normal(0.1 / np.sqrt(self.n)))},
            lambda q, u, t: (q @ (t[name] @ q) + np.roll(q, shift) @ (t[name] @ np.roll(q, shift)) / 2) / 2,
        )

    # Positions: functions that become tables
    def exponentials(self, rng: np.random.Generator, i: int) -> Term:
        bonds, k = self._bonds(rng) / 24, f"k{i}"
        return Term(
            "exponential springs",
            {k: ((len(bonds),), uniform(-1.0, 1.5))},
            lambda q, u, t: 4 * np.sum(t[k] * np.exp(np.clip(bonds @ q, -0.125, 0.125))),
        )

    def quotients(self, rng: np.random.Generator, i: int) -> Term:
        weights = rng.uniform(-0.5, 0.5, self.n)
        return Term("quotients", {}, lambda q, u, t: np.sum(weights * _bump(q)))

    def roots(self, rng: np.random.Generator, i: int) -> Term:
        bonds, by = self._bonds(rng) / 4, float(rng.uniform(0.2, 1.0))
        return Term("roots", {}, lambda q, u, t: by * np.sum(_root(bonds @ q)))

    def wells(self, rng: np.random.Generator, i: int) -> Term:
        """With a learnt width: the argument is a product."""
        a, weights = f"a{i}", rng.uniform(0.05, 0.3, self.n)
        return Term(
            "wells of the user's own",
            {a: ((self.n,), uniform(0.3, 0.8))},
            lambda q, u, t: -np.sum(weights * _well(t[a] * q)),
        )

    def arches(self, rng: np.random.Generator, i: int) -> Term:
        """Units with a pad's f(0) to hide, on other lengths than n."""
        size = int(rng.integers(1, self.n + 3))
        name, b = f"W{i}", f"b{i}"
        return Term(
            "units of the user's own",
            {name: ((size, self.n), normal(0.4 / np.sqrt(self.n))), b: ((size,), normal(0.2))},
            lambda q, u, t: np.sum(_arch(t[name] @ q + t[b])),
        )

    # Angles
    def _pushed(self) -> Term:
        drawn = {"B": ((self.n, self.m), normal(0.2 / np.sqrt(self.m))), "a": ((self.n,), uniform(-0.3, 0.3))}
        push = np.eye(self.n, self.m)
        return Term("", drawn, lambda q, u, t: (t["a"] - t["B"] @ u) @ np.cos(q) - (push @ u) @ q / 4)

    def fields(self, rng: np.random.Generator, i: int) -> Term:
        k, order = f"k{i}", int(rng.integers(1, 4))
        phase = float(rng.uniform(-1.0, 1.0))
        return Term(
            "harmonics",
            {k: ((self.n,), normal(0.1))},
            lambda q, u, t: np.sum(t[k] * np.sin(order * q + phase)),
        )

    def junctions(self, rng: np.random.Generator, i: int) -> Term:
        bonds, k = self._bonds(rng), f"k{i}"
        return Term(
            "junctions",
            {k: ((len(bonds),), uniform(0.05, 0.2))},
            lambda q, u, t: -np.sum(t[k] * np.cos(bonds @ q)),
        )

    def network_of_phases(self, rng: np.random.Generator, i: int) -> Term:
        name = f"K{i}"
        self._symmetric.append(name)

        def potential(q: Any, u: Any, t: Mapping[str, Any]) -> Any:
            c, s = np.cos(q), np.sin(q)
            return -(c @ (t[name] @ c) + s @ (t[name] @ s)) / 2

        return Term("all phases to all", {name: ((self.n, self.n), normal(0.2 / self.n))}, potential)

    def threes(self, rng: np.random.Generator, i: int) -> Term:
        k, shift = f"k{i}", int(rng.integers(1, self.n))
        return Term(
            "three phases at once",
            {k: ((self.n,), normal(0.1))},
            lambda q, u, t: np.sum(t[k] * np.cos(q - 2 * np.roll(q, shift) + np.roll(q, -1))),
        )


_Maker = Callable[[Various, np.random.Generator, int], Term]
_PLAIN: tuple[_Maker, ...] = (Various.modulated, Various.pairs, Various.twice)
_TABLES: tuple[_Maker, ...] = (
    Various.exponentials, Various.quotients, Various.roots, Various.wells, Various.arches,
)  # fmt: skip
_ANGLES: tuple[_Maker, ...] = (Various.fields, Various.junctions, Various.network_of_phases, Various.threes)
