"""The committed choice of the recipe: complete, and the best within the noise."""

import json
from pathlib import Path

import pytest

from golden.studies import digits
from golden.training.recipe import Recipe

FILE = Path(__file__).parents[3] / "docs/results/digits_selection.json"
ROWS = {json.dumps(row["case"], sort_keys=True): row for row in json.loads(FILE.read_text())["rows"]}


def test_results_are_those_the_command_writes():
    assert set(ROWS) == {json.dumps(case, sort_keys=True) for case, _ in digits.selection_rows(5)}


def test_results_are_of_the_present_recipe():
    base = ROWS[json.dumps({**digits.SELECTION, "seeds": 5}, sort_keys=True)]
    assert base["recipe"] == Recipe().numbers


def test_the_recipe_is_the_best_choice_within_the_noise():
    """Validation accuracy of the variations of the same size and length; its noise is about 0.005."""
    base = json.dumps({**digits.SELECTION, "seeds": 5}, sort_keys=True)
    same = [r["mean"] for r in ROWS.values() if (r["case"]["neurons"], r["case"]["epochs"]) == (32, 10)]
    assert ROWS[base]["mean"] >= max(same) - 0.005


def test_a_run_adds_only_what_is_missing(tmp_path, monkeypatch):
    asked = []

    def fake(**options):
        asked.append(options)
        return {"validation_accuracy": [0.5, 0.7], "recipe": {}, "samples_per_s": 1.0}

    monkeypatch.setattr(digits, "train", fake)
    out = tmp_path / "new" / "digits.json"
    assert digits.main(["--seeds", "2", "-o", str(out)]) == 0
    first = out.read_text()
    assert len(asked) == len(json.loads(first)["rows"]) == len(list(digits.selection_rows(2)))
    assert json.loads(first)["rows"][0]["mean"] == pytest.approx(0.6) and all(each["validation"] for each in asked)
    assert digits.main(["--seeds", "2", "-o", str(out)]) == 0
    assert out.read_text() == first and len(asked) == len(json.loads(first)["rows"])


def test_no_seeds(tmp_path):
    with pytest.raises(SystemExit):
        digits.main(["--seeds", "0", "-o", str(tmp_path / "a.json")])
