"""The committed comparison of optimisers: complete, of the present choices, and what the page says of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from golden.studies import optimisers
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/optimisers.json").read_text())["rows"]


def test_rows_are_those_of_the_command():
    cases = {json.dumps(case, sort_keys=True) for case in optimisers.cases()}
    assert {json.dumps(row["case"], sort_keys=True) for row in ROWS} == cases and len(ROWS) == len(cases)


def test_the_page_has_the_table_of_the_rows():
    assert optimisers.render(ROWS) in (ROOT / "docs/optimisers.md").read_text()


def test_the_default_is_plain():
    assert Recipe().optimiser == Optimiser() and Optimiser().plain


def test_the_best_rate_and_those_as_good():
    def row(rate, *values):
        case = {"task": "a", "optimiser": "b", "log2_inverse_rate": rate}
        return {"case": case, "validation_accuracy": list(values), "mean": float(np.mean(values))}

    rows = [row(3, 0.5, 0.7), row(4, 0.8, 0.9), row(5, 0.8, 0.85)]
    found, others = optimisers.best(rows, "a", "b")
    assert (found["case"]["log2_inverse_rate"], others) == (4, 1)


def test_a_run_adds_what_is_missing(tmp_path, monkeypatch):
    asked = []

    def fake(task, **options):
        asked.append((task, options["recipe"].log2_inverse_rate))
        return {"validation_accuracy": 0.5 + options["seed"] / 10, "flags": []}

    monkeypatch.setattr(optimisers, "train", fake)
    monkeypatch.setattr(optimisers, "RATES", range(3, 5))
    out, page = tmp_path / "a.json", tmp_path / "page.md"
    page.write_text("<!-- optimisers: generated -->\n<!-- optimisers: end -->\n")
    for _ in range(2):
        assert optimisers.main(["-o", str(out), "--into", str(page)]) == 0
        assert len(asked) == len(optimisers.TASKS) * len(optimisers.OPTIMISERS) * 2 * optimisers.SEEDS
    assert "| momentum, J = 3 | 1 | 0.700 / 0.500 / 2^-3 / 1 / +0.000 ± 0.000 | 0.700" in page.read_text()
    with pytest.raises(SystemExit):
        optimisers.main(["--sed", "2"])
