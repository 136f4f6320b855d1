"""A problem without time: a cost of the state at which a system comes to rest under an input that does not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from golden.cost_functions import Cost, FinalCost, Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers
from golden.problems.fields import again, at_rest, batch_axes, check_targets, checked_theta, members, read_only, start
from golden.systems.base import System

__all__ = ["StaticProblem"]


@dataclass(frozen=True, eq=False)
class StaticProblem:
    """What equilibrium propagation differentiates. It is no `Problem`: there are no steps, no h and no momentum.

    Arrays and theta are read-only, as a `Problem`'s.

    Members
    -------
    system, theta : theta[name] of the declared shape; with batch axes before it for one theta per sample
    inputs : u, shape (..., m), held for ever; ... are batch axes
    targets : (..., k); without batch axes: the same for every sample
    q0 : where the free relaxation starts (..., n), default zero
    cost : a `golden.cost_functions.FinalCost` of the state at rest, default the half squared error

    Raises
    ------
    HelError : what is wrong, the shape found and the shape wanted.

    >>> from golden.systems import get
    >>> dense = get("dense", n=3)
    >>> StaticProblem(dense, dense.initial(0), np.ones((5, 1)), np.ones(3)).q0.shape
    (5, 3)
    """

    system: System
    theta: Mapping[str, Array]
    inputs: Array
    targets: Array
    _: KW_ONLY
    q0: Array = field(default_factory=at_rest)
    cost: Cost = field(default_factory=FinalCost)

    def __post_init__(self) -> None:
        system = self.system
        theta = checked_theta(system, self.theta)
        if isinstance(self.cost, Cost) and not isinstance(self.cost, FinalCost):
            raise HelError(f"a state at rest has no steps: its cost is a FinalCost, got {type(self.cost).__name__}")
        driven = read_only(numbers(self.inputs, "inputs"))
        if driven.ndim < 1 or driven.shape[-1] != system.m:
            raise HelError(f"static inputs of {system!r} have shape (..., {system.m}), got {driven.shape}")
        if not driven.size:
            raise HelError(f"static inputs of {system!r} have shape (..., {system.m}), none empty, got {driven.shape}")
        batch = batch_axes(system, theta, driven.shape[:-1])
        targets, q0 = read_only(numbers(self.targets, "targets")), start(self.q0, "q0", (*batch, system.n))
        check_targets(self.cost, targets, batch)
        self.cost.check(system.n, 1, targets)
        checked = {
            "theta": theta,
            "inputs": np.broadcast_to(driven, (*batch, system.m)),
            "targets": targets,
            "q0": q0,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)  # the one moment in which a frozen problem is written

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are made, and checked, as the first was: their arrays are read-only too."""
        return again, (type(self), members(self))

    def meter(self) -> Meter:
        """A fresh meter of the cost, of one step."""
        return self.cost.start(n=self.system.n, steps=1, targets=self.targets)
