"""How many neurons the update of one connection reads, measured on a chain of springs; its middle coupling has 2 ends.

==========  ========================================================================================================
slope       dV/dkc at a position: which positions change it                  (EP, GLEP's d_beta dS/dtheta, RHEL, HEB)
residual    the boundary residual of CIVP: which neurons' ends contribute to it
adjoint     d/dkc (b . dV/dq): which positions and adjoints change it                                          (BPTT)
cost        the cost: which neurons contribute to it                                              (finite differences)
==========  ========================================================================================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.checks.glepcheck import problem
from golden.language.graph import Array
from golden.rules import tape
from golden.rules.glep.boundary import Ends
from golden.rules.glep.family import find
from golden.rules.glep.motion import Motion
from golden.rules.glep.moved import moved
from golden.rules.glep.setting import Setting, set_up
from golden.rules.glep.solver import Solution
from golden.systems import Springs

__all__ = ["readers"]


def readers(n: int, *, seed: int = 0) -> dict[str, int]:
    """Neurons read, of n >= 3.

    >>> readers(6)
    {'slope': 2, 'residual': 6, 'adjoint': 2, 'cost': 6}
    """
    springs, middle = Springs(n), n // 2 - 1
    theta = springs.initial(seed)
    rng = np.random.default_rng(seed)
    q, b, u = rng.normal(size=n), rng.normal(size=n), np.ones(1)

    def slope(x: Array) -> float:
        return float(springs.slopes({"q": x, "u": u, **theta})["kc"][middle])

    def adjoint(x: Array, y: Array) -> float:
        def potential(z: Any, kc: Any) -> Any:
            return springs.potential(z, u, {"k": theta["k"], "kc": kc})

        _, (_, bent) = tape.gradients(potential, x + 2.0**-100 * 1j * y, theta["kc"])
        return float(np.imag(bent)[middle]) * 2.0**100

    push = 0.5 * np.eye(n)
    return {
        "slope": sum(slope(q + e) != slope(q) for e in push),
        "residual": int(np.sum(np.abs(_residual(n, seed, middle)) > 0)),
        "adjoint": sum(adjoint(q + e, b) != adjoint(q, b) or adjoint(q, b + e) != adjoint(q, b) for e in push),
        "cost": int(np.sum(_nudges(n, seed) != 0)),
    }


def _residual(n: int, seed: int, middle: int) -> Array:
    """What each neuron contributes to the residual of the middle coupling."""
    setting = _setting(n, seed)
    family = find(setting, 1e-3)
    ends = family.run()
    by_beta = ends.take(0).difference(ends.take(1), 2 * family.beta)

    def read(motion: Motion, solution: Solution) -> tuple[Array, ...]:
        found = solution.run(motion)
        return found.q0, found.p0, found.qT, found.pT

    by_theta = Ends(*moved(setting, family.free, "kc", 1e-5, read)).take(middle)
    return np.asarray(by_beta.pT * by_theta.qT - by_theta.pT * by_beta.qT)


def _nudges(n: int, seed: int) -> Array:
    setting = _setting(n, seed)
    family = find(setting, 1e-3)
    nudge = family.meter.nudge(0, family.ends.qT[0])
    return np.zeros(n) if nudge is None else nudge


def _setting(n: int, seed: int) -> Setting:
    return set_up(*problem("springs", "civp", neurons=n, inputs=1, steps=40, step=0.125, seed=seed))
