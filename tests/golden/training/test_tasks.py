"""Trainings on every kind of task: they learn, float64 and integers alike, and frames that are not there do nothing."""

from dataclasses import replace

import numpy as np
import pytest

from golden import tasks
from golden.errors import HelError
from golden.systems import Dense
from golden.tasks import Split, Task
from golden.tasks.base import no_labels
from golden.training.conversation import drive
from golden.training.recipe import Recipe
from golden.training.sequences import Training, train
from golden.training.still_images import StaticTraining

KINDS = {
    "japanese-vowels": "accuracy",
    "basic-motions": "accuracy",
    "covid-deaths": "nmse",
    "mackey-glass": "nmse",
}
SHORT = {"neurons": 8, "samples": 16, "epochs": 2, "validation": True, "seed": 1}


def words(training):
    learner = training.learner()
    result = drive(training.conversation(), learner)
    return {**learner.parameters(), "R": training.readout.weights, "c": training.readout.bias}, result


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize(("name", "measure"), KINDS.items())
def test_integers_learn_what_float64_learns(name, measure):
    found = [train(name, arithmetic=arithmetic, **SHORT) for arithmetic in ("fixed", "float")]
    for result in found:
        assert result["learnt_by"] == tasks.get(name).cost and result["test_accuracy"] is None
        assert result["history"][1]["cost"] < result["history"][0]["cost"]
        assert result[f"test_{measure}"] is None and f"training_{measure}" in result["curve"][0]
        assert np.isfinite(result[f"validation_{measure}"])
    assert found[0]["cost"] == pytest.approx(found[1]["cost"], rel=0.02)
    assert found[0]["trajectory"]["return_error_lsb"] == 0


def test_basic_motions_are_told_apart():
    result = train("basic-motions", neurons=16, epochs=10, validation=True)
    assert result["validation_accuracy"] >= 0.75 and result["history"][-1]["training_accuracy"] > 0.6


def test_a_forecast_beats_the_mean():
    """A sine of random phase, an eighth of a turn ahead: what its position and momentum know."""
    rng = np.random.default_rng(0)
    t = 2 * np.pi * (rng.uniform(0, 1, (60, 1)) + np.arange(60) / 24)
    split = Split(np.sin(t)[..., None], no_labels(), targets=np.sin(t + np.pi / 4)[..., None] / 3)
    sine = Task("sine", 0, 1, 1, split.part(slice(45)), split.part(slice(45, None)), 10, "forecasting", "per-step", 20)
    result = train(sine, neurons=8, epochs=8, recipe=Recipe(log2_inverse_rate=4))
    assert result["test_nmse"] < 0.3 < result["history"][0]["training_nmse"]
    assert result["test_accuracy"] is None and result["validation_nmse"] is None


def test_a_regression_beats_the_mean():
    """The sign and size of a pulse, with lengths that differ."""
    rng = np.random.default_rng(0)
    heights, lengths = rng.uniform(-1, 1, 80), rng.integers(8, 12, 80)
    inputs = np.zeros((80, 12, 1))
    inputs[:, 0] = heights[:, None]
    inputs[np.arange(80), lengths - 4, 0] = heights
    split = Split(inputs, no_labels(), lengths, heights[:, None] / 2)
    pulse = Task("pulse", 0, 1, 1, split.part(slice(60)), split.part(slice(60, None)), 10, "regression")
    assert train(pulse, neurons=8, epochs=15, recipe=Recipe(log2_inverse_rate=4))["test_nmse"] < 0.5


@pytest.mark.parametrize("arithmetic", ["fixed", "float"])
def test_frames_behind_a_sequence_are_never_played(arithmetic):
    task = tasks.get("japanese-vowels")
    noise = np.random.default_rng(0).uniform(-2, 2, task.train.inputs.shape)
    inputs = np.where(task.train.mask[..., None], task.train.inputs, noise)
    other = replace(task, train=Split(inputs, task.train.labels, task.train.lengths))
    runs = [words(Training(each, arithmetic=arithmetic, **SHORT)) for each in (task, other)]
    assert same(runs[0][0], runs[1][0])
    assert runs[0][1]["validation_accuracy"] == runs[1][1]["validation_accuracy"]


def test_a_sequence_cut_is_a_sequence_of_that_length():
    """Samples of lengths 5 and 5 in arrays of 9 frames, and in arrays of 5."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1, 1, (12, 5, 2)), np.arange(12) % 2
    wide = np.concatenate([x, np.zeros((12, 4, 2))], axis=1)
    made = [
        Task("one", 2, 3, 2, Split(inputs, y, lengths), Split(inputs, y, lengths), 4)
        for inputs, lengths in ((x, None), (wide, np.full(12, 5)))
    ]
    for cost in ("final", "averaged"):
        assert same(*(words(Training(task, neurons=4, epochs=2, cost=cost))[0] for task in made))


@pytest.mark.parametrize("name", ["gunpoint", "mackey-glass", "covid-deaths"])
def test_seeds_side_by_side_equal_each_alone(name):
    short = {**SHORT, "samples": 6, "epochs": 1, "neurons": 4}
    for cost in tasks.get(name).costs:
        wide, result = words(Training(name, cost=cost, **{**short, "seed": [2, 3]}))
        for s, seed in enumerate((2, 3)):
            alone, one = words(Training(name, cost=cost, **{**short, "seed": seed}))
            assert same({key: value[s] for key, value in wide.items()}, alone)
            key = "validation_nmse" if "validation_nmse" in one else "validation_accuracy"
            assert one[key] == result[key][s]


def test_a_cost_that_the_task_has_not():
    with pytest.raises(HelError, match="the task digits, a classification, is learnt by a final or averaged cost, got"):
        Training("digits", cost="per-step")
    with pytest.raises(
        HelError, match="mackey-glass, a forecasting, is learnt by a per-step cost, got final; choose per"
    ):
        Training("mackey-glass", cost="final")


def test_a_task_of_ones_own_is_looked_at():
    task = tasks.get("gunpoint")
    broken = task.train.inputs.copy()
    broken[2, 5] = np.nan
    with pytest.raises(HelError, match="inputs are finite, the training set of gunpoint has nan in sample 2, frame 5"):
        Training(replace(task, train=Split(broken, task.train.labels)), Dense(4, 1))
    with pytest.raises(HelError, match="a way to play data is for those of a file, gunpoint is made already"):
        Training(task, way=tasks.Way())


def test_targets_are_not_learnt_at_rest():
    still = Split(np.zeros((9, 1, 2)), no_labels(), None, np.zeros((9, 1)))
    with pytest.raises(
        HelError, match="equilibrium propagation learns labels, and one is a regression; learn it in time"
    ):
        StaticTraining(Task("one", 0, 1, 2, still, still, 3, kind="regression"))
