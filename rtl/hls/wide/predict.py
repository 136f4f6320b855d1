"""What a step costs at each width; whether the memories of a bank hold its parameters is not asked.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls.plan.bind import bind
>>> program = compile_system(get("dense", n=32, m=4))
>>> [predicted(bind(program), program.formats, elements=4, banks=banks).echo_words for banks in (1, 4)]
[901, 246]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from golden.arithmetic.formats import Formats
from rtl.hls.plan.geometry import MAX_ELEMENTS, Geometry
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.padding import padded
from rtl.hls.plan.requirements import geometry_of
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.schedule.schedule import Schedule, Segment
from rtl.hls.schedule.search import step_segment
from rtl.hls.wide.requirements import bank_map, wide_geometry, width_of
from rtl.hls.wide.schedule import step_words

__all__ = ["Prediction", "predicted"]


@dataclass(frozen=True)
class Prediction:
    """Words of a step, and the share of multiplier cycles with a product of the program; parameter words of a bank."""

    parameter_words: int
    forward_words: int
    echo_words: int
    forward_busy: float
    echo_busy: float


def predicted(plan: RingPlan, formats: Formats, *, elements: int, banks: int) -> Prediction:
    """Of a ring of P elements of B banks.

    Raises
    ------
    HelError
        A width there is not, or sizes beyond what an array can have.
    """
    plan = padded(plan, formats, elements=elements * max(1, banks))
    memory: MemoryMap
    if banks == 1:
        memory = _Unbounded.of(plan, _one_bank(plan, formats, elements))
        steps = [step_segment(plan, memory, twin=twin) for twin in (False, True)]
    else:
        memory = there = bank_map(
            plan, wide_geometry(plan, formats, elements=elements, neurons=plan.neurons, banks=banks)
        )
        width = width_of(plan, there.geometry)
        words = step_words(plan, there, width)
        steps = [words["forward"], words["echo"]]
    names = ("forward", "echo")
    segments = {name: Segment(name, 0, (0,) * len(words)) for name, words in zip(names, steps, strict=True)}
    found = Schedule(plan, memory, segments)
    return Prediction(memory.words, *map(len, steps), *(round(found.busy(name), 3) for name in names))


class _Unbounded(MemoryMap):
    """Addresses in memories as deep as need be."""

    def __post_init__(self) -> None:
        pass


def _one_bank(plan: RingPlan, formats: Formats, elements: int) -> Geometry:
    found = geometry_of(plan, formats, elements=min(plan.neurons, MAX_ELEMENTS), neurons=plan.neurons)
    return replace(found, elements=elements, neurons=-(-plan.neurons // elements) * elements)
