"""Sequences as they are played: held, cut at their ends, of one seed or several."""

import numpy as np

from golden.tasks import Split, Task
from golden.tasks.base import no_labels
from golden.training.played import Played

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(4, 3, 2)), np.array([0, 1, 0, 1])
LENGTHS = np.array([3, 1, 2, 3])


def task(split, **more):
    return Task("mine", 2, 2, 2, split, split, 1, **more)


def played(split, **more):
    return Played(task(split, **more), split, lambda values: 10 * values)


def test_a_frame_is_held_and_a_sequence_ends_at_its_length():
    made = played(Split(X, Y, LENGTHS))
    assert made.steps.tolist() == [6, 2, 4, 6] and len(made) == 4
    sequence, label = made[2]
    assert np.array_equal(sequence, 10 * X[2, [0, 0, 1, 1]]) and label == 0


def test_of_one_length_nothing_is_cut():
    sequence, label = played(Split(X, Y))[np.int64(1)]
    assert np.array_equal(sequence, 10 * np.repeat(X[1], 2, axis=0)) and label == 1


def test_several_seeds_have_an_axis_behind_the_steps():
    sequence, labels = played(Split(X, Y))[np.array([3, 0, 1])]
    assert sequence.shape == (6, 3, 2) and labels.tolist() == [1, 0, 1]
    assert np.array_equal(sequence[:, 1], 10 * np.repeat(X[0], 2, axis=0))


def test_targets_a_frame_are_held_like_frames():
    targets = RNG.normal(size=(4, 3, 1))
    split = Split(X, no_labels(), LENGTHS, targets)
    made = played(split, kind="forecasting", cost="per-step")
    sequence, answer = made[2]
    assert sequence.shape == (4, 2) and np.array_equal(answer, targets[2, [0, 0, 1, 1]])
    _, answers = played(Split(X, no_labels(), None, targets), kind="forecasting", cost="per-step")[np.array([0, 1])]
    assert answers.shape == (6, 2, 1) and np.array_equal(answers[:, 1], np.repeat(targets[1], 2, axis=0))


def test_one_target_a_sample():
    targets = RNG.normal(size=(4, 2))
    _, answer = played(Split(X, no_labels(), LENGTHS, targets), kind="regression")[1]
    assert np.array_equal(answer, targets[1])
