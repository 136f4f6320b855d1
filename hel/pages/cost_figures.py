"""Figures of the learning rules: what each costs as T and the model grow, and its error against eps.

python -m hel.pages.cost_figures docs/results/rule_costs.json -o build/figures
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.errors import ended
from hel.figures.canvas import pyplot, save
from hel.pages.study_figures import asked

__all__ = ["costs", "errors", "main"]

COUNTS = {
    "passes": "passes over the sequence",
    "force_evaluations": "force evaluations",
    "stored_words": "stored words of state",
    "solver_iterations": "solver iterations",
}
Rows = Sequence[Mapping[str, Any]]


def costs(rows: Rows, path: Path) -> Path:
    """A column a count, against T (above) and against the number of parameters (below), a line a rule; a PNG.

    `rows` are those of `golden.studies.rule_costs`. Rules of equal cost share a line: the wide ones lie below.
    """
    plt = pyplot()
    names = list(dict.fromkeys(row["rule"] for row in rows))
    size, steps = _base(rows)
    figure, axes = plt.subplots(2, len(COUNTS), figsize=(4 * len(COUNTS), 8), layout="constrained")
    for line, (x, label, fixed) in enumerate(
        (
            ("steps", f"steps T, {size} neurons", ("neurons", size)),
            ("parameters", f"parameters, T = {steps}", ("steps", steps)),
        )
    ):
        for axis, (count, title) in zip(axes[line], COUNTS.items(), strict=True):
            for k, name in enumerate(names):
                chosen = [row for row in rows if row["rule"] == name and row[fixed[0]] == fixed[1]]
                points = sorted((row[x], row[count]) for row in chosen)
                if any(value for _, value in points):
                    axis.loglog(*zip(*points, strict=True), **_style(k, len(names)), label=name)
            axis.set_xlabel(label)
            ticks = sorted({row[x] for row in rows if row[fixed[0]] == fixed[1] and row["rule"] == "BPTT"})
            axis.set_xticks(ticks, [str(tick) for tick in ticks])
            axis.xaxis.minorticks_off()
            if count == "solver_iterations":
                axis.set_yscale("linear")
            axis.grid(alpha=0.3)
            if line == 0:
                axis.set_title(title)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, handlelength=4)
    return save(figure, path)


def errors(rows: Rows, path: Path) -> Path:
    """Relative error of each rule's gradient against eps, with the slopes eps and eps^2; a PNG."""
    plt = pyplot()
    names = list(dict.fromkeys(row["rule"] for row in rows))
    figure, axis = plt.subplots(figsize=(10, 6), layout="constrained")
    found = {row["rule"]: row["errors"] for row in rows if row.get("errors")}
    for k, name in enumerate(names):
        if name in found:
            axis.loglog(*zip(*found[name], strict=True), **_style(k, len(names)), label=name)
    strengths = sorted({eps for pairs in found.values() for eps, _ in pairs})
    for order, dashes in ((1, "--"), (2, ":")):
        label = "slope eps" if order == 1 else "slope eps$^2$"
        axis.loglog(strengths, [0.3 * eps**order for eps in strengths], color="black", linestyle=dashes, label=label)
    axis.set_xlabel("strength of the nudge, eps")
    axis.set_ylabel("relative error of the gradient")
    axis.grid(alpha=0.3)
    figure.legend(loc="outside right upper", handlelength=4)
    return save(figure, path)


def _base(rows: Rows) -> tuple[int, int]:
    """The neurons and steps of the rows in both series."""
    row = next(row for row in rows if "errors" in row)
    return int(row["neurons"]), int(row["steps"])


def _style(k: int, of: int) -> dict[str, Any]:
    """The k-th rule's line: later ones thinner, so that equal ones are all seen."""
    colour = pyplot().get_cmap("tab20")(k)
    return {"color": colour, "linewidth": 6 - 5 * k / of, "marker": "osD^vPX"[k % 7], "markersize": 9 - 5 * k / of}


def main(argv: list[str] | None = None) -> int:
    """Draws both figures of a results file."""
    found, out = asked("hel.pages.cost_figures", __doc__, "golden.studies.rule_costs", argv)
    rows = found["rows"]
    print(costs(rows, out / "rule_costs.png"))
    print(errors(rows, out / "rule_errors.png"))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
