"""The committed people are complete, choices are never made on the person left out, and what is met is never tested."""

import json
from pathlib import Path

import numpy as np
import pytest

from golden.studies import adaptation_watch as study
from golden.tasks.watch import SUBJECTS, people

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/adaptation_watch.json").read_text())["rows"]
EVERYONE = range(1, SUBJECTS + 1)


def rows_of(stage):
    return [row for row in ROWS if row["case"]["stage"] == stage]


@pytest.fixture
def quick(monkeypatch):
    """Trainings of one pass over three people."""
    monkeypatch.setattr(study, "EPOCHS", 1)
    monkeypatch.setattr(study, "people", lambda others, *without: people([1, 2, 3], *without))
    study.learnt.cache_clear()
    yield
    study.learnt.cache_clear()


def test_rows_are_those_the_command_writes():
    assert [row["case"] for row in rows_of("recipe")] == list(study.recipe_cases())
    assert [row["case"]["person"] for row in rows_of("rates")] == list(EVERYONE)
    reports = [(row["case"]["seed"], row["case"]["person"]) for row in rows_of("report")]
    assert reports == [(seed, person) for seed in range(study.SEEDS) for person in EVERYONE]


def test_choices_are_made_on_others():
    for row in rows_of("rates"):
        person = row["case"]["person"]
        others = study.stand_ins(person)
        assert person not in others and len(set(others)) == 4
        own = [each for each in rows_of("recipe") if person in each["case"]["without"]]
        assert {str(other) for other in others} <= {one for each in own for one in each["accuracy"]}
        assert row["recipe"] == study.best(ROWS, person)
        for way, rate in row["log2_inverse_rates"].items():
            best = max(row["accuracy"][way].values())
            assert row["accuracy"][way][str(rate)] == best
            assert all(row["accuracy"][way][str(r)] < best for r in study.RATES if r > rate)


def test_what_a_person_makes_of_itself_is_not_heeded():
    """Of a pair left out, each one's accuracy serves the other."""
    spoilt = json.loads(json.dumps(ROWS))
    for row in spoilt:
        if row["case"]["stage"] == "recipe" and 5 in row["case"]["without"]:
            row["accuracy"]["5"] = float(row["case"]["rate"])
    assert study.best(spoilt, 5) == study.best(ROWS, 5)


def test_curves_begin_where_nothing_has_adapted():
    for row in rows_of("report"):
        for split, _, _, way in study.ways():
            assert {curve[0] for curve in row["curves"][way]} == {row["curves"][f"{split}, mixed, whole"][0][0]}
            assert all(len(curve) == study.POINTS + 1 for curve in row["curves"][way])


def test_halves_share_no_window(quick):
    _, _, left_out = study.learnt((4,), 6, 0)
    for halves in left_out[4].halves.values():
        met, test = ({one.tobytes() for one in played.inputs} for played in (halves.met, halves.test))
        assert not met & test
        assert len(halves.met) + len(halves.test) == len(left_out[4].all)
        assert set(halves.met.answers.tolist()) == set(halves.test.answers.tolist()) == set(range(7))
    in_turn = left_out[4].halves["recordings"].order("in turn", 0, 0)
    assert in_turn.tolist() == list(range(len(in_turn)))
    drawn = left_out[4].halves["recordings"].order("in turn", 0, 1)
    labels = left_out[4].halves["recordings"].met.answers[drawn]
    assert sorted(drawn) == sorted(in_turn) and (np.diff(labels) != 0).sum() == 6  # exercise after exercise


def test_a_person_again_in_short(quick):
    chosen = {"recipe": 6, "log2_inverse_rates": {way[-1]: 7 for way in study.ways()}}
    row = study.report_row({"person": 4, "seed": 0}, chosen)
    for split, manner, arm, way in study.ways():
        assert len(row["curves"][way]) == len(row["as_met"][way]) == study.ORDERS
        training, model, left_out = study.learnt((4,), 6, 0)
        halves = left_out[4].halves[split]
        again = study.adapted(training, model, halves, arm, 7, halves.order(manner, 0, 0), study.POINTS)
        assert again == (row["curves"][way][0], row["as_met"][way][0])


@pytest.mark.slow
def test_a_row_again():
    wanted = rows_of("report")[0]
    chosen = next(row for row in rows_of("rates") if row["case"]["person"] == wanted["case"]["person"])
    assert {"case": wanted["case"], **study.report_row(wanted["case"], chosen)} == wanted
