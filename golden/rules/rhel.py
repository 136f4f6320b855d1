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

from collections.abc import Sequence

import numpy as np

from golden.cost_functions import Meter
from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array
from golden.language.validate import positive
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report, collapse
from golden.problems.validity import asymmetry, check_finite, check_nudge

__all__ = ["Echo", "differentiate", "gradient", "gradients_by_eps"]


def gradient(
    problem: Problem,
    *,
    eps: float = 1e-3,
    symmetric: bool = True,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by Hamiltonian echo learning.

    Parameters
    ----------
    problem : see `golden.problems.problem.Problem`
    eps : the nudge strength of the whole run
    symmetric : True: two echoes, error ~ eps^2. False: one echo, error ~ eps

    Returns
    -------
    grads : each parameter (summed over the batch, or per sample where theta is), "u" (T, ..., m), "q0", "p0" (..., n)
    cost : C summed over the batch
    report : `golden.problems.report.Report`; look at its `asymmetry` before you trust a long or chaotic run

    Raises
    ------
    HelError : a run that diverges; a nudge below round-off.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem)
    >>> sorted(grads), report.passes, report.stored_words
    (['B', 'a', 'p0', 'q0', 'u'], 3, 8)
    """
    positive(eps, "the nudge strength eps")
    return differentiate(Echo(problem, problem.leapfrog(), problem.meter()), eps, symmetric)


def differentiate(echo: Echo, eps: float, symmetric: bool) -> tuple[Gradients, float, Report]:
    """`gradient` by the passes of `echo`, which may be a refined one."""
    problem, meter = echo.problem, echo.meter
    check_nudge(eps * meter.strength, eps)
    eps = eps * meter.strength
    echo.scale = problem.step / ((2 if symmetric else 1) * eps)
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
    check_finite(total, echo.grads, steps=problem.steps, step=problem.step)
    for name in problem.theta:
        echo.grads[name] = collapse(echo.grads[name], problem.theta[name].shape)
    report = Report(
        rule="rhel" if symmetric else "rhel one-sided",
        steps=problem.steps,
        passes=3 if symmetric else 2,
        stored_words=echo.words,
        force_evaluations=echo.leapfrog.force_evaluations,
        asymmetry=off,
    )
    return echo.grads, total, report


def gradients_by_eps(problem: Problem, eps: Sequence[float]) -> tuple[list[Gradients], float, list[float]]:
    """The symmetric gradients at several nudge strengths: one forward pass, and all echoes side by side.

    Each is that of `gradient` at its eps. Where a strong nudge lets the echo diverge it is not finite, and what is not
    above round-off is returned as it is: this is for looking at the dependence on eps.

    Returns
    -------
    grads : one an eps, parameters alone
    cost : C summed over the batch
    asymmetries : one an eps, as `golden.problems.report.Report.asymmetry`

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> (weak, strong), _, _ = gradients_by_eps(problem, [0.25, 1.0])
    >>> bool(np.allclose(strong["a"], gradient(problem, eps=1.0)[0]["a"])), sorted(weak)
    (True, ['B', 'a'])
    """
    for one in eps:
        positive(one, "the nudge strength eps")
    echo = Echo(problem, problem.leapfrog(), problem.meter(), fan=(len(eps),))
    strengths = np.array(eps, np.float64) * echo.meter.strength
    echo.scale = problem.step / (2 * strengths)
    with np.errstate(over="ignore", invalid="ignore"):
        q, p = echo.forward(collect=False)
        total = float(np.sum(echo.meter.total()))
        q, p = (np.broadcast_to(one, (2, len(eps), *one.shape)) for one in (q, p))
        (plus_q, minus_q), (plus_p, minus_p) = echo.back(q, p, np.stack([strengths, -strengths]))
        ends = zip(zip(plus_q, plus_p, strict=True), zip(minus_q, minus_p, strict=True), strict=True)
        off = [asymmetry(plus, minus, (problem.q0, problem.p0)) for plus, minus in ends]
        found = {name: [collapse(one, v.shape) for one in echo.grads[name]] for name, v in problem.theta.items()}
    return [{name: found[name][k] for name in found} for k in range(len(eps))], total, off


class Echo:
    """The passes, with the gradients as they grow and the most state words held between two steps.

    Parameters
    ----------
    fan : axes of echoes with nudges of their own strengths, before the batch's; then no gradient of the inputs is kept

    Members
    -------
    scale : what a difference of slopes is worth in a gradient, h / 2 eps or h / eps; an array over `fan`
    """

    def __init__(self, problem: Problem, leapfrog: Leapfrog, meter: Meter, fan: tuple[int, ...] = ()) -> None:
        self.problem, self.leapfrog, self.meter = problem, leapfrog, meter
        self.scale: Array | float = 0.0
        lead = fan if problem.shared else fan + problem.batch
        self.grads: Gradients = {n: np.zeros(lead + tuple(s)) for n, s in problem.system.parameters.items()}
        if not fan:
            self.grads["u"] = np.zeros((problem.steps, *problem.batch, problem.system.m))
        self.words = 0

    def forward(self, *, collect: bool) -> tuple[Array, Array]:
        """From (q0, p0) to (q_T, p_T); `collect` takes this pass's slopes as those of the minus echo."""
        q, p = self.problem.q0, self.problem.p0
        for t, u in enumerate(self.problem.inputs):
            slopes: dict[str, Array] | None = {} if collect else None
            q, p = self.leapfrog.forward(q, p, u, slopes)
            for name, slope in (slopes or {}).items():
                self.add(name, t, self.scale * slope)
            self.meter.observe(t, q)
            self._hold(q, p)
        return q, p

    def back(self, q: Array, p: Array, eps: tuple[float, ...] | Array) -> tuple[Array, Array]:
        """The echoes from (q_T, p_T): one context per eps, on axis 0. A negative eps counts with the other sign.

        eps has the axes of `fan` after that of the contexts, and so have q and p.
        """
        contexts = np.ndim(eps)
        strength = np.reshape(eps, np.shape(eps) + (1,) * (q.ndim - contexts))
        for t in reversed(range(self.problem.steps)):
            nudge = self.meter.nudge(t, q)
            if nudge is not None:
                p = p - strength * nudge
            slopes: dict[str, Array] = {}
            q, p = self.leapfrog.inverse(q, p, self.problem.inputs[t], slopes, contexts=contexts)
            for name, slope in slopes.items():
                difference = slope[1] - slope[0] if len(eps) == 2 else -slope[0]
                scale = np.reshape(self.scale, np.shape(self.scale) + (1,) * (difference.ndim - np.ndim(self.scale)))
                self.add(name, t, scale * difference)
            self._hold(q, p)
        return q, p

    def add(self, name: str, t: int, term: Array) -> None:
        """Adds step t's term of a gradient, if that is kept."""
        grad = self.grads.get(name)
        if grad is None:
            return
        if name == "u":
            grad[t] += term
        else:
            grad += term

    def _hold(self, *state: Array) -> None:
        self.words = max(self.words, self.meter.words + sum(array.size for array in state))
