"""The committed results: of today's lists, every test row of what was chosen, and the goal of digits."""

import json
from pathlib import Path

import pytest

from golden import tasks
from golden.studies.learning import selection, tested
from golden.studies.learning.comparison import value
from golden.studies.learning.protocol import (
    DEAR,
    FOLLOWERS,
    MODELS,
    PEOPLE,
    RESAMPLED,
    RESAMPLES,
    SEEDS,
    TASKS,
    UNDRAWN,
    candidates,
)  # fmt: skip

ROOT = Path(__file__).parents[4]
CHOSEN = ROOT / selection.SELECTION
SELECTED = json.loads(CHOSEN.read_text())["rows"]
TESTED = json.loads((ROOT / "docs/results/learning.json").read_text())["rows"]


def keys(cases):
    return [json.dumps(case, sort_keys=True) for case in cases]


@pytest.mark.parametrize(("rows", "part"), [(SELECTED, selection), (TESTED, tested)], ids=["selected", "tested"])
def test_rows_are_those_of_the_command_each_once(rows, part):
    found = keys(row["case"] for row in rows)
    assert len(set(found)) == len(found) and set(found) <= set(keys(part.cases(list(TASKS), list(MODELS))))


def test_a_choice_is_the_best_mean_of_today_s_candidates():
    for row in SELECTED:
        case, card = row["case"], tasks.CARDS[row["case"]["task"]]
        assert row["candidates"] == candidates(case["model"], case["task"], card.kind)
        means = [sum(one) / len(one) for one in row["validation"]]
        best = max(means) if card.kind == "classification" else min(means)
        assert means[row["chosen"]] == pytest.approx(best)


def test_a_test_row_is_of_what_was_chosen():
    for row in TESTED:
        case = row["case"]
        assert row["candidate"] == selection.chosen(case["task"], case["model"], CHOSEN)
        samples = [float(one) for one in row["by_sample"].split()]
        assert len(samples) == tasks.CARDS[case["task"]].test
        assert sum(samples) / len(samples) == pytest.approx(sum(row["test"]) / len(row["test"]), abs=2e-4, rel=1e-3)
        draws = RESAMPLES if case["task"] in RESAMPLED else 1 + len(PEOPLE) if case["task"] == "watch" else 0
        dear = case["task"] in DEAR and case["model"] in UNDRAWN
        assert len(row.get("draws", [])) == (0 if dear else draws)
        assert len(row["test"]) == (1 if case["model"] in tested.SOLVED else SEEDS)


def test_followers_have_no_choice_of_their_own():
    assert not {row["case"]["model"] for row in SELECTED} & set(FOLLOWERS)


def test_the_goal_of_digits():
    row = next(row for row in TESTED if row["case"] == {"task": "digits", "model": "hel-fixed", "neurons": 64})
    assert value(row) >= 0.978
