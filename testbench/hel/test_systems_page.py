"""docs/systems.md: every figure is that of a kept result or of the compiler, every result that of its command."""

import json
import re
from pathlib import Path

import pytest

from golden import systems
from golden.errors import HelError
from hel import systems_page, systems_results
from hel.readme import fill
from hel.systems_results import BUILDS, BUILT, CHECKS, NAMES, SIMULATORS, STEPS, Results
from rtl.emit import cycle_figures

ROOT = Path(__file__).parents[2]
PAGE = ROOT / systems_page.PAGE
KEPT = Results(ROOT)


def test_the_page_is_up_to_date():
    text = PAGE.read_text()
    assert fill(text, systems_page.tables(KEPT)) == text, "run `python -m hel.systems_page --only page`"


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


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_still_as_good(name):
    kept = KEPT.checks[name]["gradcheck"]
    assert list(kept) == [str(steps) for steps in STEPS]
    for steps in STEPS:
        assert kept[str(steps)]["command"] == systems_results.gradcheck_command(name, steps)
        assert kept[str(steps)]["return_error_lsb"] == 0 and not kept[str(steps)]["flags"]
    # What the page concludes from the table.
    shortest = kept[str(STEPS[0])]
    assert 1e-5 > 1 - shortest["cosine_fixed"] > 1 - shortest["cosine_float"]
    now = systems_results.run(systems_results.gradcheck_command(name, STEPS[0]))
    for key in ("relative_error_float", "relative_error_fixed"):
        assert now[key] == pytest.approx(shortest[key], rel=1e-2, abs=1e-12), "run `python -m hel.systems_page`"


@pytest.mark.parametrize("name", NAMES)
def test_every_system_passed_on_both_simulators(name):
    kept = KEPT.checks[name]["verify"]
    assert sorted(kept) == sorted(SIMULATORS)
    for simulator, result in kept.items():
        assert result["command"] == systems_results.verify_command(name, simulator)
        assert result["mismatches"] == 0 and not result["failed"]
        assert result["compared_words"] > 10**6 and result["compared_cycles"] > 10**4
        assert result["cycles"] == result["cycles_predicted"] + result["stall_cycles"]


@pytest.mark.parametrize("name", list(KEPT.builds))
def test_every_build_met_its_clock(name):
    report = KEPT.builds[name]
    assert f"{report['command']} --output build/systems" == systems_results.build_command(name)
    assert [report[key] for key in ("neurons", "elements", "inputs")] == [BUILT.neurons, BUILT.elements, BUILT.inputs]
    assert report["fmax_hz"] >= report["clock_hz"]
    # What is counted is exact; look-up tables and flip-flops are estimates, and the page says how good they were.
    assert [report["predicted"][key] for key in ("dsp", "bram")] == [report["dsp"], report["bram"]]


def test_two_systems_are_one_bitstream_as_the_page_says():
    assert KEPT.builds["hru"]["digest"] == KEPT.builds["dense"]["digest"]
    assert "hru and dense need the same, and are one bitstream" in PAGE.read_text()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """An empty store whose commands are not run but noted."""
    ran = []

    def run(command):
        ran.append(command)
        verdict = {
            "mismatches": 0,
            "compared_words": 9,
            "compared_cycles": 5,
            "cycles_per_second": 1.0,
            "failed": False,
        }
        report = {"lut": 11, "predicted": {"lut": 10}, "fmax_hz": 9e7, "digest": "built"}
        return {"command": command, **(report if " build " in command else verdict)}

    monkeypatch.setattr(systems_results, "run", run)
    # Verilog takes seconds; what shapes it is its geometry.
    monkeypatch.setattr(systems_results, "array_verilog", lambda geometry, trace: f"{geometry} {trace}")
    monkeypatch.setattr("bitstreams.learning.array_verilog", lambda geometry, technology: f"{geometry} {technology}")
    return Results(tmp_path), ran


def test_a_verify_is_run_once_for_one_rtl(kept):
    results, ran = kept
    results.verify("linear")
    assert ran == [systems_results.verify_command("linear", simulator) for simulator in SIMULATORS]
    again = Results(results.root)
    assert again.verify("linear") == "verilator: kept, icarus: kept" and len(ran) == 2
    assert "cycles_per_second" not in again.checks["linear"]["verify"]["icarus"]
    again.verify("linear", force=True)
    assert len(ran) == 4
    document = json.loads((results.root / CHECKS).read_text())
    document["systems"]["linear"]["verify"]["icarus"]["digest"] = "of another RTL"
    document["systems"]["linear"]["verify"]["verilator"]["failed"] = True
    (results.root / CHECKS).write_text(json.dumps(document))
    Results(results.root).verify("linear")
    assert len(ran) == 6


def test_a_system_that_differs_is_kept_and_reported(kept, monkeypatch):
    results, _ = kept
    verdict = {"mismatches": 3, "compared_words": 9, "cycles_per_second": 1.0, "failed": True}
    monkeypatch.setattr(systems_results, "run", lambda command: dict(verdict))
    (failure,) = systems_page.measure(results, ["linear"], ["verify"], False)
    assert "linear differs; run `hel verify linear --simulator verilator" in failure
    assert Results(results.root).checks["linear"]["verify"]["verilator"]["mismatches"] == 3


def test_a_build_is_run_once_for_one_plan(kept, monkeypatch):
    results, ran = kept
    results.build("linear")
    assert ran == [systems_results.build_command("linear")] and list(results.builds) == ["linear"]
    results.build("linear")
    assert len(ran) == 2, "the report is of another plan"
    monkeypatch.setattr("bitstreams.build.Plan.digest", lambda plan: "built")
    assert results.build("linear") == "kept" and len(ran) == 2


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


def test_what_is_not_built_is_said(kept):
    checks = kept[0].checks
    assert "| linear |  |  |  |  |  |" in systems_page._gradients(checks)
    assert "| linear |  |  |  |  |  |  |" in systems_page._verified(checks)
    assert systems_page._builds(kept[0].builds) == []
    report = dict.fromkeys(systems_page.CELLS, 10) | {"fmax_hz": 9e7, "clock_hz": 8e7, "board": "b"}
    report["predicted"] = report | {"lut": 9}
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
    page.write_text("before\n<!-- results: begin -->\n<!-- results: end -->\nafter\n")
    monkeypatch.setattr(systems_page, "tables", lambda results: [["| t |"]])
    assert systems_page.main(["--check"]) == 1
    assert systems_page.main(["--only", "page"]) == 0 and systems_page.main(["--check"]) == 0
    assert page.read_text() == "before\n<!-- results: begin -->\n| t |\n\n<!-- results: end -->\nafter\n"
    assert not (tmp_path / BUILDS).exists()
