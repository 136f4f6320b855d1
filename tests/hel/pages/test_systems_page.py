"""docs/systems.md: every figure is that of a kept result or of the compiler, and the prose concludes what it shows."""

import re
from pathlib import Path

import pytest

from bitstreams.estimate import Estimate
from golden import systems
from golden.errors import HelError
from hel.pages import systems_page, systems_results
from hel.pages.results_page import fill
from hel.pages.systems_results import BUILDS, Results
from rtl.verilog import cycle_figures

ROOT = Path(__file__).parents[3]
PAGE = ROOT / systems_page.PAGE
KEPT = Results(ROOT)


def test_the_page_is_up_to_date():
    text = PAGE.read_text()
    assert fill(text, systems_page.tables(KEPT)) == text, "run `python -m hel.pages.systems_page --only page`"


def test_the_page_says_of_every_system_what_it_is_for():
    prose = PAGE.read_text().partition("<!--")[0]
    assert [name for name in systems.SYSTEMS if f"- **{name}**: " not in prose] == []


def test_the_cycles_are_those_of_the_compiler():
    table = PAGE.read_text().partition("## Cycles (N = 16, P = 4, m = 4; and N = 64, P = 16, m = 8)")[2]
    (row,) = re.findall(r"^\| dense \| (.*) \|$", table.partition("## ")[0], re.M)
    words = []
    for size in (systems_results.SMALL, systems_results.LARGE):
        found = cycle_figures(systems_results.schedule("dense", size))
        words += [found["cycles_per_step"], f"{found['busy']['forward']:.2f}"]
        words += [found["cycles_per_echo_step"], f"{found['busy']['echo']:.2f}", found["cycles_per_update"]]
    assert row.split(" | ") == [str(word) for word in words]


def test_two_systems_are_one_bitstream_as_the_page_says():
    assert KEPT.builds["hru"]["digest"] == KEPT.builds["dense"]["digest"]
    assert "hru and dense need the same, and are one bitstream" in PAGE.read_text()


def test_one_failure_does_not_stop_the_others(monkeypatch, capsys):
    done = []

    def build(self, name, force):
        if name == "hru":
            raise HelError("the clock must be met, it was not; lower it")
        done.append(name)
        return "built"

    monkeypatch.setattr(Results, "build", build)
    failures = systems_page.measure(KEPT, ["springs", "hru", "random-1", "linear"], ["build"], False)
    assert failures == ["build hru: the clock must be met, it was not; lower it"] and done == ["springs", "linear"]
    assert "build hru: failed" in capsys.readouterr().err


def test_what_is_not_built_is_said(tmp_path, monkeypatch):
    empty = Results(tmp_path)
    assert "| linear |  |  |  |  |  |  |  |" in systems_page._gradients(empty.checks)
    assert "| linear |  |  |  |  |  |  |" in systems_page._verified(empty.checks)
    assert systems_page._builds(empty.builds) == []
    report = dict.fromkeys(systems_page.CELLS, 10) | {"fmax_hz": 9e7, "clock_hz": 8e7, "board": "b", "geometry": {}}
    said = {"lut": 9, "ff": 10, "dsp": 10, "bram": 10}
    monkeypatch.setattr(systems_page, "estimate", lambda geometry: Estimate(**said))
    monkeypatch.setattr(systems_page.Geometry, "read", lambda plain: plain)
    lines = systems_page._builds({"linear": report})
    assert "| linear | 9 / 10 (-10.0 %) | 10 / 10 (+0.0 %) | 10 / 10 | 10 / 10 | 90 MHz |" in lines[-2]
    assert lines[-1][0].startswith("Not built yet: springs, hru, dense, graph")


def test_the_command_line(monkeypatch, tmp_path, capsys):
    with pytest.raises(SystemExit):
        systems_page.main(["pendulums"])
    assert "not pendulums" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    page = tmp_path / systems_page.PAGE
    page.parent.mkdir()
    page.write_text("before\n<!-- results: generated -->\n<!-- results: end -->\nafter\n")
    monkeypatch.setattr(systems_page, "tables", lambda results: [["| t |"]])
    assert systems_page.main(["--check"]) == 1
    assert systems_page.main(["--only", "page"]) == 0 and systems_page.main(["--check"]) == 0
    assert page.read_text() == "before\n<!-- results: generated -->\n| t |\n\n<!-- results: end -->\nafter\n"
    assert not (tmp_path / BUILDS).exists()
