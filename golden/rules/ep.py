"""Equilibrium propagation: gradients of a cost read at rest, from a system at rest under a weak nudge.

A static input u; V(q, u; theta) is the energy. With s_beta a minimum of V + beta C, reached from the free state s_0::

    dC/dtheta = [dV/dtheta(s_+eps) - dV/dtheta(s_-eps)] / (2 eps)      symmetric: error ~ eps^2
    dC/dtheta = [dV/dtheta(s_+eps) - dV/dtheta(s_0)] / eps             one-sided: error ~ eps

and the same with u for theta. The two nudged states relax as two contexts (3 relaxations), or one (2). The relaxation
is `golden.dynamics.relax`: forces and energies only, no Hessian. Its residual r adds an error of about r / eps; where
the nudge eps dC/dq is weak, the nudged states (one-sided: the free one, too) therefore relax to a hundredth of it.

Not to be confused with the echo (`golden.rules.rhel`): no time, no momentum, and the state must come to rest. The
gradient is that of the minimum which the start leads to; a nudged state that ends lower than the free one has left its
basin (or the free state was a saddle), and that is an error.

State kept: q, the force and the solver's numbers. Source: Scellier & Bengio 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.dynamics.relax import Relaxed
from golden.errors import HelError
from golden.language.validate import positive
from golden.problems.report import Gradients, Report, collapse
from golden.problems.static_problem import StaticProblem
from golden.rules.landscape import Landscape

__all__ = ["EpReport", "gradient"]

_FINEST = 1e-13
"""No relaxation is asked for a smaller residual: forces have round-off."""

_NEGLIGIBLE = 1e-6
"""Where dC/dq is no larger the cost is at its minimum, and a gradient of 0 is right."""


@dataclass(frozen=True)
class EpReport(Report):
    """A Report of relaxations: `passes` counts them, `solver_iterations` adds up those of all.

    Members
    -------
    residual : largest force left in any component of any state
    """

    residual: float = 0.0


def gradient(
    problem: StaticProblem,
    *,
    eps: float = 1e-3,
    symmetric: bool = True,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
) -> tuple[Gradients, float, EpReport]:
    """The gradient of a cost of the state at rest, by equilibrium propagation.

    Parameters
    ----------
    problem : see `golden.problems.static_problem.StaticProblem`
    eps : strength of the nudge
    symmetric : True: nudges +eps and -eps, error ~ eps^2. False: +eps against the free state, error ~ eps
    tolerance, max_iterations : of each relaxation, see `golden.dynamics.relax`

    Returns
    -------
    grads : each parameter (summed over the batch, or per sample where theta is), "u" (..., m)
    cost : C summed over the batch
    report : `EpReport`; steps is 1

    Raises
    ------
    HelError : no convergence; an energy without a minimum; a nudge that leaves the basin.

    >>> from golden.systems import get
    >>> dense = get("dense", n=3)
    >>> grads, cost, report = gradient(StaticProblem(dense, dense.initial(0), np.ones(1), np.ones(3)))
    >>> sorted(grads), report.passes, report.residual < 1e-10
    (['B', 'W', 'al', 'b', 'u'], 3, True)
    """
    positive(eps, "the nudge strength eps")
    landscape = Landscape(
        problem.system, problem.theta, problem.inputs, tolerance=tolerance, max_iterations=max_iterations
    )
    meter = problem.meter()
    free = landscape.settle(problem.q0)
    total = float(np.sum(meter.value(free.q, meter.targets)))
    iterations = free.iterations
    pull = float(np.abs(meter.slope(free.q, meter.targets)).max(initial=0.0))
    if _refine(landscape, pull, eps) and not symmetric:
        free = landscape.settle(free.q)
        iterations += free.iterations
    strengths = (eps, -eps) if symmetric else (eps,)
    rest = landscape.settle_nudged(free, meter, strengths)
    grads = _differences(landscape, free, rest, eps, symmetric)
    for name, value in problem.theta.items():
        grads[name] = collapse(grads[name], value.shape)
    report = EpReport(
        rule="ep" if symmetric else "ep one-sided",
        steps=1,
        passes=1 + len(strengths),
        stored_words=max(free.words, rest.words),
        force_evaluations=landscape.force_evaluations,
        solver_iterations=iterations + len(strengths) * rest.iterations,
        residual=max(free.residual, rest.residual),
    )
    return grads, total, report


def _refine(landscape: Landscape, pull: float, eps: float) -> bool:
    """Makes relaxations as fine as a weak nudge needs, `pull` = max |dC/dq|; True where they became finer."""
    nudge = eps * pull
    if nudge >= landscape.tolerance * 100:
        return False
    if nudge < _FINEST * 100 and pull > _NEGLIGIBLE:
        raise HelError(f"the nudge eps dC/dq, {nudge:.2g}, is lost in round-off; raise eps, got {eps:g}")
    landscape.tolerance = min(landscape.tolerance, max(_FINEST, nudge / 100))
    return True


def _differences(landscape: Landscape, free: Relaxed, rest: Relaxed, eps: float, symmetric: bool) -> Gradients:
    """[dV(s_+eps) - dV(s_-eps)] / (2 eps), or [dV(s_+eps) - dV(s_0)] / eps, by theta and u."""
    slopes = landscape.slopes(rest.q, contexts=1)
    if symmetric:
        return {name: (slope[0] - slope[1]) / (2 * eps) for name, slope in slopes.items()}
    start = landscape.slopes(free.q)
    return {name: (slope[0] - start[name]) / eps for name, slope in slopes.items()}
