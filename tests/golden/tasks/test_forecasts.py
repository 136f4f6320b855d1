"""Forecasts: the target of a frame is the input a while later, and time does not run backwards into a test set."""

import numpy as np
import pytest

from golden.errors import HelError
from golden.tasks.forecasts import PPG_AHEAD, _mackey_glass, mackey_glass, ppg, windows


@pytest.mark.parametrize(("task", "ahead"), [(mackey_glass, 6), (ppg, PPG_AHEAD)])
def test_a_target_is_the_input_later(task, ahead):
    """On the targets' scale, but for rounding; where the input is not held at its range."""
    split = task().test
    now, later = split.inputs[:, ahead:, 0], split.targets[:, :-ahead, 0]
    inside = np.abs(now) < 2
    assert np.abs(np.polyfit(now[inside], later[inside], 1) - [0.5, 0]).max() < 0.02
    assert np.corrcoef(now[inside], later[inside])[0, 1] > 0.9999


def test_mackey_glass_is_the_same_everywhere_and_chaotic():
    series = _mackey_glass(3, 50)
    assert series.shape == (3, 50) and np.array_equal(series, _mackey_glass(3, 50))
    assert 0.2 < series.min() and series.max() < 1.4 and series.std() > 0.15
    assert np.abs(series[0] - series[1]).max() > 0.1


def test_mackey_glass_solves_its_equation(monkeypatch):
    """Heun's method: half the step, a quarter of the error, over a time in which chaos has not grown."""
    from golden.tasks import forecasts

    found = []
    monkeypatch.setattr(forecasts, "TRANSIENT", 0)
    monkeypatch.setattr(forecasts.np.random, "default_rng", lambda seed: Constant())
    for step in (0.1, 0.05, 0.0125):
        monkeypatch.setattr(forecasts, "STEP", step)
        found.append(forecasts._mackey_glass(1, 40)[0, ::10])
    errors = [np.abs(one - found[2])[1:].max() for one in found[:2]]
    assert 3 < errors[0] / errors[1] < 5.5


class Constant:
    """A generator that draws the same history for every step."""

    def uniform(self, low, high, shape):
        return np.full(shape, 0.9)


def test_windows_of_training_validation_and_test_do_not_meet():
    task = ppg()
    part, validation = task.parts(validation=True)
    assert np.array_equal(part.inputs[0, 50:], part.inputs[1, :-50])
    for a, b in ((part, validation), (validation, task.test)):
        assert not any(np.array_equal(a.inputs[-1, k:], b.inputs[0, : 200 - k]) for k in range(200))


def test_a_window_must_fit():
    with pytest.raises(HelError, match="a window takes 11 frames, the series has 10; take shorter windows"):
        windows(np.zeros(10), frames=8, ahead=3, stride=1)
