"""The tables of docs/wide.md are those of the committed results, and these are of what there is today."""

import json
from pathlib import Path

from bitstreams.wide_element import GEOMETRY, VARIANTS
from hel.pages import wide_page
from rtl.hls.plan.geometry import Geometry
from testbench.wide_ring import CASES, SIZES, words_of

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / wide_page.PAGE).read_text(encoding="utf-8")
ELEMENT, RING = (
    json.loads((ROOT / wide_page.RESULTS / f"wide_{name}.json").read_text(encoding="utf-8"))
    for name in ("element", "ring")
)


def test_the_page_is_up_to_date():
    assert wide_page.fill(TEXT, ROOT / wide_page.RESULTS) == TEXT, "run `python -m hel.pages.wide_page`"


def test_the_elements_are_those_that_are_measured():
    assert Geometry.read(ELEMENT["geometry"]) == GEOMETRY
    measured = [(row["name"], row["banks"], row["control_bits"]) for row in ELEMENT["rows"]]
    assert measured == [(variant.name, variant.banks, variant.control_bits) for variant in VARIANTS]
    for row, variant in zip(ELEMENT["rows"], VARIANTS, strict=True):
        assert [run["seed"] for run in row["runs"]] == ([1, 2, 3] if variant.placed else [])


def test_the_rings_are_those_that_are_compared():
    kept = [(row["links"], row["banks"], row["neurons"], row["elements"]) for row in RING["rows"]]
    assert kept == [(case.links.value, case.banks, case.neurons, case.elements) for case in CASES]
    assert not any(row["mismatches"] for row in RING["rows"])
    assert RING["sizes"] == [words_of(case) for case in SIZES]


def test_what_the_first_act_had_to_show():
    """A variant of four banks with all learning logic under 430 LUTs a multiplier."""
    chain = next(row for row in ELEMENT["rows"] if (row["name"], row["banks"]) == ("chain", 4))
    assert chain["lut_per_multiplier"] <= 430
