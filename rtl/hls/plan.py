"""The ring plan: a program bound to what the array can do.

The force of a program is, on the ring, one or two stages of row sums over the neurons of a block:

    z_i = sum of z terms        (then the table: s_i = tanh z_i)
    F_j = sum of force terms    (then one rounding: the kick)

and every parameter's gradient is a product of two operands the datapath holds in the same step. `rtl.hls.bind` makes
the plan from a program; `rtl.hls.schedule` schedules it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Diagonal", "GradientTerm", "Inputs", "Layout", "Operand", "Plan", "Rotating", "Term", "Transposed"]


class Operand(Enum):
    """A vector operand with one word a neuron, or the broadcast inputs."""

    X = "x"
    S = "s"
    INPUT = "input"


class Layout(Enum):
    """How a parameter lies in the elements' weight memories."""

    MATRIX = "matrix"
    """N x N, skewed: address (f, g, t) of element k holds W[k + fP, gP + (k - t) mod P]."""
    COLUMNS = "columns"
    """N x m: address (f, c) holds B[k + fP, c]."""
    VECTOR = "vector"
    """N: address f holds b[k + fP]."""


@dataclass(frozen=True)
class Rotating:
    """W x: the operand rotates, the sum stays."""

    parameter: str


@dataclass(frozen=True)
class Transposed:
    """W^T s: the stationary operand stays, the partial sum travels home."""

    parameter: str


@dataclass(frozen=True)
class Diagonal:
    """a * operand, neuron by neuron; `scaled` products are shifted left by 4 to align with W s."""

    parameter: str
    operand: Operand
    scaled: bool = False


@dataclass(frozen=True)
class Inputs:
    """B u, or b * 1 when the parameter is a vector."""

    parameter: str
    negative: bool = False
    scaled: bool = False


Term = Rotating | Transposed | Diagonal | Inputs


@dataclass(frozen=True)
class GradientTerm:
    """Gradient density r * y of a parameter.

    Members
    -------
    r, y : the two operands; y = X with Layout.MATRIX rotates, y = INPUT is broadcast
    offset : shift of this parameter's update relative to the base shift of docs/numerics.md
    negative : the density is -r * y, so the update adds
    """

    parameter: str
    r: Operand
    y: Operand
    offset: int = 0
    negative: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything the scheduler needs to know of a program.

    Members
    -------
    parameters : layout of each parameter, in memory order
    z : terms of the table's input; empty for a force without a table
    force : terms of the kick
    gradients : one a parameter
    """

    name: str
    parameters: dict[str, Layout]
    z: tuple[Term, ...]
    force: tuple[Term, ...]
    gradients: tuple[GradientTerm, ...]
