"""The learning curve of a training: cost and accuracy over the samples seen."""

from __future__ import annotations

from typing import Any

from hel.report.drawing import FAINT, GOOD, MUTED, SERIES, draw
from hel.report.read import Run
from hel.report.section import Fact, Figure, Section, Table, number

__all__ = ["section"]

TITLE = "Learning curve"
_COST = {"accuracy": "mean of \u2212log p(label)", "nmse": "mean of half squared errors"}


def section(run: Run) -> Section | None:
    """Of `hel train` alone."""
    if run.command != "train":
        return None
    rows = run.get("curve") or run.get("history")
    if not rows:
        return Section(TITLE, missing="The file holds neither curve nor history.")
    value = "accuracy" if "training_accuracy" in rows[0] else "nmse"
    if any(f"training_{value}" not in row for row in (*rows, *run.get("history", ()))):
        return Section(TITLE, missing="Some points of the file have an accuracy, others a squared error.")
    measure = "test" if f"test_{value}" in run else "validation"
    reached = run.get(f"{measure}_{value}")
    facts = [] if reached is None else [Fact(number(float(reached)), f"{measure} {value}")]
    facts.append(Fact(number(float(rows[-1]["cost"])), "cost at the end"))
    if "samples_per_s" in run:
        facts.append(Fact(number(float(run["samples_per_s"]), 3), "samples a second"))
    history = run.get("history", ())
    table = Table(
        "Every epoch",
        ("epoch", "samples", "cost", f"training {value}"),
        [
            (str(k), number(row["samples"]), number(float(row["cost"])), number(float(row[f"training_{value}"])))
            for k, row in enumerate(history, start=1)
        ],
        folded=len(history) > 12,
    )
    return Section(
        TITLE,
        f"Cost and {value} are means over the samples as they were met, before each was learnt from."
        + (" nmse is the squared error over the variance of the targets." if value == "nmse" else ""),
        facts,
        [
            _curve(rows, history, "cost", "cost: " + _COST[value]),
            _curve(rows, history, f"training_{value}", value, (measure, reached)),
        ],
        [table] if history else [],
    )


def _curve(rows: Any, history: Any, key: str, label: str, reached: tuple[str, float | None] = ("", None)) -> Figure:
    """One value over the samples, with a hairline at the end of each epoch and what was `reached` in the end."""
    samples, values = [row["samples"] for row in rows], [row[key] for row in rows]
    measure, level = reached

    def paint(axes: Any) -> None:
        for row in history[:-1] if len(history) <= 40 else ():
            axes.axvline(row["samples"], color=FAINT, linewidth=0.7)
        axes.plot(samples, values, color=SERIES[0], marker="o" if len(rows) < 40 else "", markersize=3)
        if level is not None:
            axes.axhline(level, color=GOOD, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate(
                f"{measure} set {level:.4f}", (0, level), (5, 4), xycoords=("axes fraction", "data"),
                textcoords="offset points", va="bottom", color=GOOD, fontsize=11,
            )  # fmt: skip
            axes.set_ylim(top=max(1.0, *values) + 0.06)
        axes.set_ylim(bottom=0)
        axes.grid(axis="x", visible=False)
        axes.set_xlabel("samples seen", color=MUTED)
        axes.set_ylabel(label)

    end = f"; {level:.4f} on the {measure} set at the end" if level is not None else ""
    return draw(
        paint,
        title=f"{key.replace('_', ' ').capitalize()} over the samples seen",
        description=f"From {values[0]:.4g} at {samples[0]} samples to {values[-1]:.4g} at {samples[-1]}{end}.",
    )
