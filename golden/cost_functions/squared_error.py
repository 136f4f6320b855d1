"""Half squared error of a linear readout, in integers and in float64: of a target at the end, or at every step.

C = |R q_T + c - y|^2 / 2, or of a per-step cost C = 2^-kappa sum_t |R q_t + c - y_t|^2 / 2 over the K steps that count,
kappa = ceil(log2 K). Weights, nudge and update are those of `golden.cost_functions.readout`, whose rules 6 to 9 become:

6. Errors. With the target as y = rint(target * 2**(w-1)), not saturated:
   err = saturate(half_up(l - (y << (w-6)), w-6), w), SQ(1, w-1). An error beyond 1 counts as 1, as in Huber's cost.
   Of a per-step cost, errors of steps that do not count are 0.
7. Nudge. As before; of a per-step cost one for every step, e_t = half_up(y_t, s + kappa) with s = L - (f + log2 eps0)
   of the largest |y_tj| of all t: eps = 2**-m with m of s, and all nudges of a sample together weigh at most eps0.
   Errors are those of the forward pass, in both contexts.
9. The readout's update. Of a per-step cost the products are summed over t, exactly, and shifted by kappa more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words, half_up, saturate
from golden.cost_functions.float_readout import FloatReadout
from golden.cost_functions.readout import Readout, bit_length, matvec
from golden.language.graph import Array

__all__ = ["FloatPerStepReadout", "FloatSquaredReadout", "PerStepReadout", "SquaredReadout", "kappa"]


def kappa(steps: int) -> int:
    """ceil(log2 K) of K steps that count.

    >>> kappa(1), kappa(150), kappa(256)
    (0, 8, 8)
    """
    return max(0, (steps - 1).bit_length())


class SquaredReadout(Readout):
    """`Readout` with targets for labels.

    >>> from golden.arithmetic.formats import Formats
    >>> readout = SquaredReadout(Formats(), np.zeros((1, 2)), np.zeros(1))
    >>> readout.errors(np.ones(2, np.int64), np.array([0.25])) / 2**17
    array([-0.25])
    """

    least = 1

    def errors(self, x: Words, answers: Any) -> Words:
        """Rule 6: x (..., n), targets (..., k) float64 -> (..., k)."""
        w = self.formats.operand_bits
        return saturate(half_up(self.logits(x) - (self.words(answers) << (w - 6)), w - 6), w)

    def words(self, answers: Any) -> Words:
        """Targets as words of fraction w - 1, not saturated."""
        return np.asarray(np.rint(np.ldexp(answers, self.formats.operand_bits - 1)).astype(np.int64))

    def values(self, logits: Words) -> Array:
        """R x + c as float64, exactly."""
        return np.ldexp(logits.astype(np.float64), 7 - 2 * self.formats.operand_bits)


class PerStepReadout(SquaredReadout):
    """`SquaredReadout` at every step: a first axis of steps in x, errors, targets and nudges.

    Members
    -------
    warm_up : steps at the start of a sequence that do not count
    """

    warm_up = 0

    def errors(self, x: Words, answers: Any) -> Words:
        """Rule 6: x (T, ..., n), targets (T, ..., k) -> (T, ..., k)."""
        found = super().errors(x, answers)
        found[: self.warm_up] = 0
        return found

    def nudge(self, errors: Words) -> tuple[Words, Words]:
        """Rule 7: errors (T, ..., k) -> nudges (T, ..., n) and m (...)."""
        y = matvec(np.swapaxes(self.weights, -1, -2) >> self.cut, errors)
        largest = np.abs(y).max(-1).max(0)
        f, w = self.formats.fraction_bits, self.formats.operand_bits
        shift = np.where(largest > 0, bit_length(largest - 1) - (f + self.log2_eps0), 0)
        m = np.where(largest > 0, shift + f - (2 * w - 3), 0)
        s = (shift + kappa(len(errors) - self.warm_up))[..., None]
        half = np.where(s > 0, np.left_shift(np.int64(1), np.maximum(s - 1, 0)), np.int64(0))
        return np.asarray((np.left_shift(y, np.maximum(-s, 0)) + half) >> np.maximum(s, 0), np.int64), np.asarray(m)

    def products(self, errors: Words, x: Words) -> tuple[Words, Words]:
        """Of rule 9, summed over t."""
        return np.einsum("t...k,t...n->...kn", errors, x), errors.sum(0) * self.formats.one

    def spread(self, errors: Words) -> int:
        """kappa."""
        return kappa(len(errors) - self.warm_up)


class FloatSquaredReadout(FloatReadout):
    """`SquaredReadout` in float64.

    >>> FloatSquaredReadout(np.zeros((1, 2)), np.zeros(1)).errors(np.ones(2), np.array([3.0]))
    array([-1.])
    """

    def errors(self, x: Array, answers: Any) -> Array:
        """R x + c - y, held at +-1."""
        return np.asarray(np.clip(self.logits(x) - answers, -1.0, 1.0))

    def values(self, logits: Array) -> Array:
        """R x + c: the logits themselves."""
        return logits


class FloatPerStepReadout(FloatSquaredReadout):
    """`PerStepReadout` in float64."""

    warm_up = 0

    def errors(self, x: Array, answers: Any) -> Array:
        """x (T, ..., n), targets (T, ..., k) -> (T, ..., k)."""
        found = super().errors(x, answers)
        found[: self.warm_up] = 0.0
        return found

    def nudge(self, errors: Array) -> tuple[Array, Array]:
        """errors (T, ..., k) -> nudges (T, ..., n) and m (...)."""
        y = (self.weights.swapaxes(-1, -2) @ errors[..., None])[..., 0]
        largest = np.abs(y).max(-1).max(0)
        m = np.where(largest > 0, np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - self.log2_eps0, 0.0)
        return np.asarray(y * np.exp2(-m - kappa(len(errors) - self.warm_up))[..., None]), np.asarray(m)

    def products(self, errors: Array, x: Array) -> tuple[Array, Array]:
        """Summed over t."""
        return np.einsum("t...k,t...n->...kn", errors, x), errors.sum(0)

    def spread(self, errors: Array) -> int:
        """kappa."""
        return kappa(len(errors) - self.warm_up)
