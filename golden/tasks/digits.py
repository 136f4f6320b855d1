"""digits: scikit-learn's handwritten digits as sequences of rows.

1797 images of 8 x 8 pixels with values 0 to 16, 10 classes. An image is played row by row, top row first: 8 frames of
8 channels, each held 4 steps, T = 32, h = 1/4. Inputs are u = (pixel - 8) / 4, in [-2, 2] and exact in every operand
format.

The permutation of numpy.random.default_rng(2025) orders the images: its first 360 are the test set, the other 1437 the
training set, whose last 287 are the validation part. Scale and centre were chosen on that validation part, as were
the hyper-parameters of `golden.training.recipe.Recipe` (`python -m golden.studies.digits` repeats the choice).

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from golden.tasks.base import Split, Task

__all__ = ["LOG2_INVERSE_STEP", "digits"]

TEST_SAMPLES = 360
VALIDATION_SAMPLES = 287
SPLIT_SEED = 2025
CENTRE, SCALE = 8.0, 4.0
LOG2_INVERSE_STEP = 2
"""Known without the images: `hel train --help` tells it."""


@cache
def digits() -> Task:
    """The task; the same object, with read-only arrays, at every call.

    >>> task = digits()
    >>> task.train.inputs.shape, task.test.inputs.shape, task.classes
    ((1437, 8, 8), (360, 8, 8), 10)
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(data.target))
    inputs = ((data.data.reshape(-1, 8, 8) - CENTRE) / SCALE)[order]
    labels = data.target.astype(np.int64)[order]
    inputs.flags.writeable = labels.flags.writeable = False
    return Task(
        name="digits",
        classes=10,
        hold=4,
        log2_inverse_step=LOG2_INVERSE_STEP,
        train=Split(inputs[TEST_SAMPLES:], labels[TEST_SAMPLES:]),
        test=Split(inputs[:TEST_SAMPLES], labels[:TEST_SAMPLES]),
        validation_samples=VALIDATION_SAMPLES,
    )
