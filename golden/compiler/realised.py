"""Masses as the words of a program hold them, and which positions are angles."""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.language.graph import Array
from golden.program.constants import normalised
from golden.systems.base import System
from golden.systems.coordinates import UNIT

__all__ = ["realised_mass", "told"]


def realised_mass(system: System, formats: Formats) -> Array:
    """The masses, (n,), with the factor at q rounded to the words of a constant: the more bits, the nearer.

    >>> from golden.systems import get
    >>> morse = get("morse", n=2)
    >>> np.broadcast_to(morse.mass, 2).tolist(), realised_mass(morse, Formats(operand_bits=12)).round(5).tolist()
    ([1.0, 2.0], [1.0, 2.00043])
    """
    leaf = np.array(np.broadcast_to(system.coordinates.leaf, (system.n,)), np.float64)
    words, log2 = normalised(leaf, formats.weight.fraction_bits)
    factor = np.ldexp(words.astype(np.float64), log2 - formats.weight.fraction_bits)
    if not system.coordinates.angles:
        return np.asarray(1.0 / factor**2)
    one = 1.0 / (system.coordinates.energy * UNIT**2)
    return np.asarray(one * (UNIT / factor) ** 2)


def told(system: System, formats: Formats) -> dict[str, Any]:
    """What a report says of a system that has masses or angles: `masses` and `realised_masses`, `angles`."""
    found: dict[str, Any] = {}
    if system.mass is not None:
        found["masses"] = np.broadcast_to(np.asarray(system.mass, np.float64), (system.n,)).tolist()
        found["realised_masses"] = realised_mass(system, formats).tolist()
    if system.coordinates.angles:
        found["angles"] = list(system.coordinates.angles)
    return found
