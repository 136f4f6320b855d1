"""Figures are drawn from the committed results."""

from pathlib import Path

import pytest

from hel.pages import adaptation_figures

RESULTS = [Path(__file__).parents[3] / f"docs/results/adaptation_{name}.json" for name in ("channel", "watch")]


def test_figures_of_the_committed_results(tmp_path, capsys):
    assert adaptation_figures.main([*map(str, RESULTS), "-o", str(tmp_path / "new")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split()]
    assert [path.name for path in paths] == ["adaptation_channel.png", "adaptation_watch.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in paths)


def test_a_missing_file(tmp_path, capsys):
    with pytest.raises(SystemExit):
        adaptation_figures.main([str(tmp_path / "adaptation_channel.json"), str(RESULTS[1]), "-o", str(tmp_path)])
    assert "run python -m golden.studies.adaptation_channel first" in capsys.readouterr().err
