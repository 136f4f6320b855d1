"""Central differences of the cost under a boundary condition: each number moved, the problem solved again.

dC/dlambda = [C(lambda + delta) - C(lambda - delta)] / (2 delta). The reference for every condition: it knows the free
boundary problem and the cost's value, and nothing of nudges, slopes or residuals.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report
from golden.problems.validity import check_distance
from golden.rules.glep.motion import Motion
from golden.rules.glep.moved import moved, wanted
from golden.rules.glep.pinned import PFVP, Boundary
from golden.rules.glep.setting import set_up
from golden.rules.glep.solver import Solution, solve

__all__ = ["gradient"]


def gradient(
    problem: Problem,
    boundary: Boundary = PFVP,
    *,
    eps: float = 1e-5,
    names: Iterable[str] | None = None,
) -> tuple[Gradients, float, Report]:
    """Arguments and results as `golden.rules.glep.gradient`; `eps` is the distance moved.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> grads, cost, report = gradient(Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2)), names=["a"])
    >>> report.passes
    5
    """
    check_distance(eps)
    setting = set_up(problem, boundary)
    chosen = wanted(setting, names)
    motion, meter = setting.motion(), setting.meter()
    free = solve(motion, setting.held, setting.values(), setting.guess)
    free.run(motion, meter=meter)

    def read(motion: Motion, solution: Solution) -> tuple[Array, ...]:
        copies = setting.meter()
        solution.run(motion, meter=copies)
        return (copies.total(),)

    grads = {name: moved(setting, free, name, eps, read)[0].reshape(setting.numbers[name].shape) for name in chosen}
    rule = f"finite differences {setting.condition.name}"
    return grads, float(np.sum(meter.total())), setting.counts.report(rule, setting.steps)
