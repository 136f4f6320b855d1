"""Trajectories of a boundary condition to look at, and the echo to compare them with.

`trajectories` gives the free and the nudged solutions node by node. `echo` is the Hamiltonian side of PFVP, written
with `golden.dynamics.leapfrog.Leapfrog` alone: flip p at T, then the same forward map on the inputs in reverse order,
each step after its nudge p <- p + eps dC/dq. H(q, -p) = H(q, p) makes both the same trajectory under the Legendre
transform p = dL/dv; in float64 they are equal to the last bit, since flipping a sign commutes with every rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive
from golden.problems.problem import Problem
from golden.rules.glep.family import Family, find
from golden.rules.glep.pinned import PFVP, Boundary
from golden.rules.glep.setting import set_up

__all__ = ["Trajectories", "echo", "trajectories"]


@dataclass(frozen=True)
class Trajectories:
    """Positions after steps, t = 0 .. T (the start included), and the momenta there.

    Members
    -------
    free, plus, minus : q (T + 1, n)
    free_p, plus_p, minus_p : p (T + 1, n): after the node's kick in the direction of the run (before a nudge forwards
        is after it backwards)
    back : the nudged ones ran backwards
    family : where they come from
    """

    free: Array
    plus: Array
    minus: Array
    free_p: Array
    plus_p: Array
    minus_p: Array
    back: bool
    family: Family


def trajectories(problem: Problem, boundary: Boundary = PFVP, *, eps: float = 1e-3) -> Trajectories:
    """The family of a condition; arguments as `golden.rules.glep.gradient`.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> found = trajectories(Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2)))
    >>> found.free.shape, bool((found.plus[-1] == found.free[-1]).all()), found.back
    ((11, 2), True, True)
    """
    positive(eps, "the nudge strength eps")
    setting = set_up(problem, boundary)
    family = find(setting, eps)
    nodes = setting.lattice.nodes
    shown = [0] + [k for k, node in enumerate(nodes) if node.step is not None]
    kept = np.zeros((2, 3, len(nodes), problem.system.n))

    def free(k: int, x: Array, p: Array) -> None:
        kept[0, 0, k], kept[1, 0, k] = x[0], p[0]

    def nudged(k: int, x: Array, p: Array) -> None:
        kept[0, 1:, k], kept[1, 1:, k] = x, p

    family.run_free(free)
    family.run(visit=nudged)
    (q, q_plus, q_minus), (p, p_plus, p_minus) = kept[:, :, shown]
    return Trajectories(q, q_plus, q_minus, p, p_plus, p_minus, family.pair.back, family)


def echo(family: Family) -> tuple[Array, Array]:
    """q and p of the Hamiltonian echoes with the nudges +eps and -eps, (2, T + 1, n) each, in the order of time 0 .. T.

    p is the echo's own, flipped, after its nudge. Both echoes run as one batch, as the nudged pair does: so even the
    sums inside matrix products are added in the same order.

    Raises
    ------
    HelError : another condition than pfvp, or another scheme than leapfrog.
    """
    setting = family.setting
    if setting.condition.name != "pfvp" or setting.lattice.scheme != "leapfrog":
        got = f"{setting.condition.name} with the scheme {setting.lattice.scheme}"
        raise HelError(f"the echo corresponds to pfvp with the scheme leapfrog, got {got}")
    leapfrog = Leapfrog(setting.system, setting.parameters, 2 * setting.lattice.drift)
    inputs, strength = setting.numbers["u"], np.array([[family.beta], [-family.beta]])
    q, p = np.repeat(family.ends.qT, 2, axis=0), np.repeat(-family.ends.pT, 2, axis=0)
    positions, momenta = np.empty((2, 2, len(inputs) + 1, q.shape[-1]))
    for t in reversed(range(len(inputs))):
        nudge = family.meter.nudge(t, q)
        if nudge is not None:
            p = p + strength * nudge
        positions[:, t + 1], momenta[:, t + 1] = q, p
        q, p = leapfrog.forward(q, p, inputs[t])
    positions[:, 0], momenta[:, 0] = q, p
    return positions, momenta
