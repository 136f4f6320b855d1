"""Masses and angles: the coordinates in which H is |p|^2 / 2 + V, and a turn is 8.

A system writes its potential in its own position Q, with H = sum_i m_i v_i^2 / 2 + V(Q), v = dQ/dt. What is integrated
is q with Q = leaf q, of unit mass:

    q_i = sqrt(m_i) Q_i                                     without angles
    q_i = sqrt(m_i / m) Q_i / (2 pi / 8)                    with angles, m their one mass; the energy is in units of
                                                            m (2 pi / 8)^2

so an angle is stored in eighths of a turn, near enough to radians for words of the same size, and the potential that is
integrated is `energy` V(leaf q). Trajectories, gradients and energies are those of the system itself, in these units.
What a cost and a readout see is q, the stored position, as its word holds it (an angle within 2**(i - 1) eighths of a
turn): a learnt readout finds its own scale, and a target for Q is divided by `leaf`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import shortened

__all__ = ["UNIT", "UNIT_LOG2", "Coordinates", "coordinates"]

UNIT_LOG2 = 3
"""A turn is 2**UNIT_LOG2 units of a declared angle."""
UNIT = 2 * math.pi / 2**UNIT_LOG2
"""An angle's unit in radians: an eighth of a turn."""


@dataclass(frozen=True)
class Coordinates:
    """See the module's text.

    Members
    -------
    leaf : Q / q, one number where it is the same for all, else (n,)
    energy : the potential integrated over V
    angles : neurons that are angles
    """

    leaf: float | Array
    energy: float
    angles: tuple[int, ...]


def coordinates(n: int, mass: Any, angles: bool | Sequence[int], name: str = "a system") -> Coordinates:
    """The coordinates of n neurons with these masses and angles.

    Raises
    ------
    HelError : masses that are not positive numbers, one a neuron; angles that are no neurons, or of different masses.

    >>> coordinates(2, [4.0, 1.0], False).leaf
    array([0.5, 1. ])
    >>> coordinates(2, None, True)
    Coordinates(leaf=0.7853981633974483, energy=1.6211389382774044, angles=(0, 1))
    """
    masses = _masses(n, mass, name)
    chosen = _angles(n, angles, name)
    if not chosen:
        return Coordinates(_one(1.0 / np.sqrt(masses)), 1.0, ())
    own = masses[list(chosen)]
    if (own != own[0]).any():
        other = int(np.argmax(own != own[0]))
        raise HelError(
            f"{name}.angles must share one mass, so that each comes round with its word, got {own[0]:g} for neuron"
            f" {chosen[0]} and {own[other]:g} for neuron {chosen[other]}; give them one, or leave angles out and"
            " hold the positions by springs"
        )
    return Coordinates(_one(UNIT * np.sqrt(own[0] / masses)), float(1.0 / (own[0] * UNIT**2)), chosen)


def _one(values: Array) -> float | Array:
    """A number where all are equal."""
    return float(values[0]) if (values == values[0]).all() else values


def _masses(n: int, mass: Any, name: str) -> Array:
    if mass is None:
        return np.ones(n)
    if callable(mass):
        raise HelError(
            f"{name}.mass must be numbers, got a method; write it as a property or an attribute (a mass that depends"
            " on the position is none here: H is not |p|^2 / 2m + V then)"
        )
    rule = f"{name}.mass must be fixed positive numbers, one for all or one a neuron"
    if isinstance(mass, bool):
        raise HelError(f"{rule}, got {mass}; give numbers")
    try:
        values = np.asarray(mass, np.float64)
    except (TypeError, ValueError):
        raise HelError(f"{rule}, got {shortened(mass)}; give numbers") from None
    if values.shape not in ((), (1,), (n,)):
        raise HelError(f"{name}.mass must have one number or {n}, one a neuron, got shape {values.shape}; give it so")
    wrong = values[~(np.isfinite(values) & (values > 0.0))]
    if wrong.size:
        raise HelError(f"{name}.mass must be positive, got {wrong.flat[0]:g}; give positive numbers")
    return np.array(np.broadcast_to(values, (n,)))


def _angles(n: int, angles: Any, name: str) -> tuple[int, ...]:
    if isinstance(angles, bool | np.bool_):
        return tuple(range(n)) if angles else ()
    way_out = f"write True for all, or indices from 0 to {n - 1}"
    try:
        values = np.asarray(angles)
    except ValueError:
        values = np.asarray(object())
    if values.ndim == 1 and values.dtype.kind == "b" and values.shape == (n,):
        return tuple(np.flatnonzero(values).tolist())
    if values.ndim != 1 or (values.size and values.dtype.kind not in "iu"):
        raise HelError(f"{name}.angles must say which neurons are angles, got {shortened(angles)}; {way_out}")
    if values.size and not (values.min() >= 0 and values.max() < n):
        raise HelError(f"{name}.angles must be neurons, got {shortened(angles)}; {way_out}")
    return tuple(sorted(set(values.tolist())))
