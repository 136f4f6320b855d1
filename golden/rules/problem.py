"""The arguments common to all learning rules, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost, FinalCost, Meter
from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers
from golden.systems.base import System

__all__ = ["LARGE", "Gradients", "Problem", "collapse", "pose"]

LARGE = 1e30
"""Where a run has diverged: nothing in float64 comes back from there."""

Gradients = dict[str, Array]
"""Each parameter (its own shape), ``"u"`` (T, ..., m), ``"q0"`` and ``"p0"`` (..., n)."""


@dataclass(frozen=True)
class Problem:
    """Checked arguments: inputs (T, *batch, m), q0 and p0 (*batch, n), and a cost with its targets."""

    system: System
    leapfrog: Leapfrog
    inputs: Array
    targets: Array
    q0: Array
    p0: Array
    cost: Cost

    @property
    def steps(self) -> int:
        return len(self.inputs)

    @property
    def theta(self) -> Mapping[str, Array]:
        return self.leapfrog.theta

    def check_finite(self, cost: float, grads: Mapping[str, Array]) -> None:
        """Raises HelError where a run ended in inf or nan, or beyond `LARGE`."""
        if not all(np.all(np.abs(value) < LARGE) for value in (np.asarray(cost), *grads.values())):
            raise HelError(
                f"the run diverged within {self.steps} steps of h = {self.leapfrog.step:g}; "
                "take a smaller step, smaller parameters or another eps"
            )

    def meter(self) -> Meter:
        return self.cost.start(n=self.system.n, steps=self.steps, targets=self.targets)


def pose(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    q0: ArrayLike | None,
    p0: ArrayLike | None,
    cost: Cost | None,
    step: float,
) -> Problem:
    """Checks shapes and fills in the defaults: q0 = p0 = 0, final half squared error.

    Raises
    ------
    HelError : what is wrong, the shape found and the shape wanted.
    """
    if not isinstance(system, System) or not isinstance(theta, Mapping):
        raise HelError(
            f"a rule takes a golden.systems.System and a theta by name, got {system!r:.60} and {type(theta).__name__}; "
            "for a stack: golden.rules.stack"
        )
    reserved = {"u", "q0", "p0"} & set(system.parameters)
    if reserved:
        raise HelError(f"gradients are named u, q0 and p0; rename the parameter {', '.join(sorted(reserved))}")
    leapfrog = Leapfrog(system, {name: numbers(value, name) for name, value in theta.items()}, step)
    for name in system.symmetric:
        if not np.array_equal(leapfrog.theta[name], leapfrog.theta[name].swapaxes(-1, -2)):
            raise HelError(f"parameter {name} of {system!r} is a symmetric matrix; give it as (W + W.T) / 2")
    driven = numbers(inputs, "inputs")
    if driven.ndim < 2 or driven.shape[-1] != system.m or driven.shape[0] < 1:
        raise HelError(f"inputs of {system!r} have shape (T, ..., {system.m}) with T >= 1, got {driven.shape}")
    ranks = {name: len(shape) for name, shape in system.parameters.items()}
    batches = [value.shape[: value.ndim - ranks[name]] for name, value in leapfrog.theta.items()]
    try:
        batch = np.broadcast_shapes(driven.shape[1:-1], *batches)
    except ValueError:
        raise HelError(f"batch axes of the inputs {driven.shape[1:-1]} and of theta {batches} do not agree") from None
    driven = driven.reshape(len(driven), *(1,) * (len(batch) + 2 - driven.ndim), *driven.shape[1:])
    driven = np.broadcast_to(driven, (len(driven), *batch, system.m))
    starts = []
    for name, start in (("q0", q0), ("p0", p0)):
        value = np.zeros(system.n) if start is None else numbers(start, name)
        try:
            starts.append(np.array(np.broadcast_to(value, (*batch, system.n))))
        except ValueError:
            raise HelError(f"{name} has shape {(*batch, system.n)} or {(system.n,)}, got {value.shape}") from None
    wanted = numbers(targets, "targets")
    cost = FinalCost() if cost is None else cost
    if not isinstance(cost, Cost):
        raise HelError(f"a cost is one of golden.costs, for instance FinalCost(); got {cost!r}")
    samples = wanted.shape[1 if cost.per_step else 0 : -1]
    if samples not in ((), batch):
        raise HelError(
            f"targets have the batch axes {batch} of the inputs, got {samples}; their shape is {wanted.shape}"
        )
    return Problem(system, leapfrog, driven, wanted, starts[0], starts[1], cost)


def collapse(value: Array, shape: tuple[int, ...]) -> Array:
    """Sums over the axes along which `shape` was broadcast to value.shape.

    >>> collapse(np.ones((5, 2, 3)), (2, 1)).tolist()
    [[15.0], [15.0]]
    """
    value = value.sum(axis=tuple(range(value.ndim - len(shape))))
    axes = tuple(i for i, size in enumerate(shape) if size == 1 and value.shape[i] != 1)
    return np.asarray(value.sum(axis=axes, keepdims=True) if axes else value)
