"""One array, many programs: every system of the house and random ones, one after another on the same elements."""

from __future__ import annotations

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.systems import SYSTEMS
from testbench import tools
from testbench.reuse import verify_resident

pytestmark = pytest.mark.cosim

W16 = Formats(fraction_bits=12, operand_bits=16, integer_bits=5, log2_inverse_step=2)
W14 = Formats(fraction_bits=11, operand_bits=14, integer_bits=4, log2_inverse_step=2, g_cut=2, clip_log2=7)


def run(names: list[str], simulator: str, **options: object) -> None:
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))
    found = verify_resident(names, simulator=simulator, **options)  # type: ignore[arg-type]
    assert list(found) == names
    for name, report in found.items():
        print({"system": name} | report)
        assert report["mismatches"] == 0, name
        assert report["compared_words"] > 100
        assert report["cycles"] == report["cycles_predicted"] + report["stall_cycles"]
    recorded = int(options.get("recorded", 0))  # type: ignore[call-overload]
    assert all((report["compared_cycles"] > 0) == (i < recorded) for i, report in enumerate(found.values()))


def randoms(first: int, count: int) -> list[str]:
    return [f"random-{seed}" for seed in range(first, first + count)]


def test_all_systems_and_random_ones_on_one_array() -> None:
    """The first three at every clock: with a table and without, with cuts and without."""
    own = [name for name in SYSTEMS if name not in ("springs", "dense")]
    run(["springs", "dense", *own, *randoms(0, 24)], "verilator", recorded=2)


def test_another_format_on_icarus() -> None:
    run(["gated", *randoms(40, 1)], "icarus", formats=W14, steps=1, neurons=4, elements=2, inputs=1, recorded=1)


def test_an_array_that_woke_icarus_for_ever() -> None:
    """The reason is in `testbench.runner`."""
    run(randoms(41, 1), "icarus", formats=W14, steps=1, neurons=4, elements=2, inputs=1, recorded=1)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(8, 4, 3), (6, 6, 1), (12, 3, 2), (5, 1, 2)], ids=str)
@pytest.mark.parametrize("formats", [Formats(), W16, W14], ids=["reference", "w16", "w14"])
def test_hundreds(formats: Formats, sizes: tuple[int, int, int]) -> None:
    neurons, elements, inputs = sizes
    first = 100 + 40 * neurons
    options = {"formats": formats, "neurons": neurons, "elements": elements, "inputs": inputs, "steps": 4}
    run(randoms(first, 25), "verilator", recorded=3, **options)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_dozens_on_icarus(seed: int) -> None:
    run(randoms(1000 + 12 * seed, 12), "icarus", steps=1, neurons=4, elements=2, inputs=2, recorded=1)
