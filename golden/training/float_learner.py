"""Training in float64: the learner and the readout of the mathematics, with the interfaces of the integer ones.

Same formulas, same schedule, same auto-ranged nudge, no rounding. The gradient comes from a rule of
`golden.rules`: RHEL, or BPTT for comparison; the learner asks it for the cost e . q_T, whose slope at q_T is the nudge
e, at eps = 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.costs import FinalCost
from golden.dynamics.leapfrog import Leapfrog
from golden.systems.base import LIMIT, System

__all__ = ["CLIP", "FloatLearner", "FloatReadout"]

Floats = NDArray[np.float64]

CLIP = 2.0**-7


def _projection(q: Any, e: Any) -> Any:
    return np.sum(q * e)


class FloatLearner:
    """`golden.training.learner.Learner` in float64.

    Parameters
    ----------
    system, theta : theta[name] of the declared shape, or with an axis of seeds before it
    step : h
    gradient : `golden.rules.rhel.gradient` at eps = 1, or `golden.rules.bptt.gradient`
    """

    def __init__(self, system: System, theta: Mapping[str, Floats], step: float, gradient: Any) -> None:
        self.system, self.step, self.gradient = system, step, gradient
        self.theta = {name: np.array(value, np.float64) for name, value in theta.items()}
        self.leapfrog = Leapfrog(system, self.theta, step)

    def forward(self, inputs: Floats) -> Floats:
        q = p = np.zeros((*inputs.shape[1:-1], self.system.n))
        for u in inputs:
            q, p = self.leapfrog.forward(q, p, u)
        return q

    def echo(self, inputs: Floats, nudge: Floats) -> None:
        self.grads, _, _ = self.gradient(
            self.system, self.theta, inputs, nudge, cost=FinalCost(_projection), step=self.step
        )

    def update(self, shift: Floats) -> None:
        """theta -= clip(G * 2**-shift), in place; G is eps times the gradient, 2**-shift the learning rate over eps."""
        for name, value in self.theta.items():
            scale = np.exp2(-np.asarray(shift)).reshape(np.shape(shift) + (1,) * (value.ndim - np.ndim(shift)))
            value -= np.clip(scale * self.grads[name], -CLIP, CLIP)
            np.clip(value, -LIMIT, LIMIT, out=value)

    def parameters(self) -> dict[str, Floats]:
        return {name: value.copy() for name, value in self.theta.items()}

    @property
    def flags(self) -> list[str]:
        """None in float64."""
        return []


class FloatReadout:
    """`golden.training.readout.Readout` in float64; every array may have an axis of seeds before it.

    >>> readout = FloatReadout(np.zeros((4, 2)), np.zeros(4))
    >>> readout.errors(np.ones(2), np.array(1))
    array([ 0.25, -0.75,  0.25,  0.25])
    """

    def __init__(self, weights: object, bias: object, log2_eps0: int = -2) -> None:
        self.weights = np.array(weights, np.float64)
        self.bias = np.array(bias, np.float64)
        self.log2_eps0 = log2_eps0

    def cut_x(self, q: Floats) -> Floats:
        """q itself."""
        return q

    def logits(self, x: Floats) -> Floats:
        """R x + c."""
        return np.asarray((self.weights @ x[..., None])[..., 0] + self.bias)

    def errors(self, x: Floats, labels: NDArray[np.int64]) -> Floats:
        """softmax(R x + c) - onehot(label)."""
        logits = self.logits(x)
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        p = powers / powers.sum(-1, keepdims=True)
        return np.asarray(p - (np.arange(p.shape[-1]) == np.asarray(labels)[..., None]))

    def nudge(self, errors: Floats) -> tuple[Floats, Floats]:
        """eps R^T errors and m of eps = 2**-m, such that the largest component lies in (eps0/2, eps0]."""
        y = (self.weights.swapaxes(-1, -2) @ errors[..., None])[..., 0]
        largest = np.abs(y).max(-1)
        m = np.where(largest > 0, np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - self.log2_eps0, 0.0)
        return np.asarray(y * np.exp2(-m)[..., None]), np.asarray(m)

    def update(self, errors: Floats, x: Floats, log2_inverse_rate: int) -> None:
        """One clipped step, in place."""
        rate = 2.0**-log2_inverse_rate
        step = np.clip(rate * errors[..., :, None] * x[..., None, :], -CLIP, CLIP)
        self.weights = np.clip(self.weights - step, -LIMIT, LIMIT)
        self.bias = np.clip(self.bias - np.clip(rate * errors, -CLIP, CLIP), -LIMIT, LIMIT)
