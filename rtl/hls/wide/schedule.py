"""The schedule of an array of B banks: as `rtl.hls.schedule.schedule`, with the words and the rules of wide elements.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> found = compile_wide(compile_system(get("dense", n=16, m=2)), elements=2, banks=4)
>>> found.geometry.banks, found.memory.words, sorted(found.segments)[:4]
(4, 46, ['clear', 'echo', 'forward', 'load_momentum'])
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from golden.errors import HelError
from golden.program import Program
from rtl.hls.check.hazards import check_gradients, check_weights
from rtl.hls.plan.bind import bind
from rtl.hls.plan.control import Fields, encode
from rtl.hls.plan.geometry import STORE_WORDS
from rtl.hls.plan.padding import padded
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.traffic import Traffic
from rtl.hls.plan.wide_control import wide_widths
from rtl.hls.plan.width import Width
from rtl.hls.schedule.allocate import allocated
from rtl.hls.schedule.schedule import Schedule, Segment
from rtl.hls.wide.alone_hazards import check_alone_step
from rtl.hls.wide.alone_step import AloneStep, operand_loads
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.hazards import check_wide_step
from rtl.hls.wide.requirements import bank_map, vector_depth, wide_geometry, width_of
from rtl.hls.wide.step import WideStep
from rtl.hls.wide.transfer import capture_segments, clear_segment, load_segments, update_segment

__all__ = ["WideSchedule", "compile_wide"]


@dataclass(frozen=True)
class WideSchedule(Schedule):
    """All segments of a plan on an array of B banks; build it with `compile_wide`."""

    memory: BankMap
    width: Width = field(default_factory=lambda: Width(2))

    @cached_property
    def widths(self) -> dict[str, int]:
        """Width of each field in this array's control words."""
        return wide_widths(self.geometry, self.width)

    def check(self) -> None:
        """As of any schedule; raises AssertionError, for a violation is our bug and no user's."""
        at = 0
        for segment in self.segments.values():
            assert segment.start == at, segment.name
            at += len(segment.words)
            fields = self.fields(segment.name)
            assert all(encode(f, self.widths) == w for f, w in zip(fields, segment.words, strict=True))
            if not segment.loads:
                check_weights(segment.name, fields)
            if segment.name in ("forward", "echo"):
                self.check_step(segment.name, fields)
        assert at <= self.geometry.control_words

    def check_step(self, name: str, fields: list[Fields]) -> None:
        """The words of a step, as they are or as a test has changed them."""
        twin = name == "echo"
        if not self.memory.alone:
            check_wide_step(self.plan, self.memory, name, fields, twin=twin)
            return
        check_gradients(name, fields)
        check_alone_step(self.plan, self.memory, name, fields, self.segments[name].vectors, twin=twin)


def compile_wide(program: Program, *, elements: int, banks: int) -> WideSchedule:
    """The checked schedule of a program on a ring of P elements of B banks, made for it.

    Raises
    ------
    HelError
        A width there is not, or sizes that do not fit.
    """
    plan = padded(bind(program), program.formats, elements=elements * max(1, banks))
    geometry = wide_geometry(plan, program.formats, elements=elements, neurons=program.n, banks=banks)
    there = bank_map(plan, geometry)
    there.check()
    width = width_of(plan, geometry)
    steps = {name: step_words(plan, there, width, twin=name == "echo") for name in ("forward", "echo")}
    vectors, depth = dict[str, Traffic](), there.vector_words
    if there.alone:
        loads = partial(operand_loads, banks=banks)
        for name in steps:
            steps[name], vectors[name] = allocated(there, steps[name], loads)
        depth = max((1 + f["s_waddr"] for words in steps.values() for f in words if f.get("s_we")), default=0)
    there = replace(there, geometry=replace(geometry, vector_words=vector_depth(depth)))
    raw: dict[str, list[Fields]] = {
        **steps,
        "update": update_segment(plan, there),
        "clear": clear_segment(there),
        **load_segments(geometry),
        **capture_segments(geometry),
    }
    words = sum(map(len, raw.values()))
    depth = next((depth for depth in STORE_WORDS if depth >= words), 0)
    if not depth:
        raise HelError(
            f"the control store holds at most {STORE_WORDS[-1]} words, {there.sizes} {words};"
            " use fewer neurons or more elements"
        )
    there = replace(there, geometry=replace(there.geometry, control_words=depth))
    result = WideSchedule(plan, there, _segments(raw, vectors, plan, wide_widths(there.geometry, width)), width)
    result.check()
    return result


def step_words(plan: RingPlan, there: BankMap, width: Width, *, twin: bool) -> list[Fields]:
    """The words of a forward or an echo step."""
    step = AloneStep if there.alone else WideStep
    return step(plan, there, width, twin=twin).run()


def _segments(
    raw: Mapping[str, list[Fields]], vectors: Mapping[str, Traffic], plan: RingPlan, fields: Mapping[str, int]
) -> dict[str, Segment]:
    segments, at = {}, 0
    for name, words in raw.items():
        segments[name] = Segment(
            name,
            at,
            tuple(
                encode({f: int(value) for f, value in word.items() if value or f in fields}, fields) for word in words
            ),
            inputs=name in ("forward", "echo") and plan.inputs > 0,
            loads=name.startswith("load_") or name == "nudge",
            sends=name.startswith("read_"),
            vectors=vectors.get(name, Traffic()),
        )
        at += len(words)
    return segments
