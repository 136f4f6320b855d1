"""The committed figures of damping: complete, rendered in the document, and repeated here exactly."""

import json
from pathlib import Path

import pytest

from golden.studies import dissipation

ROOT = Path(__file__).parents[3]
ROWS = json.loads((ROOT / "docs/results/dissipation.json").read_text())["rows"]


def test_rows_and_tables_are_those_the_command_writes():
    assert [row["case"] for row in ROWS] == list(dissipation.cases())
    assert dissipation.render(ROWS) in (ROOT / "docs/dissipation.md").read_text()


@pytest.mark.parametrize("log2_loss", dissipation.LOSSES)
def test_a_row_again(log2_loss):
    """Integers are integers everywhere."""
    row = next(r for r in ROWS if (r["case"]["log2_loss"], r["case"]["steps"]) == (log2_loss, 256))
    again = dissipation.measure(row["case"])
    assert again["return_error_lsb"] == 0
    assert all(again[key] == row[key] for key in ("return_error_without", "bits_per_word_step", "echo_bits"))


def test_every_run_with_bits_returned_and_long_ones_without_did_not():
    assert all(row["return_error_lsb"] == 0 for row in ROWS)
    assert all(row["return_error_without"] > 1000 for row in ROWS if row["case"]["steps"] >= 1024)


def test_the_rate_is_the_stated_one():
    for row in ROWS:
        if row["case"]["steps"] >= 1024:
            assert row["bits_per_word_step"] == pytest.approx(row["stated"], rel=0.06)
            assert row["information"] <= row["stated"] < 1.4 * row["information"]


def test_the_memory_is_far_below_the_trajectory():
    assert all(row["echo_bits"] < row["bptt_bits"] / 100 for row in ROWS if row["case"]["steps"] >= 1024)


def test_figure(tmp_path):
    pytest.importorskip("matplotlib")
    assert dissipation.figure(ROWS, tmp_path / "new" / "a.png").read_bytes().startswith(b"\x89PNG")
