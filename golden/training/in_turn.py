"""Several seeds one after the other: what `train` tells of them is what it tells of seeds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from golden.dynamics.flags import Flags
from golden.training.report import Progress

__all__ = ["progress_of", "together"]

_OF_ONE = ("trajectory", "stability")
"""Keys that a result of several seeds has not."""
_MEASURED = ("test_accuracy", "validation_accuracy", "test_nmse", "validation_nmse", "cost", "seed")


def together(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One result of the results of seeds, in their order.

    >>> one = {"seed": 3, "test_accuracy": 0.5, "cost": 1.0, "history": [{"samples": 9, "cost": 1.0}], "curve": [],
    ...        "samples_per_s": 100.0, "flags": ["p_overflow"]}
    >>> found = together([one, {**one, "seed": 4, "flags": []}])
    >>> found["seed"], found["test_accuracy"], found["history"], found["samples_per_s"], found["flags"]
    ([3, 4], [0.5, 0.5], [{'samples': 9, 'cost': [1.0, 1.0]}], 100.0, ['p_overflow'])
    """
    found = {key: value for key, value in results[0].items() if key not in _OF_ONE}
    for key in _MEASURED:
        if found.get(key) is not None:
            found[key] = [result[key] for result in results]
    for key in ("history", "curve"):
        found[key] = [_row(rows) for rows in zip(*(result[key] for result in results), strict=True)]
    found["samples_per_s"] = len(results) / sum(1 / result["samples_per_s"] for result in results)
    raised = {name for result in results for name in result["flags"]}
    found["flags"] = [name for name in (str(flag.name).lower() for flag in Flags) if name in raised]
    for key in ("argument_clamped", "operand_clipped"):
        if key in found:
            found[key] = sorted({line for result in results for line in result[key]})
    return found


def _row(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of a history: a list a number, but for the count of samples."""
    return {key: rows[0][key] if key == "samples" else [row[key] for row in rows] for key in rows[0]}


def progress_of(progress: Progress | None, seed: int, seeds: int) -> Progress | None:
    """What the seed-th of `seeds` reports to."""
    if progress is None:
        return None
    return lambda done, total, text: progress(seed * total + done, seeds * total, text)
