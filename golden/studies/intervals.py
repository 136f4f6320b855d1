"""Intervals of a mean, and of the mean gain of pairs: Student's t, 95 %."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from golden.errors import HelError

__all__ = ["Interval", "interval"]

Interval = tuple[float, float, float]
"""Mean, lower end, upper end."""

QUANTILES = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""The 97.5 % quantiles of Student's t with 1 to 9 degrees of freedom."""


def interval(values: Sequence[float]) -> Interval:
    """Of 2 to 10 independent values; of pairs give the differences.

    >>> [round(end, 3) for end in interval([0.0, 0.1, 0.2])]
    [0.1, -0.148, 0.348]
    """
    found = np.asarray(values, np.float64)
    if found.ndim != 1 or not 2 <= len(found) <= len(QUANTILES) + 1:
        raise HelError(f"an interval is that of 2 to {len(QUANTILES) + 1} values, got {found.shape}; add quantiles")
    mean, half = found.mean(), QUANTILES[len(found) - 2] * found.std(ddof=1) / np.sqrt(len(found))
    return float(mean), float(mean - half), float(mean + half)
