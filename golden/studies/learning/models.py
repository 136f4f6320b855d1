"""Every model by its name, with one interface: candidates and runs in, the scores of judged samples out."""

from __future__ import annotations

from typing import Any

from golden.studies.learning import echo, fitted, recurrent
from golden.studies.learning.protocol import FOLLOWERS, Candidate
from golden.studies.learning.runs import Run

__all__ = ["fit"]


def fit(model: str, neurons: int, runs: list[Run], candidates: list[Candidate]) -> list[list[Any]]:
    """For each candidate, for each run: scores of the judged samples (S,), `golden.studies.learning.runs.scores`."""
    if model == "linear":
        return fitted.linear(runs, candidates)
    if model == "minirocket":
        return fitted.minirocket(runs, candidates)
    if model in ("gru", "bptt-adam"):
        return [recurrent.by_adam(model, neurons, runs, one) for one in candidates]
    if model in FOLLOWERS:
        return [recurrent.by_descent(model, neurons, runs, one) for one in candidates]
    return [echo.trained(neurons, runs, one, frozen=model == "frozen") for one in candidates]
