"""Echoes gone astray: the formula on numbers made by hand, batches, and the smallest nudge."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.problems.validity import WEAKEST, asymmetry, check_nudge


def test_asymmetry_is_the_worst_of_the_batch():
    start = np.array([[0.0, 0.0], [0.0, 0.0]]), np.zeros((2, 2))
    plus = np.array([[1.0, 0.0], [3.0, 4.0]]), np.zeros((2, 2))
    minus = np.array([[-1.0, 0.0], [3.0, -4.0]]), np.zeros((2, 2))
    assert asymmetry(plus, minus, start) == 0.75
    assert asymmetry(*(tuple(part[:1] for part in state) for state in (plus, minus, start))) == 0


def test_without_a_nudge_there_is_nothing_to_compare():
    state = np.ones(3), np.ones(3)
    assert asymmetry(state, state, (np.zeros(3), np.zeros(3))) == 0


def test_the_smallest_nudge():
    check_nudge(WEAKEST, 1.0)
    with pytest.raises(HelError, match="at least 1e-13, got 9.9e-14"):
        check_nudge(0.99 * WEAKEST, 1.0)
