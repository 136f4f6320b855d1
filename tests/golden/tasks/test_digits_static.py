"""digits-static: the same images and the same split as digits."""

import numpy as np
import pytest

from golden import tasks
from golden.arithmetic.formats import Formats


def test_the_images_and_the_split_are_those_of_digits():
    still, rows = tasks.get("digits-static"), tasks.get("digits")
    for a, b in ((still.train, rows.train), (still.test, rows.test)):
        assert np.array_equal(a.inputs.reshape(-1, 8, 8) * 2, b.inputs) and np.array_equal(a.labels, b.labels)
    assert (still.steps, still.channels, still.classes) == (1, 64, 10)
    assert still.validation_samples == rows.validation_samples


def test_inputs_are_exact_operands_within_one():
    inputs, u = tasks.get("digits-static").train.inputs, Formats(operand_bits=10).u
    assert np.array_equal(u.value(u.raw(inputs)), inputs) and np.abs(inputs).max() == 1


def test_data_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        tasks.get("digits-static").test.inputs[0] = 0
