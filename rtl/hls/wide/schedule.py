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
from functools import cached_property

from golden.errors import HelError
from golden.program import Program
from rtl.hls.check.hazards import check_weights
from rtl.hls.plan.bind import bind
from rtl.hls.plan.control import Fields, encode
from rtl.hls.plan.geometry import STORE_WORDS
from rtl.hls.plan.padding import padded
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.wide_control import wide_widths
from rtl.hls.plan.width import Width
from rtl.hls.schedule.schedule import Schedule, Segment
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
                check_wide_step(self.plan, self.memory, segment.name, fields, twin=segment.name == "echo")
        assert at <= self.geometry.control_words


def compile_wide(program: Program, *, elements: int, banks: int) -> WideSchedule:
    """The checked schedule of a program on a ring of P elements of B banks, made for it.

    Raises
    ------
    HelError
        A width there is not, an operation without a form there, or sizes that do not fit.
    """
    plan = padded(bind(program), program.formats, elements=elements * max(1, banks))
    geometry = wide_geometry(plan, program.formats, elements=elements, neurons=program.n, banks=banks)
    there = bank_map(plan, geometry)
    there.check()
    width = width_of(plan, geometry)
    geometry = replace(geometry, scales_all=width.scales_all, negates=width.negates)
    there = replace(there, geometry=replace(geometry, vector_words=vector_depth(there.vector_words)))
    raw: dict[str, list[Fields]] = {
        "forward": WideStep(plan, there, width, twin=False).run(),
        "echo": WideStep(plan, there, width, twin=True).run(),
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
    result = WideSchedule(plan, there, _segments(raw, plan, wide_widths(there.geometry, width)), width)
    result.check()
    return result


def _segments(raw: Mapping[str, list[Fields]], plan: RingPlan, fields: Mapping[str, int]) -> dict[str, Segment]:
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
        )
        at += len(words)
    return segments
