"""The command of the study of learning: what it is asked for is measured, or it says why not."""

import json

import pytest

from golden.studies.learning import __main__ as study
from golden.studies.learning import layers, longer, selection, tested

NOTHING = [
    ["--layers", "--task", "gunpoint"],
    ["--layers", "--model", "linear"],
    ["--longer", "--task", "digits"],
    ["--neurons", "33"],
    ["--neurons", "-3"],
    ["--select", "--neurons", "64", "--task", "digits", "--model", "gru"],
]


@pytest.mark.parametrize("argv", NOTHING)
def test_where_nothing_would_be_measured_it_says_so(argv, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        study.main(argv)
    assert ended.value.code == 2 and "nothing is measured of these tasks, models and sizes" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("argv", "part", "name"),
    [
        ([], tested, "learning.json"),
        (["--select"], selection, "learning_selection.json"),
        (["--longer", "--task", "digits-pixels"], longer, "learning_longer.json"),
        (["--layers", "-o", "docs/results/learning.json"], layers, "learning.json"),
    ],
)
def test_a_part_has_a_file_of_its_own_and_o_is_taken_as_it_is(argv, part, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(part, "measure", lambda case: {"chosen": 0})
    assert study.main(argv) == 0
    (file,) = (tmp_path / "docs/results").iterdir()
    assert file.name == name and json.loads(file.read_text())["rows"]
