"""The learner in float64, with the interface of the integer one: same formulas, same schedule, no rounding.

The gradient comes from a rule of `golden.rules`: RHEL, or BPTT for comparison; the learner asks it for the cost
e . q_T, whose slope at q_T is the nudge e, at eps = 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.cost_functions import FinalCost, projection
from golden.cost_functions.float_readout import CLIP
from golden.dynamics.leapfrog import Leapfrog
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.systems.base import System
from golden.systems.ranges import LIMIT, checked_ranges
from golden.training.descent import FloatDescent
from golden.training.optimiser import Optimiser

__all__ = ["FloatLearner"]


class FloatLearner:
    """`golden.training.learner.Learner` in float64.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape, or with an axis of seeds before it
    step : h
    gradient : `golden.rules.rhel.gradient` at eps = 1, or `golden.rules.bptt.gradient`
    optimiser : of `descend`
    clip : no parameter moves by more than this at once
    """

    def __init__(
        self,
        system: System,
        theta: Mapping[str, Array],
        step: float,
        gradient: Any,
        optimiser: Optimiser | None = None,
        clip: float = CLIP,
    ) -> None:
        self.system, self.step, self.gradient, self.clip = system, step, gradient, clip
        self.theta = {name: np.array(value, np.float64) for name, value in theta.items()}
        self.ranges = checked_ranges(system)
        self.descent = FloatDescent(self.theta, self.ranges, optimiser or Optimiser(), clip)
        self.leapfrog = Leapfrog(system, self.theta, step)

    def forward(self, inputs: Array) -> Array:
        q = p = np.zeros((*inputs.shape[1:-1], self.system.n))
        for u in inputs:
            q, p = self.leapfrog.forward(q, p, u)
        return q

    def echo(self, inputs: Array, nudge: Array) -> None:
        self.grads, _, _ = self.gradient(
            Problem(self.system, self.theta, inputs, nudge, cost=FinalCost(projection), step=self.step)
        )

    def update(self, shift: Array) -> None:
        """theta -= clip(G * 2**-shift), in place; G is eps times the gradient, 2**-shift the learning rate over eps."""
        for name, value in self.theta.items():
            scale = np.exp2(-np.asarray(shift)).reshape(np.shape(shift) + (1,) * (value.ndim - np.ndim(shift)))
            step = np.clip(scale * self.grads[name], -self.clip, self.clip)
            value -= step
            np.clip(value, *self.ranges.get(name, (-LIMIT, LIMIT)), out=value, where=step != 0.0)

    def descend(self, shift: Array, rate: int, last: bool) -> None:
        """A sample's step by the optimiser; theta moves where a minibatch ends."""
        self.descent.step(self.grads, shift, rate, last)

    def parameters(self) -> dict[str, Array]:
        return {name: value.copy() for name, value in self.theta.items()}

    @property
    def flags(self) -> list[str]:
        """None in float64."""
        return []
