"""Mixed: the position q(0) and the momentum p(T) are held, free and nudged; p(T) = 0 is a free end.

At 0 d q = 0, at T d p = 0, for theta and for beta: each term of the bracket has a factor 0, and there is no residual.
The variational meaning: q(T) is left free, and "p(T) = 0" is then the natural boundary condition of the action; for
p(T) = g one minimises S + g . q(T). p(T) is the momentum after the last nudge. It is a two-point problem as CBVP is,
neither causal nor cheaper, singular elsewhere: where dp(T)/dp(0) loses rank (focal points; for one oscillator of
frequency w, cos w T = 0 in place of sin w T = 0). In one thing it is better: a cost of q(T) is not held constant.
"""

from __future__ import annotations

from golden.rules.glep.boundary import Condition, State

__all__ = ["Mixed"]


class Mixed(Condition):
    """held = (q_0, p_T).

    >>> Mixed().check()
    """

    name = "mixed"
    given = ("q0", "pT")
    residual_vanishes = True
    local = True
    causal = False
    reason = "updates are local, but each run solves a two-point problem that looks ahead"

    def held(self, start: State, end: State) -> State:
        return start[0], end[1]
