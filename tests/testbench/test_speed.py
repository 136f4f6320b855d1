"""The bench keeps most of the speed of a bare Verilator loop."""

import numpy as np
import pytest

from golden.errors import HelError
from testbench import tools
from testbench.script import read, write
from testbench.speed import measure
from tests.testbench.standin import standin_verilog


@pytest.mark.cosim
@pytest.mark.slow
def test_at_least_40_percent_of_a_bare_loop():
    try:
        tools.find("verilator")
    except HelError as error:
        pytest.skip(str(error))
    script = np.concatenate([write(0x100, 500_000), read(0x104), read(0x100)])
    result = measure([standin_verilog(32, recorded=False)], script)
    assert result["ratio"] >= 0.4
