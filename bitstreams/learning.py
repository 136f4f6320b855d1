"""The learning array of a system, built for a board: schedule, Verilog, tools, report."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bitstreams import build as builds
from bitstreams import tools
from bitstreams.boards import board as board_of
from bitstreams.devices import size_of
from bitstreams.estimate import Estimate, estimate, missing
from golden.errors import HelError
from golden.language.validate import positive, whole
from golden.provenance import made_by
from rtl.design import Design, given
from rtl.hls import Schedule
from rtl.hls.report.runs import schedule_runs
from rtl.sequencer import store_memories
from rtl.verilog import KEPT_MODULES, array_verilog, cycle_figures

__all__ = ["build", "build_job"]

CLOCK_HZ = 125e6
"""Default clock: one that arrays of every size meet. What else a size reaches stands in bitstreams/results."""


def build_job(
    schedule: Schedule, *, board: str, seed: int, clock_hz: float = CLOCK_HZ, placer: str = "heap"
) -> builds.BuildJob:
    """The build job of a scheduled array: multipliers and block RAMs of the elements, and the control store."""
    g = schedule.geometry
    return builds.BuildJob(
        name=f"{schedule.plan.name}_n{g.neurons}_p{g.elements}_{board}_s{seed}",
        array=array_verilog(g, technology="ecp5"),
        dsp=2 * g.elements * g.banks,
        bram=g.elements * g.block_rams + store_memories(g),
        board=board,
        clock_hz=clock_hz,
        seed=seed,
        placer=placer,
        keep=KEPT_MODULES,
        elements=g.elements,
        banks=g.banks,
    )


def build(
    design: Design,
    *,
    board: str = "ulx3s_85f",
    seed: int = 0,
    output: str | Path = "build",
    clock_hz: float = CLOCK_HZ,
    choice: str = "",
    progress: tools.Progress = tools.quiet,
) -> dict[str, Any]:
    """Bitstream and report of a design: synthesis, placement, routing; minutes to an hour.

    Parameters
    ----------
    design : a `rtl.design.Design`; `bitstreams.choose.choose_elements` finds one with as many elements as a board holds
    board : a name of `bitstreams.boards.names()`
    seed : of placement and routing
    output : folder of the products, made if need be; a build has a folder of its own in it
    clock_hz : what the array must run at, in Hz; the PLL makes at most 2 % less
    choice : why the design has so many elements, told and kept in the report
    progress : called with (done, total, text)

    Returns
    -------
    The report of `bitstreams.build.run`, with `predicted`, what `bitstreams.estimate` said beforehand. Its figures are
    for one forward step: `cycles_per_step`, `macs_per_step` and what follows from them; the cycles of the echo and of
    the update stand beside them. `cuts` and `cut_formats` are those of `golden.compiler.compile`, `schedule` is of
    `rtl.hls.report.runs`; `command`, which `made_by` has too, is "" where no command line makes the design.

    Raises
    ------
    HelError : no design, one with several banks, an unknown board, a number out of range, an array that the board does
        not hold, a tool that is missing or fails, a clock that is not met.

    Example: ``build(Design("dense", neurons=8, elements=2, inputs=4), board="ulx3s_25f", clock_hz=80e6)["fmax_hz"]``
    """
    schedule = given(design, "build").schedule
    seed = whole(seed, "the seed", 0, 2**31 - 1)
    positive(clock_hz, "the clock in Hz", "125e6")
    if design.banks != 1:
        raise HelError(f"a build places elements with one bank so far, got B = {design.banks}; use B = 1")
    if choice:
        progress(0, builds.STEPS, choice)
    expected = estimate(schedule.geometry)
    _check_room(expected, board)
    job = build_job(schedule, board=board, seed=seed, clock_hz=clock_hz)
    name = shlex.quote(design.name)
    size = design.command.removeprefix(name)
    command = f"hel build {name} --board {board}{size} --clock {clock_hz / 1e6:.9g} --seed {seed}" if size else ""
    figures = {
        "command": command,
        "made_by": made_by("build", command),
        **design.described,
        **design.cut_formats,
        **cycle_figures(schedule),
        "geometry": asdict(schedule.geometry),
        "predicted": asdict(expected),
        "macs_per_step": schedule.products("forward"),
        "schedule": schedule_runs(schedule),
        **({"choice": choice} if choice else {}),
    }
    return builds.run(job, Path(output), figures, progress)


def _check_room(expected: Estimate, name: str) -> None:
    """Raises HelError for an array that the board's device is sure not to hold: the tools would take minutes to say so.

    Multipliers and block RAMs are counted; LUTs are estimated, so 10 % more than there are may still be tried.
    """
    device = size_of(board_of(name).device)
    if expected.dsp > device.dsp or expected.bram > device.bram or expected.lut > 1.1 * device.lut:
        lacks = ", ".join(missing(expected, device))
        raise HelError(f"an array must fit its board, {name} has too little for this one: {lacks}; use --elements auto")
