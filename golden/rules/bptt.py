"""BPTT: the adjoint equations through the stored trajectory. A reference, not a rule a circuit could follow.

Forward, t = 1..T, storing qh and q: the leapfrog step. Backward, t = T..1, with the adjoints a of q and b of p::

    a <- a + dC/dq_t;   b <- b + (h/2) a
    dC/dtheta += -h d/dtheta (b . dV/dq);   dC/du_t = -h d/du (b . dV/dq);   a <- a - h (d2V/dq2) b      all at qh_t
    b <- b + (h/2) a

and dC/dq_0 = a, dC/dp_0 = b at the end. Independent of what it checks: forces, mixed second derivatives (by complex
step) and cost gradients come from `golden.rules.tape`, which runs the user's own code and shares nothing with the
traced gradient, and the leapfrog step is written out again. State kept: 2 n T numbers. Samples of a batch one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.cost_functions import AveragedCost, Cost, FinalCost, SummedCost
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report, collapse
from golden.rules import tape

__all__ = ["DELTA", "cost_slopes", "gradient"]

DELTA = 2.0**-100


def gradient(
    problem: Problem,
    *,
    eps: float | None = None,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by back-propagation through time; results as `golden.rules.rhel.gradient`.

    `eps` is checked and ignored: there is no nudge.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> grads, cost, report = gradient(Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2)))
    >>> report.stored_words, report.hessian_products
    (44, 10)
    """
    if eps is not None:
        positive(eps, "the nudge strength eps")
    system, batch = problem.system, problem.batch
    problem.cost.check_shape(system.n, problem.steps, problem.targets)
    ranks = {name: len(shape) for name, shape in system.parameters.items()}
    spread = {name: np.broadcast_to(v, batch + v.shape[v.ndim - ranks[name] :]) for name, v in problem.theta.items()}
    grads: Gradients = {name: np.zeros(value.shape) for name, value in spread.items()}
    grads["u"] = np.zeros((problem.steps, *batch, system.m))
    grads["q0"], grads["p0"] = np.zeros(problem.q0.shape), np.zeros(problem.p0.shape)
    total, words = 0.0, 0
    for at in np.ndindex(*batch):
        one, sample_cost, held = _sample(problem, at, {name: value[at] for name, value in spread.items()})
        for name, value in one.items():
            (np.moveaxis(grads["u"], 0, -2) if name == "u" else grads[name])[at] = value
        total, words = total + sample_cost, words + held
    for name, value in problem.theta.items():
        grads[name] = collapse(grads[name], value.shape)
        if name in system.symmetric:
            grads[name] = (grads[name] + grads[name].swapaxes(-1, -2)) / 2
    report = Report(
        rule="bptt",
        steps=problem.steps,
        passes=2,
        stored_words=words,
        force_evaluations=problem.steps,
        hessian_products=problem.steps,
    )
    return grads, total, report


def _sample(problem: Problem, at: tuple[int, ...], theta: Mapping[str, Array]) -> tuple[Gradients, float, int]:
    """Gradients, cost and stored words of one sample of the batch."""
    h, steps, names = problem.step, problem.steps, list(theta)
    potential = problem.system.reduced
    inputs = np.moveaxis(problem.inputs, 0, -2)[at]
    q, p = problem.q0[at], problem.p0[at]
    middles, positions = np.empty((steps, q.size)), np.empty((steps, q.size))
    for t, u in enumerate(inputs):
        middles[t] = q + h / 2 * p
        _, (force,) = tape.gradients(lambda x, u=u: potential(x, u, theta), middles[t])
        p = p - h * force
        q = positions[t] = middles[t] + h / 2 * p

    cost, sources = cost_slopes(problem.cost, _targets(problem, at), positions)
    a, b = np.zeros_like(q), np.zeros_like(p)
    grads: Gradients = {name: np.zeros(value.shape) for name, value in theta.items()}
    grads["u"] = np.zeros(inputs.shape)
    for t in reversed(range(steps)):
        a = a + sources[t]
        b = b + h / 2 * a
        _, slopes = tape.gradients(
            lambda x, u, *values: potential(x, u, dict(zip(names, values, strict=True))),
            middles[t] + 1j * DELTA * b,
            inputs[t],
            *theta.values(),
        )
        bent = [-h * np.imag(slope) / DELTA for slope in slopes]
        a = a + bent[0]
        grads["u"][t] = bent[1]
        for name, term in zip(names, bent[2:], strict=True):
            grads[name] += term
        b = b + h / 2 * a
    grads["q0"], grads["p0"] = a, b
    return grads, cost, middles.size + positions.size + a.size + b.size


def _targets(problem: Problem, at: tuple[int, ...]) -> Array:
    """The targets of one sample: (k,), or (T, k) for a summed cost."""
    targets = np.moveaxis(problem.targets, 0, -2) if problem.cost.per_step else problem.targets
    return np.asarray(targets[at] if targets.ndim > 1 + problem.cost.per_step else targets)


def cost_slopes(cost: Cost, targets: Array, positions: Array) -> tuple[float, Any]:
    """C and dC/dq_t of every step (T, n), from the stored positions."""

    def slope(q: Array, y: Array) -> tuple[float, Array]:
        if cost.gradient is not None:
            return float(cost.call("c", q, y)), cost.call("dc/dq", q, y)
        value, (derivative,) = tape.gradients(lambda x: cost.function(x, y), q)
        return float(value), np.asarray(derivative)

    sources = np.zeros_like(positions)
    match cost:
        case FinalCost():
            value, sources[-1] = slope(positions[-1], targets)
        case SummedCost():
            value = 0.0
            for t, q in enumerate(positions):
                term, sources[t] = slope(q, targets[t])
                value += term
        case AveragedCost():
            value, derivative = slope(np.mean(positions**2, axis=0), targets)
            sources = 2 * positions * derivative / len(positions)
        case _:
            raise HelError(f"BPTT knows final, summed and averaged costs, got {type(cost).__name__}")
    return value, sources
