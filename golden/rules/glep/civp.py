"""CIVP, constant initial value problem: q(0) and p(0) are held, free and nudged.

One run forwards finds the free trajectory, one for each sign of beta the nudged ones; nothing is solved. But the end
answers to theta and to beta alike, so the residual at T does not vanish:

    R_theta = d_beta p_T . d_theta q_T - d_theta p_T . d_beta q_T

and without it the gradient is wrong. It needs d_theta of the end state: two more runs for every parameter (or n
sensitivities for each, carried along). That is what makes the rule useless for learning, and useful as a warning.
"""

from __future__ import annotations

from golden.rules.glep.boundary import Condition, State

__all__ = ["Civp"]


class Civp(Condition):
    """held = (q_0, p_0).

    >>> Civp().check()
    """

    name = "civp"
    given = ("q0", "p0")
    residual_vanishes = False
    local = False
    causal = True
    reason = "the residual needs how every end state answers to every parameter"

    def held(self, start: State, end: State) -> State:
        return start
