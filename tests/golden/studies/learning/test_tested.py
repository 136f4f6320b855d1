"""The test: with the chosen candidate, seeds and draws apart, once."""

import json

import numpy as np
import pytest

from golden.studies.learning import __main__ as study
from golden.studies.learning import selection, tested
from golden.studies.learning.protocol import MODELS, PEOPLE, RESAMPLES, SEEDS, TASKS


@pytest.fixture
def asked(monkeypatch):
    """Fits that answer with the seed of each run, and what they were asked for."""
    seen = []

    def fit(model, neurons, runs, candidates):
        seen.append((model, neurons, candidates, len(runs)))
        return [[np.full(len(run.task.test), run.seed / 100) for run in runs] for _ in candidates]

    monkeypatch.setattr(tested, "fit", fit)
    monkeypatch.setattr(tested, "chosen", lambda name, model: {"chosen": (name, model)})
    return seen


def test_seeds_and_draws(asked):
    row = tested.measure({"task": "gunpoint", "model": "gru", "neurons": 32})
    assert asked == [("gru", 32, [{"chosen": ("gunpoint", "gru")}], SEEDS + RESAMPLES - 1)]
    assert row["test"] == [0.0, 0.01, 0.02, 0.03, 0.04] and row["by_sample"] == " ".join(["0.02"] * 150)
    assert row["draws"] == pytest.approx([k / 100 for k in range(RESAMPLES)])


def test_a_solved_model_has_one_seed_and_a_large_test_set_no_draws(asked):
    row = tested.measure({"task": "digits", "model": "linear", "neurons": None})
    assert row["test"] == [0.0] and row["seeds"] == 1 and "draws" not in row
    assert asked == [("linear", 0, [{"chosen": ("digits", "linear")}], 1)]


def test_watch_is_drawn_again_by_person(asked):
    row = tested.measure({"task": "watch", "model": "frozen", "neurons": 64})
    assert asked[0][3] == SEEDS + len(PEOPLE) and len(row["draws"]) == 1 + len(PEOPLE) == 7


@pytest.mark.parametrize(("name", "count"), [("pig-cvp", SEEDS), ("gunpoint", SEEDS + RESAMPLES - 1)])
def test_what_is_dear_has_its_own_test_set_alone(asked, name, count):
    row = tested.measure({"task": name, "model": "bptt-adam", "neurons": 32})
    assert asked[0][3] == count and len(row["test"]) == SEEDS and ("draws" in row) == (count > SEEDS)


def test_sizes():
    found = [case["neurons"] for case in tested.cases(["digits"], ["gru", "linear"])]
    assert found == [None, 32, 64]
    assert len(list(tested.cases(list(TASKS), list(MODELS)))) == 12 + 10 + 6 * 12 * 2


def test_a_row_is_measured_once(asked, tmp_path):
    out = tmp_path / "learning.json"
    line = ["--task", "gunpoint", "--model", "linear", "-o", str(out)]
    assert study.main(line) == 0 and study.main(line) == 0
    assert len(asked) == 1 and len(json.loads(out.read_text())["rows"]) == 1


def test_a_size_alone(asked, tmp_path):
    out = tmp_path / "learning.json"
    line = ["--task", "digits", "--model", "gru", "--model", "linear", "--neurons", "64", "-o", str(out)]
    assert study.main(line) == 0
    assert [(model, neurons) for model, neurons, *_ in asked] == [("linear", 0), ("gru", 64)]


def test_selecting_writes_elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(selection, "measure", lambda case: {"chosen": 0})
    assert study.main(["--select", "--task", "digits", "--model", "linear"]) == 0
    assert [file.name for file in (tmp_path / "docs/results").iterdir()] == ["learning_selection.json"]
