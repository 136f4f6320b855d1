"""The tables of docs/wide.md about scheduled arrays are those of the committed results, and these are of today."""

import json
from dataclasses import asdict
from pathlib import Path

from hel.pages import wide_array_page
from testbench.wide_array import CASES, SIZES, rows_of

ROOT = Path(__file__).parents[3]
RESULTS = json.loads((ROOT / wide_array_page.RESULTS / "wide_array.json").read_text(encoding="utf-8"))


def test_the_page_is_up_to_date():
    text = (ROOT / wide_array_page.PAGE).read_text(encoding="utf-8")
    assert wide_array_page.fill(text, ROOT / wide_array_page.RESULTS) == text, (
        "run `python -m hel.pages.wide_array_page`"
    )


def test_the_arrays_are_those_that_are_compared():
    assert [{name: row[name] for name in asdict(CASES[0])} for row in RESULTS["rows"]] == [asdict(c) for c in CASES]
    assert not any(row["mismatches"] for row in RESULTS["rows"])


def test_the_steps_are_those_of_today():
    """All sizes are there; those of the smallest are counted again."""
    assert [(row["neurons"], row["elements"]) for row in RESULTS["predicted"][::3]] == list(SIZES)
    assert RESULTS["predicted"][:6] == [row for size in SIZES[:2] for row in rows_of(*size)]
