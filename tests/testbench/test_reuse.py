"""One array, many programs: every system of the house and random ones, one after another on the same elements."""

from __future__ import annotations

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.systems import SYSTEMS
from rtl.design import Design
from testbench import tools
from testbench.reuse import verify_reuse

pytestmark = pytest.mark.cosim

REFERENCE = Formats()
W16 = Formats(fraction_bits=12, operand_bits=16, integer_bits=5, log2_inverse_step=2)
W14 = Formats(fraction_bits=11, operand_bits=14, integer_bits=4, log2_inverse_step=2, g_cut=2, clip_log2=7)


def run(
    names: list[str],
    simulator: str,
    sizes: tuple[int, int, int] = (8, 4, 3),
    formats: Formats = REFERENCE,
    recorded: int = 0,
    steps: int = 2,
) -> None:
    """Sizes are neurons, elements, inputs."""
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))
    neurons, elements, inputs = sizes
    designs = [Design(name, neurons=neurons, elements=elements, inputs=inputs, formats=formats) for name in names]
    found = verify_reuse(designs, simulator=simulator, recorded=recorded, steps=steps)
    assert list(found) == names
    for name, report in found.items():
        print({"system": name} | report)
        assert report["mismatches"] == 0, name
        assert report["compared_words"] > 100
        assert report["cycles"] == report["cycles_predicted"] + report["stall_cycles"]
    assert all((report["compared_cycles"] > 0) == (i < recorded) for i, report in enumerate(found.values()))


def test_elements_of_several_banks_are_made_for_one_program() -> None:
    with pytest.raises(HelError, match="one bank an element, got B = 2; use B = 1"):
        verify_reuse([Design("dense", neurons=8, elements=2), Design("dense", neurons=8, elements=2, banks=2)])


def randoms(first: int, count: int) -> list[str]:
    return [f"random-{seed}" for seed in range(first, first + count)]


ANGLES = ("kuramoto", "josephson", "rotor")
"""Systems whose positions are all angles: an array of their own."""


def test_all_systems_and_random_ones_on_one_array() -> None:
    """The first two and two of any function at every clock: with a table and without, with cuts and without. Its
    control words have more than 128 bits."""
    first = ("springs", "dense", "morse", "horn")
    own = [name for name in SYSTEMS if name not in (*first, *ANGLES)]
    run([*first, *own, *randoms(0, 24)], "verilator", recorded=4)


def test_systems_of_angles_on_one_array() -> None:
    run(list(ANGLES), "verilator", recorded=1)


def test_another_format_on_icarus() -> None:
    run(["gated", *randoms(40, 1)], "icarus", formats=W14, sizes=(4, 2, 1), steps=1, recorded=1)


def test_an_array_that_woke_icarus_for_ever() -> None:
    """The reason is in `testbench.runner`."""
    run(randoms(41, 1), "icarus", formats=W14, sizes=(4, 2, 1), steps=1, recorded=1)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(8, 4, 3), (6, 6, 1), (12, 3, 2), (5, 1, 2)], ids=str)
@pytest.mark.parametrize("formats", [REFERENCE, W16, W14], ids=["reference", "w16", "w14"])
def test_hundreds(formats: Formats, sizes: tuple[int, int, int]) -> None:
    run(randoms(100 + 40 * sizes[0], 25), "verilator", sizes, formats, recorded=3, steps=4)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_dozens_on_icarus(seed: int) -> None:
    run(randoms(600 + 12 * seed, 12), "icarus", (4, 2, 2), steps=1, recorded=1)
