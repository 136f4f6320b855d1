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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost, FinalCost, Meter
from golden.dynamics.relax import Relaxed, relax
from golden.errors import HelError
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.language.validate import positive
from golden.rules.problem import Gradients, collapse, pose
from golden.rules.report import Report
from golden.systems.base import System

__all__ = ["EpReport", "Landscape", "gradient"]

_ROUND_OFF = 1e-12

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


class Landscape:
    """The energy V of a system at fixed theta and inputs, and its relaxations.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape, or with batch axes before it
    inputs : u (..., m)
    tolerance, max_iterations : as `golden.dynamics.relax.relax`

    Members
    -------
    force_evaluations : on the whole batch, one per context

    >>> from golden.systems import get
    >>> landscape = Landscape(get("linear", n=1), {"a": np.array([2.0]), "B": np.array([[1.0]])}, np.array([4.0]))
    >>> landscape.settle(np.zeros(1)).q
    array([2.])
    """

    def __init__(
        self,
        system: System,
        theta: Mapping[str, Array],
        inputs: Array,
        *,
        tolerance: float = 1e-10,
        max_iterations: int = 10_000,
    ) -> None:
        self.system, self.values = system, {**theta, "u": inputs}
        self.tolerance, self.max_iterations = tolerance, max_iterations
        self.shared = all(theta[name].ndim == len(shape) for name, shape in system.parameters.items())
        self.force_evaluations = 0
        self._energy = Evaluator(system.graph)

    def energy(self, q: Array) -> Array:
        """V (...) of positions (..., n)."""
        return self._energy({**self.values, "q": q})["potential"]

    def slopes(self, q: Array, contexts: int = 0) -> dict[str, Array]:
        """dV/du and every dV/dtheta at q, as `golden.dynamics.leapfrog.Leapfrog.forward` gives them."""
        total = self.system.parameters if self.shared else ()
        slopes = self.system.slopes({**self.values, "q": q}, total=total, keep=contexts)
        del slopes["q"]
        return slopes

    def settle(self, q: Array) -> Relaxed:
        """A minimum of V from q (..., n)."""

        def force(q: Array) -> Array:
            self.force_evaluations += 1
            return self.system.force({**self.values, "q": q})["q"]

        return relax(
            self.energy, force, q, tolerance=self.tolerance, max_iterations=self.max_iterations, what="the free energy"
        )

    def settle_nudged(self, free: Relaxed, meter: Meter, strengths: Sequence[float]) -> Relaxed:
        """Minima of V + beta C from the free state, one context per beta on axis 0; C is the meter's.

        Raises HelError as `golden.dynamics.relax.relax`, and where a nudged state has a lower V than the free one (by
        more than the free state's residual explains: V is convex in a basin, V(s) - V(s_0) >= F(s_0) . (s - s_0)).
        """
        beta = np.array(strengths).reshape(-1, *(1,) * (free.q.ndim - 1))

        def energy(q: Array) -> Array:
            return np.asarray(self.energy(q) + beta * meter.value(q, meter.targets))

        def force(q: Array) -> Array:
            self.force_evaluations += len(strengths)
            nudge = beta[..., None] * meter.slope(q, meter.targets)
            return np.asarray(self.system.force({**self.values, "q": q})["q"] + nudge)

        start = np.repeat(free.q[None], len(strengths), axis=0)
        rest = relax(
            energy,
            force,
            start,
            tolerance=self.tolerance,
            max_iterations=self.max_iterations,
            what=f"the energy with the nudge {', '.join(f'{b:+g}' for b in strengths)}",
        )
        level = self.energy(free.q)
        allowed = free.residual * np.abs(rest.q - free.q).sum(-1) + _ROUND_OFF * (1.0 + np.abs(level))
        lost = np.max(level - self.energy(rest.q) - allowed, initial=0.0)
        if lost > 0:
            raise HelError(
                f"a nudged state lies {lost:.2g} below the free one in the potential: it left its basin, or the free "
                "state is a saddle; lower eps, or start from another q0"
            )
        return rest


def gradient(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    q0: ArrayLike | None = None,
    cost: Cost | None = None,
    eps: float = 1e-3,
    symmetric: bool = True,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
) -> tuple[Gradients, float, EpReport]:
    """The gradient of a cost of the state at rest, by equilibrium propagation.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape; with batch axes before it for one theta per sample
    inputs : u, shape (..., m), held for ever; ... are batch axes
    targets : (..., k)
    q0 : where the free relaxation starts (..., n), default zero
    cost : a `golden.costs.FinalCost`, default the half squared error
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
    HelError : a wrong shape; no convergence; an energy without a minimum; a nudge that leaves the basin.

    >>> from golden.systems import get
    >>> dense = get("dense", n=3)
    >>> grads, cost, report = gradient(dense, dense.initial(0), np.ones(1), np.ones(3))
    >>> sorted(grads), report.passes, report.residual < 1e-10
    (['B', 'W', 'al', 'b', 'u'], 3, True)
    """
    positive(eps, "the nudge strength eps")
    if cost is not None and not isinstance(cost, FinalCost):
        raise HelError(f"a state at rest has no steps: its cost is a FinalCost, got {type(cost).__name__}")
    driven = np.asarray(inputs, dtype=np.float64)
    if driven.ndim < 1 or driven.shape[-1] != system.m:
        raise HelError(f"static inputs of {system!r} have shape (..., {system.m}), got {driven.shape}")
    problem = pose(system, theta, driven[None], targets, q0=q0, p0=None, cost=cost, step=1.0)
    landscape = Landscape(system, problem.theta, problem.inputs[0], tolerance=tolerance, max_iterations=max_iterations)
    meter = problem.meter()
    free = landscape.settle(problem.q0)
    total = float(np.sum(meter.value(free.q, meter.targets)))
    iterations = free.iterations
    pull = float(np.abs(meter.slope(free.q, meter.targets)).max(initial=0.0))
    if eps * pull < landscape.tolerance * 100:
        if eps * pull < _FINEST * 100 and pull > _NEGLIGIBLE:
            raise HelError(f"the nudge eps dC/dq, {eps * pull:.2g}, is lost in round-off; raise eps, got {eps:g}")
        landscape.tolerance = min(landscape.tolerance, max(_FINEST, eps * pull / 100))
        if not symmetric:
            free = landscape.settle(free.q)
            iterations += free.iterations
    rest = landscape.settle_nudged(free, meter, (eps, -eps) if symmetric else (eps,))
    slopes = landscape.slopes(rest.q, contexts=1)
    if symmetric:
        grads = {name: (slope[0] - slope[1]) / (2 * eps) for name, slope in slopes.items()}
    else:
        start = landscape.slopes(free.q)
        grads = {name: (slope[0] - start[name]) / eps for name, slope in slopes.items()}
    for name, value in problem.theta.items():
        grads[name] = collapse(grads[name], value.shape)
    report = EpReport(
        rule="ep" if symmetric else "ep one-sided",
        steps=1,
        passes=3 if symmetric else 2,
        stored_words=max(free.words, rest.words),
        force_evaluations=landscape.force_evaluations,
        solver_iterations=iterations + (2 if symmetric else 1) * rest.iterations,
        residual=max(free.residual, rest.residual),
    )
    return grads, total, report
