"""Central differences of the cost: one number moved at a time, the forward pass run again.

dC/dx = [C(x + eps) - C(x - eps)] / (2 eps), error ~ eps^2 + round-off / eps. The slowest reference and the plainest:
it knows the forward pass and the cost's value only. Moved copies run as one batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.problems.validity import check_distance, chosen

__all__ = ["gradient"]

_CHUNK = 128


def gradient(
    problem: Problem,
    *,
    eps: float = 1e-5,
    names: Iterable[str] | None = None,
) -> tuple[Gradients, float, Report]:
    """The gradient of a cost by central differences; results as `golden.rules.rhel.gradient`.

    `eps` is the distance moved; `names` limits the work to some parameters, "u", "q0" or "p0" (default: all).

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem, names=["a", "q0"])
    >>> sorted(grads), report.passes
    (['a', 'q0'], 9)
    """
    check_distance(eps)
    wanted = chosen(names, [*problem.theta, "u", "q0", "p0"])
    values = {**problem.theta, "u": problem.inputs, "q0": problem.q0, "p0": problem.p0}
    grads: Gradients = {}
    runs = 1
    for name in wanted:
        flat = np.zeros(values[name].size)
        for start in range(0, flat.size, _CHUNK):
            which = np.arange(start, min(start + _CHUNK, flat.size))
            moved = np.tile(values[name].ravel(), (2, which.size, 1))
            moved[0, np.arange(which.size), which] += eps
            moved[1, np.arange(which.size), which] -= eps
            plus, minus = np.split(_costs(problem, values, name, moved.reshape(-1, *values[name].shape)), 2)
            flat[which] = (plus - minus) / (2 * eps)
        grads[name] = flat.reshape(values[name].shape)
        if name in problem.system.symmetric:
            grads[name] = (grads[name] + grads[name].swapaxes(-1, -2)) / 2
        runs += 2 * flat.size
    total = float(_costs(problem, values, "q0", problem.q0[None])[0])
    report = Report(
        rule="finite differences",
        steps=problem.steps,
        passes=runs,
        stored_words=_words(problem),
        force_evaluations=runs * problem.steps,
    )
    return grads, total, report


def _words(problem: Problem) -> int:
    """State of one run: q and p, and a mean for an averaged cost."""
    meter = problem.meter()
    meter.observe(0, problem.q0)
    return 2 * problem.q0.size + meter.words


def _costs(problem: Problem, values: Mapping[str, Array], name: str, moved: Array) -> Array:
    """C of every copy in `moved` (copies, ...), the value of `name` being replaced by the copy's."""
    batch, theta = len(problem.batch), dict(problem.theta)
    if name in theta:
        # A copy's axis goes before all batch axes; a shared parameter has none of those yet.
        missing = batch - (theta[name].ndim - len(problem.system.parameters[name]))
        theta[name] = moved.reshape(len(moved), *(1,) * missing, *values[name].shape)
    inputs = np.moveaxis(moved, 0, 1) if name == "u" else problem.inputs
    q = moved if name == "q0" else problem.q0
    p = moved if name == "p0" else problem.p0
    leapfrog, meter = Leapfrog(problem.system, theta, problem.step), problem.meter()
    for t, u in enumerate(inputs):
        q, p = leapfrog.forward(q, p, u)
        meter.observe(t, q)
    return np.asarray(meter.total().reshape(len(moved), -1).sum(axis=1))
