"""Gradient descent with momentum in float64, on parameters that keep to their ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.language.graph import Array

__all__ = ["Momentum"]


class Momentum:
    """v <- momentum v - rate G, theta <- theta + v, clipped to the range; theta changes in place.

    Parameters
    ----------
    theta : name -> array
    momentum : of the velocities v, which start at zero
    longest : gradients whose norm, over all parameters together, is larger are shortened to this
    ranges : name -> (lowest, highest)

    >>> theta = {"a": np.array([1.0])}
    >>> descent = Momentum(theta, momentum=0.5, longest=1.0, ranges={"a": (0.0, 2.0)})
    >>> for _ in range(2):
    ...     descent.step({"a": np.array([4.0])}, 0.25)
    >>> theta
    {'a': array([0.375])}
    """

    def __init__(
        self,
        theta: Mapping[str, Array],
        *,
        momentum: float,
        longest: float,
        ranges: Mapping[str, tuple[float, float]],
    ) -> None:
        self.theta, self.momentum, self.longest, self.ranges = theta, momentum, longest, ranges
        self.velocity: dict[str, Any] = {name: np.zeros_like(value) for name, value in theta.items()}

    def step(self, grads: Mapping[str, Array], rate: float) -> None:
        """One step with the gradients given; parameters without one stay as they are."""
        rate /= max(1.0, math.sqrt(sum(float(np.sum(grad**2)) for grad in grads.values())) / self.longest)
        for name, grad in grads.items():
            self.velocity[name] = self.momentum * self.velocity[name] - rate * grad
            value = self.theta[name]
            value += self.velocity[name]
            np.clip(value, *self.ranges[name], out=value)
