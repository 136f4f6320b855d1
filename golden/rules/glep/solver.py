"""Finds trajectories that hold given end data: runs forwards or backwards where that is enough, else shooting.

Shooting: z = (q_0, p_0) with F(z) = A z + B Phi(z) - values = 0, Phi the motion. Newton's matrix is J = A + B M with
the exact monodromy M of the motion without nudge (`Motion.tangents`). It is kept from one iteration to the next and
from the free problem to its nudged and moved neighbours (simplified Newton: convergence linear with a small factor, no
Hessian products), and computed anew where an iteration gains less than a factor 4. Steps are halved until |F| falls;
where no step helps, a free trajectory is sought from `STARTS` other starts around the guess, always the same ones.

Where several trajectories hold the same data this follows one branch: the free trajectory is the one Newton reaches
from the guess, or else from the first of the other starts that leads to any; all others are neighbours of that one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array
from golden.rules.glep.boundary import Ends, Held
from golden.rules.glep.motion import Motion, Nudge

__all__ = ["GROWTH", "LIMIT", "STARTS", "SingularProblem", "Solution", "solve"]

LIMIT = 40
"""Newton corrections before giving up."""
STARTS = 24
"""Other starts tried for a free trajectory."""
GROWTH = 1e7
"""Largest element of a monodromy that shooting accepts: it costs as many digits of the start."""
_HALVINGS = 8
_ROUND_OFF = 2.0**-52


class SingularProblem(HelError):
    """The end data do not determine the trajectory, or only beyond the precision of float64."""


@dataclass(frozen=True)
class Solution:
    """A trajectory by its state at one end, (copies, n) each.

    Members
    -------
    q, p : the state
    back : True where it is the state at T, to be run backwards
    ends : both ends, where shooting has found them already
    jacobian : Newton's last matrix; None where nothing was solved
    """

    q: Array
    p: Array
    back: bool
    ends: Ends | None = None
    jacobian: Array | None = None

    def run(self, motion: Motion, **options: Any) -> Ends:
        """Runs the trajectory once more (options of `Motion.run`), to read or collect along it."""
        if self.back and options.get("meter") is not None:  # meters read in the order of time
            q, p = motion.run(self.q, self.p, back=True)
            motion.run(q, p, **options)
            return Ends(q, p, self.q, self.p)
        other = motion.run(self.q, self.p, back=self.back, **options)
        return Ends(*other, self.q, self.p) if self.back else Ends(self.q, self.p, *other)

    @property
    def state(self) -> Array:
        """(q, p) as one vector (copies, 2n)."""
        return np.concatenate([self.q, self.p], axis=-1)


def solve(
    motion: Motion,
    held: Held,
    values: Array,
    guess: Array,
    *,
    nudge: Nudge | None = None,
    jacobian: Array | None = None,
) -> Solution:
    """Trajectories with held(ends) = values.

    Parameters
    ----------
    motion, held : of n neurons
    values : (copies, 2n)
    guess : (2n,) or (copies, 2n), a first (q_0, p_0) for shooting
    nudge : with one beta per copy
    jacobian : of a neighbouring solution, (1 or copies, 2n, 2n)

    Raises
    ------
    HelError : no convergence, a singular problem, or a trajectory out of float64's range.
    """
    back = not held.at_start.any()
    if back or not held.at_end.any():
        state = np.asarray(
            np.linalg.solve(held.at_end if back else held.at_start, values[..., None])[..., 0], np.float64
        )
        return Solution(state[:, : held.n], state[:, held.n :], back)
    with np.errstate(over="ignore", invalid="ignore"):
        return _Shooting(motion, held, values, nudge).solve(guess, jacobian)


class _Shooting:
    """Simplified Newton on the start state."""

    def __init__(self, motion: Motion, held: Held, values: Array, nudge: Nudge | None) -> None:
        self._motion, self._held, self._values, self._nudge = motion, held, values, nudge

    def solve(self, z: Array, jacobian: Array | None) -> Solution:
        z = np.array(np.broadcast_to(z, self._values.shape))
        found = self._newton(z, jacobian)  # raises where it arrives at a singular solution
        if jacobian is None and len(z) == 1:
            rng, spread = np.random.default_rng(0), (1.0 + np.abs(z).max()) / 2
            for _ in range(STARTS):
                if isinstance(found, Solution):
                    break
                try:
                    found = self._newton(z + spread * rng.normal(size=z.shape), None)
                except SingularProblem:  # there, and perhaps not elsewhere
                    continue
        if isinstance(found, Solution):
            return found
        size, goal = found
        raise HelError(
            f"{self._held.condition.name}: no trajectory found that holds the end data: after "
            f"{self._motion.counts.solver_iterations} Newton iterations they are missed by {size:.1e}, {goal:.1e} is "
            "wanted; try a smaller eps, fewer steps, or a better guess of the start (q0=, p0=)"
        )

    def _newton(self, z: Array, jacobian: Array | None) -> Solution | tuple[float, float]:
        """The solution, or by how much it is missed and how little is wanted."""
        counts = self._motion.counts
        ends, miss = self._miss(z)
        fresh = False
        for _ in range(LIMIT):
            if jacobian is None:
                with counts.keeping(z, miss):
                    jacobian, fresh = self._jacobian(z), True
            size, goal = np.abs(miss).max(axis=-1), self._goal(ends, jacobian)
            if (size <= goal).all():
                self._regular(jacobian)
                return Solution(ends.q0, ends.p0, False, ends, jacobian)
            with counts.keeping(z, miss, jacobian):
                step = self._step(z, miss, size, goal, jacobian)
            counts.solver_iterations += int(np.sum(size > goal))
            if step is not None:
                z, ends, miss = step
                slow = (np.abs(miss).max(axis=-1) > np.maximum(size / 4, goal)).any()
                jacobian, fresh = (None if slow else jacobian), False
            elif fresh:
                break
            else:
                jacobian = None
        if jacobian is not None:
            self._regular(jacobian)
        size, goal = np.abs(miss).max(axis=-1), self._goal(ends, jacobian)
        worst = int(np.argmax(size / goal))
        return float(size[worst]), float(goal[worst])

    def _miss(self, z: Array) -> tuple[Ends, Array]:
        q, p = np.split(z, 2, axis=-1)
        ends = Ends(q, p, *self._motion.run(q, p, nudge=self._nudge))
        return ends, self._held.of(ends) - self._values

    def _jacobian(self, z: Array) -> Array:
        q, p = np.split(z, 2, axis=-1)
        tangents = self._motion.tangents(q, p)
        growth = float(np.abs(tangents).max())
        if growth > GROWTH:
            raise SingularProblem(
                f"{self._held.condition.name}: small changes of the start grow {growth:.0e} times over "
                f"{self._motion.lattice.steps} steps, too much to be aimed at the end data (at most {GROWTH:.0e}); "
                "use fewer steps, a smaller step, or pfvp"
            )
        return np.asarray(self._held.at_start + self._held.at_end @ tangents)

    def _regular(self, jacobian: Array) -> None:
        """Refuses a solution whose neighbours are not determined. (A symplectic M is never smaller than 1.)"""
        singular = np.linalg.svd(jacobian, compute_uv=False)
        ratio = float(np.min(singular[..., -1] / np.maximum(1.0, singular[..., 0])))
        if ratio < 1e-10:
            raise SingularProblem(
                f"{self._held.condition.name}: the boundary-value problem is singular (its matrix has singular values "
                f"in the ratio {ratio:.1e}): the ends are conjugate points, or T is a period of the motion itself; "
                "change the number of steps or the step, or use pfvp"
            )

    def _goal(self, ends: Ends, jacobian: Array | None) -> Array:
        """What round-off lets one reach: its size times how much the motion amplifies it."""
        reach = max(float(np.abs(part).max(initial=0.0)) for part in (ends.q0, ends.p0, ends.qT, ends.pT))
        gain = 1.0 if jacobian is None else np.abs(jacobian).max(axis=(-2, -1))
        return np.broadcast_to(64 * _ROUND_OFF * (1.0 + reach) * np.maximum(1.0, gain), len(ends.q0))

    def _step(
        self, z: Array, miss: Array, size: Array, goal: Array, jacobian: Array
    ) -> tuple[Array, Ends, Array] | None:
        """One damped correction; None where no damping helps."""
        try:
            move = np.linalg.solve(np.broadcast_to(jacobian, (len(z), *jacobian.shape[1:])), miss[..., None])[..., 0]
        except np.linalg.LinAlgError:  # exactly singular
            return None
        move[size <= goal] = 0.0
        damping = np.ones((len(z), 1))
        for _ in range(_HALVINGS):
            try:
                ends, after = self._miss(z - damping * move)
            except HelError:  # a step too far: the trajectory left float64
                damping /= 2
                continue
            worse = np.abs(after).max(axis=-1) > np.maximum(goal, (1 - damping[:, 0] / 4) * size)
            if not worse.any():
                return z - damping * move, ends, after
            damping[worse] /= 2
        return None
