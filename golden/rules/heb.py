"""HEB: parameters are coordinates too, and after the echo their momentum is the update. Self-learning.

Parameters get momenta P and a mass M: H_tot = H(q, p; theta) + |P|^2 / (2 M). One leapfrog step of all of it::

    q <- q + (h/2) p;   theta <- theta + (h/2) P / M
    p <- p - h dV/dq;   P <- P - h dV/dtheta
    q <- q + (h/2) p;   theta <- theta + (h/2) P / M

A cycle starts from P = 0, runs T steps, flips and nudges (p <- -p + eps dc/dq(q_T), P <- -P), runs the SAME T steps on
the inputs in reverse, and flips again. Then, with C_M the cost as a function of where the joint system starts,

    P = -eps dC_M/dtheta + O(eps^2),      dC_M/dtheta = dC/dtheta + O(1/M)

This is the echo of golden.rules.rhel for the joint system, read as the gradient of an initial position: hence the sign,
(p+ - p_start) = -eps dC/dq_0. C_M differs from C because at a finite mass theta moves by O(1/M) during the run; at
M = inf it does not, and the result equals rhel's. Two estimators::

    one-sided   dC/dtheta = -P / eps                  2 passes, error ~ eps    (what a device reads off itself)
    symmetric   dC/dtheta = -(P+ - P-) / (2 eps)      3 passes, error ~ eps^2  (a second cycle with -eps)

A device gets the symmetric one without a second set of momenta by flipping P between the two cycles.

The cost is read at T only; the input may be encoded in (q_0, p_0), whose gradients come with the same cycle. State:
q, p, P (and theta at a finite mass), once or twice, whatever T. At a finite mass every sample of a batch is a run of
its own, with its own theta and P. The force on a parameter that multiplies a positive quantity always points downhill,
so a mass too small for T lets it run away. Source: Lopez-Pastor & Marquardt, PRX 13, 031020.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from golden.cost_functions import FinalCost
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers, positive
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report, collapse
from golden.problems.validity import LARGE, asymmetry, check_nudge

__all__ = ["gradient", "learn"]

MASS = 1e6


def gradient(
    problem: Problem,
    *,
    eps: float = 1e-3,
    mass: float = MASS,
    symmetric: bool = True,
) -> tuple[Gradients, float, Report]:
    """The gradient of a final cost, read off the momenta of the parameters.

    Parameters
    ----------
    problem : its cost is a `golden.cost_functions.FinalCost`
    eps : strength of the nudge
    mass : M > 0 of every parameter; ``math.inf`` for parameters that do not move
    symmetric : True: cycles with +eps and -eps, error ~ eps^2. False: one cycle, error ~ eps

    Returns
    -------
    grads, cost, report : as `golden.rules.rhel.gradient`; at a finite mass they are those of C_M

    Raises
    ------
    HelError : a cost that is not final, a mass or eps that is not positive, a run that diverges.

    >>> from golden.systems import get
    >>> hru = get("hru", n=2)
    >>> grads, cost, report = gradient(Problem(hru, hru.initial(0), np.ones((10, 1)), np.ones(2)), mass=100.0)
    >>> sorted(grads), report.passes, report.stored_words
    (['B', 'al', 'b', 'p0', 'q0', 'u', 'w'], 3, 40)
    """
    _check(problem, eps, mass)
    return _Cycle(problem, float(eps), float(mass)).run(symmetric)


def learn(
    problem: Problem,
    *,
    drift: float,
    momenta: Mapping[str, ArrayLike] | None = None,
    keep: float = 0.0,
    eps: float = 1e-3,
    mass: float = MASS,
) -> tuple[dict[str, Array], dict[str, Array], float]:
    """One update by the system itself: a cycle, a free motion of the parameters, friction. No gradient is formed::

        cycle     P <- P - eps dC_M/dtheta         summed over the batch: every sample starts from the same theta and P
        drift     theta <- theta + drift P / M     the waves are gone, the parameters move on
        friction  P <- keep P

    With keep = 0 this is gradient descent with the rate drift eps / M; with 0 < keep < 1 it is descent with a heavy
    ball, whose inertia is that of the parameters. (P need not start from 0: the echo returns it to where it was.)

    Parameters
    ----------
    problem, eps, mass : as `gradient`
    momenta : P at the start, of theta's shapes, default 0
    drift : time of the free motion, > 0
    keep : share of P that friction leaves, 0 <= keep < 1

    Returns
    -------
    theta, momenta, cost : after the update; C of the run, summed over the batch

    >>> from golden.systems import get
    >>> hru = get("hru", n=2)
    >>> theta, momenta, costs = hru.initial(0), None, []
    >>> for _ in range(20):
    ...     problem = Problem(hru, theta, np.ones((10, 1)), np.ones(2))
    ...     theta, momenta, cost = learn(problem, drift=3e7, momenta=momenta, keep=0.5, mass=1e4)
    ...     costs.append(cost)
    >>> costs[-1] < 0.1 * costs[0]
    True
    """
    _check(problem, eps, mass)
    positive(drift, "the time drift for which parameters move", "1e6")
    if not math.isfinite(mass):
        raise HelError("parameters move with a finite mass, got inf; the learning rate is drift * eps / mass")
    if not (isinstance(keep, int | float | np.number) and 0 <= keep < 1):
        raise HelError(f"friction keeps a share of the momenta, 0 <= keep < 1, got {keep!r}; use for example 0.9")
    before = _momenta(problem, momenta)
    cycle = _Cycle(problem, float(eps), float(mass), before)
    end, total, _ = cycle.echo(symmetric=False)
    moved, kept = {}, {}
    for name, value in problem.theta.items():
        change = collapse(end.momenta[name][0] - before[name], value.shape)
        moved[name] = value + drift / mass * (before[name] + change)
        kept[name] = keep * (before[name] + change)
    return moved, kept, total


@dataclass
class _State:
    """q and p (..., n); theta and momenta P, name -> (..., *shape)."""

    q: Array
    p: Array
    theta: dict[str, Array]
    momenta: dict[str, Array]

    def flip(self) -> None:
        self.p = -self.p
        self.momenta = {name: -value for name, value in self.momenta.items()}


class _Cycle:
    """The joint leapfrog and one cycle of HEB.

    At M = inf and with a theta that all samples share, theta stays as it is and P is summed over the batch at once.
    """

    def __init__(self, problem: Problem, eps: float, mass: float, momenta: Mapping[str, Array] | None = None) -> None:
        self.problem, self.eps, self.mass = problem, eps, mass
        self.moving = math.isfinite(mass)
        self.meter = problem.meter()
        self.words = 0
        self.evaluations = 0
        batch, parameters = problem.batch, problem.system.parameters
        self.total = () if self.moving or not problem.shared else tuple(parameters)
        lead = () if self.total else batch
        self.driven = np.zeros((problem.steps, *batch, problem.system.m))
        full = {name: lead + tuple(shape) for name, shape in parameters.items()}
        theta = {name: np.broadcast_to(value, full[name]) for name, value in problem.theta.items()}
        start = {name: np.broadcast_to((momenta or {}).get(name, 0.0), shape) for name, shape in full.items()}
        self.start = _State(problem.q0, problem.p0, theta if self.moving else dict(problem.theta), start)

    def run(self, symmetric: bool) -> tuple[Gradients, float, Report]:
        end, total, double = self.echo(symmetric)
        grads: Gradients = {}

        def difference(value: Array, free: Array) -> Array:
            """(plus - minus) / (2 eps), or (plus - what an echo without nudge returns) / eps."""
            return np.asarray((value[0] - (value[1] if symmetric else free)) / double)

        for name, value in self.problem.theta.items():
            grads[name] = collapse(-difference(end.momenta[name], self.start.momenta[name]), value.shape)
        grads["u"] = self.driven
        grads["q0"], grads["p0"] = -difference(end.p, self.start.p), difference(end.q, self.start.q)
        report = Report(
            rule="heb" if symmetric else "heb one-sided",
            steps=self.problem.steps,
            passes=3 if symmetric else 2,
            stored_words=self.words,
            force_evaluations=self.evaluations,
            asymmetry=self._asymmetry(end) if symmetric else 0.0,
        )
        return grads, total, report

    def _asymmetry(self, end: _State) -> float:
        """Of q and p: parameters and momenta of the joint system follow from them."""
        (plus_q, minus_q), (plus_p, minus_p) = end.q, end.p
        return asymmetry((plus_q, plus_p), (minus_q, minus_p), (self.start.q, self.start.p))

    def echo(self, symmetric: bool) -> tuple[_State, float, float]:
        """The state after the cycle, its contexts (+eps, and -eps) on axis 0; C; and 2 eps or eps."""
        double = self.eps * (2 if symmetric else 1)
        scale = self.problem.step / double
        signs = (1.0, -1.0) if symmetric else (1.0,)
        state = self.start
        state = _State(state.q, state.p, dict(state.theta), dict(state.momenta))
        with np.errstate(over="ignore", invalid="ignore"):
            for t in range(self.problem.steps):
                slope = self._step(state, t, 0)
                if not symmetric:
                    self.driven[t] += scale * slope
                self.meter.observe(t, state.q)
            cost = float(np.sum(self.meter.total()))
            nudge = self.meter.nudge(self.problem.steps - 1, state.q)
            state = self._contexts(state, len(signs))
            state.flip()
            state.p = state.p + np.stack([sign * self.eps * np.asarray(nudge) for sign in signs])
            for t in reversed(range(self.problem.steps)):
                slope = self._step(state, t, 1)
                self.driven[t] += scale * (slope[1] - slope[0] if symmetric else -slope[0])
            state.flip()
        ends = [np.asarray(cost), state.q, state.p, *state.momenta.values()]
        if not all(np.all(np.abs(value) < LARGE) for value in ends):
            raise HelError(
                f"the run diverged within {self.problem.steps} steps of h = {self.problem.step:g} at "
                f"mass = {self.mass:g}; take a smaller step, a larger mass or smaller parameters"
            )
        return state, cost, double

    def _contexts(self, state: _State, count: int) -> _State:
        """`count` equal copies on a new axis 0; a theta that does not move is not copied."""

        def copies(values: dict[str, Array]) -> dict[str, Array]:
            return {name: np.stack([value] * count) for name, value in values.items()}

        theta = copies(state.theta) if self.moving else state.theta
        return _State(np.stack([state.q] * count), np.stack([state.p] * count), theta, copies(state.momenta))

    def _step(self, state: _State, t: int, contexts: int) -> Array:
        """One leapfrog step of everything, in place; returns dV/du."""
        h = self.problem.step
        middle = state.q + (h / 2) * state.p
        self._drift(state)
        values: dict[str, Any] = {"q": middle, "u": self.problem.inputs[t], **state.theta}
        slopes = self.problem.system.slopes(values, total=self.total, keep=contexts)
        state.p = state.p - h * slopes.pop("q")
        slope = slopes.pop("u")
        for name, value in slopes.items():
            state.momenta[name] = state.momenta[name] - h * value
        state.q = middle + (h / 2) * state.p
        self._drift(state)
        self.evaluations += math.prod(state.q.shape[:contexts])
        held = (state.q, state.p, *state.momenta.values(), *(state.theta.values() if self.moving else ()))
        self.words = max(self.words, self.meter.words + sum(value.size for value in held))
        return slope

    def _drift(self, state: _State) -> None:
        if self.moving:
            rate = self.problem.step / 2 / self.mass
            state.theta = {name: value + rate * state.momenta[name] for name, value in state.theta.items()}


def _check(problem: Problem, eps: float, mass: float) -> None:
    """What HEB asks for, besides a problem."""
    positive(eps, "the nudge strength eps")
    check_nudge(eps, eps)
    if not (isinstance(mass, float) and mass == math.inf):
        positive(mass, "the mass of parameters, where it is not inf,", "1e6")
    if not isinstance(problem.cost, FinalCost):
        raise HelError(
            f"HEB reads its cost at the final time only, got {type(problem.cost).__name__}; "
            "use FinalCost, or golden.rules.rhel for a cost along the way"
        )


def _momenta(problem: Problem, given: Mapping[str, ArrayLike] | None) -> dict[str, Array]:
    """P at the start, default 0."""
    if given is None:
        return {name: np.zeros(value.shape) for name, value in problem.theta.items()}
    if not isinstance(given, Mapping):
        raise HelError(f"momenta are arrays by the names of theta, got {given!r:.60}")
    found = {name: numbers(value, f"the momentum of {name}") for name, value in given.items()}
    if {name: value.shape for name, value in found.items()} != {k: v.shape for k, v in problem.theta.items()}:
        raise HelError("momenta have the names and shapes of theta; give those that the last call returned")
    return found
