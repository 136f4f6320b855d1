"""The nudge of an averaged cost in integers: one vector is latched at the end of the forward pass.

The cost c(m, y) reads m = (1/T) sum_t x_t^2, x the position operand, whose sum is exact. Its slope is computed once a
sample, outside the array, and rounded to words of the operand width; every echo step then needs one product a neuron::

    d   = rint(2^g (2/T) dc/dm)                       w bits, g as large as the sample allows
    e_t = half_up(x_t d, (w - 5) + g - f - log2 eps)  = eps dC/dq_t in p's raw format, from each context's own x_t

The state kept per neuron is the sum, then d in its place; it does not depend on T. Normative: docs/numerics.md,
section 4. Twin of `golden.cost_functions.AveragedCost`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import Words, floor_shift, half_up_each, saturate
from golden.language.graph import Array

__all__ = ["FURTHEST_LEFT", "Latch", "Latched", "position_operand"]

FURTHEST_LEFT = 26
"""A product of two 18-bit words shifted further left is 0 in every state word, and would leave int64."""


def position_operand(formats: Formats, q: Words) -> Words:
    """x = saturate(q >> shift, w), the position as a multiplier sees it.

    >>> position_operand(Formats(), np.array([1 << 20, -1])).tolist()
    [8192, -1]
    """
    return saturate(floor_shift(q, formats.q.fraction_bits - formats.x.fraction_bits), formats.x.width)


class Latch:
    """The latched slope of a batch of samples.

    Parameters
    ----------
    formats : the program's
    slope : (2/T) dc/dm, float64 (..., n)

    Members
    -------
    words : d (..., n);  log2_scale : g (..., 1)

    >>> latch = Latch(Formats(), np.array([0.5, -0.25]))
    >>> latch.words.tolist(), latch.log2_scale.tolist()
    ([65536, -32768], [17])
    >>> latch.nudge(np.array([1 << 20, 1 << 20]), -2).tolist()   # q = 1: eps d = 0.25 * 0.5, and half of that
    [8192, -4096]
    """

    def __init__(self, formats: Formats, slope: Array) -> None:
        self._formats = formats
        largest = np.abs(slope).max(axis=-1, keepdims=True)
        # 2^(w-2) <= largest 2^g < 2^(w-1), with a guard against rounding up to 2^(w-1).
        scale = np.where(largest > 0, formats.operand_bits - 1 - np.frexp(largest)[1], 0)
        words = np.rint(np.ldexp(slope, scale)).astype(np.int64)
        over = np.abs(words).max(axis=-1, keepdims=True) >= 1 << (formats.operand_bits - 1)
        self.log2_scale: Words = (scale - over).astype(np.int64)
        self.words: Words = np.rint(np.ldexp(slope, self.log2_scale)).astype(np.int64)

    def nudges(self, eps_log2: int | Words) -> Latched:
        """Those of an echo for eps = 2**eps_log2; several (...) make an axis before those of the batch."""
        formats = self._formats
        eps = np.reshape(eps_log2, np.shape(eps_log2) + (1,) * self.words.ndim)
        shift = formats.x.fraction_bits + self.log2_scale - formats.fraction_bits - eps
        return Latched(formats, self.words, np.maximum(shift, -FURTHEST_LEFT))

    def nudge(self, q: Words, eps_log2: int) -> Words:
        """e of every context from its own position words (..., n), for eps = 2**eps_log2."""
        return self.nudges(eps_log2)(0, q)


@dataclass(frozen=True)
class Latched:
    """e = half_up(x d, shift) before every step, from each context's own x: nudge(t, q) of an echo.

    Members
    -------
    words : d (..., n)
    shift : of each sample, (..., 1)
    """

    formats: Formats
    words: Words
    shift: Words

    def __call__(self, t: int, q: Words) -> Words:
        return half_up_each(position_operand(self.formats, q) * self.words, self.shift)
