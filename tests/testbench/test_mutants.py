"""A mutant changes one connection of one element, and the comparison finds it where it was put."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from golden.errors import HelError
from rtl.design import Design
from rtl.verilog import array_verilog
from testbench import mismatch, tools
from testbench.mutants import MUTANTS, mutated
from testbench.verify import verify
from tests.testbench.test_waves import at, read

DESIGN = Design("dense", neurons=4, elements=2, inputs=1)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_one_connection_is_changed(mutant: str) -> None:
    text = array_verilog(DESIGN.geometry)
    changed = mutated(text, mutant, 2)
    lines = [pair for pair in zip(text.splitlines(), changed.splitlines(), strict=True) if pair[0] != pair[1]]
    ((before, after),) = lines
    assert MUTANTS[mutant][0] in before and after == before.replace("),", ") ^ 1'b1),").replace("(", "((", 1)


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(
        HelError, match="a mutant of the RTL is one of host, input, .*, got 'carry'; choose one of them"
    ):
        verify(DESIGN, mutant="carry")


@pytest.fixture(scope="module")
def icarus() -> None:
    try:
        tools.find("icarus")
    except HelError as error:
        pytest.skip(str(error))


def run(**options: Any) -> dict[str, Any]:
    return verify(DESIGN, simulator="icarus", steps=1, **options)


@pytest.mark.cosim
def test_the_first_mismatch_is_where_the_mutant_is(icarus: None, tmp_path: Path) -> None:
    """The lane's lowest bit, in the last element, in the first hop of W @ x; and the waves show both sides of it."""
    found = run(mutant="lane0", waves=tmp_path / "first.vcd")
    first = found["first_mismatch"]
    assert found["mismatches"] > 0 and found["mutant"] == "lane0"
    assert found["waves"] == str(tmp_path / "first.vcd") and "waves" not in run()
    told = {"kind": "register", "pass": "forward", "step": 0, "element": 1, "register": "x0", "operation": "W @ x"}
    assert told.items() <= first.items()
    assert first["expected"] ^ first["found"] == 1
    assert first["segment"] == "forward" and first["control"]["x_en"] == 1 and "x_load" not in first["control"]
    assert first["statement"] == "W_x = matvec W x" and first["line"] == 'dense.py:35: `theta["W"] @ q`'
    assert first["command"].startswith("hel verify dense --neurons 4 --elements 2 --inputs 1")
    assert first["command"].endswith("--simulator icarus --steps 1 --seed 0 --mutant lane0 --waves first.vcd")
    waves = read(tmp_path / "first.vcd")
    assert at(waves["hel.element1.lanes.x0"], first["cycle"]) == first["found"] & 0x3FFFF
    assert at(waves["hel.element0.lanes.x0"], first["cycle"] - 1) == first["expected"] & 0x3FFFF
    assert at(waves["hel.run.control_word"], first["cycle"] - 1) == first["control_word"]
    assert mismatch.text(first)[0].startswith(f"first mismatch: cycle {first['cycle']}, element 1, register x0: cycle")


@pytest.mark.cosim
@pytest.mark.parametrize("mutant", ["input", "host"])
def test_golden_alone_names_the_first_word_that_was_read(icarus: None, mutant: str) -> None:
    found = run(mutant=mutant, recorded=False, stalls=0)
    first = found["first_mismatch"]
    assert first["command"] == "", "no option of the command line makes a run without stalls"
    assert found["mismatches"] > 0 and first["kind"] == "state" and "of context" in first["word"]
    assert first["expected"] != first["found"] and first["segment"] == "" and first["line"].startswith("dense.py:")


@pytest.mark.cosim
def test_a_wrong_bit_that_is_rounded_away_is_seen_by_the_cycle_model_alone(icarus: None) -> None:
    """The lowest bit of a sum does not reach a momentum in one step; every register is compared, so it is found."""
    assert run(mutant="sum0", recorded=False)["mismatches"] == 0
    found = run(mutant="sum0")
    assert found["mismatches"] > 0
    assert {"register": "acc0", "element": 1, "operation": "W.T @ s"}.items() <= found["first_mismatch"].items()


@pytest.mark.cosim
def test_without_a_mutant_nothing_is_named_and_the_echo_returns(icarus: None) -> None:
    """The trajectory is the RTL's: what it says of the way forward is said again of the way back."""
    found = verify(DESIGN, simulator="icarus", steps=3)
    assert found["first_mismatch"] is None
    path = found["trajectory"]
    assert path["steps"] == [0, 1, 2, 3] and path["neurons"] == [0, 1, 2, 3]
    assert path["fraction_bits"] == DESIGN.formats.q.fraction_bits
    assert path["return_error_lsb"] == 0 and path["forward"] == path["back"]
    assert len({tuple(row) for row in path["forward"]}) == 4, "it moves"
    broken = verify(DESIGN, simulator="icarus", steps=3, mutant="host", recorded=False)["trajectory"]
    assert broken["forward"] != path["forward"]


@pytest.mark.cosim
def test_waves_need_a_recording(icarus: None, tmp_path: Path) -> None:
    with pytest.raises(HelError, match="waves show what is recorded, got recorded=False; leave it out"):
        run(waves=tmp_path / "a.vcd", recorded=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.cosim
@pytest.mark.parametrize(("stalls", "told"), [(64, True), (0, False)])
def test_the_command_of_a_result_names_the_mutant_or_is_left_out(stalls: int, told: bool) -> None:
    design = Design("dense", neurons=4, inputs=1, elements=2)
    found = verify(design, simulator="icarus", steps=1, stalls=stalls, mutant="lane0")
    line = found["made_by"]["line"]
    assert line.endswith("--seed 0 --mutant lane0") if told else line == ""
    assert found["mismatches"] and found["first_mismatch"]
