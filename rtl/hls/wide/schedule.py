"""The schedule of an array of B banks: as `rtl.hls.schedule.schedule`, with the words and the rules of wide elements.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> found = compile_wide(compile_system(get("dense", n=16, m=2)), elements=2, banks=4)
>>> found.geometry.banks, found.memory.words, sorted(found.segments)[:4]
(4, 46, ['clear', 'echo', 'forward', 'forward_first'])
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
from rtl.hls.wide.hazards import check_wide_loop, check_wide_step
from rtl.hls.wide.requirements import bank_map, vector_depth, wide_geometry, width_of
from rtl.hls.wide.rotated import FIRST, LAST, forward_segments
from rtl.hls.wide.step import WideStep
from rtl.hls.wide.transfer import capture_segments, clear_segment, load_segments, update_segment

__all__ = ["WideSchedule", "compile_wide"]

STRIDES = (1, 8, 16, 32)
"""Of an update, from none to the longest loop: the first with which the control store holds all words is taken."""


@dataclass(frozen=True)
class WideSchedule(Schedule):
    """All segments of a plan on an array of B banks; build it with `compile_wide`."""

    memory: BankMap
    width: Width = field(default_factory=lambda: Width(2))

    @cached_property
    def widths(self) -> dict[str, int]:
        """Width of each field in this array's control words."""
        return wide_widths(self.geometry, self.width)

    @property
    def rotated(self) -> bool:
        """Whether forward steps are a rotated loop (`rtl.hls.wide.rotated`)."""
        return FIRST in self.segments

    @property
    def update_iterations(self) -> int:
        """Iterations of an update."""
        return self.memory.stride

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
            if segment.name in ("forward", "echo") and not (self.rotated and segment.name == "forward"):
                self.check_step(segment.name, fields)
        if self.rotated:
            check_wide_loop(self.plan, self.memory, *(self.fields(name) for name in (FIRST, "forward", LAST)))
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

    def mapped(stride: int) -> BankMap:
        geometry = wide_geometry(
            plan, program.formats, elements=elements, neurons=program.n, banks=banks, stride=stride
        )
        there = bank_map(plan, geometry, stride)
        there.check()
        return there

    there = mapped(STRIDES[0])
    width = width_of(plan, there.geometry)
    steps, vectors, vector_words = _steps(plan, there, width)
    raw = steps | _others(plan, there)
    words = sum(map(len, raw.values()))
    for stride in STRIDES[1:]:
        if words > STORE_WORDS[-1]:
            there = mapped(stride)
            raw |= _others(plan, there)
            words = sum(map(len, raw.values()))
    if there.stride > 1:
        steps, vectors, vector_words = _steps(plan, there, width)
        raw |= steps
    depth = next((depth for depth in STORE_WORDS if depth >= words), 0)
    if not depth:
        raise HelError(
            f"the control store holds at most {STORE_WORDS[-1]} words, {there.sizes} {words};"
            " use fewer neurons or more elements"
        )
    geometry = replace(
        there.geometry,
        control_words=depth,
        vector_words=vector_depth(vector_words),
        scales_all=width.scales_all,
        negates=width.negates,
        adds=width.adds,
        alone=width.alone,
    )
    there = replace(there, geometry=geometry)
    result = WideSchedule(plan, there, _segments(raw, vectors, plan, wide_widths(there.geometry, width)), width)
    result.check()
    return result


def step_words(plan: RingPlan, there: BankMap, width: Width) -> dict[str, list[Fields]]:
    """The words of a forward and of an echo step; a forward step may be the parts of a loop."""
    if there.alone:
        return {name: AloneStep(plan, there, width, twin=name == "echo").run() for name in ("forward", "echo")}
    return {**forward_segments(plan, there, width), "echo": WideStep(plan, there, width, twin=True).run()}


def _steps(plan: RingPlan, there: BankMap, width: Width) -> tuple[dict[str, list[Fields]], dict[str, Traffic], int]:
    """Words of steps, as many whatever the addresses are; where the last bank works alone, which blocks they read and
    write; words of the vector store.
    """
    steps, vectors = step_words(plan, there, width), dict[str, Traffic]()
    if not there.alone:
        return steps, vectors, there.vector_words
    loads = partial(operand_loads, banks=there.geometry.banks)
    for name in steps:
        steps[name], vectors[name] = allocated(there, steps[name], loads)
    return (
        steps,
        vectors,
        max((1 + f["s_waddr"] for words in steps.values() for f in words if f.get("s_we")), default=0),
    )


def _others(plan: RingPlan, there: BankMap) -> dict[str, list[Fields]]:
    """Updates and transfers."""
    return {
        "update": update_segment(plan, there),
        "clear": clear_segment(there),
        **load_segments(there.geometry),
        **capture_segments(there.geometry),
    }


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
            inputs=name in (FIRST, "forward", "echo") and plan.inputs > 0,
            loads=name.startswith("load_") or name == "nudge",
            sends=name.startswith("read_"),
            vectors=vectors.get(name, Traffic()),
        )
        at += len(words)
    return segments
