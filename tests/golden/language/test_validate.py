import numpy as np
import pytest

from golden.errors import HelError
from golden.language.validate import flag, known_options, numbers, positive, whole


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0, 2j], "q0 must be an array of numbers, got .*; give real numbers"),
        ("abc", "q0 must be an array of numbers, got 'abc'"),
        ([1, [2, 3]], r"q0 must be an array of numbers, got \[1, \[2, 3\]\]"),
        (None, "q0 must be an array of numbers, got None; give real numbers"),
        ([1.0, None], r"q0 must be an array of numbers, got \[1.0, None\]"),
        (10**400, "q0 must be an array of numbers, got 1000"),
        ([1.0, np.inf], "q0 must be finite, got inf or nan; look where it comes from"),
    ],
)
def test_errors(value, message):
    with pytest.raises(HelError, match=message):
        numbers(value, "q0")


def test_numbers():
    assert numbers(3, "x").shape == () and numbers([[True]], "x").dtype == np.float64


@pytest.mark.parametrize("value", [None, "5", 0, -1.0, np.nan, np.inf, 1j, np.complex128(1), 10**400, [1.0]])
def test_what_is_no_positive_number(value):
    with pytest.raises(HelError, match="the step h must be a positive number, got .*; use for example 0.125"):
        positive(value, "the step h", "0.125")


@pytest.mark.parametrize("value", [None, "5", 2.0, 2.5, True, 0, 10, np.float64(3)])
def test_what_is_no_whole_number(value):
    with pytest.raises(HelError, match="k must be a whole number from 1 to 9, got .*; use for example 1"):
        whole(value, "k", 1, 9)


def test_flags_and_options():
    assert flag(0, "keep") is False and flag(np.bool_(True), "keep") is True
    with pytest.raises(HelError, match="the step h must be a positive number, got a value of type int; use"):
        positive(10**5000, "the step h", "0.125")
    with pytest.raises(HelError, match="keep is True or False, got None; choose one"):
        flag(None, "keep")
    with pytest.raises(HelError, match="the system dense has no option foo, bar; it knows none"):
        known_options(["foo", "bar"], [], "the system dense")
