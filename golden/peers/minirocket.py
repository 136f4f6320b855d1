"""MiniRocket in NumPy: the share of time at which each of 84 small kernels, dilated, exceeds each of its biases.

A kernel has nine weights, three of them 2 and six -1: with A = -x and G = 3 x its answer at time t is the sum of A over
all nine places t + (i - 4) d, and of G over its three. Biases are quantiles of the kernel's answers to one training
sequence; a feature is the share of times at which the answer exceeds one of them, at every second kernel over the
times alone whose places all lie in the sequence. Deterministic but for which sequence, and which channels, each kernel
is given.

Source: A. Dempster, D. F. Schmidt, G. I. Webb, "MiniRocket", KDD 2021; features, order and biases are those of the
authors' code as aeon 1.6.0 ships it (tests/golden/peers/test_minirocket.py holds words that it computed).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError

__all__ = ["KERNELS", "MiniRocket"]

KERNELS = np.array(list(combinations(range(9), 3)))
"""(84, 3): the places of each kernel's three weights of 2."""

SHORTEST = 9
MOST_DILATIONS = 32
AT_ONCE = 1 << 24
"""Comparisons that are made in one array."""

Single = NDArray[np.float32]


@dataclass(frozen=True)
class MiniRocket:
    """The fitted transform.

    Members
    -------
    dilations, counts : (d,) distances of the places, and biases that every kernel has at each
    channels : for every dilation and kernel, in this order, the channels it sums over
    biases : (features,), by dilation, kernel, bias

    >>> x = np.sin(np.arange(40.0))[None, :, None]
    >>> rocket = MiniRocket.fit(x, features=84 * 4)
    >>> rocket.transform(x).shape, rocket.dilations.tolist()
    ((1, 336), [1, 2, 4])
    """

    dilations: NDArray[np.int64]
    counts: NDArray[np.int64]
    channels: tuple[NDArray[np.int64], ...]
    biases: Single

    @classmethod
    def fit(cls, inputs: Any, features: int = 9996, seed: int = 0) -> MiniRocket:
        """Of training sequences (samples, frames, m); so many features, rounded down to a multiple of 84."""
        x = _single(inputs)
        samples, frames, m = x.shape
        dilations, counts = _dilations(frames, max(1, features // len(KERNELS)))
        rng = np.random.default_rng(seed)
        total = len(dilations) * len(KERNELS)
        sizes = (2 ** rng.uniform(0, np.log2(min(m, 9) + 1), total)).astype(int)
        channels = tuple(np.sort(rng.choice(m, size, replace=False)) for size in sizes)
        drawn = rng.integers(samples, size=total)
        quantiles = _quantiles(len(KERNELS) * int(counts.sum()))
        biases, first = np.zeros(len(quantiles), np.float32), 0
        for at, dilation in enumerate(dilations):
            sums, placed = _places(x, int(dilation))
            for kernel, places in enumerate(KERNELS):
                which = at * len(KERNELS) + kernel
                answer = _answer(sums[drawn[which], None], placed[:, drawn[which], None], places, channels[which])[0]
                now = slice(first, first + counts[at])
                biases[now], first = np.quantile(answer, quantiles[now]), now.stop
        return cls(dilations, counts, channels, biases)

    def transform(self, inputs: Any) -> Single:
        """Of sequences (samples, frames, m), as many frames as were fitted: (samples, features)."""
        x = _single(inputs)
        found, first = np.zeros((len(x), len(self.biases)), np.float32), 0
        block = max(1, AT_ONCE // (x.shape[1] * int(self.counts.max()) + 9 * x.shape[1] * x.shape[2]))
        for at, dilation in enumerate(self.dilations):
            for start in range(0, len(x), block):
                part = slice(start, start + block)
                self._fill(found[part], x[part], at, int(dilation), first)
            first += len(KERNELS) * int(self.counts[at])
        return found

    def _fill(self, found: Single, x: Single, at: int, dilation: int, first: int) -> None:
        """All features of one dilation."""
        sums, placed = _places(x, dilation)
        for kernel, places in enumerate(KERNELS):
            answer = _answer(sums, placed, places, self.channels[at * len(KERNELS) + kernel])
            if (at + kernel) % 2:
                answer = answer[:, 4 * dilation : -4 * dilation]
            now = slice(first, first + int(self.counts[at]))
            found[:, now] = (answer[:, None] > self.biases[now, None]).mean(-1, dtype=np.float32)
            first = now.stop


def _single(inputs: Any) -> Single:
    x = np.asarray(inputs, np.float32)
    if x.ndim != 3 or x.shape[1] < SHORTEST:
        raise HelError(
            f"MiniRocket takes sequences (samples, frames, m) of at least {SHORTEST} frames, got {x.shape}; pad them"
        )
    return x


def _dilations(frames: int, per_kernel: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dilations, exponentially apart, and how many of a kernel's features each has.

    >>> [one.tolist() for one in _dilations(40, 4)]
    [[1, 2, 4], [2, 1, 1]]
    """
    most = min(per_kernel, MOST_DILATIONS)
    exponents = np.logspace(0, np.log2((frames - 1) / 8), most, base=2).astype(np.int32)
    dilations, counts = np.unique(exponents, return_counts=True)
    counts = (counts * (per_kernel / most)).astype(np.int64)
    for left in range(per_kernel - int(counts.sum())):
        counts[left % len(counts)] += 1
    return dilations.astype(np.int64), counts


def _quantiles(count: int) -> Single:
    """A low-discrepancy sequence by the golden ratio."""
    return np.asarray(np.arange(1, count + 1) * ((np.sqrt(5) + 1) / 2) % 1, np.float32)


def _places(x: Single, dilation: int) -> tuple[Single, Single]:
    """A summed over the nine places (samples, frames, m), and G at each of them (9, samples, frames, m)."""
    frames = x.shape[1]
    placed = np.zeros((9, *x.shape), np.float32)
    for place in range(9):
        off = (place - 4) * dilation
        to, of = slice(max(0, -off), frames - max(0, off)), slice(max(0, off), frames + min(0, off))
        placed[place, :, to] = x[:, of]
    return np.asarray(-placed[[4, 0, 1, 2, 3, 5, 6, 7, 8]].sum(0)), 3 * placed


def _answer(sums: Single, placed: Single, places: Any, channels: NDArray[np.int64]) -> Single:
    """Of one kernel (samples, frames)."""
    a, b, c = places
    every = len(channels) == sums.shape[-1]
    parts = (sums, placed[a], placed[b], placed[c])
    total, *others = parts if every else tuple(one[..., channels] for one in parts)
    for one in others:
        total = total + one
    return np.asarray(total.sum(-1))
