"""The report: costs and hits as they were met, in whole blocks; of one seed as of several."""

import numpy as np
import pytest

from golden.tasks import Split, Task
from golden.training.report import Report, judged
from golden.training.samples import Samples


def samples(size, epochs=1, validation=False):
    split = Split(np.zeros((size, 1, 2)), np.zeros(size, np.int64))
    return Samples.of(Task("none", 2, 1, 2, split, split, 0), epochs=epochs, validation=validation)


def test_cost_and_hit_against_softmax():
    p = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    labels = np.array([0, 1])
    cost, hit = judged((p - np.eye(3)[labels]) * 8, labels, lsb=1 / 8, least=2.0**-18)
    assert cost == pytest.approx(-np.log([0.7, 0.3])) and hit.tolist() == [True, False]


def test_a_cost_is_told_of_the_least_probability_at_most():
    cost, _ = judged(np.array([-1.0, 1.0]), 0, least=2.0**-10)
    assert cost == pytest.approx(10 * np.log(2))


def test_blocks_are_whole():
    report = Report(samples(25))
    report.add(np.arange(25.0), np.arange(25) % 2)
    assert [row["samples"] for row in report.means(10)] == [10, 20]
    assert report.means(10)[1]["cost"] == 14.5 and report.means(10)[1]["training_accuracy"] == 0.5
    assert [row["samples"] for row in report.result(0.5)["curve"]] == list(range(2, 26, 2))


def test_seeds_are_lists_and_speed_counts_them_all():
    report = Report(samples(2, epochs=2), (3,))
    for _ in range(4):
        report.add(np.ones((1, 3)), np.ones((1, 3)))
    result = report.result(np.array([0.1, 0.2, 0.3]))
    assert result["test_accuracy"] == [0.1, 0.2, 0.3] and result["cost"] == [1.0] * 3
    assert result["validation_accuracy"] is None and len(result["history"]) == 2 and result["samples_per_s"] > 0


def test_progress_tells_epoch_and_recent_means():
    seen = []
    report = Report(samples(2, epochs=2), progress=lambda *row: seen.append(row))
    for cost in (1.0, 3.0, 2.0, 2.0):
        report.add([cost], [1.0])
    assert seen[1] == (2, 4, "epoch 1, cost 2.000, accuracy 1.000")
    assert seen[2] == (3, 4, "epoch 2, cost 2.000, accuracy 1.000")
