"""The learning curve of a training: cost and accuracy over the samples seen."""

from __future__ import annotations

from typing import Any

from hel.report.drawing import FAINT, GOOD, MUTED, SERIES, draw
from hel.report.read import Run
from hel.report.section import Fact, Figure, Section, Table, number

__all__ = ["section"]

TITLE = "Learning curve"


def section(run: Run) -> Section | None:
    """Of `hel train` alone."""
    if run.command != "train":
        return None
    rows = run.get("curve") or run.get("history")
    if not rows:
        return Section(TITLE, missing="The file holds neither curve nor history.")
    measure = "test" if "test_accuracy" in run else "validation"
    accuracy = run.get(f"{measure}_accuracy")
    facts = [] if accuracy is None else [Fact(number(float(accuracy)), f"{measure} accuracy")]
    facts.append(Fact(number(float(rows[-1]["cost"])), "cost at the end"))
    if "samples_per_s" in run:
        facts.append(Fact(number(float(run["samples_per_s"]), 3), "samples a second"))
    history = run.get("history", ())
    table = Table(
        "Every epoch",
        ("epoch", "samples", "cost", "training accuracy"),
        [
            (str(k), number(row["samples"]), number(float(row["cost"])), number(float(row["training_accuracy"])))
            for k, row in enumerate(history, start=1)
        ],
        folded=len(history) > 12,
    )
    return Section(
        TITLE,
        "Cost and accuracy are means over the samples as they were met, before each was learnt from.",
        facts,
        [
            _curve(rows, history, "cost", "cost: mean of \u2212log p(label)"),
            _curve(rows, history, "training_accuracy", "accuracy", (measure, accuracy)),
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
