"""The committed gradients of equilibrium propagation in integers: complete, rendered, and one of them again."""

import json
from pathlib import Path

import pytest

from golden.studies import ep_fixed as study

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/ep_fixed.json").read_text())["rows"]


def row(system, formats, average):
    case = {"system": system, "formats": formats, "average": average, "seeds": study.SEEDS}
    return next(r for r in ROWS if r["case"] == case)


def test_rows_and_table_are_those_the_command_writes():
    assert [r["case"] for r in ROWS] == list(study.cases())
    assert study.render(ROWS) in (ROOT / "docs/equilibrium.md").read_text()


@pytest.mark.parametrize("system", study.SYSTEMS)
def test_accuracies(system):
    assert row(system, "f = 12, w = 16", 1)["loss"] < 1e-3
    assert row(system, "f = 16, w = 18", 256)["loss"] < 1e-5
    assert row(system, "f = 20, w = 22", 256)["loss"] < 1e-6
    assert row(system, "f = 16, w = 18", 256)["loss"] < row(system, "f = 16, w = 18", 1)["loss"]


def test_a_row_again(monkeypatch):
    wanted = row("hru", "f = 16, w = 18", 1)
    monkeypatch.setattr(study, "EPS_LOG2", [wanted["eps_log2"]])
    again = study.measure(wanted["case"])
    assert again["loss"] == pytest.approx(wanted["loss"], rel=1e-2) and again["iterations"] == wanted["iterations"]
