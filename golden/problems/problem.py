"""A problem: what a learning rule differentiates, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from golden.cost_functions import Cost, FinalCost, Meter
from golden.dynamics.leapfrog import Leapfrog
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers, positive
from golden.problems.fields import again, at_rest, batch_axes, check_targets, checked_theta, members, read_only, start
from golden.systems.base import System

__all__ = ["Problem"]


@dataclass(frozen=True, eq=False)
class Problem:
    """A cost of T leapfrog steps of a system from an initial state; `golden.rules.gradient` differentiates it.

    Whatever NumPy takes for an array is taken, and held as finite float64. The batch axes ``...`` are those of the
    inputs and of theta together; inputs, q0 and p0 are held with all of them. `dataclasses.replace` makes another
    problem, and checks it again. All arrays are read-only, and so is theta. theta, q0 and p0 are copies; inputs and
    targets, which may be large, are views where they can be: do not change yours afterwards. The targets are checked
    with the cost; a cost function with a gradient of its own is first called in a run.

    Members
    -------
    system, theta : theta[name] of the declared shape; with batch axes before it for one theta per sample
    inputs : u, one a step, shape (T, ..., m)
    targets : (..., k), or (T, ..., k) for a summed cost; without batch axes: the same for every sample. The scheme
        verlet of `golden.rules.glep` reads T - 1 of them
    q0, p0 : initial state (..., n), default zero
    cost : a `golden.cost_functions.Cost`, default the final half squared error
    step : h > 0, in units of time

    Raises
    ------
    HelError : what is wrong, the shape found and the shape wanted.

    >>> from dataclasses import replace
    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 3, 1)), np.ones(2))
    >>> problem.steps, problem.batch, problem.q0.shape, problem.shared
    (10, (3,), (3, 2), True)
    >>> replace(problem, q0=np.ones(2), step=0.25).q0.sum()
    np.float64(6.0)
    >>> replace(problem, inputs=np.ones((10, 3, 2)))
    Traceback (most recent call last):
    ...
    golden.errors.HelError: inputs of Linear(n=2, m=1) have shape (T, ..., 1) with T >= 1, got (10, 3, 2)
    """

    system: System
    theta: Mapping[str, Array]
    inputs: Array
    targets: Array
    _: KW_ONLY
    q0: Array = field(default_factory=at_rest)
    p0: Array = field(default_factory=at_rest)
    cost: Cost = field(default_factory=FinalCost)
    step: float = 0.125

    def __post_init__(self) -> None:
        system = self.system
        theta = checked_theta(system, self.theta)
        positive(self.step, "the step h", "0.125")
        driven = read_only(numbers(self.inputs, "inputs"))
        if driven.ndim < 2 or driven.shape[-1] != system.m or driven.shape[0] < 1:
            raise HelError(f"inputs of {system!r} have shape (T, ..., {system.m}) with T >= 1, got {driven.shape}")
        if not driven.size:
            raise HelError(f"a batch has at least one sample, got inputs of shape {driven.shape}; leave it out")
        batch = batch_axes(system, theta, driven.shape[1:-1])
        driven = driven.reshape(len(driven), *(1,) * (len(batch) + 2 - driven.ndim), *driven.shape[1:])
        q0, p0 = (start(getattr(self, name), name, (*batch, system.n)) for name in ("q0", "p0"))
        targets = read_only(numbers(self.targets, "targets"))
        check_targets(self.cost, targets, batch)
        # With inputs at both ends, as in glep's scheme verlet, there is one target less.
        short = self.cost.per_step and len(targets) == len(driven) - 1 > 0
        self.cost.check(system.n, len(driven) - short, targets)
        checked = {
            "theta": theta,
            "inputs": np.broadcast_to(driven, (len(driven), *batch, system.m)),
            "targets": targets,
            "q0": q0,
            "p0": p0,
            "step": float(self.step),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)  # the one moment in which a frozen problem is written

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are made, and checked, as the first was: their arrays are read-only too."""
        return again, (type(self), members(self))

    @property
    def steps(self) -> int:
        """T."""
        return len(self.inputs)

    @property
    def batch(self) -> tuple[int, ...]:
        """Sizes of the batch axes."""
        return self.q0.shape[:-1]

    @cached_property
    def shared(self) -> bool:
        """True where no parameter has batch axes: gradients are then summed over the batch."""
        return all(self.theta[name].ndim == len(shape) for name, shape in self.system.parameters.items())

    def leapfrog(self) -> Leapfrog:
        """A fresh integrator, its counter at 0."""
        return Leapfrog(self.system, self.theta, self.step)

    def meter(self) -> Meter:
        """A fresh meter of the cost."""
        return self.cost.start(n=self.system.n, steps=self.steps, targets=self.targets)
