"""Potentials that users write, and the systems with tables, angles or masses: RTL against golden on both simulators.

The elements do not divide the neurons, so that every vector has a pad.
"""

from __future__ import annotations

import pytest

from golden.errors import HelError
from golden.systems import System
from rtl.design import Design
from testbench import tools
from testbench.verify import verify
from tests.plain_potentials import PLAIN
from tests.potentials import RUN, InverseSquareRepulsion

pytestmark = pytest.mark.cosim

BUILT_IN = ("kuramoto", "josephson", "rotor", "sine_gordon", "toda", "morse", "lennard_jones", "henon_heiles", "horn")
SIZES = {"verilator": (8, 3, 4), "icarus": (4, 3, 1)}
"""Neurons, elements, steps."""


def run(made: type[System] | str, simulator: str) -> None:
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))
    neurons, elements, steps = SIZES[simulator]
    if isinstance(made, str):
        design = Design(made, neurons=neurons, elements=elements, inputs=2)
    else:
        design = Design(made(neurons, 2), elements=elements)
    found = verify(design, simulator=simulator, steps=steps, seed=neurons)
    print(found)
    assert found["mismatches"] == 0
    assert found["compared_words"] > 1000 and found["compared_cycles"] > 300
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]


@pytest.mark.slow
@pytest.mark.parametrize("simulator", SIZES)
@pytest.mark.parametrize("system", BUILT_IN)
def test_systems_of_any_function(system: str, simulator: str) -> None:
    run(system, simulator)


@pytest.mark.slow
@pytest.mark.parametrize("simulator", SIZES)
@pytest.mark.parametrize("made", [made for made in (*RUN, *PLAIN) if made is not InverseSquareRepulsion])
def test_potentials_of_users(made: type[System], simulator: str) -> None:
    run(made, simulator)


def test_two_tables_of_all_segments_do_not_fit_and_that_is_said() -> None:
    """2049 words each, and parameters, of 4096; on more elements, too."""
    for elements in (3, 8):
        message = (
            "holds 4096 words, got 4[0-9]+: .*table f takes 2049, table f1 takes 2049; give a table a smaller range"
        )
        with pytest.raises(HelError, match=message):
            verify(Design(InverseSquareRepulsion(8, 2), elements=elements), simulator="verilator")
