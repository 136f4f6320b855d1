"""The cross-entropy of a softmax readout in float64: logits, errors, auto-ranged nudge, own update.

C = -log softmax(R q_T + c)[label]: dC/dlogits are the errors, and the nudge is eps R^T errors. Twin of
`golden.cost_functions.readout`, rule for rule, without its roundings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from golden.cost_functions.cross_entropy import cross_entropy_slope
from golden.cost_functions.readout import MASTER, onehot
from golden.language.graph import Array

__all__ = ["CLIP", "FloatReadout"]

CLIP = 2.0**-7
"""No parameter moves further in one update."""

LIMIT = 2.0 ** (MASTER.integer_bits - 1)
"""Weights lie in [-LIMIT, LIMIT], the range of the integer readout's words."""


class FloatReadout:
    """`golden.cost_functions.readout.Readout` in float64; every array may have an axis of seeds before it.

    >>> readout = FloatReadout(np.zeros((4, 2)), np.zeros(4))
    >>> readout.errors(np.ones(2), np.array(1))
    array([ 0.25, -0.75,  0.25,  0.25])
    """

    def __init__(self, weights: object, bias: object, log2_eps0: int = -2) -> None:
        self.weights = np.array(weights, np.float64)
        self.bias = np.array(bias, np.float64)
        self.log2_eps0 = log2_eps0

    def cut_x(self, q: Array) -> Array:
        """q itself."""
        return q

    def logits(self, x: Array) -> Array:
        """R x + c."""
        return np.asarray((self.weights @ x[..., None])[..., 0] + self.bias)

    def errors(self, x: Array, answers: NDArray[np.int64]) -> Array:
        """softmax(R x + c) - onehot(label)."""
        return np.asarray(cross_entropy_slope(self.logits(x), onehot(answers, self.bias.shape[-1])))

    def nudge(self, errors: Array) -> tuple[Array, Array]:
        """eps R^T errors and m of eps = 2**-m, such that the largest component lies in (eps0/2, eps0]."""
        y = (self.weights.swapaxes(-1, -2) @ errors[..., None])[..., 0]
        largest = np.abs(y).max(-1)
        m = np.where(largest > 0, np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - self.log2_eps0, 0.0)
        return np.asarray(y * np.exp2(-m)[..., None]), np.asarray(m)

    def update(self, errors: Array, x: Array, log2_inverse_rate: int) -> None:
        """One clipped step, in place."""
        self.move(*self.products(errors, x), log2_inverse_rate + self.spread(errors))

    def products(self, errors: Array, x: Array) -> tuple[Array, Array]:
        """The slopes of weights and bias; of several samples they may be summed."""
        return errors[..., :, None] * x[..., None, :], errors

    def spread(self, errors: Array) -> int:
        """log2 of what the slopes of a sample are divided by."""
        return 0

    def move(self, weights: Array, bias: Array, log2_inverse_rate: int) -> None:
        """One clipped step by the slopes, in place."""
        rate = 2.0**-log2_inverse_rate
        self.weights = np.clip(self.weights - np.clip(rate * weights, -CLIP, CLIP), -LIMIT, LIMIT)
        self.bias = np.clip(self.bias - np.clip(rate * bias, -CLIP, CLIP), -LIMIT, LIMIT)
