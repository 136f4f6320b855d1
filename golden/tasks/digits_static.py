"""digits-static: the digits of `golden.tasks.digits` as still images, for rules that learn at rest.

The same 1797 images, the same test set, training set and validation part, in the same order; an image is one frame of
64 channels, u = (pixel - 8) / 8, in [-1, 1] and exact in every operand format. T = 1.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from golden.tasks.base import Split, Task
from golden.tasks.digits import SCALE, digits

__all__ = ["digits_static"]

STILL_SCALE = 8.0


@cache
def digits_static() -> Task:
    """The task; the same object, with read-only arrays, at every call.

    >>> task = digits_static()
    >>> task.train.inputs.shape, task.test.inputs.shape, task.steps
    ((1437, 1, 64), (360, 1, 64), 1)
    """
    rows = digits()
    return replace(rows, name="digits-static", hold=1, train=_still(rows.train), test=_still(rows.test))


def _still(split: Split) -> Split:
    inputs = split.inputs.reshape(len(split), 1, -1) * (SCALE / STILL_SCALE)
    inputs.flags.writeable = False
    return Split(inputs, split.labels)
