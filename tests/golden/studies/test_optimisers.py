"""The committed comparison of optimisers: complete, of the present choices, and what the page says of it."""

from pathlib import Path

import numpy as np
import pytest

from golden.studies import optimisers
from golden.studies.sweeps import seeds_together
from golden.training.optimiser import Optimiser
from golden.training.recipe import Recipe

ROOT = Path(__file__).parents[3]
ROWS = seeds_together(ROOT / optimisers.ROWS, "validation_accuracy")


def test_every_optimiser_has_the_same_rates_and_seeds_on_every_task():
    assert len(ROWS) == len(optimisers.OPTIMISERS) * len(optimisers.TASKS) * 8
    for task in optimisers.TASKS:
        for how in optimisers.OPTIMISERS.values():
            mine = [row["case"] for row in ROWS if {"task": task, **how}.items() <= row["case"].items()]
            assert sorted(case["rate"] for case in mine) == list(range(2, 10)), (task, how)
            assert {(case["seeds"], case["neurons"], case["validation"]) for case in mine} == {(5, 32, True)}


def test_the_page_has_the_table_of_the_rows():
    assert optimisers.render(ROWS) in (ROOT / "docs/optimisers.md").read_text()


def test_the_default_is_plain():
    assert Recipe().optimiser == Optimiser() and Optimiser().plain


def test_the_best_rate_and_those_as_good():
    def row(rate, *values):
        case = {"task": "a", **optimisers.PLAIN, "rate": rate}
        return {"case": case, "validation_accuracy": list(values), "mean": float(np.mean(values))}

    rows = [row(3, 0.5, 0.7), row(4, 0.8, 0.9), row(5, 0.8, 0.85)]
    found, others = optimisers.best(rows, "a", "plain")
    assert (found["case"]["rate"], others) == (4, 1)
    equals = [row(5, 0.8, 0.9), row(3, 0.9, 0.8), row(4, 0.85, 0.85)]  # in whatever order they came
    assert {optimisers.best(order, "a", "plain")[0]["case"]["rate"] for order in (equals, equals[::-1])} == {3}


def test_the_table_is_written_into_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- optimisers: generated -->\n<!-- optimisers: end -->\n")
    assert optimisers.main(["--rows", str(ROOT / optimisers.ROWS), "--into", str(page)]) == 0
    assert optimisers.render(ROWS) in page.read_text()
    with pytest.raises(SystemExit):
        optimisers.main(["--sed", "2"])
