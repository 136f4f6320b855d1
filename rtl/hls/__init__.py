"""From a typed program to a scheduled array, before there is any RTL: no Amaranth here.

Rooms: `plan` (bind, geometry, addresses), `check` (hazards), `schedule` (control words, commands), `cycle_model`,
`report` (schedules in words, reuse of an array). `compile_array` goes through them. `wide` has the same for elements of
several banks.

In: `golden.program.Program`. Out: `Schedule`.

May import of golden: errors, program; of rtl: hls.plan, hls.schedule, hls.cycle_model, hls.wide, hls.report.
"""

from dataclasses import replace

from golden.errors import HelError
from golden.program import Program
from rtl.hls.cycle_model.play import play
from rtl.hls.plan.bind import bind
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.padding import padded
from rtl.hls.plan.requirements import geometry_of
from rtl.hls.report.reuse import lacks
from rtl.hls.schedule.command import Command
from rtl.hls.schedule.schedule import Schedule, schedule
from rtl.hls.wide.schedule import compile_wide

__all__ = ["Command", "Geometry", "Schedule", "compile_array", "play", "schedule"]


def compile_array(program: Program, *, elements: int, banks: int = 1, array: Geometry | None = None) -> Schedule:
    """The checked schedule of a program on a ring of P elements: on one made for it, or on an `array` that is there.

    Elements of several `banks` (docs/wide.md) are made for their program: a `rtl.hls.wide.schedule.WideSchedule`.

    Raises
    ------
    HelError
        An operation the ring lacks, or sizes that do not fit it.
    """
    if banks != 1:
        if array is not None:
            raise HelError(f"an array that is there runs programs at B = 1, got banks = {banks}; leave one of both out")
        return compile_wide(program, elements=elements, banks=banks)
    plan = padded(bind(program), program.formats, elements=elements)
    required = geometry_of(plan, program.formats, elements=elements, neurons=program.n, array=array)
    if array is None:
        return schedule(plan, required)
    missing = lacks(array, required)
    if missing:
        raise HelError(f"{program.name} does not run on this array: {missing[0]}; build one for it")
    return schedule(plan, replace(array, neurons=required.neurons), reuse=True)
