"""`hel rtl --explain`, `--figure`, `--resident`, `--elements auto`; `hel build` with its prediction."""

import pytest

from golden.compiler.passes import PASSES as PROGRAM_PASSES
from golden.program import Program
from hel.__main__ import main
from hel.commands import build
from rtl.hls.report.explain import PASSES, activity
from rtl.hls.report.runs import runs
from tests.hel.commands import answer, without_tools
from tests.rtl.hls.cases import scheduled


def shown(capfd, *argv):
    assert main([*map(str, argv)]) == 0
    return capfd.readouterr().out


SMALL = ("-n", 8, "-p", 4, "-m", 3)


def test_explain_as_json_and_as_text(capfd):
    result = answer(capfd, "rtl", "dense", *SMALL, "--explain")
    assert set(result["explain"]) == set(PASSES)
    assert result["explain"]["echo"]["busy"] == result["busy"]["echo"]
    assert result["predicted"]["dsp"] == 8 and result["predicted"]["devices"]["lfe5u_25f"] == ""
    text = shown(capfd, "rtl", "dense", *SMALL, "--explain")
    assert "W.T @ s" in text and f"predicted: LUT {result['predicted']['lut']}" in text and "lfe5u_25f" in text


def test_nothing_is_written_unless_asked_for(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer(capfd, "rtl", "dense", *SMALL, "--explain")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_figure(capfd, tmp_path, suffix):
    file = tmp_path / f"schedule.{suffix}"
    result = answer(capfd, "rtl", "linear", *SMALL, "--figure", file)
    assert result["figure"] == str(file) and "explain" not in result
    assert file.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


def test_the_bars_of_a_figure_are_the_cycles_of_the_units():
    one = activity(scheduled("dense", 8, 4, 3), "echo")
    for row in one.units.values():
        bars = list(runs(row))
        assert sum(length for _, length, _ in bars) == sum(map(bool, row))
        assert all(row[start] == row[start + length - 1] == what for start, length, what in bars)


def test_resident(capfd, tmp_path):
    answer(capfd, "rtl", "dense", *SMALL, "-o", tmp_path / "array.v")
    array = tmp_path / "array.v.json"
    assert answer(capfd, "rtl", "dense", "-n", 4, "-p", 4, "-m", 2, "--resident", array)["resident"]["fits"]
    assert "runs this system" in shown(capfd, "rtl", "dense", "-n", 4, "-p", 4, "-m", 2, "--resident", array)
    result = answer(capfd, "rtl", "dense", "-n", 8, "-p", 2, "-m", 3, "--operand-bits", 16, "--resident", array)
    missing = result["resident"]["missing"]
    assert not result["resident"]["fits"]
    assert any(one.startswith("elements must be 2") for one in missing)
    assert any(one.startswith("operand_bits must be 16") for one in missing)


def test_every_stage_of_the_compiler_is_shown(capfd):
    result = answer(capfd, "rtl", "linear", *SMALL, "--show-passes")
    stages = {one["name"]: one["text"] for one in result["passes"]}
    assert list(stages) == ["trace", "autodiff", "lowered", *PROGRAM_PASSES, "schedule"]
    assert "potential = %" in stages["trace"] and Program.parse(stages["lowered"]).n == 8
    assert stages["dead_values"] == "(changes nothing)" and "forward" in stages["schedule"]
    assert "-- autodiff" in shown(capfd, "rtl", "linear", *SMALL, "--show-passes")


def test_auto(capfd):
    argv = ("rtl", "hru", "-n", 6, "--elements", "auto", "--board", "ulx3s_25f", "--explain")
    result = answer(capfd, *argv)
    assert result["elements"] == 6
    assert result["choice"].startswith("P = 6 is the largest divisor of N = 6 that lfe5u_25f holds")
    assert result["choice"] in shown(capfd, *argv)


def test_fold_instead_of_elements(capfd):
    assert answer(capfd, "rtl", "hru", "-n", 12, "--fold", 3, "--explain")["elements"] == 4


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (
            ["rtl", "dense"],
            "a result must be asked for, got none; add -o FILE, --explain, --figure, --show-passes or --resident",
        ),
        (["rtl", "dense", "--figure", "a.gif"], "--figure must name a .png, .svg, .pdf file, not 'a.gif'; try 'a.png'"),
        (["rtl", "dense", "--resident", "no.json"], "no.json: No such file or directory; check the path"),
        (["rtl", "dense", "--explain", "--board", "ulx"], "unknown board 'ulx'"),
        (["build", "dense", "-n", "64", "-p", "64", "--board", "ulx3s_25f"], "an array must fit its board, ulx3s_25f"),
    ],
)
def test_bad_input(capfd, argv, message):
    assert main(argv) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1 and message in err


def test_a_build_report_shows_what_was_predicted():
    cells = {"lut": 10, "ff": 20, "dsp": 4, "bram": 18}
    report = cells | {"bitstream": "a.bit", "dsp_available": 28, "fmax_hz": 1e8, "cycles_per_step": 9}
    report |= {"clock_asked_hz": 6e7, "clock_hz": 6e7, "seed": 0}
    report |= {"steps_per_s": 1.0, "mac_per_s": 1.0, "predicted": {**cells, "lut": 11}}
    assert "LUT 10 " in build.text(report) and "predicted: LUT 11 " in build.text(report)
    assert build.text(report | {"choice": "P = 4 because"}).startswith("P = 4 because\n")


def test_a_build_with_as_many_elements_as_the_board_holds(capfd, monkeypatch, tmp_path):
    asked = without_tools(monkeypatch)
    argv = ("build", "hru", "-n", 4, "-m", 3, "--elements", "auto", "--board", "ulx3s_25f", "--operand-bits", 16)
    result = answer(capfd, *argv, "-o", tmp_path)
    assert result["elements"] == 4 and asked[0].dsp == 8 and result["choice"].startswith("P = 4 is the largest divisor")
    assert set(result["predicted"]) == {"dsp", "bram", "lut", "ff"} and result["predicted"]["bram"] == asked[0].bram
    again = answer(capfd, *result["command"].split()[1:], "-o", tmp_path)
    assert again["command"] == result["command"] and asked[0].digest() == asked[1].digest()
    assert "--inputs 3 --step 2^-3 --operand-bits 16" in result["command"]
    assert again["geometry"] == result["geometry"]
