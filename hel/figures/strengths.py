"""The figure of a scan over eps: errors of both arithmetics, and what makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hel.figures.canvas import pyplot, save

__all__ = ["errors_by_eps"]


def errors_by_eps(result: Mapping[str, Any], path: Path) -> Path:
    """Relative error of the gradient against eps, from the result of `golden.checks.eps_scan.scan`.

    Float64 shows the nonlinearity, its distance from fixed point the round-off; fixed point has both.
    """
    plt = pyplot()
    rows = result["rows"]
    figure, axis = plt.subplots(figsize=(7, 5), layout="constrained")
    kinds = {
        "relative_error_fixed": ("fixed point", "o-", "tab:blue"),
        "round_off": ("fixed point against float64: round-off", ":", "tab:orange"),
        "relative_error_float": ("float64: nonlinearity, then its own round-off", "s--", "tab:green"),
    }
    for key, (label, style, colour) in kinds.items():
        points = [(row["eps"], row[key]) for row in rows if row[key]]
        axis.plot(*zip(*points, strict=True), style, label=label, color=colour, markersize=4) if points else None
    for kind, colour in (("fixed", "tab:blue"), ("float", "tab:green")):
        best = next(row for row in rows if row["eps"] == result[kind]["best_eps"])
        if error := best[f"relative_error_{kind}"]:
            axis.plot(best["eps"], error, "*", color=colour, markersize=14)
    flagged = [row["eps"] for row in rows if row["limit"] == "flags"]
    if flagged:
        axis.axvspan(
            min(flagged) / 2**0.5, max(flagged) * 2**0.5, color="tab:red", alpha=0.12, label="words overflow or clip"
        )
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xlabel("eps, strength of the nudge")
    axis.set_ylabel("relative error of the gradient")
    title = f"{result['system']}, N = {result['neurons']}, T = {result['steps']}, {result['cost_kind']} cost"
    axis.set_title(f"{title}; stars: the best", parse_math=False)
    axis.legend()
    return save(figure, path)
