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

from collections.abc import Iterable

import numpy as np

from golden.language.graph import Array
from golden.language.validate import flag, positive
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.rules.glep.boundary import DATA, Ends
from golden.rules.glep.family import Family, find
from golden.rules.glep.moved import wanted
from golden.rules.glep.pinned import PFVP, Boundary
from golden.rules.glep.residual import boundary_residual
from golden.rules.glep.setting import set_up

__all__ = ["gradient"]


def gradient(
    problem: Problem,
    boundary: Boundary = PFVP,
    *,
    eps: float = 1e-3,
    residual: bool | None = None,
    names: Iterable[str] | None = None,
    delta: float = 1e-5,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by GLEP, one sample.

    Parameters
    ----------
    problem : one sample; for the scheme "verlet" with T + 1 rows of inputs
    boundary : what pins the trajectory down, default that of the Hamiltonian echo; its qT and pT must be of the
        problem's n
    eps : the nudge strength of the whole run
    residual : None: added where it does not vanish. True: computed by re-solving, and added, always. False: left out,
        which makes the gradient wrong where it does not vanish
    names : which gradients, default all: the parameters, "u", and the end data given. A residual costs two
        trajectories for each of their numbers
    delta : the distance moved for a residual

    Returns
    -------
    grads : what `names` says; without a residual that does not vanish: no end data
    cost : C of the free trajectory
    report : counts, see `golden.problems.report.Report`

    Raises
    ------
    HelError : a batch, a wrong option; a boundary problem that has no solution, none found, or a singular one.

    >>> from golden.systems import get
    >>> dense = get("dense", n=2)
    >>> rng = np.random.default_rng(0)
    >>> problem = Problem(dense, dense.initial(0), rng.normal(size=(10, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem, Boundary("mixed", pT=np.zeros(2)))
    >>> sorted(grads), report.rule, report.solver_iterations > 0
    (['B', 'W', 'al', 'b', 'pT', 'q0', 'u'], 'glep mixed', True)
    """
    positive(eps, "the nudge strength eps")
    positive(delta, "the distance delta")
    residual = None if residual is None else flag(residual, "residual")
    setting = set_up(problem, boundary)
    condition = setting.condition
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
