"""`hel explore` as a command: runs, lists, draws, exports, tries again; what failed is told."""

import json

import pytest

from golden.computer import cache as caches
from hel.explore import hands, outcome
from hel.explore.points import Point
from tests.hel.commands import answer, hel
from tests.hel.explore.sweeps import SMALL, rows, written

FAILING = SMALL.replace('"0..3"', "[0]").replace("[axes]", '[axes]\ncost = ["final", "mine.py"]')
COST = "import numpy as np\n\n\ndef last(q, y):\n    return np.sum((q - y) ** 2)\n"


def test_a_sweep_from_start_to_figure(tmp_path, capfd):
    file = written(tmp_path)
    path = tmp_path / "small.jsonl"
    code, out, _ = hel(capfd, "explore", file, "--list")
    assert code == 0 and not path.exists()
    assert out.splitlines()[0] == "waiting  hel gradcheck linear --steps 5 --inputs 1 --neurons 2 --seed 0"
    assert out.splitlines()[-1] == f"8 points, 8 waiting, 0 done, 0 failed; rows in {path}"
    code, out, err = hel(capfd, "explore", file, "--plot", "seed", "relative_error_fixed", "-o", tmp_path / "a.svg")
    assert code == 2 and f"{path} has no row of these points; run `hel explore {file}` first" in err
    code, out, err = hel(capfd, "explore", file, "-j", 2)
    assert (code, out) == (0, f"{path}: 8 points, 8 run now\n") and "8/8" in err and "points/s" in err
    found = rows(path)
    assert len(found) == 8 and all(row["seconds"] > 0 for row in found)
    assert set(found[0]) == {"digest", "point", "result", "seconds", "made_by"}
    assert set(found[0]["result"]) == {"relative_error_fixed", "flags"}
    row = next(row for row in found if row["point"]["seed"] == 2 and row["point"]["neurons"] == 3)
    assert row["made_by"]["line"] == "hel gradcheck linear --steps 5 --inputs 1 --neurons 3 --seed 2"
    alone = answer(capfd, *row["made_by"]["line"].split()[1:])
    assert alone["relative_error_fixed"] == row["result"]["relative_error_fixed"]
    before = path.read_bytes()
    result = answer(capfd, "explore", file)
    assert (result["ran"], result["points"], result["failed"], result["errors"]) == (0, 8, False, [])
    assert path.read_bytes() == before
    assert {row["state"] for row in answer(capfd, "explore", file, "--list")["list"]} == {"done"}


def test_figures_and_exports(tmp_path, capfd):
    pytest.importorskip("matplotlib")
    reader = pytest.importorskip("pyarrow.parquet")
    file = written(tmp_path)
    assert hel(capfd, "explore", file, "-q") == (0, f"{tmp_path / 'small.jsonl'}: 8 points, 8 run now\n", "")
    draw = ("explore", file, "--plot", "neurons", "relative_error_fixed")
    result = answer(capfd, *draw, "--by", "seed", "-o", tmp_path / "a.svg")
    assert (result["drawn"], result["of_other_sources"]) == (8, 0) and "seed = 3" in (tmp_path / "a.svg").read_text()
    code, out, _ = hel(capfd, *draw, "-o", tmp_path / "a.png", "--parquet", tmp_path / "a.parquet")
    assert out == f"{tmp_path / 'a.parquet'}, {tmp_path / 'a.png'}: 8 of 8 points\n"
    assert len(reader.read_table(tmp_path / "a.parquet")) == 8
    assert hel(
        capfd, "explore", written(tmp_path, SMALL.replace('"0..3"', '"0..5"')), "--parquet", tmp_path / "a.parquet"
    )[1].endswith("8 of 12 points\n")
    for words, message in (
        (
            ["--plot", "neurons", "relative_error", "-o", "a.svg"],
            "none has 'relative_error', did you mean relative_error_",
        ),
        (["--plot", "neurons", "flags", "-o", "a.svg"], "draws numbers, flags is []"),
        (["--plot", "neurons", "seed"], "--plot needs a file for its figure, got none; add -o FIGURE.svg"),
        (
            ["--plot", "neurons", "seed", "-o", "a.gif"],
            "-o must name a .png, .svg, .pdf file, not 'a.gif'; try 'a.png'",
        ),
        (["-o", "a.svg"], "--output is of a figure, got no --plot; add --plot X Y"),
        (["--by", "seed"], "--by is of a figure, got no --plot; add --plot X Y"),
        (["--jobs", "2", "--scheduler", "tcp://a:1"], "a cluster has its own workers, got --jobs 2; drop --jobs or"),
        (["--limt", "3"], "did you mean --limit?"),
    ):
        code, out, err = hel(capfd, "explore", file, *words)
        assert code == 2 and out == "" and err.count("\n") == 1 and message in err, words


