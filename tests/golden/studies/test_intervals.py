"""Intervals: of known numbers, and covering the mean as often as they say."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.studies.intervals import QUANTILES, interval


def test_of_known_numbers():
    mean, low, high = interval([1.0, 2.0, 3.0, 4.0])
    half = 3.182 * np.sqrt(5 / 3) / 2
    assert (mean, low, high) == pytest.approx((2.5, 2.5 - half, 2.5 + half))


@pytest.mark.parametrize("count", range(2, len(QUANTILES) + 2))
def test_it_covers_the_mean(count):
    draws = np.random.default_rng(count).normal(size=(4000, count))
    ends = np.array([interval(draw)[1:] for draw in draws])
    share = ((ends[:, 0] < 0) & (ends[:, 1] > 0)).mean()
    assert 0.938 <= share <= 0.962  # 3.5 deviations of 4000 draws about 0.95


@pytest.mark.parametrize("values", [[1.0], [0.0] * 11, [[0.0, 1.0]]])
def test_other_counts_are_refused(values):
    with pytest.raises(HelError, match="an interval is that of 2 to 10 values"):
        interval(values)
