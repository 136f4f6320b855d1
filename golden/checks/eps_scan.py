"""The gradient's error over powers of two of eps, which is best, and what makes the others worse.

At every strength three errors, relative to the reference: float64's (the nonlinearity of the nudge, but for float64's
own round-off), fixed point's, and the distance between the two (the words' round-off). Normative for neither: a figure
to choose by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.checks.gradcheck import compared, pose
from golden.checks.strengths import Progress, Strengths
from golden.cost_functions import Cost
from golden.rules.rhel_fixed import MAX_EPS_LOG2

__all__ = ["FLAGS", "NONLINEARITY", "ROUND_OFF", "scan", "side"]

NONLINEARITY, ROUND_OFF, FLAGS = "nonlinearity", "round-off", "flags"
"""What limits a gradient at one strength."""

_SIDE = 5
"""Strengths on each side of the best that its reason is read from."""

_SATURATED = 0.3
"""A relative error from here on no longer follows a power of eps."""

_BELOW, _ABOVE = 8, 6


def scan(
    system: str | systems.System,
    *,
    steps: int = 100,
    neurons: int | None = None,
    inputs: int | None = None,
    seed: int = 0,
    formats: Formats | None = None,
    cost: str | Cost = "final",
    targets: int | None = None,
    cuts: str = "default",
    executor: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """`golden.checks.gradcheck.gradcheck` at the best eps in fixed point, and how the error depends on eps.

    One reference, and all strengths of one arithmetic side by side.

    Returns
    -------
    what `gradcheck` returns, and besides
    rows : from weak to strong, each with eps; cosine_ and relative_error_ of float and fixed, asymmetry (None where
        float64 diverged); round_off, |fixed - float64| / |reference|; round_off_share, its share of the two errors'
        squares; flags, argument_clamped with them; limit, the larger of `NONLINEARITY` and `ROUND_OFF`, or `FLAGS`
    fixed, float : best_eps, and `side` of the strengths below and above it, None where nothing was looked at

    Raises
    ------
    HelError : as `gradcheck`.

    >>> found = scan("dense", neurons=4, steps=50)
    >>> found["fixed"]["weaker"]["limit"], found["fixed"]["stronger"]["limit"]
    ('round-off', 'nonlinearity')
    >>> 1.8 < found["float"]["stronger"]["order"] < 2.2, found["eps"] == found["fixed"]["best_eps"]
    (True, True)
    """
    size: dict[str, Any] = {"steps": steps, "neurons": neurons, "inputs": inputs, "targets": targets}
    posed = pose(system, **size, seed=seed, formats=formats, cost=cost, cuts=cuts, progress=progress)
    strengths = Strengths(posed.problem, posed.wanted, posed.program, progress, executor)
    best = strengths.best()
    top = min(best + _ABOVE, MAX_EPS_LOG2)
    strengths.in_float(range(max(best - _BELOW, -MAX_EPS_LOG2), top + 1))
    in_float = strengths.best_in_float(top)
    shown = range(max(min(best - _BELOW, in_float - 2), -MAX_EPS_LOG2), top + 1)
    strengths.in_float(shown)
    strengths.all_flags(shown)
    rows = [_row(strengths, e) for e in shown]
    found = {}
    for kind, at in (("fixed", best), ("float", in_float)):
        k = at - shown[0]
        found[kind] = {
            "best_eps": 2.0**at,
            "weaker": side(rows[k], rows[:k][::-1], kind),
            "stronger": side(rows[k], rows[k + 1 :], kind),
        }
    return {**compared(posed, strengths, best, best), "rows": rows, **found}


def _row(strengths: Strengths, e: int) -> dict[str, Any]:
    fixed, exact, apart = strengths.fixed[e], strengths.float[e], strengths.round_off[e]
    quiet = strengths.flags(min(strengths.fixed))
    flags = strengths.flags(e)
    finite = bool(np.isfinite(exact.error))
    limit = FLAGS if flags != quiet else ROUND_OFF if apart > exact.error else NONLINEARITY
    both = apart**2 + exact.error**2 if finite else 0.0
    return {
        "eps": 2.0**e,
        "cosine_float": exact.cosine if finite else None,
        "relative_error_float": exact.error if finite else None,
        "asymmetry": exact.asymmetry if np.isfinite(exact.asymmetry) else None,
        "cosine_fixed": fixed.cosine,
        "relative_error_fixed": fixed.error,
        "round_off": apart if finite else None,
        "round_off_share": apart**2 / both if both else None,
        "flags": sorted(flags),
        "limit": limit,
    }


def side(best: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], kind: str) -> dict[str, Any] | None:
    """Why the strengths on one side of the best are worse; `rows` from the nearest to the farthest.

    Read from the five nearest without flags of their own and with an error that still follows a power of eps.

    Returns
    -------
    limit : `NONLINEARITY`, `ROUND_OFF` or `FLAGS`; of float64 `ROUND_OFF` means its own
    order : fitted power of eps in the error, None where there are too few, or where it hardly changes
    eps, error, asymmetry : the farthest of what was read; where there is none, the nearest strength
    flagged_eps, flags : the nearest strength with flags, and which; None and [] where there is none

    >>> row = {"limit": "round-off", "flags": []}
    >>> rows = [{**row, "eps": 2.0**-k, "relative_error_fixed": 1e-3 * 2.0**k} for k in range(4)]
    >>> found = side(rows[0], rows[1:], "fixed")
    >>> found["limit"], round(found["order"], 6), found["eps"]
    ('round-off', -1.0, 0.125)
    """
    error = f"relative_error_{kind}"
    if not rows:
        return None
    flagged = next((row for row in rows if row["limit"] == FLAGS), None) if kind == "fixed" else None
    quiet = []
    for row in rows[:_SIDE]:
        if row is flagged or row[error] is None or not 0 < row[error] < _SATURATED:
            break
        quiet.append(row)
    far = quiet[-1] if quiet else rows[0]
    order = _order([best, *quiet], error)
    limit = far["limit"]
    if kind == "float":
        limit = NONLINEARITY if far["eps"] > best["eps"] and order is not None and order > 1 else ROUND_OFF
    return {
        "limit": limit,
        "order": order,
        "eps": far["eps"],
        "error": far[error],
        "asymmetry": far.get("asymmetry"),
        "flagged_eps": None if flagged is None else flagged["eps"],
        "flags": [] if flagged is None else list(flagged["flags"]),
    }


def _order(rows: Sequence[Mapping[str, Any]], error: str) -> float | None:
    """The power of eps in the error, fitted where that is above the flat bottom at the best, `rows[0]`."""
    line = [(row["eps"], row[error]) for row in rows if row[error] > 2 * rows[0][error]]
    if len(line) < 2:
        return None
    eps, errors = np.log2(line).T
    return float(np.polyfit(eps, errors, 1)[0])
