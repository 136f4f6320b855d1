"""Two masses between walls, joined by a spring: the coupling is learnt from the path the second mass should take.

V = k1 q1^2 / 2 + k12 (q1 - q2)^2 / 2 + k2 q2^2 / 2 - u(t) q1: the system `springs` with two masses. A teacher with the
true k12 shows the path of the second mass under a condition; the learner starts with another k12 and descends

    k12 <- k12 - clip(rate dC/dk12),     C = mean over t of (q2_t - target_t)^2 / 2

with the gradient of GLEP under the same condition: by default PFVP, that is HEL. The end data are those of the
teacher's run from the same start, so that this trajectory (for pbvp: the periodic orbit) is what is to be found. Under
a boundary condition the cost has a pole wherever k12 makes the ends conjugate points; descent does not cross it, and
stops at a wrong k12 if one lies between the first and the true one (here: mixed). Initial-value learning has none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from golden.cost_functions import SummedCost
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import positive
from golden.rules import Problem, glep
from golden.rules.glep.conditions import named
from golden.rules.glep.trajectories import trajectories
from golden.systems import Springs

__all__ = ["learn", "study"]

STIFFNESS = np.array([1.0, 1.5])
TRUE, FIRST = 0.7, 0.25
LONGEST = 0.05
"""Longest step of k12 in one epoch: near a conjugate point gradients have no bounds."""
START: dict[str, Any] = {"q0": np.array([1.0, 0.0]), "p0": np.array([0.0, 0.3])}


def study(
    conditions: Sequence[str] = ("pfvp",),
    *,
    epochs: int = 60,
    steps: int = 40,
    step: float = 0.125,
    eps: float = 1e-3,
    rate: float = 4.0,
    progress: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Learns k12 under each condition.

    Returns
    -------
    rows : condition, k12 and cost after the last epoch, passes over the sequence in all; `history` of both, one value
        per epoch and one before the first; `target`, `before` and `after`: paths q2 (T + 1)

    >>> result = study(epochs=30)
    >>> row = result["rows"][0]
    >>> row["condition"], abs(row["k12"] - result["true_k12"]) < 0.01, row["cost"] < 1e-4 * row["history"]["cost"][0]
    ('pfvp', True, True)
    """
    positive(rate, "the learning rate", "0.25")
    if epochs < 1 or steps < 2:
        raise HelError(f"learning takes at least 1 epoch and 2 steps, got {epochs} and {steps}; use for example 60, 80")
    rows = []
    for k, name in enumerate(conditions):
        rows.append(learn(name, epochs=epochs, steps=steps, step=step, eps=eps, rate=rate))
        if progress is not None:
            progress(k + 1, len(conditions), name)
    return {"rows": rows, "true_k12": TRUE, "epochs": epochs, "steps": steps, "step": step, "eps": eps, "rate": rate}


def learn(condition: str, *, epochs: int, steps: int, step: float, eps: float, rate: float) -> dict[str, Any]:
    """One row of `study`."""
    given = named(condition).given
    time = step * (0.5 + np.arange(steps))
    drive = np.sin(2 * np.pi * time / (steps * step))[:, None] * 0.5
    true = Problem(Springs(2), _theta(TRUE), drive, np.zeros((steps, 1)), cost=_COST, step=step, **START)
    ends = trajectories(true).family.ends
    held = {name: getattr(ends, name)[0] for name in ("qT", "pT") if name in given}
    boundary = glep.Boundary(condition, qT=held.get("qT"), pT=held.get("pT"))
    teacher = _path(true, boundary)
    posed = replace(true, targets=teacher[1:, None])

    coupling, history, passes = FIRST, {"k12": [FIRST], "cost": []}, 0
    before = _path(replace(posed, theta=_theta(coupling)), boundary)
    for epoch in range(epochs + 1):
        grads, cost, report = glep.gradient(replace(posed, theta=_theta(coupling)), boundary, eps=eps, names=["kc"])
        passes += report.passes
        history["cost"].append(cost / steps)
        if epoch < epochs:
            coupling -= float(np.clip(rate / steps * grads["kc"][0], -LONGEST, LONGEST))
            history["k12"].append(coupling)
        if not abs(coupling) < 100:
            raise HelError(
                f"learning under {condition} diverges, k12 = {coupling:g} after {epoch + 1} epochs; use a lower rate "
                f"than {rate:g}"
            )
    return {
        "condition": condition,
        "k12": coupling,
        "cost": history["cost"][-1],
        "passes": passes,
        "history": history,
        "target": teacher.tolist(),
        "before": before.tolist(),
        "after": _path(replace(posed, theta=_theta(coupling)), boundary).tolist(),
    }


def _second(q: Any, target: Any) -> Any:
    """c = (q2 - y)^2 / 2."""
    return np.sum((q[1:] - target) ** 2) / 2


_COST = SummedCost(_second)


def _theta(coupling: float) -> dict[str, Array]:
    return {"k": STIFFNESS, "kc": np.array([coupling])}


def _path(posed: Problem, boundary: glep.Boundary) -> Array:
    """q2 at t = 0 .. T of the free trajectory."""
    return trajectories(posed, boundary).free[:, 1]
