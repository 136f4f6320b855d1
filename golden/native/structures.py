"""The structs that compiled code is given, as `ctypes` sees them. Pointers are those of `golden.native.library.at`."""

from __future__ import annotations

import ctypes

__all__ = ["COSTS", "LATCHED", "LISTED", "TOWARDS", "Lesson", "Nudges"]

COSTS = ("final", "averaged", "per-step")
"""In the order of costs.h."""
LISTED, TOWARDS, LATCHED = range(3)
"""Kinds of nudges.h."""

_NUMBER, _POINTER = ctypes.c_int64, ctypes.c_void_p


class Nudges(ctypes.Structure):
    """Of nudges.h."""

    _fields_ = (
        ("kind", _NUMBER),
        ("contexts", _NUMBER),
        ("words", _POINTER),
        ("step", _NUMBER),
        ("sample", _NUMBER),
        ("shifts", _POINTER),
        ("shift_sample", _NUMBER),
    )


class Lesson(ctypes.Structure):
    """Of learn.h."""

    _fields_ = (
        ("cost", _NUMBER),
        ("warm_up", _NUMBER),
        ("targets", _NUMBER),
        ("outputs", _NUMBER),
        ("log2_eps0", _NUMBER),
        ("longest", _NUMBER),
        ("steps", _POINTER),
        ("u", _POINTER),
        ("answers", _POINTER),
        ("weights", _POINTER),
        ("bias", _POINTER),
        ("x", _POINTER),
        ("e", _POINTER),
    )
