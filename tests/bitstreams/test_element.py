"""What an element's tables and operands cost: the committed figures are of those of today, and the text has them."""

import json
from pathlib import Path

from bitstreams.element import OPERANDS, RANGES, TABLES

ROOT = Path(__file__).parents[2]
COMMITTED = json.loads((ROOT / "bitstreams/results/element.json").read_text(encoding="utf-8"))


def test_the_figures_are_of_these_tables():
    assert [(row["name"], row["tables"]) for row in COMMITTED["tables"]] == [
        (name, [str(shape) for shape in geometry.tables]) for name, geometry in TABLES.items()
    ]
    assert [row["name"] for row in COMMITTED["operands"]] == list(OPERANDS)
    assert [row["name"] for row in COMMITTED["ranges"]] == list(RANGES)


def test_the_text_has_them():
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for rows in (
        COMMITTED["rows"],
        *(row["rows"] for kind in ("tables", "operands", "ranges") for row in COMMITTED[kind]),
    ):
        clocks = ", ".join(f"{row['fmax_hz'] / 1e6:.0f}" for row in rows)
        assert f"| {rows[0]['lut']} | {rows[0]['ff']} | {rows[0]['bram']} | {clocks} |" in text
