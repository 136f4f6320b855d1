"""The learning array of a system, built for a board: schedule, Verilog, tools, report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitstreams import build as builds
from bitstreams import tools
from bitstreams.boards import board as board_of
from bitstreams.choose import choose_elements
from bitstreams.devices import size_of
from bitstreams.estimate import Estimate, estimate, missing
from golden import systems
from golden.arithmetic.formats import Formats
from golden.compiler.compile import compiled, described
from golden.errors import HelError
from rtl.hls import Schedule, compile_array
from rtl.sequencer import store_memories
from rtl.verilog import KEPT_MODULES, array_verilog, cycle_figures

__all__ = ["build", "build_job"]

CLOCK_HZ = 125e6
"""Default clock: one that arrays of every size meet. What else a size reaches stands in bitstreams/results."""

INPUTS, FORMATS = 8, Formats(log2_inverse_step=2)
"""Defaults: those of the digits."""


def build_job(
    schedule: Schedule, *, board: str, seed: int, clock_hz: float = CLOCK_HZ, placer: str = "heap"
) -> builds.BuildJob:
    """The build job of a scheduled array: two multipliers and two block RAMs an element, and the control store."""
    g = schedule.geometry
    return builds.BuildJob(
        name=f"{schedule.plan.name}_n{g.neurons}_p{g.elements}_{board}_s{seed}",
        array=array_verilog(g, technology="ecp5"),
        dsp=2 * g.elements,
        bram=2 * g.elements + store_memories(g),
        board=board,
        clock_hz=clock_hz,
        seed=seed,
        placer=placer,
        keep=KEPT_MODULES,
        elements=g.elements,
    )


def build(
    system: str,
    *,
    board: str,
    neurons: int,
    elements: int | str,
    seed: int,
    output: Path,
    inputs: int = INPUTS,
    formats: Formats | None = None,
    cuts: str = "default",
    clock_hz: float = CLOCK_HZ,
    progress: tools.Progress = tools.quiet,
) -> dict[str, Any]:
    """Bitstream and report of a system; see `bitstreams.build.run` for the report and the errors.

    `elements` "auto" takes as many as the board holds, and the report says why in `choice`. `predicted` has what
    `bitstreams.estimate` said beforehand. The report's figures are for one forward step: `cycles_per_step`,
    `macs_per_step` and what follows from them; the cycles of the echo and of the update stand beside them. `cuts` and
    `cut_formats` are those of `golden.compiler.compile`.
    """
    formats = formats or FORMATS
    subject, reason = systems.get(system, n=neurons, m=inputs), ""
    program = compiled(subject, formats, cuts)
    if elements == "auto":
        choice = choose_elements(lambda p: compile_array(program, elements=p), neurons, board)
        elements, schedule, reason = choice.elements, choice.schedule, choice.reason
        progress(0, builds.STEPS, reason)
    else:
        schedule = compile_array(program, elements=int(elements))
    expected = estimate(schedule.geometry)
    _check_room(expected, board)
    job = build_job(schedule, board=board, seed=seed, clock_hz=clock_hz)
    command = f"hel build {system} --board {board} --neurons {neurons} --elements {elements}"
    command += f" --inputs {inputs}" if inputs != INPUTS else ""
    command += "".join(
        f" --{name.replace('_', '-')} {getattr(formats, name)}"
        for name in ("fraction_bits", "operand_bits")
        if getattr(formats, name) != getattr(FORMATS, name)
    )
    if formats.log2_inverse_step != FORMATS.log2_inverse_step:
        command += f" --step 2^-{formats.log2_inverse_step}"
    command += f" --cuts {cuts}" if cuts != "default" else ""
    figures = {
        "command": f"{command} --clock {clock_hz / 1e6:g} --seed {seed}",
        "system": system,
        "neurons": neurons,
        "elements": elements,
        "inputs": inputs,
        "formats": str(formats),
        **described(program, subject, cuts),
        **cycle_figures(schedule),
        "geometry": asdict(schedule.geometry),
        "predicted": asdict(expected),
        "macs_per_step": schedule.products("forward"),
        **({"choice": reason} if reason else {}),
    }
    return builds.run(job, output, figures, progress)


def _check_room(expected: Estimate, name: str) -> None:
    """Raises HelError for an array that the board's device is sure not to hold: the tools would take minutes to say so.

    Multipliers and block RAMs are counted; LUTs are estimated, so 10 % more than there are may still be tried.
    """
    device = size_of(board_of(name).device)
    if expected.dsp > device.dsp or expected.bram > device.bram or expected.lut > 1.1 * device.lut:
        lacks = ", ".join(missing(expected, device))
        raise HelError(f"an array must fit its board, {name} has too little for this one: {lacks}; use --elements auto")
