"""What the FPGA tools make of an array gives golden's words: after synthesis, and after placement and routing.

The models of the cells are ours (tests/testbench/test_cells.py has the second witness). That the comparison can fail is
shown by netlists with one error in them.
"""

import re

import pytest

from bitstreams import tools as fpga
from bitstreams.netlist import STAGES, netlist
from golden.errors import HelError
from rtl.design import Design
from testbench import tools
from testbench.netlist import NETLISTS, models
from testbench.verify import verify

pytestmark = [pytest.mark.cosim, pytest.mark.pnr]

SMALLEST = {"neurons": 2, "elements": 1, "inputs": 1}
WHOLE = {"neurons": 16, "elements": 2, "inputs": 4}


def needs(simulator, stage):
    """The simulator and the FPGA tools, or the test is skipped with the name of what is missing."""
    try:
        tools.find(simulator)
        for name in STAGES[stage]:
            fpga.command(name)
    except HelError as error:
        pytest.skip(str(error))


def compared(system, sizes, stage, *, simulator="verilator", steps=8, change=lambda text: text):
    """`verify` of a design's netlist, with an error in it where there is a `change`."""
    needs(simulator, stage)
    design = Design(system, **sizes)
    made = netlist(design.geometry, stage)
    text = change(made.verilog)
    found = verify(design, simulator=simulator, steps=steps, seed=3, netlist=(stage, text))
    print(made.described, found["made_by"], found["mismatches"], found["compared_words"], found["cycles_per_second"])
    return found


def right(found):
    """Whether a comparison found nothing wrong, and compared something."""
    assert found["compared_words"] > 0 and found["compared_cycles"] == 0
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]
    return found["mismatches"] == 0


def test_every_netlist_that_is_made_can_be_compared():
    assert list(NETLISTS) == list(STAGES)
    assert all(path.read_text().count(f"\nmodule {path.stem} ") == 1 for path in models("route"))


def test_the_smallest_array_after_synthesis():
    found = compared("dense", SMALLEST, "synthesis", steps=2)
    assert right(found)
    assert found["made_by"]["line"].endswith("--simulator verilator --steps 2 --seed 3 --netlist synthesis")


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("system", ["dense", "springs"])
def test_forward_echo_and_update(system, stage):
    assert right(compared(system, WHOLE, stage))


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_elements_of_several_banks(stage):
    """With the cells that stand for an adder and the choice of its operand."""
    assert right(compared("dense", {**WHOLE, "banks": 4}, stage))


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_on_icarus_no_unknown_word_is_left(stage):
    """Icarus knows X: what a memory gives while it is written, and a word before it is set, reach nothing."""
    assert right(compared("dense", SMALLEST, stage, simulator="icarus", steps=1))


def row_of_a_table(text):
    """One row of one look-up table, before a bit of a multiplier's operand, inverted."""
    table = r"LUT4 #\(\s+\.INIT\(16'h(\w{4})\)\s+\) \\lanes\.multiplier0\.a_TRELLIS_FF_Q_\d+_DI_LUT4_Z "
    found = next(re.finditer(table, text))
    return f"{text[: found.start(1)]}{int(found[1], 16) ^ 0x4000:04x}{text[found.end(1) :]}"


def enable_of_a_register(text):
    """One bit of a register of the state takes its word when it should hold, and holds when it should not."""
    found = next(re.finditer(r'\.CEMUX\("(CE)"\),[^;]*?\\state\.kick0_TRELLIS_FF_Q', text))
    return f"{text[: found.start(1)]}INV{text[found.end(1) :]}"


@pytest.mark.slow
@pytest.mark.parametrize("change", [row_of_a_table, enable_of_a_register])
def test_one_error_in_a_netlist_is_seen(change):
    assert not right(compared("dense", SMALLEST, "synthesis", steps=2, change=change))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"netlist": ("placed", "")}, "a netlist is one of synthesis, route, got 'placed'; choose one of them"),
        ({"mutant": "lane0"}, "a netlist has no debug bus and no mutants, got mutant='lane0'; leave one out"),
        ({"waves": "a.vcd"}, "a netlist has no debug bus and no mutants, got waves='a.vcd'; leave one out"),
        ({"recorded": True}, "a netlist has no debug bus and no mutants, got recorded=True; leave one out"),
    ],
)
def test_what_a_netlist_has_not_is_refused(options, message):
    with pytest.raises(HelError, match=re.escape(message)):
        verify(Design("dense", **SMALLEST), **{"netlist": ("synthesis", "")} | options)
