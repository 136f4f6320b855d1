"""Results of every system: each is that of its command, and is measured once for one RTL."""

import json
from pathlib import Path

import pytest

from golden.errors import HelError
from hel.pages import systems_results
from hel.pages.systems_results import BUILT, CHECKS, NAMES, SIMULATORS, STEPS, Results

KEPT = Results(Path(__file__).parents[3])


LIMITS = {"rotor": 3e-5}
"""Rotors in fast rotation are nearly chaotic: their best eps is so small that the last place of p is felt."""


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_still_as_good(name):
    kept = KEPT.checks[name]["gradcheck"]
    assert list(kept) == [str(steps) for steps in STEPS]
    for steps in STEPS:
        assert kept[str(steps)]["command"] == systems_results.gradcheck_command(name, steps)
        assert kept[str(steps)]["return_error_lsb"] == 0 and not kept[str(steps)]["flags"]
    # What the page concludes from the table.
    shortest = kept[str(STEPS[0])]
    assert LIMITS.get(name, 1e-5) > 1 - shortest["cosine_fixed"] > 1 - shortest["cosine_float"]
    now = systems_results.run(systems_results.gradcheck_command(name, STEPS[0]))
    for key in ("relative_error_float", "relative_error_fixed"):
        assert now[key] == pytest.approx(shortest[key], rel=1e-2, abs=1e-12), "run `python -m hel.pages.systems_page`"


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
    monkeypatch.setattr(systems_results, "array_verilog", lambda geometry, debug_bus: f"{geometry} {debug_bus}")
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


def test_a_build_is_run_once_for_one_job(kept, monkeypatch):
    results, ran = kept
    results.build("linear")
    assert ran == [systems_results.build_command("linear")] and list(results.builds) == ["linear"]
    results.build("linear")
    assert len(ran) == 2, "the report is of another job"
    monkeypatch.setattr("bitstreams.build.BuildJob.digest", lambda job: "built")
    assert results.build("linear") == "kept" and len(ran) == 2


def test_a_system_that_differs_is_kept_and_reported(kept, monkeypatch):
    results, _ = kept
    verdict = {"mismatches": 3, "compared_words": 9, "cycles_per_second": 1.0, "failed": True}
    monkeypatch.setattr(systems_results, "run", lambda command: dict(verdict))
    with pytest.raises(HelError, match="linear differs; run `hel verify linear --simulator verilator"):
        results.verify("linear")
    assert Results(results.root).checks["linear"]["verify"]["verilator"]["mismatches"] == 3
