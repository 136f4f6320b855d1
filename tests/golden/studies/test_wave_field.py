"""The committed wave field: complete, beyond the linear classifier where it should be, as good as BPTT; and again."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from golden.errors import HelError
from golden.studies import wave_field
from golden.studies.wave_field import Recipe, learn_field
from golden.studies.wave_lattice import WaveLattice

FOUND = json.loads((Path(__file__).parents[3] / "docs/results/wave_field.json").read_text())


def accuracies(task, rule):
    mass = Recipe().mass if rule == "heb" else None
    cases = [row for row in FOUND["rows"] if (row["case"]["task"], row["case"]["rule"]) == (task, rule)]
    return np.array([row["accuracy"] for row in cases if row["case"]["mass"] == mass])


def test_results_are_those_the_command_writes():
    assert [row["case"] for row in FOUND["rows"]] == [case for case, _ in wave_field.cases(3)]
    assert FOUND["recipe"] == asdict(Recipe()) and FOUND["held_out"] == "test"
    assert FOUND["parameters"] == 3 * 64 + 210


def test_the_field_separates_what_a_linear_classifier_does_not():
    assert accuracies("parity", "heb").min() > FOUND["linear"]["parity"]["accuracy"] + 0.01


def test_ten_classes_are_learned_but_not_better_than_linearly():
    """402 parameters between neighbours, against 650: good, and honestly not better."""
    assert 0.9 < accuracies("digits", "heb").mean() < FOUND["linear"]["digits"]["accuracy"]


@pytest.mark.parametrize("task", ["parity", "digits"])
def test_heb_learns_as_well_as_bptt(task):
    assert accuracies(task, "heb").mean() == pytest.approx(accuracies(task, "bptt").mean(), abs=0.02)


@pytest.mark.parametrize("task", ["parity", "digits"])
def test_the_momentum_agrees_with_finite_differences(task):
    rows = {(row["mass"], row["eps"]): row["one_minus_cosine"] for row in FOUND["agreement"][task]}
    assert rows[(1e8, 1e-6)] <= 1e-6 and rows[("inf", 1e-6)] <= 1e-6
    assert rows[(1e8, 1e-6)] < rows[(1e6, 1e-6)] < rows[(1e4, 1e-6)]


def test_one_epoch_again():
    """HEB follows BPTT while the two have not drifted apart, and both learn."""
    recipe = replace(Recipe(), epochs=1, steps=24, mass=1e7)
    results = {rule: learn_field("parity", rule, recipe=recipe, validation=True) for rule in ("heb", "bptt")}
    costs = [result["history"][0]["cost"] for result in results.values()]
    assert costs[0] == pytest.approx(costs[1], rel=0.02)
    start, theta = WaveLattice(8, 8).initial(0), {rule: result["theta"] for rule, result in results.items()}
    moved = np.concatenate([theta["bptt"][name] - start[name] for name in start])
    apart = np.concatenate([theta["heb"][name] - theta["bptt"][name] for name in start])
    assert np.linalg.norm(apart) < 0.1 * np.linalg.norm(moved)
    assert results["heb"]["accuracy"] > 0.6


def test_a_run_away_is_told_and_the_rest_still_written(tmp_path, monkeypatch):
    def fake(task, rule, *, seed, recipe, validation):
        if recipe.mass == 1e4:
            raise HelError("the run diverged")
        return {"accuracy": 0.5, "theta": WaveLattice(8, 8).initial(0), "history": []}

    monkeypatch.setattr(wave_field, "learn_field", fake)
    monkeypatch.setattr(wave_field, "linear_classifier", lambda task, validation: {})
    monkeypatch.setattr(wave_field, "agreement", lambda task, theta, recipe: [])
    out = tmp_path / "new" / "field.json"
    assert wave_field.main(["--seeds", "1", "-o", str(out)]) == 0
    rows = json.loads(out.read_text())["rows"]
    assert [row["accuracy"] for row in rows] == [0.5, 0.5, 0.5, 0.5, None, 0.5]


def test_errors(tmp_path):
    with pytest.raises(HelError, match="the task is one of parity, digits, got letters"):
        learn_field("letters")
    with pytest.raises(SystemExit):
        wave_field.main(["--seeds", "0", "-o", str(tmp_path / "a.json")])


def test_the_page_says_what_was_measured():
    page = (Path(__file__).parents[3] / "docs/stacks_and_heb.md").read_text()
    for place, lines in wave_field.lines(FOUND).items():
        assert "\n".join(lines) in page and place not in page.split()
