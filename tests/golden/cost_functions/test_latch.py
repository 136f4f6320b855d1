import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from golden.cost_functions.latch import Latch, position_operand


@pytest.mark.parametrize("formats", [Formats(), Formats(12, 16), Formats(10, 8, 5)])
def test_the_largest_word_uses_the_whole_width(formats):
    rng = np.random.default_rng(0)
    slope = rng.normal(size=(50, 6)) * np.ldexp(1.0, rng.integers(-20, 6, (50, 1)))
    slope[0] = [1 - 2.0**-30] * 6  # would round up to 2^(w-1)
    latch = Latch(formats, slope)
    largest = np.abs(latch.words).max(axis=-1)
    w = formats.operand_bits
    assert (largest < 1 << (w - 1)).all() and (largest >= 1 << (w - 3)).all()
    assert np.abs(np.ldexp(latch.words, -latch.log2_scale) - slope).max(-1) == pytest.approx(
        np.zeros(50), abs=np.ldexp(0.5, -latch.log2_scale[:, 0]).max()
    )


def test_the_nudge_is_the_exact_product_rounded_half_up():
    """Against rational arithmetic, sample by sample."""
    from fractions import Fraction
    from math import floor

    formats = Formats()
    rng = np.random.default_rng(1)
    slope = rng.normal(size=(20, 3)) * np.ldexp(1.0, rng.integers(-12, 4, (20, 1)))
    latch = Latch(formats, slope)
    q = rng.integers(-(1 << 25), 1 << 25, (2, 20, 3))
    for eps_log2 in (-6, 0, 5):
        found = latch.nudge(q, eps_log2)
        x = position_operand(formats, q)
        for index in np.ndindex(q.shape):
            d = Fraction(int(latch.words[index[1:]])) / Fraction(2) ** int(latch.log2_scale[index[1], 0])
            exact = Fraction(int(x[index]), 1 << 13) * d * Fraction(2) ** eps_log2 * (1 << formats.fraction_bits)
            assert found[index] == floor(exact + Fraction(1, 2))


def test_a_slope_of_zero_nudges_nothing():
    latch = Latch(Formats(), np.zeros((2, 3)))
    assert not latch.nudge(np.full((2, 2, 3), 1 << 20), 30).any()


def test_the_operand_saturates():
    formats = Formats()
    assert position_operand(formats, np.array([(1 << 25) - 1, -(1 << 25)])).tolist() == [(1 << 17) - 1, -(1 << 17)]
