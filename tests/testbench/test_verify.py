"""The RTL equals golden word for word and the cycle model register for register, on both simulators; and the check
can fail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from amaranth.hdl import Const

import rtl.element.arithmetic
import testbench.array
import testbench.verify
from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.design import Design
from rtl.element.arithmetic import add, saturate
from rtl.hls import Geometry
from rtl.ring import Ring
from rtl.verilog import array_verilog
from testbench import tools
from testbench.array import build_array
from testbench.runner import Build
from testbench.verify import verify

pytestmark = pytest.mark.cosim

REFERENCE = Formats()
W16 = Formats(fraction_bits=12, operand_bits=16, integer_bits=5, log2_inverse_step=2)
SMALL = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_cut=0, clip_log2=6)


def need(simulator: str) -> None:
    """The simulator, or the test is skipped with the name of what is missing."""
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))


def design(system: str, sizes: tuple[int, int, int], formats: Formats = REFERENCE) -> Design:
    """Sizes are neurons, elements, inputs."""
    neurons, elements, inputs = sizes
    return Design(system, neurons=neurons, elements=elements, inputs=inputs, formats=formats)


def run(
    system: str, simulator: str, sizes: tuple[int, int, int], *, formats: Formats = REFERENCE, **options: Any
) -> dict[str, Any]:
    """`verify` with a report that must be all right."""
    need(simulator)
    found = verify(design(system, sizes, formats), simulator=simulator, **options)
    print({"seed": options.get("seed", 0)} | found)
    assert found["mismatches"] == 0
    assert found["compared_words"] > 0
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]
    return found


VERILATED = [
    ("dense", REFERENCE, (8, 4, 3), 0, 3),
    ("dense", REFERENCE, (8, 4, 3), 64, 1),
    ("hru", REFERENCE, (8, 4, 3), 200, 2),
    ("springs", REFERENCE, (10, 5, 2), 64, 0),
    ("dense", W16, (3, 1, 2), 64, 4),
]
ICARUS = [
    ("dense", REFERENCE, (3, 1, 2), 64, 0),
    ("dense", REFERENCE, (5, 5, 1), 0, 1),
    ("hru", W16, (6, 2, 2), 0, 2),
    ("linear", SMALL, (4, 2, 1), 64, 3),
    ("springs", W16, (4, 2, 1), 64, 1),
    ("dense", SMALL, (2, 2, 1), 100, 4),
]


def label(value: object) -> str | None:
    return {REFERENCE: "reference", W16: "w16", SMALL: "w12"}[value] if isinstance(value, Formats) else None


@pytest.mark.parametrize(("system", "formats", "sizes", "stalls", "seed"), VERILATED, ids=label)
def test_verilator(system: str, formats: Formats, sizes: tuple[int, int, int], stalls: int, seed: int) -> None:
    found = run(system, "verilator", sizes, formats=formats, stalls=stalls, seed=seed, steps=3)
    assert found["compared_cycles"] > 500


@pytest.mark.parametrize(("system", "formats", "sizes", "stalls", "seed"), ICARUS, ids=label)
def test_icarus(system: str, formats: Formats, sizes: tuple[int, int, int], stalls: int, seed: int) -> None:
    found = run(system, "icarus", sizes, formats=formats, stalls=stalls, seed=seed, steps=1 + (sizes[0] < 4))
    assert found["compared_cycles"] > 300


@pytest.mark.parametrize(
    ("simulator", "sizes", "seed"),
    [("verilator", (8, 4, 3), 11), ("icarus", (3, 1, 2), 60)],
    ids=["verilator", "icarus"],
)
def test_words_that_wrap(simulator: str, sizes: tuple[int, int, int], seed: int) -> None:
    """Seeds whose first states fill their words."""
    found = run("dense", simulator, sizes, seed=seed, steps=3)
    assert {"q_overflow", "p_overflow", "operand_clipped"} <= set(found["flags"])


def test_simulators_agree_on_every_number() -> None:
    """Also on the cycles that a seed's stalls cost."""
    one, two = (run("linear", simulator, (3, 1, 2), formats=W16, seed=5, steps=1) for simulator in tools.SIMULATORS)
    for found in (one, two):
        del found["cycles_per_second"], found["simulator"], found["made_by"]
    assert one == two


def test_without_the_bus_golden_alone_is_compared() -> None:
    found = run("hru", "icarus", (4, 2, 1), steps=2, recorded=False)
    assert found["compared_cycles"] == 0


