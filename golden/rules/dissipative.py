"""The echo of a damped system: RHEL for s'' + g s' + dV/ds = 0, run anti-damped, its nudges weighted by e^{-g t}.

In the canonical momentum P = e^{g t} p the damped leapfrog is a symplectic map of a Hamiltonian that depends on time,
e^{-g t} |P|^2 / 2 + e^{g t} V. The echo of that map nudges P and collects e^{g t} dV/dtheta; written in p, with time
counted from the end (t = T is 0, so all earlier times are negative), tau_t = h (t - T) at the end of step t and
tau_t - h / 2 at its kick::

    forward, t = 1..T:  the damped leapfrog step (`golden.dynamics.damped_leapfrog`)
    echo, t = T..1:     p <- p - eps_t e^{-g tau_t} dC/dq_t;   the anti-damped step, half-step position qh
    dC/dtheta = (h / 2 eps) sum_t e^{g (tau_t - h/2)} [dV/dtheta(qh-) - dV/dtheta(qh+)]          error ~ eps^2
    dC/du_t   = (h / 2 eps) e^{g (tau_t - h/2)} [dV/du(qh-) - dV/du(qh+)]
    dC/dq_0   = e^{-g h T} (p- - p+) / (2 eps),   dC/dp_0 = e^{-g h T} (q+ - q-) / (2 eps)

(both initial-state formulas carry e^{g tau_0}: P_0 = e^{-g h T} p_0). One-sided as in `golden.rules.rhel`. At g = 0
every weight is 1 and the result is that of `golden.rules.rhel`, bit for bit.

Going back, a disturbance grows as e^{g t / 2}: the nudge, and round-off as well. eps is therefore the size of the
disturbance where it is largest, at the start: nudges are eps e^{-g h T / 2} for a cost read at the end, and
eps e^{-g h T} where every step is nudged, since the weight e^{-g tau_t} falls on each of them. (An overdamped
direction grows faster, up to e^{g t}.) Round-off limits the length: g h T beyond `LONGEST` is refused, and so is an
echo that ends far from where the forward pass began.

State kept: as RHEL's. Source: Pourcel, Basu, Ernoult & Gilra, arXiv 2506.06248 (dissipation in its later version).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from golden.cost_functions import FinalCost, Meter
from golden.dynamics.damped_leapfrog import DampedLeapfrog
from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.rules import rhel

__all__ = ["LONGEST", "gradient"]

LONGEST = {True: 40.0, False: 20.0}
"""Largest g h T: of a cost read at the end (True), and where every step is nudged (False)."""

DIVERGED = 0.5
"""An echo lost its way when its contexts' mean ends this far from the start, in units of max(1, |q_0|, |p_0|)."""


def gradient(
    problem: Problem,
    *,
    damping: float,
    eps: float = 1e-3,
    symmetric: bool = True,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost of a damped trajectory; options and results as `golden.rules.rhel.gradient`, and

    damping : g >= 0, per unit of time

    Raises
    ------
    HelError : g h T so large that round-off drowns the echo; an echo that does not return.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem, damping=0.1)
    >>> sorted(grads), report.passes, report.stored_words
    (['B', 'a', 'p0', 'q0', 'u'], 3, 8)
    >>> free, undamped = gradient(problem, damping=0.0)[0], rhel.gradient(problem)[0]
    >>> all(np.array_equal(free[name], undamped[name]) for name in free)
    True
    """
    positive(eps, "the nudge strength eps")
    leapfrog = DampedLeapfrog(problem.system, problem.theta, problem.step, damping)
    once = isinstance(problem.cost, FinalCost)
    decay = leapfrog.damping * problem.step
    if decay * problem.steps > LONGEST[once]:
        most = int(LONGEST[once] / decay)
        raise HelError(
            f"the echo of a damped run amplifies round-off: g h T is at most {LONGEST[once]:g} for "
            f"{'a final cost' if once else 'a cost of every step'}, got {decay * problem.steps:g}; "
            + (f"use at most {most} steps, or less damping" if most else "use less damping, or a smaller step")
        )
    meter = _Weighted(problem.meter(), problem.steps, decay, once)
    grads, total, report = rhel.differentiate(_DampedEcho(problem, leapfrog, meter, decay), eps, symmetric)
    for name in ("q0", "p0"):
        grads[name] = math.exp(-decay * problem.steps) * grads[name]
    return grads, total, replace(report, rule="dissipative" + report.rule.removeprefix("rhel"))


class _Weighted(Meter):
    """A meter whose nudges are e^{-g tau_t} as large."""

    def __init__(self, inner: Meter, steps: int, decay: float, once: bool) -> None:
        self._inner, self._last, self._decay = inner, steps - 1, decay
        self.strength = inner.strength * math.exp(-decay * steps / (2 if once else 1))

    @property
    def words(self) -> int:  # type: ignore[override]
        return self._inner.words

    def observe(self, t: int, q: Array) -> None:
        self._inner.observe(t, q)

    def total(self) -> Array:
        return self._inner.total()

    def nudge(self, t: int, q: Array) -> Array | None:
        nudge = self._inner.nudge(t, q)
        return None if nudge is None else math.exp(self._decay * (self._last - t)) * nudge


class _DampedEcho(rhel.Echo):
    """Collects slopes with the weight e^{g (tau_t - h/2)}, and looks where the echo ends."""

    def __init__(self, problem: Problem, leapfrog: Leapfrog, meter: Meter, decay: float) -> None:
        super().__init__(problem, leapfrog, meter)
        self._decay = decay

    def add(self, name: str, t: int, term: Array) -> None:
        super().add(name, t, math.exp(self._decay * (t + 0.5 - self.problem.steps)) * term)

    def back(self, q: Array, p: Array, eps: tuple[float, ...] | Array) -> tuple[Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            q, p = super().back(q, p, eps)
        start = np.stack([self.problem.q0, self.problem.p0])
        away = float(np.abs(np.stack([q.mean(0), p.mean(0)]) - start).max())
        if self._decay > 0 and not away <= DIVERGED * max(1.0, float(np.abs(start).max())):
            raise HelError(
                f"the anti-damped echo ended {away:.3g} away from its start: the nudge or round-off grew too large; "
                "use fewer steps, less damping or a smaller eps"
            )
        return q, p
