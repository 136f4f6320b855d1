"""The committed accuracies: complete, of the present recipe, above their targets, and repeated here bit for bit."""

import json
from pathlib import Path

import numpy as np
import pytest

from golden.studies import digits
from golden.training.recipe import Recipe
from golden.training.sequences import train

RESULTS = Path(__file__).parents[3] / "docs/results"


def rows(name):
    return {json.dumps(row["case"], sort_keys=True): row for row in json.loads((RESULTS / name).read_text())["rows"]}


def row(neurons, epochs, arithmetic="fixed", rule="hel"):
    case = {"neurons": neurons, "epochs": epochs, "arithmetic": arithmetic, "rule": rule, "seeds": 5}
    return rows("digits.json")[json.dumps(case, sort_keys=True)]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("digits.json", digits.accuracy_rows(5)),
        ("digits_selection.json", digits.selection_rows(5)),
        ("digits_seeds.json", digits.many_rows(100)),
    ],
    ids=["accuracy", "selection", "many"],
)
def test_results_are_those_the_command_writes(name, wanted):
    assert set(rows(name)) == {json.dumps(case, sort_keys=True) for case, _ in wanted}


def test_results_are_of_the_present_recipe():
    assert all(each["recipe"] == Recipe().numbers for each in rows("digits.json").values())


def test_the_recipe_is_the_best_choice_within_the_noise():
    """Validation accuracy of the variations of the same size and length; its noise is about 0.005."""
    base = json.dumps({**digits.SELECTION, "seeds": 5}, sort_keys=True)
    found = rows("digits_selection.json")
    same = [r["mean"] for r in found.values() if (r["case"]["neurons"], r["case"]["epochs"]) == (32, 10)]
    assert found[base]["mean"] >= max(same) - 0.005


def test_targets():
    assert row(32, 20)["mean"] >= 0.965
    assert row(64, 20)["mean"] >= 0.975
    assert row(32, 4)["mean"] >= 0.93


def test_no_seed_of_a_hundred_falls_off():
    (found,) = rows("digits_seeds.json").values()
    reached = found["validation_accuracy"]
    assert len(reached) == 100 and found["flags"] == [] and min(reached) >= found["mean"] - 0.03


def test_float_hel_equals_bptt_within_noise():
    """The difference of the means, in units of its standard error over the seeds."""
    hel, bptt = (np.array(row(32, 10, "float", rule)["test_accuracy"]) for rule in ("hel", "bptt"))
    error = np.sqrt((hel.var(ddof=1) + bptt.var(ddof=1)) / len(hel))
    assert abs(hel.mean() - bptt.mean()) <= 2 * error


def test_one_seed_again():
    """Integers are integers everywhere: the committed accuracy of seed 0, exactly."""
    assert train("digits", neurons=32, epochs=4, seed=0)["test_accuracy"] == row(32, 4)["test_accuracy"][0]


def test_a_run_adds_only_what_is_missing(tmp_path, monkeypatch):
    asked = []

    def fake(**options):
        asked.append(options)
        return {"test_accuracy": [0.5, 0.7], "recipe": {}, "samples_per_s": 1.0}

    monkeypatch.setattr(digits, "train", fake)
    out = tmp_path / "new" / "digits.json"
    assert digits.main(["--seeds", "2", "-o", str(out)]) == 0
    first = out.read_text()
    assert len(asked) == len(json.loads(first)["rows"]) == len(list(digits.accuracy_rows(2)))
    assert json.loads(first)["rows"][0]["mean"] == pytest.approx(0.6)
    assert digits.main(["--seeds", "2", "-o", str(out)]) == 0
    assert out.read_text() == first and len(asked) == len(json.loads(first)["rows"])


def test_no_seeds(tmp_path):
    with pytest.raises(SystemExit):
        digits.main(["--seeds", "0", "-o", str(tmp_path / "a.json")])
