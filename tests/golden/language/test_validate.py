import numpy as np
import pytest

from golden.errors import HelError
from golden.language.validate import numbers


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, 2j], "q0 must be an array of numbers, got .*; give real numbers"),
        ("abc", "q0 must be an array of numbers, got 'abc'"),
        ([1, [2, 3]], r"q0 must be an array of numbers, got \[1, \[2, 3\]\]"),
        (None, "q0 must be"),
        ([1.0, np.inf], "q0 must be finite, got inf or nan; look where it comes from"),
    ],
)
def test_errors(value, message):
    with pytest.raises(HelError, match=message):
        numbers(value, "q0")


def test_numbers():
    assert numbers(3, "x").shape == () and numbers([[True]], "x").dtype == np.float64