def test_rows_of_other_sources_are_drawn_and_said(tmp_path, capfd):
    file, path = written(tmp_path), tmp_path / "small.jsonl"
    hel(capfd, "explore", file)
    text = path.read_text()
    path.write_text(text.replace(f"-{rows(path)[0]['digest'].partition('-')[2]}", "-older"))
    draw = ("explore", file, "--plot", "neurons", "relative_error_fixed", "-o", tmp_path / "a.svg")
    assert hel(capfd, *draw)[1].endswith(": 8 of 8 points, 8 of them by other sources than these\n")
    assert answer(capfd, "explore", file, "--list")["list"][0]["state"] == "waiting"
    code, out, err = hel(capfd, "explore", file)
    assert (code, out) == (0, f"{path}: 8 points, 8 run now\n") and len(rows(path)) == 16
    assert err.startswith(f"{path}: 8 points have rows of other sources than these, and are run again\n")
    assert answer(capfd, *draw)["of_other_sources"] == 0


def test_what_fails_has_a_row_and_is_tried_again_when_asked(tmp_path, capfd, monkeypatch):
    """The file that points name is not there at first."""
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, FAILING)
    code, out, err = hel(capfd, "explore", file)
    assert code == 1 and out.splitlines()[0] == f"{tmp_path / 'small.jsonl'}: 4 points, 4 run now"
    assert out.splitlines()[1].startswith("failed at 2: a cost's file must exist, mine.py is not there; ")
    assert out.splitlines()[-1] == "--retry runs again what has failed"
    bad = [row for row in rows(tmp_path / "small.jsonl") if "error" in row]
    assert len(bad) == 2 and "result" not in bad[0] and bad[0]["made_by"]["command"] == "gradcheck"
    assert answer_failed(capfd, "explore", file)["ran"] == 0
    assert answer_failed(capfd, "explore", file, "--retry")["ran"] == 2
    (tmp_path / "mine.py").write_text(COST)
    assert answer(capfd, "explore", file)["ran"] == 2, "a file that is there asks another question"


def answer_failed(capfd, *argv):
    code, out, _ = hel(capfd, *argv, "--json")
    result = json.loads(out)
    assert code == 1 and result["failed"] and result["errors"][0]["points"] == 2
    return result


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("masses", "got 'masses', did you mean steps? it has system, neurons, steps"),  # other systems have it
        ("stability.figre", "got 'figre', did you mean figure? stability has figure, limit"),
    ],
)
def test_a_key_that_this_result_lacks_stops_at_the_first(tmp_path, capfd, key, message):
    file = written(tmp_path, SMALL.replace("relative_error_fixed", key))
    code, _, err = hel(capfd, "explore", file)
    assert code == 2 and message in err
    assert rows(tmp_path / "small.jsonl") == []


@pytest.mark.parametrize("lack", [{"CC": "no-such-cc"}, {"HEL_CACHE": "/proc/none"}])
def test_what_the_machine_lacks_is_told_once(tmp_path, capfd, monkeypatch, lack):
    """By every point it would be told eight times; by none, nobody knew why all is slow."""
    for name, value in lack.items():
        monkeypatch.setenv(name, value)
    caches._ready.cache_clear()
    text = SMALL.replace("[axes]", 'executor = "compiled"\n[axes]').replace('"flags"', '"flags", "executor"')
    code, _, err = hel(capfd, "explore", written(tmp_path, text), "-j", 2)
    told = [line for line in err.splitlines() if line.startswith("hel: ")]
    assert code == 0 and len(told) == 1
    assert ("NumPy runs what could run compiled" in told[0]) == ("CC" in lack)
    assert ("HEL_CACHE must lead to a folder that can be written, /proc/none" in told[0]) == ("HEL_CACHE" in lack)
    used = {row["result"]["executor"] for row in rows(tmp_path / "small.jsonl")}
    assert used == {"numpy" if "CC" in lack else "compiled"}


def test_without_keep_a_row_has_all(tmp_path, capfd):
    hel(capfd, "explore", written(tmp_path, SMALL.replace("keep =", "# keep =").replace('"0..3"', "[0]")))
    result = rows(tmp_path / "small.jsonl")[0]["result"]
    assert result["return_error_lsb"] == 0 and result["cost_kind"] == "final" and "made_by" not in result


def test_answers_become_rows():
    point = Point("d-s", {"seed": 1}, ("verify", "dense"))
    row = outcome.row(point, hands.Answer(1, '{"mismatches": 2, "failed": true}', "", 1.0), ["mismatches"])
    assert row["result"] == {"mismatches": 2} and row["error"].startswith("hel verify ended with exit code 1")
    assert row["made_by"]["line"] == "hel verify dense"
    killed = outcome.row(point, hands.Answer(-9, "", "", 1.0), [])
    assert killed["error"] == (
        "hel verify failed, it must fit this machine's memory: ended by SIGKILL; close other programs, or use fewer"
        " neurons or elements"
    )
    assert outcome.row(point, hands.Answer(-11, "", "", 1.0), [])["error"] == "hel verify was ended by SIGSEGV"
    odd = outcome.row(point, hands.Answer(0, "no JSON", "", 1.0), [])
    assert odd["error"] == "hel verify ended with exit code 0: it says nothing more" and "result" not in odd
