"""The digits task: the split is fixed, disjoint and complete, and the inputs are exact."""

import numpy as np
import pytest

from golden import tasks
from golden.arithmetic.formats import Formats
from golden.errors import HelError

TEST_LABELS = [6, 2, 1, 7, 1, 4, 5, 2, 1, 4, 5, 6]
TEST_COUNTS = [36, 42, 30, 38, 34, 35, 45, 36, 33, 31]


@pytest.fixture(scope="module")
def task():
    return tasks.get("digits")


def rows(split):
    return {frames.tobytes() + bytes([label]) for frames, label in zip(split.inputs, split.labels, strict=True)}


def test_split_is_disjoint_and_complete(task):
    train, test = rows(task.train), rows(task.test)
    assert not train & test
    assert len(task.train) + len(task.test) == 1797 and len(task.test) == 360
    part, validation = task.parts(validation=True)
    assert len(part) + len(validation) == len(task.train) and not rows(part) & rows(validation)


def test_split_does_not_change(task):
    """The test set was fixed once; a new NumPy or scikit-learn must not move it."""
    assert task.test.labels[:12].tolist() == TEST_LABELS
    assert np.bincount(task.test.labels).tolist() == TEST_COUNTS


def test_every_class_is_in_every_part(task):
    for split in (*task.parts(validation=True), task.test):
        assert set(split.labels.tolist()) == set(range(10))


def test_inputs_are_exact_operands(task):
    for operand_bits in (10, 16, 18):
        u = Formats(operand_bits=operand_bits).u
        assert np.array_equal(u.value(u.raw(task.train.inputs)), task.train.inputs)


def test_sequence(task):
    assert task.steps == 32 and task.channels == 8 and task.train.inputs.shape[1:] == (8, 8)


def test_data_cannot_be_changed(task):
    with pytest.raises(ValueError, match="read-only"):
        task.train.inputs[0] = 0


def test_unknown_task():
    with pytest.raises(HelError, match="there is no built-in task 'letters'; choose from .*digits, .*or name a file"):
        tasks.get("letters")
