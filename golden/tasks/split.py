"""Which samples are learnt from and which are judged on, drawn once from a seed, every class in every part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SPLIT_SEED", "held_back"]

SPLIT_SEED = 2025
"""Of the splits of every task that is not split by its source; that of digits, too."""


def held_back(labels: NDArray[np.int64], share: float = 0.2) -> tuple[NDArray[np.int64], int]:
    """An order of the samples whose last ones are a part held back, and how many they are.

    Of each class the nearest whole number to `share` of its samples, at least one where it has two. Both parts are
    shuffled; of the same labels always the same way.

    >>> labels = np.array([0, 0, 0, 0, 0, 1, 1, 2])
    >>> order, held = held_back(labels)
    >>> held, sorted(order.tolist()) == list(range(8)), sorted(labels[order[-held:]].tolist())
    (2, True, [0, 1])
    """
    rng = np.random.default_rng(SPLIT_SEED)
    kept, held = [], []
    for label in np.unique(labels):
        samples = rng.permutation(np.flatnonzero(labels == label))
        size = min(len(samples) - 1, max(1, round(share * len(samples))))
        held.append(samples[:size])
        kept.append(samples[size:])
    last = rng.permutation(np.concatenate(held))
    return np.concatenate([rng.permutation(np.concatenate(kept)), last]), len(last)
