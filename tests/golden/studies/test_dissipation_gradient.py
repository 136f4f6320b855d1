"""The committed gradients of damped integer runs: complete, rendered, what the document reads from them; one again."""

import json
from pathlib import Path

import pytest

from golden.studies import dissipation_gradient as study

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/dissipation_gradient.json").read_text())["rows"]


def row(formats, steps, log2_loss):
    case = {"formats": formats, "steps": steps, "log2_loss": log2_loss, "seeds": study.SEEDS}
    return next(r for r in ROWS if r["case"] == case)


def test_rows_and_table_are_those_the_command_writes():
    assert [r["case"] for r in ROWS] == list(study.cases())
    assert study.render(ROWS) in (ROOT / "docs/dissipation.md").read_text()


def test_the_bits_do_not_matter_to_the_gradient():
    """Where the gradient is good, both ways agree within a factor of the seeds' spread."""
    for each in ROWS:
        if each["without"] and each["without"]["loss"] < 1e-3:
            assert 1 / 5 < each["with"]["loss"] / each["without"]["loss"] < 5


def test_reach():
    assert row("f = 16, w = 18", 100, 6)["without"]["loss"] < 1e-5
    assert row("f = 24, w = 22", 100, 6)["without"]["loss"] < 1e-6
    assert row("f = 24, w = 22", 100, 4)["without"]["loss"] < 1e-4
    for log2_loss, steps in ((6, 100), (5, 100), (7, 400)):
        assert row("f = 16, w = 18", steps, log2_loss)["without"]["loss"] < 1e-4
    assert row("f = 12, w = 16", 100, 4)["without"]["loss"] > 1e-3


def test_a_row_again(monkeypatch):
    """One run at its best eps alone."""
    wanted = row("f = 16, w = 18", 100, 6)
    for key in ("without", "with"):
        monkeypatch.setattr(study, "EPS_LOG2", [wanted[key]["eps_log2"]])
        again = study.measure(wanted["case"])
        assert again[key]["loss"] == pytest.approx(wanted[key]["loss"], rel=1e-2)
