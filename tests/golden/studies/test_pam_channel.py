"""The channel: the published one where nothing swings, windows and symbols in step, drift from where it stood on."""

import numpy as np

from golden.studies.pam_channel import LEVELS, SCALE, TAPS, Channel


def test_a_still_channel_is_the_published_sum():
    channel = Channel(3, None, swing=0.0, noise_db=300.0)
    symbols, u = channel.received(40, draw=1)
    d = 2.0 * symbols - 3
    for n in range(7, 38):
        q = sum(c * d[n - k] for k, c in enumerate(TAPS, start=-2))
        assert np.isclose(u[n], q + 0.036 * q**2 - 0.011 * q**3)


def test_symbols_are_of_four_levels_alike():
    symbols, _ = Channel(0, None, swing=0.1).received(8000, draw=2)
    counts = np.bincount(symbols, minlength=LEVELS)
    assert len(counts) == LEVELS and (abs(counts - 2000) < 150).all()


def test_windows_end_at_their_time_and_ask_for_the_symbol_of_two_before():
    channel = Channel(1, 50.0, swing=0.1)
    symbols, u = channel.received(27, draw=1, start=-7)
    split = channel.windows(20, 8, draw=1)
    assert np.abs(split.inputs[5, :, 0] - u[5 : 5 + 8] / SCALE).max() <= 2.0**-14
    assert np.array_equal(split.labels, symbols[5:25])


def test_drift_begins_where_the_still_channel_stands():
    still, moving = Channel(2, None, swing=0.1), Channel(2, 100.0, swing=0.1)
    at = np.arange(400)
    assert np.array_equal(still.coefficients(at[:1]), moving.coefficients(at[:1]))
    away = moving.coefficients(at) - TAPS
    assert (np.abs(away).max(0) > 0.099).all() and (np.abs(away) <= 0.1 + 1e-12).all()
    periods = [len(np.flatnonzero(np.diff(np.sign(one)))) for one in away.T]
    assert len(set(periods)) > 1 and all(4 <= count <= 11 for count in periods)


def test_noise_is_what_is_asked_for():
    quiet, loud = (Channel(0, None, swing=0.1, noise_db=db).received(20000, draw=1)[1] for db in (300.0, 28.0))
    assert abs(20 * np.log10(quiet.std() / (loud - quiet).std()) - 28.0) < 0.2
