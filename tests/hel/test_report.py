"""`hel report` and `--report`: one page, exit codes, one line for what cannot be, nothing half-written."""

import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hel.commands import answer, hel, without_tools

ROOT = Path(__file__).parents[2]
TRAIN = ("train", "digits", "-n", 4, "--samples", 10, "--epochs", 1)


@pytest.fixture
def trained(capfd, tmp_path, monkeypatch):
    """A file of a training, in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.json").write_text(json.dumps(answer(capfd, *TRAIN)))
    return tmp_path


def test_a_page_of_files(capfd, trained):
    answer(capfd, "rtl", "dense", "-n", 4, "-p", 2, "-m", 1, "-o", "a.v")
    code, out, err = hel(capfd, "report", "train.json", "a.v.json")
    assert code == 0 and err == "" and out.startswith("report.html: 2 runs, ")
    text = (trained / "report.html").read_text()
    assert "hel train digits -n 4 --samples 10 --epochs 1<" in text and "hel rtl dense --neurons 4" in text
    found = answer(capfd, "report", "train.json", "-o", "one.html")
    assert [run["command"] for run in found["runs"]] == ["train"]
    assert found["bytes"] == (trained / "one.html").stat().st_size and found["made_by"]["command"] == "report"


def test_standard_input_is_a_run(capfd, trained, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((trained / "train.json").read_bytes())))
    assert answer(capfd, "report", "-")["runs"][0]["file"] == "-"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: RUN"),
        (["no.json"], "'no.json' is not there; check the path"),
        (["train.json", "half.json"], "'half.json' is broken"),
        (["train.json", "nan.json"], "'nan.json' holds NaN"),
        (["train.json", "."], "the folder of a build holds report.json, '.' does not"),
        (["train.json", "-o", "no/a.html"], "--output must name a file in an existing folder, not 'no/a.html'"),
        (["train.json", "-o", "."], "--output must name a file, not the folder '.'"),
        (["train.json", "-o", "train.json"], "--output must name an .html file, not 'train.json'"),
        (["-", "-"], "standard input is read once, got - twice"),
    ],
)
def test_bad_input_is_one_line_and_no_page(capfd, trained, argv, message):
    (trained / "half.json").write_text('{"task": ')
    (trained / "nan.json").write_text('{"cost": NaN}')
    before = sorted(trained.iterdir())
    code, out, err = hel(capfd, "report", *argv)
    assert code == 2 and out == "" and err.count("\n") == 1 and message in err
    assert sorted(trained.iterdir()) == before


def test_a_page_at_once(capfd, trained, monkeypatch):
    assert answer(capfd, *TRAIN, "--report", "a.html")["report"] == "a.html"
    assert "Learning curve" in (trained / "a.html").read_text()
    without_tools(monkeypatch)
    out = hel(capfd, "build", "dense", "-n", 4, "-p", 2, "-m", 1, "--report", "b.html")[1]
    assert "report: b.html" in out and "Gantt chart of the echo pass" in (trained / "b.html").read_text()


@pytest.mark.parametrize("command", ["train digits", "verify dense", "build dense"])
def test_where_no_page_can_be_the_work_does_not_begin(capfd, trained, command):
    code, out, err = hel(capfd, *command.split(), "--report", "no/a.html")
    assert code == 2 and out == "" and "--report must name a file in an existing folder" in err


def test_without_its_packages_a_page_is_refused_before_any_work(capfd, trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    code, out, err = hel(capfd, *TRAIN, "--report", "a.html")
    assert code == 2 and out == "" and "jinja2 is not installed; `pip install hel-fpga[all]`" in err


def test_a_quiet_report_without_a_home_says_nothing(tmp_path):
    """What matplotlib would say of a cache that it cannot have."""
    pytest.importorskip("matplotlib")
    environment = {**os.environ, "HOME": "/proc/none", "TMPDIR": str(tmp_path)}
    for name in ("HEL_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR"):
        environment.pop(name, None)
    words = ["train", "digits", "--arithmetic", "float", "--samples", "10", "--epochs", "1", "-q", "--report"]
    command = [sys.executable, "-m", "hel", *words, str(tmp_path / "x.html")]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "" and [path.name for path in tmp_path.iterdir()] == ["x.html"]


@pytest.mark.parametrize("argv", [("systems", "dense"), ("gradcheck", "dense", "-n", 4, "--steps", 2), TRAIN])
def test_every_result_says_what_made_it(capfd, argv):
    made = answer(capfd, *argv, "-q")["made_by"]
    assert made["command"] == argv[0] and made["line"] == " ".join(map(str, ("hel", *argv)))
    assert made["version"] in hel(capfd, "--version")[1]


def test_a_line_is_quoted_for_the_shell(capfd, tmp_path):
    file = tmp_path / "my lab.py"
    file.write_text("from golden.systems.springs import Springs\n\n\nclass Own(Springs):\n    pass\n")
    line = answer(capfd, "systems", f"{file}:Own")["made_by"]["line"]
    assert line == f"hel systems '{file}:Own'"


@pytest.mark.parametrize("command", ["verify", "rtl", "build"])
def test_the_line_of_a_design_makes_it_again(capfd, trained, monkeypatch, command):
    """In a folder with a space; every size is named, so that it holds when a default changes."""
    from hel.report.read import of

    without_tools(monkeypatch)
    (trained / "my lab").mkdir()
    (trained / "my lab/own.py").write_text(
        "from golden.systems.springs import Springs\n\n\nclass Own(Springs):\n    pass\n"
    )
    found = {"mismatches": 0, "compared_words": 1, "compared_cycles": 1, "cycles": 1, "cycles_predicted": 1}
    found["first_mismatch"] = None
    monkeypatch.setattr(
        "testbench.verify.launch", lambda *_, **__: {**found, "stall_cycles": 0, "cycles_per_second": 1.0}
    )
    monkeypatch.setattr("testbench.verify.build_array", lambda *_, **__: None)
    argv = (command, "my lab/own.py:Own", "-n", 4, "--fold", 2, "-m", 1, "--step", "2^-2", "--operand-bits", 16)
    first = answer(capfd, *argv, *(["-o", "a.v"] if command == "rtl" else []))
    run = of(first)
    words = shlex.split(run.line)
    assert words[:3] == ["hel", command, "my lab/own.py:Own"]
    again = answer(capfd, *words[1:])
    assert (
        again["geometry" if command != "verify" else "schedule"]
        == first["geometry" if command != "verify" else "schedule"]
    )
    assert again["formats"] == first["formats"] and of(again).line == run.line
