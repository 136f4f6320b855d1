"""The runs of every unit: who does what from which cycle on, for how long; what a Gantt chart of a schedule draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rtl.hls.report.explain import PASSES, activity
from rtl.hls.schedule.schedule import Schedule

__all__ = ["runs", "schedule_runs"]


def runs(row: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(start, length, operation) of every stretch of cycles with the same thing to do.

    >>> list(runs(["", "hop", "hop", "", "load"]))
    [(1, 2, 'hop'), (4, 1, 'load')]
    """
    start = 0
    for what, stretch in groupby(row):
        length = len(list(stretch))
        if what:
            yield start, length, what
        start += length


def schedule_runs(schedule: Schedule) -> dict[str, Any]:
    """The key `schedule` of a result, as plain data: a few kilobytes, whatever the size of the array.

    Returns
    -------
    pass -> cycles (control words), products (useful ones, over the whole ring), busy (share of the multiplier cycles
    with one), units: name -> [[start, length, operation], ...]; idle units are left out
    """
    result = {}
    for name in PASSES:
        found = activity(schedule, name)
        result[name] = {
            "cycles": found.cycles,
            "products": found.products,
            "busy": found.busy,
            "units": {unit: [list(run) for run in runs(row)] for unit, row in found.units.items() if any(row)},
        }
    return result
