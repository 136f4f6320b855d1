"""Adam with more epochs: validation samples alone, the candidates of the selection, fixed HEL's own choice beside."""

import ast
import json
from pathlib import Path

import numpy as np

from golden.studies.learning import longer, selection
from golden.studies.learning.protocol import FOLDS, TASKS, candidates

ROOT = Path(__file__).parents[4]


def test_no_test_sample_is_read():
    names = {node.id for node in ast.walk(ast.parse(Path(longer.__file__).read_text())) if isinstance(node, ast.Name)}
    assert "selection_runs" in names and "test_runs" not in names


def test_the_plan_s_epochs_and_more_with_the_candidates_of_the_selection(monkeypatch):
    asked = []

    def by_adam(model, neurons, runs, candidate, epochs):
        asked.append((model, neurons, candidate, epochs, [run.seed for run in runs]))
        assert all(run.validation for run in runs)
        return [np.full(2, 0.1 * len(asked)) for _ in runs]

    monkeypatch.setattr(longer, "by_adam", by_adam)
    row = longer.measure({"task": "digits-pixels", "model": "gru", "neurons": 32, "epochs": 30})
    assert [one[2] for one in asked] == row["candidates"] == candidates("gru", "digits-pixels", "classification")
    assert {(one[0], one[1], one[3], tuple(one[4])) for one in asked} == {("gru", 32, 30, (0, 1, 2))}
    assert row["chosen"] == 3
    assert all(TASKS[longer.TASK].adam_epochs in longer.EPOCHS[model] for model in ("gru", "bptt-adam"))


def test_committed_rows_are_those_of_the_command_and_agree_with_the_selection():
    rows = json.loads((ROOT / longer.LONGER).read_text())["rows"]
    wanted = list(longer.cases([longer.TASK], list(longer.EPOCHS)))
    assert sorted(str(row["case"]) for row in rows) == sorted(map(str, wanted))
    chosen = json.loads((ROOT / selection.SELECTION).read_text())["rows"]
    for row in rows:
        case = row["case"]
        (other,) = (one for one in chosen if one["case"] == {k: v for k, v in case.items() if k != "epochs"})
        assert all(len(each) == FOLDS for each in row["validation"])
        if case["model"] == "hel-fixed":
            assert row["candidates"] == [other["candidates"][other["chosen"]]]
            assert row["validation"][0][0] == other["validation"][other["chosen"]][0]
        elif case["epochs"] == TASKS[longer.TASK].adam_epochs:
            assert [each[0] for each in row["validation"]] == [each[0] for each in other["validation"]]
