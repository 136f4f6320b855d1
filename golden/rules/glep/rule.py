"""GLEP: the gradient of a cost from a free trajectory and two nudged ones, under any boundary condition.

With the discrete action S_beta of `lattice`, its momenta, and a family s^beta of trajectories (`boundary`)::

    dC/dtheta   = d_beta [dS/dtheta(s^beta)] + Omega(d_beta ends, d_theta ends)
    dS/dtheta   = -sum_k w_k dV/dtheta(x_k; theta, u_k)

d_beta is the central difference over +eps and -eps: error ~ eps^2. For the given end data, where the residual
vanishes::

    dC/dq_0 = -d_beta p_0    dC/dp_0 = d_beta q_0    dC/dq_T = d_beta p_T    dC/dp_T = -d_beta q_T

The free trajectory is found first; the nudged ones are its neighbours, and run in step with each other, so that
differences of slopes exist on the fly. Pourcel, Basu, Ernoult & Gilra, arXiv 2506.06248 (their continuous time made
discrete: exact, since the integrator is variational).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost
from golden.language.graph import Array
from golden.language.validate import positive
from golden.rules.glep.boundary import DATA, Condition, Ends
from golden.rules.glep.conditions import named
from golden.rules.glep.family import Family, find
from golden.rules.glep.moved import wanted
from golden.rules.glep.residual import boundary_residual
from golden.rules.glep.setting import set_up
from golden.rules.problem import Gradients
from golden.rules.report import Report
from golden.systems.base import System

__all__ = ["gradient"]


def gradient(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    condition: str | Condition = "pfvp",
    q0: ArrayLike | None = None,
    p0: ArrayLike | None = None,
    qT: ArrayLike | None = None,
    pT: ArrayLike | None = None,
    cost: Cost | None = None,
    step: float = 0.125,
    eps: float = 1e-3,
    residual: bool | None = None,
    names: Iterable[str] | None = None,
    scheme: str = "leapfrog",
    delta: float = 1e-5,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by GLEP, one sample.

    Parameters
    ----------
    system, theta, targets, cost, step, eps : as for `golden.rules.rhel.gradient`
    inputs : u, (T, m) for the scheme "leapfrog" (one a step, as for all other rules), (T + 1, m) for "verlet" (one a
        node, the first and last of weight h/2)
    condition : a name of CONDITIONS or a `golden.rules.glep.boundary.Condition`
    q0, p0, qT, pT : (n,): the end data the condition holds. q0 and p0, default zero, are else the solver's first guess
    residual : None: added where it does not vanish. True: computed by re-solving, and added, always. False: left out,
        which makes the gradient wrong where it does not vanish
    names : which gradients, default all: the parameters, "u", and the end data given. A residual costs two
        trajectories for each of their numbers
    delta : the distance moved for a residual

    Returns
    -------
    grads : what `names` says; without a residual that does not vanish: no end data
    cost : C of the free trajectory
    report : counts, see `golden.rules.report.Report`

    Raises
    ------
    HelError : a wrong argument; a boundary problem that has no solution, none that was found, or a singular one.

    >>> from golden.systems import get
    >>> dense = get("dense", n=2)
    >>> rng = np.random.default_rng(0)
    >>> grads, cost, report = gradient(
    ...     dense, dense.initial(0), rng.normal(size=(10, 1)), np.ones(2), condition="mixed", pT=np.zeros(2)
    ... )
    >>> sorted(grads), report.rule, report.solver_iterations > 0
    (['B', 'W', 'al', 'b', 'pT', 'q0', 'u'], 'glep mixed', True)
    """
    positive(eps, "the nudge strength eps")
    positive(delta, "the distance delta")
    condition = named(condition)
    data = {"q0": q0, "p0": p0, "qT": qT, "pT": pT}
    setting = set_up(
        system, theta, inputs, targets, condition=condition, data=data, cost=cost, step=step, scheme=scheme
    )
    chosen = wanted(setting, names)
    family = find(setting, eps)
    grads, by_beta = _explicit(family)
    add = not condition.residual_vanishes if residual is None else residual
    terms = boundary_residual(setting, family.free, by_beta, chosen, delta) if add else {}
    for name, term in terms.items():
        grads[name] = term if name in DATA else grads[name] + term
    rule = f"glep {condition.name}"
    if not (add or condition.residual_vanishes):
        rule += " without residual"
        chosen = [name for name in chosen if name not in DATA]
    total = float(np.sum(family.meter.total()))
    return {name: grads[name] for name in chosen}, total, setting.counts.report(rule, setting.steps)


def _explicit(family: Family) -> tuple[Gradients, Ends]:
    """d_beta of dS/dtheta and dS/du, dC/d(end data) where there is no residual; and d_beta of the ends."""
    numbers, beta = family.setting.numbers, family.beta
    grads = {name: np.zeros_like(value) for name, value in numbers.items() if name not in DATA}

    def collect(weight: float, row: int, slopes: dict[str, Array]) -> None:
        for name, slope in slopes.items():
            term = weight / (2 * beta) * (slope[1] - slope[0])
            if name == "u":
                grads["u"][row] += term
            else:
                grads[name] += term

    ends = family.run(collect=collect)
    by_beta = ends.take(0).difference(ends.take(1), 2 * beta)
    grads |= {"q0": -by_beta.p0, "p0": by_beta.q0, "qT": by_beta.pT, "pT": -by_beta.qT}
    return grads, by_beta
