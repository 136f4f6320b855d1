"""CBVP, constant boundary value problem: the positions q(0) and q(T) are held, free and nudged.

d_theta q = d_beta q = 0 at both ends: no residual. The principle of least action in its textbook form, and the one
in which the momenta are what is found. Every trajectory is the solution of a two-point problem, which looks ahead (the
start depends on all later inputs) and may have several solutions or, at a conjugate point, a singular one.
"""

from __future__ import annotations

from golden.rules.glep.boundary import Condition, State

__all__ = ["Cbvp"]


class Cbvp(Condition):
    """held = (q_0, q_T).

    >>> Cbvp().check()
    """

    name = "cbvp"
    given = ("q0", "qT")
    residual_vanishes = True
    local = True
    causal = False
    reason = "updates are local, but each run solves a two-point problem that looks ahead"

    def held(self, start: State, end: State) -> State:
        return start[0], end[0]