# The check can fail. Each of these changes the RTL alone: golden and the cycle model run in another process.


def geometry_with(**changes: int) -> Callable[[pytest.MonkeyPatch], None]:
    """The RTL is elaborated with other constants than golden and the schedule have."""

    def build(simulator: str, geometry: Geometry, **options: Any) -> Build:
        return build_array(simulator, replace(geometry, **changes), **options)

    return lambda patch: patch.setattr(testbench.verify, "build_array", build)


def everywhere(patch: pytest.MonkeyPatch, name: str, replacement: Callable[..., Any]) -> None:
    """Replaces a function of rtl.element.arithmetic in all modules that use it."""
    original = getattr(rtl.element.arithmetic, name)
    users = [module for key, module in sys.modules.items() if key.startswith("rtl.") and name in vars(module)]
    for module in users:
        if getattr(module, name) is original:
            patch.setattr(module, name, replacement)


def no_carry(patch: pytest.MonkeyPatch) -> None:
    """Adders forget their carry: subtraction and rounding are one too small."""
    everywhere(patch, "add", lambda a, b, carry, **options: add(a, b, Const(0, 1), **options))


def no_saturation(patch: pytest.MonkeyPatch) -> None:
    """Operands wrap; the flag is still raised."""
    everywhere(patch, "saturate", lambda value, bits: (value[:bits].as_signed(), saturate(value, bits)[1]))


def swapped_lanes(patch: pytest.MonkeyPatch) -> None:
    """In the Verilog itself: each element takes lane 1 of its neighbour for lane 0, and the other way."""

    def text(*arguments: Any, **options: Any) -> str:
        verilog = array_verilog(*arguments, **options)
        changed = verilog.replace(".x0_i(", ".swap(").replace(".x1_i(", ".x0_i(").replace(".swap(", ".x1_i(")
        assert changed != verilog
        return changed

    patch.setattr(testbench.array, "array_verilog", text)


MUTANTS = {
    "no carry": no_carry,
    "no saturation": no_saturation,
    "swapped lanes": swapped_lanes,
    "kicks of another step": geometry_with(log2_inverse_step=2),
    "gradients rounded elsewhere": geometry_with(g_cut=5),
    "updates clipped elsewhere": geometry_with(clip_log2=8),
}
SMALLEST, WRAPPING_SEED = (2, 2, 1), 69


def test_the_unchanged_array_passes() -> None:
    run("dense", "icarus", SMALLEST, seed=WRAPPING_SEED, steps=2, stalls=0, recorded=False)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_golden_alone_sees(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[mutant](monkeypatch)
    found = verify(design("dense", SMALLEST), simulator="icarus", seed=WRAPPING_SEED, steps=2, stalls=0, recorded=False)
    assert found["mismatches"] > 0


def test_the_cycle_model_sees_a_cycle_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that golden finds right, one cycle away from where the model has them."""
    latency = vars(Ring)["latency"].fget
    monkeypatch.setattr(Ring, "latency", property(lambda ring: latency(ring) + 1))
    found = verify(design("linear", (2, 1, 1)), simulator="icarus", steps=1, stalls=0)
    assert found["mismatches"] > 0
    found = verify(design("linear", (2, 1, 1)), simulator="icarus", steps=1, stalls=0, recorded=False)
    assert found["mismatches"] == 0


# Larger sweeps.


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("formats", [REFERENCE, W16, SMALL], ids=["reference", "w16", "w12"])
@pytest.mark.parametrize("system", ["linear", "hru", "dense"])
def test_seeds_and_formats(system: str, formats: Formats, seed: int) -> None:
    run(system, "verilator", (12, 4, 5), formats=formats, seed=seed, steps=12, stalls=64 * seed)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(1, 1, 1), (16, 2, 8), (7, 7, 3), (17, 17, 2), (32, 4, 32)], ids=str)
def test_sizes(sizes: tuple[int, int, int]) -> None:
    run("hru", "verilator", sizes, seed=11, steps=4)
    run("hru", "icarus", sizes, seed=12, steps=1)


@pytest.mark.slow
@pytest.mark.parametrize("system", ["linear", "hru", "dense"])
def test_the_reference_array_for_a_thousand_steps(system: str) -> None:
    """N = 64, P = 16: golden after every fourth step, and every bit back."""
    found = run(system, "verilator", (64, 16, 8), steps=1000, stalls=16, seed=1)
    assert found["compared_cycles"] == 0
