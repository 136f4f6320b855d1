"""The bench keeps most of the speed of a bare Verilator loop."""

import numpy as np
import pytest

from golden.errors import HelError
from rtl.design import Design
from rtl.hls.plan.registers import Address
from rtl.verilog import array_verilog
from testbench import tools
from testbench.script import read, write
from testbench.speed import forward_script, measure
from tests.testbench.standin import standin_verilog

BUSY = np.concatenate([write(0x100, 500_000), read(0x104), read(0x100)])
DESIGN = Design("dense", neurons=16, elements=8)


def test_the_script_of_an_array_ends_when_it_is_idle():
    """As many requests as the array's commands need, one more for each step."""
    one, two = (forward_script(DESIGN, steps) for steps in (1, 2))
    assert len(two) == len(one) + DESIGN.inputs and one[-1] == two[-1] == read(Address.IDLE)[0]


@pytest.mark.cosim
@pytest.mark.slow
@pytest.mark.parametrize("what", ["stand-in", "array"])
def test_at_least_40_percent_of_a_bare_loop(what):
    try:
        tools.find("verilator")
    except HelError as error:
        pytest.skip(str(error))
    if what == "array":
        result = measure([array_verilog(DESIGN.geometry)], forward_script(DESIGN, 3000))
    else:
        result = measure([standin_verilog(32, recorded=False)], BUSY)
    assert result["ratio"] >= 0.4
