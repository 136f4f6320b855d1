"""The JAX models: the candidate's cost, rate and step arrive where they belong."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("jax")

from golden import tasks
from golden.studies.learning import protocol, recurrent
from golden.studies.learning.runs import Run
from golden.training.sequences import train


@pytest.fixture
def runs(monkeypatch):
    plan = replace(protocol.TASKS["japanese-vowels"], epochs=1, adam_epochs=2, batch=4)
    monkeypatch.setitem(protocol.TASKS, "japanese-vowels", plan)
    task = tasks.get("japanese-vowels")
    order = np.argsort(task.train.labels, kind="stable").reshape(9, 30)
    first, more = (task.train.part(order[:, columns].reshape(-1)) for columns in (slice(2), slice(2, 3)))
    task = replace(task, train=first, test=more, validation_samples=1)
    return [Run(task, 0), Run(task, 1)]


def test_descent_is_golden_s(runs):
    candidate = {"log2_inverse_rate": 4, "log2_inverse_step": 3, "cost": "averaged"}
    found = recurrent.by_descent("hel-float", 6, runs, candidate)
    for run, own in zip(runs, found, strict=True):
        task = replace(run.task, log2_inverse_step=3)
        how = {"recipe": protocol.recipe_of(candidate), "cost": "averaged", "arithmetic": "float", "neurons": 6}
        assert own.mean() == train(task, epochs=1, seed=run.seed, **how)["test_accuracy"]


def test_adam_is_asked_for(monkeypatch, runs):
    asked = []

    def judged(trainings, **how):
        asked.append((trainings, how))
        return np.zeros((len(trainings), 9))

    monkeypatch.setattr("golden.peers.many_sets.judged_samples", judged)
    recurrent.by_adam("gru", 6, runs, {"rate": 0.01, "cost": "averaged"})
    recurrent.by_adam("bptt-adam", 6, runs, {"rate": 0.01, "cost": "final"})
    (gru, how), (dense, dense_how) = asked
    assert how == {"rule": "bptt", "optimiser": "adam", "batch": 4, "rate": 0.01, "gru": True}
    assert dense_how == {**how, "gru": False}
    assert [one.task.hold for one in (*gru, *dense)] == [1, 1, 4, 4]  # a GRU sees a frame once
    assert [one.task.cost for one in (*gru, *dense)] == ["averaged", "averaged", "final", "final"]
    assert gru[0].samples.epochs == 2


def test_targets_are_scored_in_units_of_their_variance(monkeypatch):
    plan = replace(protocol.TASKS["covid-deaths"], adam_epochs=1, batch=8)
    monkeypatch.setitem(protocol.TASKS, "covid-deaths", plan)
    run = Run(tasks.get("covid-deaths"), 0)
    squares = np.full((1, 61), run.variance)
    monkeypatch.setattr("golden.peers.many_sets.judged_samples", lambda trainings, **how: squares)
    (found,) = recurrent.by_adam("gru", 4, [run], {"rate": 0.01, "cost": "final"})
    assert found.tolist() == [1.0] * 61
