"""Declared tables on the array: golden, the cycle model and the RTL agree on every word, wherever an argument lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from golden.program import Program
from rtl.hls import Geometry, compile_array
from rtl.hls.plan.bind import bind
from rtl.hls.plan.padding import padded
from rtl.hls.report.reuse import joined
from testbench import tools
from testbench.array import build_array
from testbench.session import launch
from tests.golden.dynamics.cases import with_tables
from tests.rtl.hls.table_cases import any_tables, looked_up

pytestmark = pytest.mark.cosim

REFERENCE = Formats()
W12 = Formats(fraction_bits=10, operand_bits=12, integer_bits=3, log2_inverse_step=1, g_cut=2, clip_log2=6)
W8 = Formats(fraction_bits=6, operand_bits=8, integer_bits=4, log2_inverse_step=1, g_cut=2, clip_log2=6)


def need(simulator: str) -> None:
    try:
        tools.find(simulator)
    except HelError as error:
        pytest.skip(str(error))


def right(found: dict[str, Any]) -> dict[str, Any]:
    """A report of a run in which all is right, and every clock was compared."""
    print(found)
    assert found["first_mismatch"] is None and found["mismatches"] == 0
    assert found["compared_words"] > 1000 and found["compared_cycles"] > 300
    assert found["cycles"] == found["cycles_predicted"] + found["stall_cycles"]
    return found


def run(program: Program, elements: int, simulator: str, *, steps: int = 1, seed: int = 0) -> dict[str, Any]:
    """One program on an array of its own."""
    need(simulator)
    build = build_array(simulator, compile_array(program, elements=elements).geometry, debug_bus=True)
    asked = {"program": str(program), "elements": elements, "steps": steps, "seed": seed, "stalls": 32}
    return right(launch(build, "testbench.verify:inside", asked | {"recorded": True}))


def run_together(programs: Sequence[Program], elements: int, simulator: str, *, steps: int = 1) -> Geometry:
    """All on one array, one after another."""
    need(simulator)
    first = programs[0]
    plans = [padded(bind(program), first.formats, elements=elements) for program in programs]
    array = joined(plans, first.formats, elements=elements, neurons=max(program.n for program in programs))
    build = build_array(simulator, array, debug_bus=True)
    arguments = {
        "programs": {program.name: str(program) for program in programs},
        "elements": elements,
        "array": asdict(array),
        "steps": steps,
        "seed": 5,
        "stalls": 64,
        "recorded": len(programs),
    }
    reports = launch(build, "testbench.reuse:inside", arguments)["systems"]
    assert list(reports) == [program.name for program in programs]
    for report in reports.values():
        right(report)
    return array


def test_three_functions_on_elements_that_do_not_divide_the_neurons() -> None:
    """Six neurons and five differences on four elements; the steep end raises its flag."""
    found = run(with_tables(n=6), 4, "verilator", steps=3)
    assert "argument_clamped" in found["flags"]


def test_one_table_and_many_of_any_kind_on_one_array() -> None:
    """The union of what the programs need; a program finds its own tables among those of the others."""
    programs = [looked_up(any_tables(seed, 12, 1 + seed % 3), n=5, formats=W12, name=f"p{seed}") for seed in range(6)]
    array = run_together(programs, 3, "verilator", steps=2)
    assert len(array.tables) > 6 and {shape.fold for shape in array.tables} == {"", "odd", "even"}


@pytest.mark.parametrize(
    ("seed", "formats", "count", "neurons", "elements"),
    [
        (0, W8, 2, 5, 3),
        pytest.param(3, W12, 1, 3, 1, marks=pytest.mark.slow),
        pytest.param(6, REFERENCE, 3, 4, 2, marks=pytest.mark.slow),
    ],
    ids=["w8", "w12", "w18"],
)
def test_on_icarus(seed: int, formats: Formats, count: int, neurons: int, elements: int) -> None:
    program = looked_up(any_tables(seed, formats.operand_bits, count), n=neurons, formats=formats)
    run(program, elements, "icarus", seed=seed)


@pytest.mark.parametrize(("seed", "depth"), [(10, 2048), pytest.param(6, 4096, marks=pytest.mark.slow)])
def test_tables_in_more_than_one_block_ram_on_icarus(seed: int, depth: int) -> None:
    """With banks of block RAM it is the same (tests/rtl/primitives/test_memory.py)."""
    program = looked_up(any_tables(seed, 18, 3, segments=1500), n=3)
    schedule = compile_array(program, elements=2)
    assert schedule.geometry.weight_words == depth and schedule.widths["addr_a"] == depth.bit_length() - 1
    run(program, 2, "icarus", seed=seed)


@pytest.mark.slow
@pytest.mark.parametrize("formats", [REFERENCE, W12, W8], ids=["w18", "w12", "w8"])
@pytest.mark.parametrize(("neurons", "elements"), [(5, 1), (5, 2), (7, 3), (6, 6)])
def test_dozens(formats: Formats, neurons: int, elements: int) -> None:
    bits = formats.operand_bits
    seeds = range(100 * neurons + elements, 100 * neurons + elements + 4)
    programs = [looked_up(any_tables(s, bits, 1 + s % 4), n=neurons, formats=formats, name=f"p{s}") for s in seeds]
    run_together(programs, elements, "verilator", steps=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_with_tables_on_both_simulators(seed: int) -> None:
    neurons, elements = [(6, 3), (6, 1), (5, 2), (7, 4), (8, 2), (3, 3)][seed]
    for simulator in tools.SIMULATORS:
        run(with_tables(n=neurons, segments=2 ** min(2 + seed, 6)), elements, simulator, seed=seed)
