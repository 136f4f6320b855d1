"""The cross-entropy of a softmax readout in integers: logits, probabilities, errors, auto-ranged nudge, own update.

C = -log softmax(R q_T + c)[label]. Twin of `golden.cost_functions.float_readout.FloatReadout`.

Normative. Nothing is rounded but where a rule says so. w is the operand width, k of h = 2**-k, f the fraction of p;
x = cut_x(q_T) is the final position as an operand, SQ(5, w-5); `one` = 2**(w-5) is 1.0 in that format; >> is the
arithmetic shift; half_up and saturate are those of docs/numerics.md.

1. Weights. R (classes, n) and c (classes) are stored as SQ(2, 22), 24-bit words; their operands are
   raw >> (22 - (w-2)), SQ(2, w-2).
2. Logits. l_c = sum_j R_cj x_j + c_c * one, exact, fraction 2w-7.
3. Distance to the largest. d_c = max(l) - l_c; t = min(d_c >> (2w-7-16), 2**21 - 1), fraction 16;
   y = (t * 94548) >> 16, where 94548 = rint(log2(e) * 2**16): exp(-d) = 2**-y.
4. Powers. y = a + i/256 + r/65536 with integers a, 0 <= i < 256, 0 <= r < 256;
   v = (E[i] * (256-r) + E[i+1] * r + 128) >> 8 with E[i] = rint(2**(18 - i/256)); m_c = v >> min(a, 31).
   The largest logit has m = 2**18 exactly.
5. Probabilities. M = sum m; p_c = (m_c * 2**w + M) // (2 M), fraction w-1: m_c / M, rounded half up.
6. Errors. err_c = p_c - [c is the label] * 2**(w-1), saturated to w bits: SQ(1, w-1).
7. Nudge. y_j = sum_c R_cj err_c, exact, fraction 2w-3: dC/dq for C = -log p_label. With L the bit length of
   max|y_j| - 1, the nudge is e_j = half_up(y_j, L - (f + log2 eps0)) in p's raw format, so that max|e| lies in
   [eps0/2, eps0]: eps = 2**-m with m = L - (f + log2 eps0) + f - (2w-3). All y = 0: e = 0 and m = 0.
8. The system's update undoes eps: `golden.training.update.n_base` at the learning rate 2**-lam and this sample's
   eps = 2**-m.
9. The readout's update. With y_j = x_j for R and `one` for c: weight = saturate24(weight -
   clip(half_up(err_c * y_j, lam + (2w-6) - 22), -2**15, 2**15)): the same rate, the same clip of 2**-7.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from golden.arithmetic.formats import SQ, Formats
from golden.arithmetic.rounding import Words, floor_shift, half_up, saturate
from golden.cost_functions.latch import position_operand
from golden.errors import HelError

__all__ = ["LOG2_E", "MASTER", "Readout", "onehot", "powers", "softmax"]

MASTER = SQ(2, 22)
"""A readout weight as it is stored."""

LOG2_E = 94548
POWER_FRACTION = 18
CLIP = 1 << (MASTER.fraction_bits - 7)


@cache
def powers() -> Words:
    """E[i] = rint(2**(18 - i/256)), i = 0..256."""
    return np.array([round(2.0 ** (POWER_FRACTION - i / 256)) for i in range(257)], np.int64)


def onehot(labels: ArrayLike, classes: int) -> NDArray[np.bool_]:
    """True at the label: labels (...) -> (..., classes).

    >>> onehot([1, 0], 3).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0]]
    """
    return np.asarray(np.arange(classes) == np.asarray(labels)[..., None])


def softmax(logits: Words, operand_bits: int) -> Words:
    """Rules 3 to 5: raw probabilities of fraction w-1 from raw logits of fraction 2w-7, over the last axis.

    >>> p = softmax(np.array([[0, 0, 1 << 29, -(1 << 40)]]), 18)
    >>> p, p / 2**17
    (array([[27780, 27780, 75513,     0]]), array([[0.21194458, 0.21194458, 0.57611847, 0.        ]]))
    """
    distance = logits.max(-1, keepdims=True) - logits
    t = np.minimum(floor_shift(distance, 2 * operand_bits - 7 - 16), (1 << 21) - 1)
    y = (t * LOG2_E) >> 16
    table, i, r = powers(), (y >> 8) & 255, y & 255
    v = (table[i] * (256 - r) + table[i + 1] * r + 128) >> 8
    m = v >> np.minimum(y >> 16, 31)
    total = m.sum(-1, keepdims=True)
    return np.asarray(((m << operand_bits) + total) // (2 * total))


class Readout:
    """State and arithmetic of the readout; see the module's rules.

    Every array may have leading axes, the same for all: independent readouts, for instance of several seeds.

    Members
    -------
    weights : (..., classes, n) raw SQ(2, 22)
    bias : (..., classes) raw SQ(2, 22)
    log2_eps0 : the largest nudge is at most 2**log2_eps0

    >>> readout = Readout(Formats(log2_inverse_step=2), np.zeros((3, 4)), np.zeros(3))
    >>> readout.probabilities(np.ones(4, np.int64))
    array([43691, 43691, 43691])
    """

    least = 2
    """Classes that there are at least."""

    def __init__(self, formats: Formats, weights: object, bias: object, log2_eps0: int = -2) -> None:
        self.formats = formats
        self.weights = MASTER.raw(np.asarray(weights, np.float64), saturating=True)
        self.bias = MASTER.raw(np.asarray(bias, np.float64), saturating=True)
        if self.weights.ndim < 2 or self.bias.shape != self.weights.shape[:-1]:
            raise HelError(
                f"a readout has weights (..., classes, n) and bias (..., classes), got {self.weights.shape} and "
                f"{self.bias.shape}; give one bias a class"
            )
        if self.weights.shape[-2] < self.least:
            raise HelError(f"a readout tells at least 2 classes apart, got {self.weights.shape[-2]}; add classes")
        self.log2_eps0 = log2_eps0

    @property
    def cut(self) -> int:
        """Bits between a stored weight and its operand."""
        return MASTER.fraction_bits - (self.formats.operand_bits - 2)

    def cut_x(self, q: Words) -> Words:
        """The final position as an operand: SQ(5, w-5), saturated."""
        return position_operand(self.formats, q)

    def logits(self, x: Words) -> Words:
        """Rule 2: x (..., n) -> (..., classes)."""
        return matvec(self.weights >> self.cut, x) + (self.bias >> self.cut) * self.formats.one

    def probabilities(self, x: Words) -> Words:
        """Rules 2 to 5: x (..., n) -> (..., classes), fraction w-1."""
        return softmax(self.logits(x), self.formats.operand_bits)

    def errors(self, x: Words, answers: Words) -> Words:
        """Rules 2 to 6: x (..., n), labels (...) -> (..., classes), SQ(1, w-1)."""
        p = self.probabilities(x)
        hit = onehot(answers, p.shape[-1])
        return saturate(p - (hit.astype(np.int64) << (self.formats.operand_bits - 1)), self.formats.operand_bits)

    def nudge(self, errors: Words) -> tuple[Words, Words]:
        """Rule 7: errors (..., classes) -> the nudge (..., n) in p's raw format and m (...) of eps = 2**-m."""
        y = matvec(np.swapaxes(self.weights, -1, -2) >> self.cut, errors)
        largest = np.abs(y).max(-1)
        target = self.formats.fraction_bits + self.log2_eps0
        shift = np.where(largest > 0, bit_length(largest - 1) - target, 0)
        m = np.where(largest > 0, shift + self.formats.fraction_bits - (2 * self.formats.operand_bits - 3), 0)
        s = shift[..., None]
        down = np.maximum(s, 0)
        half = np.where(s > 0, np.left_shift(np.int64(1), np.maximum(s - 1, 0)), np.int64(0))
        return np.asarray((np.left_shift(y, np.maximum(-s, 0)) + half) >> down, np.int64), np.asarray(m)

    def update(self, errors: Words, x: Words, log2_inverse_rate: int) -> None:
        """Rule 9, in place."""
        self.move(*self.products(errors, x), log2_inverse_rate + self.spread(errors))

    def products(self, errors: Words, x: Words) -> tuple[Words, Words]:
        """err_c y_j of rule 9, exact, (..., classes, n) and (..., classes): of several samples they may be summed."""
        return errors[..., :, None] * x[..., None, :], errors * self.formats.one

    def spread(self, errors: Words) -> int:
        """By how much the products of a sample are shifted beyond the rate."""
        return 0

    def move(self, weights: Words, bias: Words, log2_inverse_rate: int) -> None:
        """Rule 9 of products, in place."""
        n = log2_inverse_rate + (2 * self.formats.operand_bits - 6) - MASTER.fraction_bits
        self.weights = saturate(self.weights - np.clip(half_up(weights, n), -CLIP, CLIP), MASTER.width)
        self.bias = saturate(self.bias - np.clip(half_up(bias, n), -CLIP, CLIP), MASTER.width)


def bit_length(x: Words) -> Words:
    """Bits of a non-negative integer below 2**53, 64 minus its leading zeros in 64 bits; exact.

    >>> bit_length(np.array([0, 1, 2, 3, 4, 2**53 - 1]))
    array([ 0,  1,  2,  2,  3, 53])
    """
    return np.frexp(np.asarray(x).astype(np.float64))[1].astype(np.int64)


def matvec(a: Words, x: Words) -> Words:
    """a (..., k, n) times x (..., n), exact in int64: operands of at most 24 bits."""
    return np.asarray(np.matmul(a, x[..., None])[..., 0])
