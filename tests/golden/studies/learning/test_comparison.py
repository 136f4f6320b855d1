"""Paired differences: signs, errors, equivalence, gains."""

import numpy as np
import pytest

from golden.studies.learning.comparison import Difference, gain, paired, value


def row(by_sample, name="digits", **more):
    return {
        "case": {"task": name},
        "by_sample": " ".join(map(str, by_sample)),
        "test": [float(np.mean(by_sample))],
        **more,
    }


def test_the_error_is_that_of_paired_samples():
    rng = np.random.default_rng(0)
    first, second = rng.random(400), rng.random(400)
    found = paired(row(first), row(second))
    assert found.mean == pytest.approx(first.mean() - second.mean())
    assert found.error == pytest.approx(np.std(first - second, ddof=1) / 20)
    assert paired(row(first), row(first)) == Difference(0.0, 0.0)


def test_an_error_is_better_where_it_is_smaller():
    assert paired(row([0.1, 0.2], "mackey-glass"), row([0.3, 0.3], "mackey-glass")).mean == pytest.approx(0.15)


def test_draws_come_before_samples():
    one, other = row([1, 0], draws=[0.5, 0.7]), row([1, 0], draws=[0.4, 0.7])
    assert paired(one, other).mean == pytest.approx(0.05) and value(one) == pytest.approx(0.6)


@pytest.mark.parametrize(("mean", "error", "same"), [(0.0, 0.01, True), (0.01, 0.007, False), (-0.03, 0.001, False)])
def test_equivalence_is_an_interval_within_the_margin(mean, error, same):
    assert Difference(mean, error).equivalent == same


def test_a_gain_is_over_the_better_of_the_others_by_a_standard_error():
    hel, worse, better = row([1, 1, 1, 0, 1, 1, 1, 1]), row([0] * 8), row([1, 0, 0, 0, 1, 1, 1, 1])
    best, difference, gained = gain(hel, [worse, better])
    assert best is better and gained and difference.mean == 0.25
    assert not gain(hel, [hel])[2] and gain(hel, []) is None
    assert not gain(row([1, 0, 1, 0]), [row([0, 1, 1, 0])])[2]
