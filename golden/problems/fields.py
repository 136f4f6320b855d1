"""The fields that problems share, each checked by one function: theta, starts, costs and targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.cost_functions import Cost
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers
from golden.systems.base import System

__all__ = ["RESERVED", "at_rest", "batch_axes", "check_targets", "checked_theta", "start"]

RESERVED = ("u", "q0", "p0")
"""Names of gradients that are not parameters'."""


def at_rest() -> Array:
    """One zero, which stands for a state of zeros of any shape."""
    return np.zeros(())


def checked_theta(system: System, theta: Mapping[str, Any]) -> dict[str, Array]:
    """theta by name as finite float64 arrays, each of its declared shape or with batch axes before it.

    Raises
    ------
    HelError : no System or no theta by name, a reserved name, a wrong name or shape, a matrix that is not symmetric.
    """
    if not isinstance(system, System) or not isinstance(theta, Mapping):
        raise HelError(
            f"a rule takes a golden.systems.System and a theta by name, got {system!r:.60} and {type(theta).__name__}; "
            "for a stack: golden.rules.stack"
        )
    reserved = set(RESERVED) & set(system.parameters)
    if reserved:
        raise HelError(f"gradients are named u, q0 and p0; rename the parameter {', '.join(sorted(reserved))}")
    checked = system.check({name: numbers(value, name) for name, value in theta.items()})
    for name in system.symmetric:
        if not np.array_equal(checked[name], checked[name].swapaxes(-1, -2)):
            raise HelError(f"parameter {name} of {system!r} is a symmetric matrix; give it as (W + W.T) / 2")
    return checked


def batch_axes(system: System, theta: Mapping[str, Array], inputs: tuple[int, ...]) -> tuple[int, ...]:
    """The batch axes of the inputs and of a checked theta together.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> batch_axes(linear, linear.initial(0), (3, 5))
    (3, 5)
    """
    ranks = {name: len(shape) for name, shape in system.parameters.items()}
    batches = [value.shape[: value.ndim - ranks[name]] for name, value in theta.items()]
    try:
        return np.broadcast_shapes(inputs, *batches)
    except ValueError:
        raise HelError(f"batch axes of the inputs {inputs} and of theta {batches} do not agree") from None


def start(value: Any, name: str, shape: tuple[int, ...]) -> Array:
    """An initial q or p of `shape` (..., n) from one for all samples, or one each; None is zero.

    >>> start([1.0, 2.0], "q0", (2, 2)).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    given = at_rest() if value is None else numbers(value, name)
    try:
        return np.array(np.broadcast_to(given, shape))
    except ValueError:
        raise HelError(f"{name} has shape {shape} or {shape[-1:]}, got {given.shape}") from None


def check_targets(cost: Cost, targets: Array, batch: tuple[int, ...]) -> None:
    """Refuses what is no cost, and targets of other batch axes than `batch` or none."""
    if not isinstance(cost, Cost):
        raise HelError(f"a cost is one of golden.cost_functions, for instance FinalCost(); got {cost!r}")
    samples = targets.shape[1 if cost.per_step else 0 : -1]
    if samples not in ((), batch):
        raise HelError(
            f"targets have the batch axes {batch} of the inputs, got {samples}; their shape is {targets.shape}"
        )
