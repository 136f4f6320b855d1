"""What a task made in Python is refused for; files are in test_user_file.py."""

from dataclasses import replace

import numpy as np
import pytest

from golden.errors import HelError
from golden.tasks import Split, Task, checked
from golden.tasks.base import no_labels

GOOD = Split(np.ones((4, 3, 2)), np.array([0, 1, 0, 1]))
TASK = Task("mine", 2, 1, 2, GOOD, GOOD, 1)
FORECAST = Split(np.ones((4, 3, 2)), no_labels(), targets=np.zeros((4, 3, 1)))


def test_good_ones_pass():
    assert checked(TASK) is TASK
    checked(replace(TASK, kind="forecasting", cost="per-step", train=FORECAST, test=FORECAST, warm_up=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "clustering"}, "the kind of a task is classification, regression, forecasting, got 'clustering'"),
        ({"cost": "per-step"}, "the task mine, a classification, is learnt by a final or averaged cost, got per-step"),
        ({"cost": 3}, "final or averaged cost, got 3; choose final"),
        ({"hold": 0}, "the steps that a frame is held must be a whole number from 1 to 65536, got 0"),
        ({"log2_inverse_step": 9}, "k of the step 2\\^-k must be a whole number from 1 to 8, got 9"),
        ({"validation_samples": 4}, "the size of the validation part must be a whole number from 1 to 3, got 4"),
        ({"train": Split(np.ones((4, 3)), GOOD.labels)}, r"the training set of mine has \(4, 3\)"),
        ({"train": Split(np.ones((4, 3, 2), int), GOOD.labels)}, r"inputs are float64 of shape .*, the training set"),
        ({"test": Split(np.ones((4, 3, 1)), GOOD.labels)}, "the test set of mine has 1, the training set 2; leave"),
        (
            {"test": Split(GOOD.inputs, GOOD.labels[:3])},
            r"labels are whole numbers, one a sample, .* int64 \(3,\) for 4",
        ),
        ({"test": Split(GOOD.inputs, np.zeros(4))}, r"labels are whole numbers, .* has float64 \(4,\) for 4 samples"),
        (
            {"test": Split(GOOD.inputs, GOOD.labels, np.ones(3, int))},
            r"lengths are whole numbers, one a sample, the test",
        ),
        ({"validation_samples": 3}, "has none of class 1 once its validation part is held back; add some, or number"),
        ({"kind": "regression"}, r"targets of a regression have shape \(4, 'k'\), the training set of mine has None"),
        (
            {"kind": "forecasting", "cost": "per-step", "train": FORECAST, "test": FORECAST, "warm_up": 3},
            "a warm-up ends before every sequence does, that of mine is 3 frames, the shortest sequence has 3; shorten",
        ),
    ],
)
def test_what_is_wrong_is_told(change, message):
    with pytest.raises(HelError, match=message):
        checked(replace(TASK, **change))
