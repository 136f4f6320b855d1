"""The ranges that a system declares for its parameters: what an update keeps them to.

Descent knows nothing of what a potential needs: a stiffness that becomes negative lets positions run away, one that is
too large for the step makes the integrator unstable. A range says where that begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import shortened

if TYPE_CHECKING:
    from golden.systems.base import System

__all__ = ["LIMIT", "bounded", "checked_ranges"]

LIMIT = 2.0
"""Parameters lie in [-LIMIT, LIMIT): they are stored as SQ(2, 16)."""


def checked_ranges(system: System) -> dict[str, tuple[float, float]]:
    """Name -> (lowest, highest) of the parameters that have a range.

    Raises
    ------
    HelError : no such parameter, or a range that is not two numbers in [-2, 2], the lower one first.

    >>> from golden.systems import get
    >>> checked_ranges(get("random-1004", n=5, m=2))
    {'al': (0.3, 1.7), 'B': (-0.75, 1.0)}
    """
    declared = system.ranges
    if not isinstance(declared, Mapping):
        raise HelError(
            f"{system.name}.ranges maps names to (lowest, highest) such as {{'k': (0.0625, 2.0)}},"
            f" got {shortened(declared)}"
        )
    found = {}
    for name, ends in declared.items():
        if name not in system.parameters:
            names = ", ".join(system.parameters) or "none"
            raise HelError(f"{system.name}.ranges: the parameters are {names}, got {shortened(name)}; correct the name")
        try:
            low, high = (float(end) for end in ends)
        except (TypeError, ValueError):
            low = high = np.nan
        if not -LIMIT <= low < high <= LIMIT:
            raise HelError(
                f"{system.name}.ranges: a range is two numbers in [-{LIMIT:g}, {LIMIT:g}], the lower one first,"
                f" got {shortened(ends)} for {name}"
            )
        found[name] = low, high
    return found


def bounded(theta: Mapping[str, Array], ranges: Mapping[str, tuple[float, float]] | None = None) -> dict[str, Array]:
    """theta clipped to [-2, 2 - 2^-16], the range of a stored parameter word, and to the ranges declared.

    >>> bounded({"k": np.array([-1.0, 3.0])}, {"k": (0.5, 1.0)})
    {'k': array([0.5, 1. ])}
    """
    top = LIMIT - 2.0**-16
    ends = {name: (low, min(high, top)) for name, (low, high) in (ranges or {}).items()}
    return {name: np.clip(value, *ends.get(name, (-LIMIT, top))) for name, value in theta.items()}
