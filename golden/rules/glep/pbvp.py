"""PBVP, periodic boundary value problem: q(T) = q(0) and p(T) = p(0), under inputs of period T.

The brackets at T and at 0 are equal and cancel: no residual. The trajectory is a periodic orbit, found by Newton from
the q0 and p0 that the user offers as a guess; a conservative system has no transient that would find it. Where the
orbit has a Floquet multiplier 1 (resonance; also every orbit of a system without inputs) the problem is singular.
The leapfrog's T inputs are one period as they are; verlet's first and last input must be equal. Massar, arXiv
2505.07363.
"""

from __future__ import annotations

from golden.rules.glep.boundary import Condition, State

__all__ = ["Pbvp"]


class Pbvp(Condition):
    """held = (q_T - q_0, p_T - p_0) = 0.

    >>> Pbvp().check()
    """

    name = "pbvp"
    given = ()
    residual_vanishes = True
    local = True
    causal = False
    reason = "updates are local, but each run searches for an orbit whose start depends on the whole period"
    periodic = True

    def held(self, start: State, end: State) -> State:
        return end[0] - start[0], end[1] - start[1]
