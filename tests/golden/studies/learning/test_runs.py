"""Runs: a selection never holds a test sample, draws are stratified and disjoint, scores are what they say."""

import ast
from pathlib import Path

import numpy as np
import pytest

from golden import tasks
from golden.studies.learning.protocol import DRAWS, PEOPLE, RESAMPLED, RESAMPLES, SEEDS, TASKS
from golden.studies.learning.runs import Run, redrawn, scores, selection_runs
from golden.studies.learning.runs import test_runs as runs_of_the_test
from golden.tasks.watch import learnt_subjects, watch_but

ROOM = Path(__file__).parents[4] / "golden/studies/learning"


def words(split):
    return [part.tobytes() for part in split.inputs]


@pytest.mark.parametrize("name", TASKS)
def test_a_selection_holds_training_samples_alone(name):
    task, runs = tasks.get(name), selection_runs(name)
    known = set(words(task.train))
    for run in runs:
        learnt, judged = words(run.learnt), words(run.judged)
        assert len(learnt) + len(judged) == len(task.train) and set(learnt) | set(judged) <= known
        assert words(run.task.test) == judged and set(words(run.task.train)) <= known
        if len(known) == len(task.train):  # no sample twice
            assert not set(learnt) & set(judged)
    assert len({run.seed for run in runs}) == len(runs)
    if name in DRAWS:
        assert len({run.judged.inputs.tobytes() for run in runs}) == DRAWS[name]


def test_watch_is_judged_on_people():
    runs = selection_runs("watch")
    assert [len(run.judged) for run in runs] == [14, 14, 14]
    assert np.array_equal(runs[0].judged.inputs, tasks.get("watch").parts(True)[1].inputs)


def test_watch_is_tested_on_people_whom_the_selection_did_not_judge_on():
    runs = runs_of_the_test("watch")
    own, drawn = runs[:SEEDS], runs[SEEDS:]
    assert all(run.task is tasks.get("watch") for run in own) and [run.draw for run in drawn] == [1, 2, 3, 4, 5, 6]
    person = {data.tobytes(): one for one in range(1, 11) for data in watch_but(one).test.inputs}
    judged = [{person[data.tobytes()] for data in run.judged.inputs} for run in (own[0], *drawn)]
    assert judged == [{10}, {1}, {2}, {3}, {4}, {5}, {6}]
    subjects = learnt_subjects()
    selected = {int(subjects.max()) - fold for fold in range(len(selection_runs("watch")))}
    assert selected == {7, 8, 9} and not selected & set(PEOPLE)
    assert {run.name for run in drawn} == {"watch"} and {len(run.learnt) for run in drawn} == {126}


def test_every_small_test_set_is_drawn_again_but_those_that_go_on_in_time():
    small = {name for name in TASKS if tasks.CARDS[name].test < 300}
    assert small - set(RESAMPLED) == {"watch", "mackey-glass", "ppg"} and set(RESAMPLED) <= small


@pytest.mark.parametrize("name", RESAMPLED)
def test_a_draw_can_be_trained_on(name):
    """Every class is there in each, also where a whole class is as small as a validation part."""
    for run in runs_of_the_test(name)[SEEDS:]:
        tasks.checked(run.task)


@pytest.mark.parametrize("name", ["digits", "gunpoint", "pig-cvp"])
def test_runs_of_the_test(name):
    task, runs = tasks.get(name), runs_of_the_test(name)
    own = [run for run in runs if not run.draw]
    assert len(own) == SEEDS and all(run.task is task for run in own)
    drawn = [run for run in runs if run.draw]
    assert len(drawn) == (RESAMPLES - 1 if name in RESAMPLED else 0)
    for run in drawn:
        assert (len(run.task.train), len(run.task.test)) == (len(task.train), len(task.test))
        whole = np.bincount(np.concatenate([task.train.labels, task.test.labels]))
        assert np.abs(np.bincount(run.task.test.labels) - whole * len(task.test) / whole.sum()).max() < 1
        assert not set(words(run.task.train)) & set(words(run.task.test))


def test_draws_differ_and_repeat():
    task = tasks.get("gunpoint")
    first, again, other = (redrawn(task.train, task, 10, draw) for draw in (0, 0, 1))
    assert np.array_equal(first.test.inputs, again.test.inputs)
    assert not np.array_equal(first.test.inputs, other.test.inputs)


def test_scores():
    digits, covid, glass = (Run(tasks.get(name), 0) for name in ("digits", "covid-deaths", "mackey-glass"))
    labels = digits.task.test.labels
    assert scores(digits, labels).mean() == 1 and scores(digits, (labels + 1) % 10).mean() == 0
    for run in (covid, glass):
        targets = run.task.test.targets
        counted = targets if targets.ndim == 2 else targets[:, run.task.warm_up :]
        mean = np.full_like(targets, counted.mean())
        assert scores(run, targets).max() == 0 and scores(run, mean).mean() == pytest.approx(1)
        assert scores(run, mean).shape == (len(targets),)


def test_one_module_alone_reads_the_test_and_takes_no_candidate():
    readers = []
    for file in ROOM.glob("*.py"):
        tree = ast.parse(file.read_text())
        names = [one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names]
        readers += [file.name] if "test_runs" in names else []
    assert readers == ["tested.py"]
    from golden.studies.learning import tested

    assert list(tested.measure.__code__.co_varnames[: tested.measure.__code__.co_argcount]) == ["case"]
