"""Data as inputs: centre and scale of each channel are those of the training set, and of its frames that count.

    u = round((x - mean) / (2 deviation), 2^-13), held at +-2

so that +-4 deviations are the whole range, and every input is exact as an operand of the reference format. Targets are
(y - mean) / (4 deviation), held at nothing. The validation part is a part of the training set; nothing is learnt of a
test set. A channel that never changes is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from golden.tasks.base import Split

__all__ = ["INPUT_RANGE", "TARGET_SCALE", "inputs_like", "rounded", "targets_like"]

INPUT_RANGE = 2.0
TARGET_SCALE = 4.0
FRACTION_BITS = 13


def rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiples of 2^-13, ties to even.

    >>> rounded(np.array([1.0, 0.3])) * 2**13
    array([8192., 2458.])
    """
    return np.asarray(np.ldexp(np.rint(np.ldexp(values, FRACTION_BITS)), -FRACTION_BITS))


def inputs_like(train: Split, *splits: Split) -> list[Split]:
    """`splits` with inputs on the scale of `train`, which is none of them unless it is given twice.

    >>> train = Split(np.array([[[0.0], [2.0]], [[4.0], [9.0]]]), np.array([0, 1]), lengths=np.array([2, 1]))
    >>> inputs_like(train, train)[0].inputs[..., 0].round(3).tolist()   # mean 2, deviation 1.633; the 9 does not count
    [[-0.612, 0.0], [0.612, 0.0]]
    """
    seen = train.inputs[train.mask]
    mean, deviation = seen.mean(0), seen.std(0)
    scale = np.divide(1.0, 2.0 * deviation, out=np.zeros_like(deviation), where=deviation > 0)
    found = []
    for split in splits:
        u = rounded(np.clip((split.inputs - mean) * scale, -INPUT_RANGE, INPUT_RANGE))
        found.append(Split(np.where(split.mask[..., None], u, 0.0), split.labels, split.lengths, split.targets))
    return found


def targets_like(train: Split, *splits: Split) -> tuple[list[Split], tuple[float, ...]]:
    """`splits` with targets on the scale of `train`, and what a target of 1 is in the data's own unit.

    >>> train = Split(np.zeros((2, 1, 1)), np.zeros(0, np.int64), targets=np.array([[1.0], [3.0]]))
    >>> (split,), unit = targets_like(train, train)
    >>> split.targets.tolist(), unit
    ([[-0.25], [0.25]], (4.0,))
    """
    assert train.targets is not None
    seen = train.targets if train.targets.ndim == 2 else train.targets[train.mask]
    mean, deviation = seen.mean(0), seen.std(0)
    unit = np.where(deviation > 0, TARGET_SCALE * deviation, 1.0)
    found = []
    for split in splits:
        assert split.targets is not None
        y = rounded((split.targets - mean) / unit)
        y = y if y.ndim == 2 else np.where(split.mask[..., None], y, 0.0)
        found.append(Split(split.inputs, split.labels, split.lengths, y))
    return found, tuple(float(one) for one in unit)
