"""RHEL: the Hamiltonian echo, gradients from running the same circuit backwards.

Forward, t = 1..T: the leapfrog step; the cost is read off. Echo, t = T..1, in the unflipped picture::

    p <- p - eps_t dC/dq_t      dC/dq_t on the echo's own q
    (q, p) <- inverse leapfrog step; its half-step position is qh

Symmetric (3 passes: the echoes with +eps and -eps run as two contexts, step by step)::

    dC/dtheta = (h / 2 eps) sum_t [dV/dtheta(qh-) - dV/dtheta(qh+)]      error ~ eps^2
    dC/du_t   = (h / 2 eps) [dV/du(qh-) - dV/du(qh+)]
    dC/dq_0   = (p- - p+) / (2 eps),   dC/dp_0 = (q+ - q-) / (2 eps)     at the echo's end

One-sided (2 passes): the forward pass itself stands in for the minus echo, and eps for 2 eps; error ~ eps. For a
quadratic potential with a final quadratic cost the symmetric form has no error in eps. eps is the strength of the
nudges of a whole run: a final cost has one, of eps; a summed cost T of them, of eps_t = eps 2^-ceil(log2 T) each (which
then stands for eps in the formulas above), since T nudges of eps would change the motion T times as much.

State kept: 4 n numbers (symmetric) or 2 n, plus n for an averaged cost, whatever T. Not to be confused with
reversible BPTT, which runs the adjoint equations and needs Hessian products. Pourcel & Ernoult, arXiv 2506.05259.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost, Meter
from golden.language.graph import Array
from golden.language.validate import positive
from golden.rules.divergence import asymmetry, check_nudge
from golden.rules.problem import Gradients, Problem, collapse, pose
from golden.rules.report import Report
from golden.systems.base import System

__all__ = ["Echo", "differentiate", "gradient"]


def gradient(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    q0: ArrayLike | None = None,
    p0: ArrayLike | None = None,
    cost: Cost | None = None,
    step: float = 0.125,
    eps: float = 1e-3,
    symmetric: bool = True,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by Hamiltonian echo learning.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape; with batch axes before it for one theta per sample
    inputs : u, shape (T, ..., m); ... are batch axes
    targets : (..., k), or (T, ..., k) for a summed cost
    q0, p0 : initial state (..., n), default zero
    cost : a `golden.costs.Cost`, default the final half squared error
    step, eps : h, and the nudge strength of the whole run
    symmetric : True: two echoes, error ~ eps^2. False: one echo, error ~ eps

    Returns
    -------
    grads : each parameter (summed over the batch, or per sample where theta is), "u" (T, ..., m), "q0", "p0" (..., n)
    cost : C summed over the batch
    report : `golden.rules.report.Report`; look at its `asymmetry` before you trust a long or chaotic run

    Raises
    ------
    HelError : a wrong shape or number; a run that diverges; a nudge below round-off.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> grads, cost, report = gradient(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> sorted(grads), report.passes, report.stored_words
    (['B', 'a', 'p0', 'q0', 'u'], 3, 8)
    """
    positive(eps, "the nudge strength eps")
    problem = pose(system, theta, inputs, targets, q0=q0, p0=p0, cost=cost, step=step)
    return differentiate(problem, problem.meter(), eps, symmetric)


def differentiate(
    problem: Problem, meter: Meter, eps: float, symmetric: bool, passes: type[Echo] | None = None
) -> tuple[Gradients, float, Report]:
    """`gradient` of a checked problem whose nudges `meter` tells; `passes` may refine `Echo`."""
    check_nudge(eps * meter.strength, eps)
    eps = eps * meter.strength
    scale = problem.leapfrog.step / ((2 if symmetric else 1) * eps)
    echo = (passes or Echo)(problem, meter, scale)
    off = 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # looked for below
        q, p = echo.forward(collect=not symmetric)
        total = float(np.sum(meter.total()))
        if symmetric:
            (plus_q, minus_q), (plus_p, minus_p) = echo.back(np.stack([q, q]), np.stack([p, p]), (eps, -eps))
            echo.grads["q0"], echo.grads["p0"] = (minus_p - plus_p) / (2 * eps), (plus_q - minus_q) / (2 * eps)
            off = asymmetry((plus_q, plus_p), (minus_q, minus_p), (problem.q0, problem.p0))
        else:
            q, p = echo.back(q[None], p[None], (eps,))
            echo.grads["q0"], echo.grads["p0"] = (problem.p0 - p[0]) / eps, (q[0] - problem.q0) / eps
    problem.check_finite(total, echo.grads)
    for name in problem.theta:
        echo.grads[name] = collapse(echo.grads[name], problem.theta[name].shape)
    report = Report(
        rule="rhel" if symmetric else "rhel one-sided",
        steps=problem.steps,
        passes=3 if symmetric else 2,
        stored_words=echo.words,
        force_evaluations=problem.leapfrog.force_evaluations,
        asymmetry=off,
    )
    return echo.grads, total, report


class Echo:
    """The passes, with the gradients as they grow and the most state words held between two steps."""

    def __init__(self, problem: Problem, meter: Meter, scale: float) -> None:
        self._problem, self._meter, self._scale = problem, meter, scale
        batch = problem.q0.shape[:-1]
        lead = () if problem.leapfrog.shared else batch
        self.grads: Gradients = {n: np.zeros(lead + tuple(s)) for n, s in problem.system.parameters.items()}
        self.grads["u"] = np.zeros((problem.steps, *batch, problem.system.m))
        self.words = 0

    def forward(self, *, collect: bool) -> tuple[Array, Array]:
        """From (q0, p0) to (q_T, p_T); `collect` takes this pass's slopes as those of the minus echo."""
        q, p = self._problem.q0, self._problem.p0
        for t, u in enumerate(self._problem.inputs):
            slopes: dict[str, Array] | None = {} if collect else None
            q, p = self._problem.leapfrog.forward(q, p, u, slopes)
            for name, slope in (slopes or {}).items():
                self.add(name, t, self._scale * slope)
            self._meter.observe(t, q)
            self._hold(q, p)
        return q, p

    def back(self, q: Array, p: Array, eps: tuple[float, ...]) -> tuple[Array, Array]:
        """The echoes from (q_T, p_T): one context per eps, on axis 0. A negative eps counts with the other sign."""
        strength = np.array(eps).reshape(-1, *(1,) * (q.ndim - 1))
        for t in reversed(range(self._problem.steps)):
            nudge = self._meter.nudge(t, q)
            if nudge is not None:
                p = p - strength * nudge
            slopes: dict[str, Array] = {}
            q, p = self._problem.leapfrog.inverse(q, p, self._problem.inputs[t], slopes, contexts=1)
            for name, slope in slopes.items():
                difference = slope[1] - slope[0] if len(eps) == 2 else -slope[0]
                self.add(name, t, self._scale * difference)
            self._hold(q, p)
        return q, p

    def add(self, name: str, t: int, term: Array) -> None:
        """Adds step t's term of a gradient."""
        grad = self.grads[name]
        if name == "u":
            grad[t] += term
        else:
            grad += term

    def _hold(self, *state: Array) -> None:
        self.words = max(self.words, self._meter.words + sum(array.size for array in state))
