"""The command: golden alone where JAX is not installed, rows that are kept, and what is refused."""

import json
import sys

import pytest

from hel.bench import run
from tests.hel.commands import answer, hel


@pytest.fixture
def alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)


def test_golden_alone_is_said_and_kept(alone, capfd, tmp_path, monkeypatch):
    folder = tmp_path / "my bench"
    argv = ["bench", "--quick", "--only", "speed", "growth", "--out", folder]
    code, out, err = hel(capfd, *argv)
    assert code == 0, err
    assert "JAX is not installed, golden runs alone; pip install 'hel-fpga[jax]'" in err
    assert "golden NumPy" in out and "JAX" not in out and "bench.json, bench.md, bench.png" in out
    assert sorted(path.name for path in folder.iterdir()) == ["bench.json", "bench.md", "bench.png"]
    before = json.loads((folder / "bench.json").read_text())
    assert [each["case"]["what"] for each in before["measured"]] == ["speed", "growth"]

    monkeypatch.setattr(run, "alternated", None)  # nothing is measured again
    result = answer(capfd, *argv)
    assert json.loads((folder / "bench.json").read_text()) == before
    assert {row["who"] for row in result["rows"]} == {"golden compiled", "golden NumPy"}
    assert result["with_jax"] is False and all(row["samples_per_s"] > 0 for row in result["rows"])
    assert result["made_by"]["command"] == "bench"


def test_an_interrupt_keeps_what_was_measured(alone, capfd, tmp_path, monkeypatch):
    measured = []

    def once(*arguments):
        if measured:
            raise KeyboardInterrupt
        measured.append(1)
        return []

    monkeypatch.setattr(run, "alternated", once)
    argv = ["bench", "--quick", "--only", "speed", "growth", "--out", tmp_path]
    assert hel(capfd, *argv)[0] == 130
    assert len(json.loads((tmp_path / "bench.json").read_text())["measured"]) == 1


@pytest.mark.parametrize(
    "argv, line",
    [
        (["--anew"], "--anew is of the rows that a folder has, got no --out; add --out DIR"),
        (["--only", "heat"], "argument --only: invalid choice: 'heat'"),
        (["--system", "dens"], "unknown system 'dens', did you mean dense?"),
        (["--system", "toda"], "system 'toda' cannot be trained on digits; systems that can: dense, hru, linear"),
    ],
)
def test_bad_requests(capfd, argv, line):
    code, out, err = hel(capfd, "bench", "--quick", *argv)
    assert code == 2 and line in err and out == "" and err.count("\n") == 1


def test_a_file_in_the_folders_place_is_refused(capfd, tmp_path):
    (tmp_path / "a").write_text("")
    code, _, err = hel(capfd, "bench", "--quick", "--out", tmp_path / "a")
    assert code == 2 and "--out must name a folder, " in err and "choose another" in err
