"""Boundary conditions: which end data a trajectory holds, and when the boundary residual vanishes.

A condition names 2n numbers that are linear in the ends (q_0, p_0) and (q_T, p_T), two vectors of n each: what the
free trajectory holds at given values, and what the nudged ones hold at the free one's. So the family s^beta_theta is

    held(ends of s^0_theta) = values          held_nudged(ends of s^beta_theta) = held_nudged(ends of s^0_theta)

The boundary residual of GLEP is Omega(d_beta ends, d_theta ends), with the symplectic form of both ends

    Omega(a, b) = [a_p . b_q - b_p . a_q] at T - [the same] at 0 .

d_theta ends lies in the kernel of `held`, d_beta ends in that of `held_nudged`: the residual vanishes, for every
system, cost and theta, exactly if Omega vanishes between the two kernels. That is algebra on 2n x 4n matrices, and a
condition's claim is checked by it. Where both hold the same data the kernel must be Lagrangian: "self-adjoint"
boundary conditions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array

__all__ = ["DATA", "Condition", "Ends", "Held", "State", "omega"]

State = tuple[Array, Array]
"""Position and momentum, each (..., n)."""

DATA = ("q0", "p0", "qT", "pT")
_MEMBERS = ("name", "given", "residual_vanishes", "local", "causal", "reason")


class Condition(ABC):
    """One boundary condition; a new one is a subclass of a few lines.

    Members
    -------
    name : how the command line and reports call it
    given : which of q0, p0, qT, pT the user gives; a q0 or p0 that is not among them is where a solver starts
    residual_vanishes : the claim, checked
    local : may an update of theta_ij be computed from what the two ends of connection ij see
    causal : does every run follow from its own past
    reason : one line on both
    held(start, end) : two n-vectors, linear in the ends, that the free trajectory holds. Their values are those at the
        given data, with 0 for what is not given
    held_nudged(start, end) : the same for the nudged trajectories; default `held`

    >>> class Antiperiodic(Condition):
    ...     name, given, residual_vanishes = "antiperiodic", (), True
    ...     local, causal, reason = True, False, "q(T) = -q(0), p(T) = -p(0)"
    ...     def held(self, start, end):
    ...         return start[0] + end[0], start[1] + end[1]
    >>> Antiperiodic().check()
    """

    name: ClassVar[str]
    given: ClassVar[tuple[str, ...]]
    residual_vanishes: ClassVar[bool]
    local: ClassVar[bool]
    causal: ClassVar[bool]
    reason: ClassVar[str]
    periodic: ClassVar[bool] = False
    """True where inputs must return: the scheme with an input at both ends needs them equal."""

    @abstractmethod
    def held(self, start: State, end: State) -> State: ...

    def held_nudged(self, start: State, end: State) -> State:
        return self.held(start, end)

    def check(self) -> None:
        """The claims against the algebra, for n = 2.

        Raises
        ------
        HelError : not linear, not 2n independent numbers, unknown data, or a residual that does not vanish as claimed.
        """
        missing = [name for name in _MEMBERS if not hasattr(self, name)]
        if missing:
            raise HelError(f"{type(self).__name__}: a condition says {', '.join(_MEMBERS)}; add {', '.join(missing)}")
        unknown = [name for name in self.given if name not in DATA]
        if unknown:
            raise HelError(f"{self.name}: a condition gives some of {', '.join(DATA)}, not {', '.join(unknown)}")
        vanishes = self.residual_of_kernels(2) < 1e-9
        if vanishes != self.residual_vanishes:
            claim, fact = ("vanish", "does not") if self.residual_vanishes else ("remain", "vanishes")
            raise HelError(
                f"{self.name} claims that its residual should {claim}, but for its end data it {fact}; "
                f"set residual_vanishes = {vanishes} or hold other data"
            )

    def residual_of_kernels(self, n: int) -> float:
        """The largest Omega between unit vectors of the two kernels: 0 where the residual vanishes."""
        free, nudged = (Held(self, n, nudged=which) for which in (False, True))
        a, b = _kernel(nudged.matrix), _kernel(free.matrix)
        pairs = omega(Ends.of(a[:, None, :]), Ends.of(b[None, :, :]))
        return float(np.max(np.abs(pairs)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


@dataclass(frozen=True)
class Ends:
    """(q, p) at both ends, each (..., n); also their changes.

    Members
    -------
    q0, p0, qT, pT : the four vectors
    """

    q0: Array
    p0: Array
    qT: Array
    pT: Array

    @classmethod
    def of(cls, vector: Array) -> Ends:
        """From one vector (..., 4n)."""
        return cls(*np.split(vector, 4, axis=-1))

    @property
    def start(self) -> State:
        return self.q0, self.p0

    @property
    def end(self) -> State:
        return self.qT, self.pT

    def difference(self, other: Ends, divisor: float) -> Ends:
        """(self - other) / divisor."""
        return Ends(*((getattr(self, name) - getattr(other, name)) / divisor for name in DATA))

    def take(self, which: object) -> Ends:
        """Some of the copies on axis 0."""
        return Ends(*(getattr(self, name)[which] for name in DATA))


def omega(a: Ends, b: Ends) -> Array:
    """[a_p . b_q - b_p . a_q] at T minus the same at 0, over the last axis.

    >>> one, two = Ends.of(np.array([0.0, 0.0, 0.0, 1.0])), Ends.of(np.array([0.0, 0.0, 1.0, 0.0]))
    >>> float(omega(one, two)), float(omega(two, one))
    (1.0, -1.0)
    """
    late = np.sum(a.pT * b.qT - b.pT * a.qT, axis=-1)
    return np.asarray(late - np.sum(a.p0 * b.q0 - b.p0 * a.q0, axis=-1))


class Held:
    """A condition's held numbers as one matrix [A B] on (start, end), each 2n long.

    Raises
    ------
    HelError : the numbers are not linear in the ends, not 2n, or not independent.
    """

    def __init__(self, condition: Condition, n: int, *, nudged: bool = False) -> None:
        self.condition, self.n = condition, n
        self._function = condition.held_nudged if nudged else condition.held
        try:
            columns = self.of(Ends.of(np.eye(4 * n)))
            probe = np.sin(1.0 + np.arange(8 * n)).reshape(2, 4 * n)
            linear = np.allclose(self.of(Ends.of(probe)), probe @ columns, rtol=1e-9, atol=1e-12)
        except ValueError:
            linear, columns = False, np.zeros((0, 0))
        if not linear or columns.shape != (4 * n, 2 * n):
            raise HelError(f"{condition.name} must hold two vectors of n numbers linear in the ends; rewrite held")
        self.matrix = columns.T
        self.at_start, self.at_end = np.split(self.matrix, 2, axis=1)
        rank = int(np.linalg.matrix_rank(self.matrix))
        if rank < 2 * n:
            raise HelError(f"{condition.name} must hold {2 * n} independent numbers, got {rank}; hold others")

    def of(self, ends: Ends) -> Array:
        """The held numbers, (..., 2n)."""
        return np.concatenate(self._function(ends.start, ends.end), axis=-1)

    def values(self, data: Mapping[str, Array]) -> Array:
        """What they are at the given data, 0 for what is not given; (copies, 2n)."""
        given = (data[name] if name in self.condition.given else np.zeros(self.n) for name in DATA)
        return np.atleast_2d(self.of(Ends(*np.broadcast_arrays(*given))))


def _kernel(matrix: Array) -> Array:
    """An orthonormal basis of the kernel, one vector a row."""
    rows = matrix.shape[0]
    return np.asarray(np.linalg.svd(matrix)[2][rows:])
