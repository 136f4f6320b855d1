"""The figure of `hel bench`: samples a second over N, T and batch, and memory over T."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hel.figures.canvas import pyplot, save

__all__ = ["bench"]

Row = Mapping[str, Any]
_COLOURS = {"golden compiled": "C0", "golden NumPy": "C7", "JAX HEL": "C1", "JAX BPTT": "C2"}


def bench(rows: Sequence[Row], path: Path, title: str = "") -> Path:
    """Four panels; rows as `hel.bench.document.flat`. A panel without rows stays empty."""
    figure, axes = pyplot().subplots(2, 2, figsize=(10, 7.5), layout="constrained")
    timed = [row for row in rows if row["what"] in ("speed", "growth") and row["how"] != "call a sample"]
    plain = [row for row in timed if row["batch"] in (1, 64)]
    shortest = min((row["steps"] for row in timed), default=0)
    fewest = min((row["neurons"] for row in timed if row["what"] == "speed"), default=0)
    _lines(axes[0, 0], [r for r in plain if r["steps"] == shortest], "neurons", _speed, _name)
    _lines(axes[0, 1], [r for r in plain if r["neurons"] == fewest], "steps", _speed, _name)
    at = [r for r in timed if (r["steps"], r["neurons"], r["what"]) == (shortest, fewest, "speed")]
    _lines(axes[1, 0], [r for r in at if r["who"].startswith("JAX")], "batch", _speed, _without_batch)
    for row in at:
        if row["who"] == "golden compiled":
            axes[1, 0].axhline(row["samples_per_s"], color="C0", linestyle=":" if row["how"] else "-", label=_name(row))
    _lines(axes[1, 1], [r for r in rows if r["what"] == "memory"], "steps", _grown, lambda row: row["who"])
    heads = (f"neurons N, T = {shortest}", f"steps T, N = {fewest}", f"batch, N = {fewest}, T = {shortest}", "steps T")
    for axis, head in zip(axes.flat, heads, strict=True):
        axis.set_xlabel(head)
        axis.set_ylabel("MB more while learning (less than 0.1 drawn at 0.1)" if axis is axes[1, 1] else "samples/s")
        axis.grid(alpha=0.3)
        if axis.get_legend_handles_labels()[0]:
            axis.legend(fontsize="x-small", handlelength=4)
    figure.suptitle(title, parse_math=False, fontsize="medium")
    return save(figure, path)


def _lines(axis: Any, rows: Sequence[Row], x: str, y: Callable[[Row], float], name: Callable[[Row], str]) -> None:
    lines: dict[str, dict[float, float]] = {}
    looks: dict[str, dict[str, Any]] = {}
    for row in rows:
        lines.setdefault(name(row), {})[row[x]] = y(row)
        dashed = "--" if row["batch"] > 1 and x != "batch" and row["what"] != "memory" else "-"
        looks[name(row)] = {"color": _COLOURS.get(row["who"]), "linestyle": ":" if row.get("how") else dashed}
    for label, points in lines.items():
        xs = sorted(points)
        axis.plot(xs, [points[at] for at in xs], "o", markersize=4, label=label, **looks[label])
    if rows:
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")


def _speed(row: Row) -> float:
    return float(row["samples_per_s"])


def _grown(row: Row) -> float:
    return max(float(row["peak_bytes"] - row["before_bytes"]) / 1e6, 0.1)


def _without_batch(row: Row) -> str:
    return ", ".join([row["who"], *([row["device"]] if row["device"] != "cpu" else [])])


def _name(row: Row) -> str:
    batch = f", batch {row['batch']}" if row["batch"] > 1 else ""
    how = f", {row['how']}" if row["how"] else ""
    return f"{row['who']}{batch}{how}" + (f", {row['device']}" if row["device"] != "cpu" else "")
