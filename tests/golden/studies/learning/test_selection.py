"""The choice: of the best mean, of accuracies the highest and of errors the lowest; and nothing else is given out."""

import json

import numpy as np
import pytest

from golden.errors import HelError
from golden.studies.learning import selection
from golden.studies.learning.protocol import MODELS, TASKS, candidates


@pytest.mark.parametrize(("name", "best"), [("gunpoint", 2), ("covid-deaths", 1)])
def test_the_best_mean_is_chosen(monkeypatch, name, best):
    made = [[0.5, 0.5], [0.4, 0.4], [0.9, 0.6], [np.nan, 0.9]]
    monkeypatch.setattr(selection, "fit", lambda *asked: made)
    found = selection.measure({"task": name, "model": "gru", "neurons": 32})
    assert found["chosen"] == best and len(found["candidates"]) == 4


def test_every_task_and_model_once():
    cases = list(selection.cases(list(TASKS), list(MODELS)))
    assert len({json.dumps(case) for case in cases}) == len(cases)
    assert {case["model"] for case in cases} == set(MODELS) - {"bptt-hel", "hel-float"}
    assert list(selection.cases(["digits"], ["linear"])) == [{"task": "digits", "model": "linear", "neurons": None}]


def test_chosen(tmp_path):
    file = tmp_path / "selection.json"
    options = candidates("hel-fixed", "digits", "classification")
    row = {"case": {"task": "digits", "model": "hel-fixed", "neurons": 32}, "candidates": options, "chosen": 2}
    file.write_text(json.dumps({"rows": [row]}))
    assert selection.chosen("digits", "hel-fixed", file) == options[2]
    assert selection.chosen("digits", "bptt-hel", file) == options[2]
    for name, model in (("digits", "frozen"), ("gunpoint", "hel-fixed")):
        with pytest.raises(HelError, match="a test set is read with a candidate chosen on validation samples"):
            selection.chosen(name, model, file)
    file.write_text(json.dumps({"rows": [{**row, "candidates": options[:3]}]}))
    with pytest.raises(HelError, match="hel-fixed on digits has none"):
        selection.chosen("digits", "hel-fixed", file)
    with pytest.raises(HelError, match="--select"):
        selection.chosen("digits", "linear", tmp_path / "none.json")
