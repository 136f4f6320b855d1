"""One array that is built once and loaded with one program after another: each equals golden, and the cycle model.

The array is the union of what the programs need (`rtl.hls.report.reuse.joined`). Control words, function table,
constants and parameters are loaded; what the program before has left in memories and registers stays, and must not
matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from golden.errors import HelError
from golden.program import Program
from rtl.design import Design, given
from rtl.hls import Geometry, compile_array
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.bind import bind
from rtl.hls.plan.padding import padded
from rtl.hls.report.reuse import joined
from testbench.array import build_array
from testbench.mismatch import explained
from testbench.session import SimulatedPort, launch
from testbench.verify import Comparison

__all__ = ["array_for", "inside", "together", "verify_reuse"]


def array_for(designs: Sequence[Design]) -> Geometry:
    """The geometry that runs all the designs, which agree in their sizes and formats."""
    first = designs[0]
    plans = [padded(bind(design.program), first.formats, elements=first.elements) for design in designs]
    return joined(plans, first.formats, elements=first.elements, neurons=first.neurons)


def together(designs: Sequence[Design]) -> list[list[Design]]:
    """The designs in groups that one array runs, each in the first that it fits: few arrays are compiled for many.

    One that no array runs is in a group of its own.
    """
    groups: list[list[Design]] = []
    for design in designs:
        for group in groups:
            with suppress(HelError):
                array_for([*group, design])
                group.append(design)
                break
        else:
            groups.append([design])
    return groups


def verify_reuse(
    designs: Sequence[Design],
    *,
    simulator: str = "verilator",
    steps: int = 2,
    seed: int = 0,
    stalls: int = 64,
    recorded: int = 0,
    notice: Callable[[str], None] | None = None,
) -> dict[str, dict[str, Any]]:
    """`verify`'s report of every design by its system's name, all on one array.

    Parameters
    ----------
    designs : of equal sizes and formats
    recorded : so many of them, the first ones, are compared with the cycle model at every clock

    Raises
    ------
    HelError : elements of several banks, which are made for one program; and what `verify` refuses
    """
    for design in designs:
        if given(design, "verify_reuse").banks != 1:
            raise HelError(f"an array for several programs has one bank an element, got B = {design.banks}; use B = 1")
    geometry = array_for(designs)
    build = build_array(simulator, geometry, debug_bus=bool(recorded), notice=notice)
    arguments = {
        "programs": {design.name: str(design.program) for design in designs},
        "elements": designs[0].elements,
        "array": asdict(geometry),
        "steps": steps,
        "seed": seed,
        "stalls": stalls,
        "recorded": recorded,
    }
    reports = dict(launch(build, "testbench.reuse:inside", arguments, progress=notice)["systems"])
    for design in designs:
        report = reports[design.name]
        if report["first_mismatch"] is not None:
            schedule = compile_array(design.program, elements=design.elements, array=geometry)
            report["first_mismatch"] = explained(report["first_mismatch"], design, schedule=schedule)
    return reports


async def inside(
    port: SimulatedPort,
    *,
    programs: dict[str, str],
    elements: int,
    array: dict[str, Any],
    steps: int,
    seed: int,
    stalls: int,
    recorded: int,
) -> dict[str, Any]:
    """The part of `verify_reuse` that runs in the simulator."""
    geometry = Geometry.read(array)
    model = CycleModel(geometry)
    reports = {}
    for index, (name, text) in enumerate(programs.items()):
        program = Program.parse(text)
        comparison = Comparison(
            port,
            program,
            compile_array(program, elements=elements, array=geometry),
            steps=steps,
            seed=seed + index,
            stalls=stalls * (index % 2),
            recorded=index < recorded,
            built=geometry,
            model=model,
        )
        reports[name] = await comparison.run()
    return {"systems": reports}
