from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.arithmetic.rounding import floor_shift, half_up, power_of_two, saturate, wrap
from golden.errors import HelError

words = st.integers(-(2**50), 2**50)
shifts = st.integers(-8, 100)
widths = st.integers(1, 50)


def one(function, x, *arguments):
    return int(function(np.array([x]), *arguments)[0])


@given(words, shifts)
def test_roundings_equal_exact_rationals(x, n):
    exact = Fraction(x) / Fraction(2) ** n
    assert one(floor_shift, x, n) == floor(exact)
    assert one(half_up, x, n) == floor(exact + Fraction(1, 2))


@given(words, widths)
def test_wrap_is_congruent_and_in_range(x, width):
    kept = one(wrap, x, width)
    assert -(2 ** (width - 1)) <= kept < 2 ** (width - 1)
    assert (kept - x) % 2**width == 0


@given(words, widths)
def test_saturate_is_the_nearest_word(x, width):
    low, high = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    assert one(saturate, x, width) == sorted((low, x, high))[1]


@given(words, words, widths)
def test_wrapping_early_or_late_is_the_same(x, y, width):
    assert one(wrap, one(wrap, x, width) + one(wrap, y, width), width) == one(wrap, x + y, width)


@pytest.mark.parametrize("rule", [wrap, saturate])
@pytest.mark.parametrize("alias", [True, False])
def test_lost_marks_changed_words_and_sticks(rule, alias):
    x, lost = np.array([5, 127, 128, -128, -129]), np.zeros(5, np.int64)
    out = x if alias else np.zeros_like(x)
    expected = rule(x.copy(), 8)
    assert rule(x, 8, out, lost) is out
    assert (out == expected).all()
    assert (lost != 0).tolist() == [False, False, True, False, True]
    rule(np.zeros(5, np.int64), 8, out, lost)
    assert (lost != 0).tolist() == [False, False, True, False, True]


def test_in_place_equals_out_of_place():
    x = np.arange(-40, 40)
    for n in (-2, 0, 3):
        y = x.copy()
        assert (half_up(y, n, y) == half_up(x, n)).all()


@given(st.integers(-60, 60))
def test_power_of_two(n):
    assert power_of_two(2.0**n) == n


@pytest.mark.parametrize("bad", [0.0, -1.0, float("inf"), float("nan"), "x", "0.5", None, [1, 2], 1j, 10**400])
def test_power_of_two_of_nonsense(bad):
    with pytest.raises(HelError, match="eps must be a positive power of two, got .*; use for instance 0.0625"):
        power_of_two(bad)


def test_power_of_two_names_its_neighbours():
    with pytest.raises(HelError, match=r"rate must be a power of two, got 0.3; use 0.25 or 0.5"):
        power_of_two(0.3, "rate")
