"""From a typed program to a scheduled array: bind, lay out, schedule, model cycle by cycle. No Amaranth here."""

from golden.program import Program
from rtl.hls.bind import bind
from rtl.hls.command import Command, play
from rtl.hls.geometry import Geometry
from rtl.hls.schedule import Schedule, schedule

__all__ = ["Command", "Geometry", "Schedule", "compile_array", "play", "schedule"]


def compile_array(program: Program, *, elements: int) -> Schedule:
    """The checked schedule of a program on a ring of P elements.

    Raises
    ------
    HelError
        An operation the ring lacks, or sizes that do not fit it.
    """
    plan = bind(program)
    geometry = Geometry.of(
        program.formats,
        elements=elements,
        neurons=program.n,
        inputs=program.m,
        sum_bits=program.accumulator_bits + _alignment(program),
    )
    return schedule(plan, geometry)


def _alignment(program: Program) -> int:
    """Bits by which the ring aligns a force to fraction 2w - 3 where the program is content with fewer."""
    kick = next(op for op in program.ops if op.name == program.kick)
    return 2 * program.formats.operand_bits - 3 - program.types[kick.operands[0]].fraction
