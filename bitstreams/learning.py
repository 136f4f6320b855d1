"""The learning array of a system, built for a board: schedule, Verilog, tools, report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitstreams import build as builds
from bitstreams import tools
from bitstreams.boards import board as board_of
from bitstreams.devices import size_of
from bitstreams.estimate import Estimate, estimate, missing
from golden.errors import HelError
from rtl.design import Design
from rtl.hls import Schedule
from rtl.sequencer import store_memories
from rtl.verilog import KEPT_MODULES, array_verilog, cycle_figures

__all__ = ["build", "build_job"]

CLOCK_HZ = 125e6
"""Default clock: one that arrays of every size meet. What else a size reaches stands in bitstreams/results."""


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
    design: Design,
    *,
    board: str,
    seed: int,
    output: Path,
    clock_hz: float = CLOCK_HZ,
    choice: str = "",
    progress: tools.Progress = tools.quiet,
) -> dict[str, Any]:
    """Bitstream and report of a design; see `bitstreams.build.run` for the report and the errors.

    `choice` says why the design has so many elements, where `bitstreams.choose` took them. `predicted` has what
    `bitstreams.estimate` said beforehand. The report's figures are for one forward step: `cycles_per_step`,
    `macs_per_step` and what follows from them; the cycles of the echo and of the update stand beside them. `cuts` and
    `cut_formats` are those of `golden.compiler.compile`.
    """
    schedule = design.schedule
    if choice:
        progress(0, builds.STEPS, choice)
    expected = estimate(schedule.geometry)
    _check_room(expected, board)
    job = build_job(schedule, board=board, seed=seed, clock_hz=clock_hz)
    system, _, size = design.command.partition(" ")
    figures = {
        "command": f"hel build {system} --board {board} {size} --clock {clock_hz / 1e6:g} --seed {seed}",
        "system": design.name,
        "neurons": design.neurons,
        "elements": design.elements,
        "inputs": design.inputs,
        "formats": str(design.formats),
        **design.cut_formats,
        **cycle_figures(schedule),
        "geometry": asdict(schedule.geometry),
        "predicted": asdict(expected),
        "macs_per_step": schedule.products("forward"),
        **({"choice": choice} if choice else {}),
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
