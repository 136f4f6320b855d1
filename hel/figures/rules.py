"""Figures of the learning rules: boundary conditions side by side, and the two oscillators that learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hel.figures.canvas import pyplot, save

__all__ = ["boundary_conditions", "two_oscillators"]

_RUNS: dict[str, dict[str, Any]] = {
    "free": {"linestyle": "-", "linewidth": 3, "alpha": 0.4},
    "+eps": {"linestyle": ":", "linewidth": 2},
    "-eps": {"linestyle": "--", "linewidth": 1},
}
"""How the three runs of a family are drawn."""


def boundary_conditions(
    trajectories: Mapping[str, Any], errors: Mapping[str, Sequence[tuple[float, float]]], path: Path, shown: int = 3
) -> Path:
    """Free and nudged trajectories per condition, what the nudge does to them, and gradient error against eps.

    `trajectories` are `golden.rules.glep.trajectories.Trajectories`, `errors` lists of (eps, relative error).
    """
    import numpy as np

    plt = pyplot()
    names = list(trajectories)
    figure, axes = plt.subplots(2, len(names) + 1, figsize=(3.3 * (len(names) + 1), 6), layout="constrained")
    for k, name in enumerate(names):
        found = trajectories[name]
        above, below = axes[0][k], axes[1][k]
        steps = np.arange(len(found.free))
        for j in range(min(shown, found.free.shape[1])):
            free, plus, minus = _RUNS.values()
            (line,) = above.plot(steps, found.free[:, j], **free, label=f"neuron {j}")
            plus, minus = ({**style, "color": line.get_color()} for style in (plus, minus))
            above.plot(steps, found.plus[:, j], **plus)
            above.plot(steps, found.minus[:, j], **minus)
            scale = 1 / found.family.beta
            below.plot(steps, scale * (found.plus - found.free)[:, j], **plus)
            below.plot(steps, -scale * (found.minus - found.free)[:, j], **minus)
        above.set_title(f"{name}: nudged run {'from T back' if found.back else 'from 0 on'}")
        below.axhline(0, color="black", linewidth=0.5)
        below.set_xlabel("time step")
    axes[0][0].set_ylabel("position q")
    axes[1][0].set_ylabel("response to the nudge, (q$^{\\beta}$ - q) / $\\beta$")
    curve, blank = axes[0][-1], axes[1][-1]
    for name, rows in errors.items():
        if rows:
            curve.loglog([eps for eps, _ in rows], [error for _, error in rows], "o-", label=name, markersize=3)
    highest = [(eps, error) for rows in errors.values() for eps, error in rows if error > 0]
    if highest:
        top, scale = max(eps for eps, _ in highest), max(error for _, error in highest)
        low = min(eps for eps, _ in highest)
        curve.loglog([low, top], [scale * (low / top) ** 2, scale], "k:", label="eps$^2$")
    curve.set_title("relative error of the gradient")
    curve.set_xlabel("eps")
    blank.axis("off")
    blank.add_artist(blank.legend(*curve.get_legend_handles_labels(), loc="upper center", ncols=2, title="conditions"))
    runs = [plt.Line2D([], [], color="black", **style) for style in _RUNS.values()]
    runs += axes[0][0].get_lines()[::3]
    labels = [*_RUNS, *(line.get_label() for line in axes[0][0].get_lines()[::3])]
    blank.legend(runs, labels, loc="lower center", ncols=2, title="trajectories")
    return save(figure, path)


def two_oscillators(result: Mapping[str, Any], path: Path) -> Path:
    """Learning curves of k12 and of the cost, and the path of the second mass before and after.

    `result` is what `golden.studies.two_oscillators.study` returns.
    """
    import numpy as np

    plt = pyplot()
    rows = result["rows"]
    figure, axes = plt.subplots(3, len(rows), figsize=(4.2 * len(rows), 8), layout="constrained", squeeze=False)
    for k, row in enumerate(rows):
        coupling, cost, paths = (axes[i][k] for i in range(3))
        coupling.plot(row["history"]["k12"])
        coupling.axhline(result["true_k12"], color="tab:green", linestyle="--", label="the teacher's")
        coupling.set_title(row["condition"])
        coupling.set_ylabel("k12")
        coupling.legend()
        cost.semilogy(np.maximum(row["history"]["cost"], 1e-30))
        cost.set_ylabel("cost: mean of (q2 - target)$^2$ / 2")
        cost.set_xlabel("epoch")
        time = result["step"] * np.arange(len(row["target"]))
        paths.plot(time, row["target"], color="tab:green", linewidth=4, alpha=0.4, label="target")
        paths.plot(time, row["before"], ":", label="before")
        paths.plot(time, row["after"], "--", label="after")
        paths.set_ylabel("second mass, q2")
        paths.set_xlabel("time")
        paths.legend()
    return save(figure, path)
