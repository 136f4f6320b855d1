"""Fixed HEL as `train` makes it, and the frozen system, which is the same but for the system."""

from dataclasses import replace

import numpy as np
import pytest

from golden import tasks
from golden.studies.learning import echo, protocol
from golden.studies.learning.runs import Run
from golden.training.conversation import drive
from golden.training.sequences import Training, train


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setitem(protocol.TASKS, "gunpoint", replace(protocol.TASKS["gunpoint"], epochs=2))
    task = tasks.get("gunpoint")
    return Run(replace(task, train=task.train.first(12), test=task.train.part(slice(30, 40)), validation_samples=1), 3)


@pytest.mark.parametrize("cost", ["final", "averaged"])
def test_fixed_is_what_train_finds(run, cost):
    candidate = {"log2_inverse_rate": 5, "cost": cost}
    (found,) = echo.trained(8, [run], candidate, frozen=False)
    wanted = train(run.task, neurons=8, epochs=2, seed=3, cost=cost, recipe=protocol.recipe_of(candidate))
    assert found.shape == (10,) and found.mean() == wanted["test_accuracy"]


def test_a_frozen_system_stays_and_its_readout_learns(run):
    training = Training(run.task, neurons=8, epochs=2, seed=3)
    frozen = echo.Frozen(training.arithmetic.golden())
    before = training.readout.weights.copy()
    drive(training.conversation(), frozen)
    assert all(np.array_equal(words, training.theta[name]) for name, words in frozen.parameters().items())
    assert not np.array_equal(before, training.readout.weights)


def test_frozen_differs_from_fixed_only_by_the_system(run):
    """A rate so small that nothing moves: the two are one."""
    candidate = {"log2_inverse_rate": 24, "cost": "final"}
    still, moved = (echo.trained(8, [run], candidate, frozen=frozen)[0] for frozen in (True, False))
    assert np.array_equal(still, moved)
