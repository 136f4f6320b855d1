"""Every boundary condition of GLEP on one system, against finite differences of the cost under that condition.

The reference moves each parameter, solves the boundary problem again and takes the difference of the costs: it knows
nothing of nudges, slopes and residuals. Cosine and relative error are over all parameters together, as in
`golden.checks.comparison`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from golden import systems
from golden.checks.comparison import compare
from golden.cost_functions import SummedCost
from golden.errors import HelError
from golden.language.validate import whole
from golden.problems.problem import Problem
from golden.rules import glep
from golden.rules.glep import CONDITIONS, Boundary, finite_differences
from golden.rules.glep.boundary import Held
from golden.rules.glep.conditions import named
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import lattice
from golden.rules.glep.motion import Motion
from golden.rules.glep.trajectories import Trajectories, trajectories

__all__ = ["EPS", "errors_by_eps", "glepcheck", "problem", "shown"]

EPS = tuple(2.0**-k for k in range(4, 15, 2))
"""Nudge strengths of `errors_by_eps`."""
WEAKEST = 0.05
DRAWS = 100


def problem(
    system: str, condition: str, *, neurons: int, inputs: int, steps: int, step: float, seed: int
) -> tuple[Problem, Boundary]:
    """A problem, and the boundary condition with its end data.

    inputs and the state (q0, p0) normal(0, 1/2), targets normal(0, 1), half squared error summed over all steps. q(T)
    and p(T) are those of the run from (q0, p0), so that the conditions that hold them have a solution; what a solver
    has to find it starts to seek at a distance normal(0, 1/20). Near a conjugate point a solution answers without
    bounds and differences measure nothing, so data that determine their trajectory too weakly (smallest singular value
    of Newton's matrix below WEAKEST) are drawn again.
    """
    steps = whole(steps, "the number of steps", 2)  # with one, q given at both ends, no cost depends on theta
    seed = whole(seed, "the seed", 0)
    made = systems.get(system, n=neurons, m=inputs)
    rng = np.random.default_rng([seed, 2])
    theta = made.initial(seed)
    held = Held(named(condition), made.n)
    given = named(condition).given
    for _ in range(DRAWS):
        driven, q, p = (rng.normal(0.0, 0.5, shape) for shape in ((steps, made.m), made.n, made.n))
        motion = Motion(made, lattice("leapfrog", rows=steps, step=step), theta, driven, Counts())
        matrix = held.at_start + held.at_end @ motion.tangents(q[None], p[None])[0]
        if np.linalg.svd(matrix, compute_uv=False)[-1] >= WEAKEST or not given:
            break
    targets = rng.normal(0.0, 1.0, (steps, made.n))
    away = rng.normal(0.0, 0.05, (2, made.n))
    far = [end[0] for end in motion.run(q[None], p[None])]
    q0, p0 = q if "q0" in given else q + away[0], p if "p0" in given else p + away[1]
    posed = Problem(made, theta, driven, targets, q0=q0, p0=p0, cost=SummedCost(), step=step)
    ends = {name: end for name, end in zip(("qT", "pT"), far, strict=True) if name in given}
    return posed, Boundary(condition, qT=ends.get("qT"), pT=ends.get("pT"))


def glepcheck(
    system: str = "dense",
    *,
    neurons: int = 8,
    inputs: int = 4,
    steps: int = 100,
    step: float = 0.125,
    eps: float = 1e-4,
    seed: int = 0,
    conditions: Sequence[str] = tuple(CONDITIONS),
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """One row per condition.

    Returns
    -------
    rows : condition, cosine and relative_error of the gradient, cosine_without_residual; residual_vanishes, local,
        causal, reason as the condition claims them; cost, and the counts of `golden.problems.report.Report` of a
        gradient of the parameters, the residual included where there is one

    Raises
    ------
    HelError : a wrong argument; a boundary problem that is not solved.

    >>> result = glepcheck(neurons=4, steps=30, conditions=["civp", "pfvp"])
    >>> [(row["condition"], row["cosine"] > 0.999999, row["cosine_without_residual"] > 0.99) for row in result["rows"]]
    [('civp', True, False), ('pfvp', True, True)]
    """
    size: dict[str, Any] = {"neurons": neurons, "inputs": inputs, "steps": steps, "step": step, "seed": seed}
    rows, parameters = [], 0
    for k, name in enumerate(conditions):
        posed, boundary = problem(system, name, **size)
        rows.append({"condition": name, **_row(posed, boundary, eps)})
        parameters = sum(value.size for value in posed.theta.values())
        if progress is not None:
            progress(k + 1, len(conditions), name)
    return {
        "system": system,
        "neurons": neurons,
        "parameters": parameters,
        "steps": steps,
        "step": step,
        "eps": eps,
        "seed": seed,
        "rows": rows,
    }


def _row(posed: Problem, boundary: Boundary, eps: float) -> dict[str, Any]:
    """One row of `glepcheck`, without the name of its condition."""
    condition, names = boundary.held, list(posed.theta)
    grads, cost, report = glep.gradient(posed, boundary, eps=eps, names=names)
    plain = grads
    if not condition.residual_vanishes:
        plain, _, _ = glep.gradient(posed, boundary, eps=eps, names=names, residual=False)
    wanted, _, _ = finite_differences.gradient(posed, boundary, names=names)
    cosine, error = compare(grads, wanted, names)
    return {
        "cosine": cosine,
        "relative_error": error,
        "cosine_without_residual": compare(plain, wanted, names)[0],
        "residual_vanishes": condition.residual_vanishes,
        "local": condition.local,
        "causal": condition.causal,
        "reason": condition.reason,
        "cost": cost,
        "passes": report.passes,
        "stored_words": report.stored_words,
        "force_evaluations": report.force_evaluations,
        "hessian_products": report.hessian_products,
        "solver_iterations": report.solver_iterations,
    }


def errors_by_eps(system: str, condition: str, *, eps: Iterable[float] = EPS, **size: Any) -> list[tuple[float, float]]:
    """(eps, relative error) of one condition; eps too large for its solver are left out. `size` as for `problem`."""
    posed, boundary = problem(system, condition, **size)
    names = list(posed.theta)
    wanted, _, _ = finite_differences.gradient(posed, boundary, names=names)
    found = []
    for strength in eps:
        try:
            grads, _, _ = glep.gradient(posed, boundary, eps=strength, names=names)
        except HelError:
            continue
        found.append((strength, compare(grads, wanted, names)[1]))
    return found


def shown(system: str, condition: str, *, eps: float, **size: Any) -> Trajectories:
    """The trajectories of one condition's problem."""
    return trajectories(*problem(system, condition, **size), eps=eps)
