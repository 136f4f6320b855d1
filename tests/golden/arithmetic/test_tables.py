import numpy as np
import pytest

from golden.arithmetic.tables import ARGUMENT_FRACTION, PERIODIC, beyond, entries, half_pi, largest, lookup
from tests.golden.program import naive


@pytest.mark.parametrize("w", [8, 12, 16, 18, 22])
def test_equal_to_the_naive_rule(w):
    rng = np.random.default_rng(w)
    corners = [0, 1, -1, -2, 4095, 4096, -4096, -4097, 2**21 - 1, 2**21, -(2**21), -(2**21) - 1, 2**40, -(2**40)]
    z = np.concatenate([corners, rng.integers(-(2**22), 2**22, 400), rng.integers(-(2**18), 2**18, 400)])
    assert lookup("tanh", w, z).tolist() == [naive.tanh(int(a), w) for a in z]


def test_odd_about_minus_half():
    z = np.arange(-5000, 5000)
    assert (lookup("tanh", 18, -1 - z) == -lookup("tanh", 18, z)).all()


def test_error_is_interpolation_and_one_rounding():
    z = np.arange(0, 2**21, 37)
    error = lookup("tanh", 18, z) / 2**17 - np.tanh(z / 2**18)
    curvature = 4 / (3 * np.sqrt(3))  # max |tanh''|
    assert np.abs(error).max() <= curvature * (1 / 64) ** 2 / 8 + 1.5 / 2**17


def test_monotone():
    assert (np.diff(lookup("tanh", 18, np.arange(-(2**21) - 100, 2**21 + 100, 11))) >= 0).all()


def test_entries_are_frozen_and_end_below_one():
    table = entries("tanh", 18)
    assert len(table) == 513 and table[512] == 2**17 - 1
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 1


@pytest.mark.parametrize("function", PERIODIC)
@pytest.mark.parametrize("w", [8, 18, 22])
def test_beyond_is_where_the_table_clamps(function, w):
    """An argument is beyond exactly where the naive machine's index is cut; once seen it is kept."""
    quarter = 0 if function == "sin" else half_pi(w) * 2**20 >> w
    edges = [sign * (8 << ARGUMENT_FRACTION) + near - quarter for sign in (-1, 1) for near in range(-3, 4)]
    for z in [*edges, 0, -1, 1 << 40]:
        at = z + quarter
        clamped = (at if at >= 0 else -1 - at) > 2**21 - 1
        seen = np.zeros(2, np.int64)
        largest(function, w, np.array([z, 5]), seen)
        largest(function, w, np.array([7, 7]), seen)
        assert beyond(seen) == clamped, z


def test_writes_into_out():
    z = np.array([1 << 18])
    out = np.zeros(1, np.int64)
    assert lookup("tanh", 18, z, out) is out and out[0] == 99824
