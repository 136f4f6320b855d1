"""Figures are drawn from the committed results."""

import json
from pathlib import Path

import pytest

from hel.pages import field_figures

RESULTS = Path(__file__).parents[3] / "docs/results/wave_field.json"


def test_figures_of_the_committed_results(tmp_path, capsys):
    assert field_figures.main([str(RESULTS), "-o", str(tmp_path / "new")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == [
        "wave_field_learning.png", "wave_field_parity.png", "wave_field_digits.png",
    ]  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in paths)


def test_snapshots_are_of_the_tasks_named(tmp_path):
    found = json.loads(RESULTS.read_text())
    theta = next(row["theta"] for row in found["rows"] if "theta" in row)
    assert field_figures.field_snapshots(theta, tmp_path / "a.png", task="parity", sample=3).exists()


def test_a_missing_file(tmp_path):
    with pytest.raises(SystemExit):
        field_figures.main([str(tmp_path / "none.json")])
