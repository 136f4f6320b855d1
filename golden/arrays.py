"""What a user passed, as finite float64 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.errors import HelError
from golden.graph import Array

__all__ = ["numbers"]


def numbers(value: Any, what: str) -> Array:
    """`value` as a float64 array.

    Raises
    ------
    HelError : not numbers, or not all finite.

    >>> numbers([1, 2], "q0")
    array([1., 2.])
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise HelError(f"{what} must be an array of numbers, got {value!r:.60}") from None
    if not np.all(np.isfinite(array)):
        raise HelError(f"{what} must be finite, got inf or nan; look where it comes from")
    return array
