"""Data sets of the archives: labels as published, parts that hold every class, nothing learnt of a test set."""

import numpy as np
import pytest

from golden.tasks.archive import ARCHIVE, archived, from_series
from golden.tasks.ts_format import Series

COUNTS = {"acsf1": 10, "basic-motions": 10, "gunpoint": 76, "japanese-vowels": 31, "osu-leaf": 32, "pig-cvp": 4}
"""Test samples of the first class."""


@pytest.mark.parametrize("name", COUNTS)
def test_labels_are_those_of_the_archive(name):
    task = archived(name)
    assert np.bincount(task.test.labels)[0] == COUNTS[name]
    for split in (*task.parts(validation=True), task.test):
        assert set(split.labels.tolist()) == set(range(task.classes))


@pytest.mark.parametrize("name", sorted(set(ARCHIVE) - {"covid-deaths"}))
def test_training_is_centred_and_its_validation_part_stratified(name):
    task = archived(name)
    seen = task.train.inputs[task.train.mask]
    assert np.abs(seen.mean(0)).max() < 0.05 and np.all((seen.std(0) > 0.4) & (seen.std(0) < 0.51))
    part, validation = task.parts(validation=True)
    counts = np.bincount(validation.labels) / np.bincount(task.train.labels)
    assert np.all((counts >= 0.1) & (counts <= 0.5))


def test_the_regression_has_targets_in_units_of_its_training_set():
    task = archived("covid-deaths")
    assert task.kind == "regression" and task.train.labels.size == 0 and task.outputs == 1
    assert task.train.targets.std() == pytest.approx(0.25, abs=1e-3) and abs(task.train.targets.mean()) < 1e-3
    assert task.unit[0] == pytest.approx(0.1608, abs=1e-4)


def test_the_test_set_changes_nothing_of_training():
    rng = np.random.default_rng(0)

    def series(scale):
        return Series(list(scale * rng.normal(size=(10, 5, 2))), ("a", "b"), np.arange(10) % 2, None)

    train, how = series(1.0), {"hold": 1, "log2_inverse_step": 2, "cost": "final"}
    one, other = (from_series("one", train, series(scale), **how) for scale in (1.0, 50.0))
    assert np.array_equal(one.train.inputs, other.train.inputs) and np.abs(other.test.inputs).max() == 2
