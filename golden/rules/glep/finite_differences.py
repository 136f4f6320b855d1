"""Central differences of the cost under a boundary condition: each number moved, the problem solved again.

dC/dlambda = [C(lambda + delta) - C(lambda - delta)] / (2 delta). The reference for every condition: it knows the free
boundary problem and the cost's value, and nothing of nudges, slopes or residuals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost
from golden.language.graph import Array
from golden.language.validate import positive
from golden.rules.glep.boundary import Condition
from golden.rules.glep.conditions import named
from golden.rules.glep.motion import Motion
from golden.rules.glep.moved import moved, wanted
from golden.rules.glep.setting import set_up
from golden.rules.glep.solver import Solution, solve
from golden.rules.problem import Gradients
from golden.rules.report import Report
from golden.systems.base import System

__all__ = ["gradient"]


def gradient(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    condition: str | Condition = "pfvp",
    q0: ArrayLike | None = None,
    p0: ArrayLike | None = None,
    qT: ArrayLike | None = None,
    pT: ArrayLike | None = None,
    cost: Cost | None = None,
    step: float = 0.125,
    eps: float = 1e-5,
    names: Iterable[str] | None = None,
    scheme: str = "leapfrog",
) -> tuple[Gradients, float, Report]:
    """Arguments and results as `golden.rules.glep.gradient`; `eps` is the distance moved.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> grads, cost, report = gradient(linear, linear.initial(0), np.ones((10, 1)), np.ones(2), names=["a"])
    >>> report.passes
    5
    """
    positive(eps, "the distance eps", "1e-5")
    data = {"q0": q0, "p0": p0, "qT": qT, "pT": pT}
    setting = set_up(
        system, theta, inputs, targets, condition=named(condition), data=data, cost=cost, step=step, scheme=scheme
    )
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
