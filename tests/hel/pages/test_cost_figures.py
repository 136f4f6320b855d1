"""Figures of the rules' costs: every rule of the committed results is drawn, on its own numbers."""

import json
from pathlib import Path

import pytest

from hel.pages import cost_figures

RESULTS = Path(__file__).parents[3] / "docs/results/rule_costs.json"
ROWS = json.loads(RESULTS.read_text())["rows"]


@pytest.fixture
def drawn(monkeypatch):
    """Figures as they are saved."""
    kept = []
    monkeypatch.setattr(cost_figures, "save", lambda figure, path: kept.append(figure) or path)
    return kept


def test_figures_of_the_committed_results(tmp_path, capsys):
    assert cost_figures.main([str(RESULTS), "-o", str(tmp_path / "new")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["rule_costs.png", "rule_errors.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in paths)


def test_every_rule_has_a_line_of_its_numbers(drawn, tmp_path):
    cost_figures.costs(ROWS, tmp_path / "a.png")
    axes = drawn[0].axes
    rules = {row["rule"] for row in ROWS}
    series = ((0, "steps", "neurons", 8), (len(cost_figures.COUNTS), "parameters", "steps", 100))
    for at, x, fixed, value in series:
        lines = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in axes[at].get_lines()}
        assert set(lines) == rules
        for rule in rules:
            chosen = [row for row in ROWS if row["rule"] == rule and row[fixed] == value]
            assert len(chosen) == 3
            assert lines[rule] == sorted((row[x], row["passes"]) for row in chosen)
    solved = {line.get_label() for line in axes[len(cost_figures.COUNTS) - 1].get_lines()}
    assert solved == {"EP", "GLEP CBVP", "GLEP MIXED", "GLEP PBVP"}


def test_every_nudged_rule_has_its_errors(drawn, tmp_path):
    cost_figures.errors(ROWS, tmp_path / "a.png")
    names = {line.get_label() for line in drawn[0].axes[0].get_lines()}
    assert names == {row["rule"] for row in ROWS} - {"BPTT", "finite differences"} | {"slope eps", "slope eps$^2$"}


def test_a_missing_file(tmp_path):
    with pytest.raises(SystemExit):
        cost_figures.main([str(tmp_path / "none.json")])
