"""PFVP, parametric final value problem: the nudged trajectory ends as the free one, which starts from (q(0), p(0)).

At 0 d_theta q = d_theta p = 0, at T d_beta q = d_beta p = 0: no residual. The value held at T depends on theta, and
that does no harm. The nudged trajectories run backwards from the free end, no equation is solved, and for a
time-reversible H they are the same forward map after p -> -p: the Hamiltonian echo, see
`golden.rules.glep.trajectories.echo`. This condition, and only this one of the five, is causal, local and free of
solvers at once.
"""

from __future__ import annotations

from golden.rules.glep.boundary import Condition, State

__all__ = ["Pfvp"]


class Pfvp(Condition):
    """held = (q_0, p_0), held_nudged = (q_T, p_T).

    >>> Pfvp().check()
    """

    name = "pfvp"
    given = ("q0", "p0")
    residual_vanishes = True
    local = True
    causal = True
    reason = "an initial-value run and its echoes: each connection sees its two ends"

    def held(self, start: State, end: State) -> State:
        return start

    def held_nudged(self, start: State, end: State) -> State:
        return end
