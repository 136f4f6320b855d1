"""digits-pixels: the digits of `golden.tasks.digits`, one pixel a frame.

The same 1797 images, the same test set, training set and validation part, in the same order; an image is played pixel
by pixel, row after row: 64 frames of 1 channel, each held 4 steps, T = 256, h = 1/4. Inputs are those of digits.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from golden.tasks.base import Split, Task
from golden.tasks.digits import digits

__all__ = ["digits_pixels"]


@cache
def digits_pixels() -> Task:
    """The task; the same object, with read-only arrays, at every call.

    >>> task = digits_pixels()
    >>> task.train.inputs.shape, task.steps
    ((1437, 64, 1), 256)
    """
    rows = digits()
    return replace(rows, name="digits-pixels", train=_pixels(rows.train), test=_pixels(rows.test))


def _pixels(split: Split) -> Split:
    return Split(split.inputs.reshape(len(split), -1, 1), split.labels).read_only()
