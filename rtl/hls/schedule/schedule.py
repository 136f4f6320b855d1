"""The schedule: every segment of control words an array needs, where it lies in the control store, and what it costs.

A schedule is a value with a checker. It is loaded, not wired: another program on the same array is another schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from golden.errors import HelError
from rtl.hls.check.hazards import check_gradients, check_step, check_weights
from rtl.hls.plan.control import Fields, decode, encode, widths
from rtl.hls.plan.geometry import STORE_WORDS, VECTOR_WORDS, Geometry, more_elements
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import Local, RingPlan, Statement
from rtl.hls.plan.traffic import Traffic
from rtl.hls.schedule.allocate import allocated
from rtl.hls.schedule.search import step_segment
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.schedule.transfer import capture_segments, clear_segment, load_segments, update_segment

__all__ = ["Schedule", "Segment", "schedule"]


@dataclass(frozen=True)
class Segment:
    """Straight-line control words that the sequencer repeats.

    Members
    -------
    start : address of the first word in the control store
    words : encoded control words, one a cycle
    inputs, loads, sends : whether an iteration consumes the step's inputs, consumes P host words, sends P host words
    vectors : which blocks of vectors the words write and read, and when; addresses do not tell, for blocks share words
    """

    name: str
    start: int
    words: tuple[int, ...]
    inputs: bool = False
    loads: bool = False
    sends: bool = False
    vectors: Traffic = field(default_factory=Traffic)

    def cycles(self, iterations: int) -> int:
        """Cycles of a command: two to fetch it, one before each iteration, one a word."""
        return 2 + iterations * (1 + len(self.words))


@dataclass(frozen=True)
class Schedule:
    """All segments of a plan on a geometry; build it with `schedule`."""

    plan: RingPlan
    memory: MemoryMap
    segments: dict[str, Segment]

    @property
    def geometry(self) -> Geometry:
        """Sizes and shifts of the array."""
        return self.memory.geometry

    @cached_property
    def widths(self) -> dict[str, int]:
        """Width of each field in this array's control words."""
        return widths(self.geometry)

    def fields(self, segment: str) -> list[Fields]:
        """The control words of a segment, decoded."""
        return [decode(word, self.widths) for word in self.segments[segment].words]

    @cached_property
    def words(self) -> tuple[int, ...]:
        """Content of the control store."""
        return tuple(word for segment in self.segments.values() for word in segment.words)

    def products(self, name: str) -> int:
        """Products of the program that one iteration of a step computes, over the whole ring.

        Moves of a partial sum (a zero is added), table interpolations and products with padding do not count.
        """
        words = {name: self.memory.nonzero(name) for name in self.plan.stored}

        def of(statement: Statement) -> int:
            return sum(
                words[term.a] if isinstance(term, Local) and term.a in words
                else statement.length if isinstance(term, Local)
                else words[term.matrix]
                for term in statement.terms
            )  # fmt: skip

        sums = sum(of(s) for s in needed_statements(self.plan, gradients=name == "echo"))
        gradient = sum(words[g.parameter] * len(g.terms) for g in self.plan.gradients)
        return {"forward": sums, "echo": 2 * (sums + gradient)}[name]

    def busy(self, name: str) -> float:
        """Useful products over multiplier cycles (two multipliers a bank) in one step."""
        multipliers = 2 * self.geometry.elements * self.geometry.banks
        return self.products(name) / (multipliers * len(self.segments[name].words))

    @property
    def update_iterations(self) -> int:
        """Iterations of an update."""
        return 1

    def check(self) -> None:
        """Structure and hazards; raises AssertionError, for a violation is our bug and no user's.

        Segments tile the store, and their words pass `rtl.hls.check.hazards`.
        """
        at = 0
        for segment in self.segments.values():
            assert segment.start == at, segment.name
            at += len(segment.words)
            fields = self.fields(segment.name)
            assert all(encode(f, self.widths) == w for f, w in zip(fields, segment.words, strict=True))
            if not segment.loads:  # nothing uses what port A reads while words are loaded
                check_weights(segment.name, fields)
            if not segment.loads and segment.name not in ("update", "clear"):
                check_gradients(segment.name, fields)
            if segment.name in ("forward", "echo"):
                check_step(self.memory, segment.name, fields, segment.vectors, twin=segment.name == "echo")
        assert at <= self.geometry.control_words

    def __str__(self) -> str:
        rows = [f"{'segment':20} {'start':>6} {'words':>6}  uses"]
        for s in self.segments.values():
            uses = " ".join(n for n, on in (("inputs", s.inputs), ("loads", s.loads), ("sends", s.sends)) if on)
            rows.append(f"{s.name:20} {s.start:6} {len(s.words):6}  {uses}".rstrip())
        return "\n".join(rows)


def schedule(plan: RingPlan, geometry: Geometry, *, reuse: bool = False) -> Schedule:
    """Schedules a plan, on an array of its own or, for `reuse`, on one that is there and has the stores that it has.

    Raises
    ------
    HelError
        Parameters, vectors or control words that do not fit.
    """
    memory = MemoryMap.of(plan, geometry)
    raw: dict[str, list[Fields]] = {
        "forward": step_segment(plan, memory, twin=False),
        "echo": step_segment(plan, memory, twin=True),
        "update": update_segment(plan, memory),
        "clear": clear_segment(memory),
        **load_segments(geometry.elements),
        **capture_segments(geometry.elements),
    }
    vectors: dict[str, Traffic] = {}
    for name in ("forward", "echo"):
        raw[name], vectors[name] = allocated(memory, raw[name])
    geometry = replace(
        geometry,
        control_words=_depth(
            "the control store holds at most {most} words",
            "build an array for it" if reuse else "use fewer neurons or elements",
            sum(len(words) for words in raw.values()),
            (geometry.control_words,) if reuse else STORE_WORDS,
            geometry,
        ),
        vector_words=_depth(
            "an element holds at most {most} words of intermediate vectors at a time",
            "build an array for it" if reuse else more_elements(geometry),
            max((1 + f["s_waddr"] for name in vectors for f in raw[name] if f.get("s_we")), default=0),
            (geometry.vector_words,) if reuse else VECTOR_WORDS,
            geometry,
        ),
    )
    memory = replace(memory, geometry=geometry)
    segments, at, fields = {}, 0, widths(geometry)
    for name, words in raw.items():
        assert all(field in fields for word in words for field in word)
        segments[name] = Segment(
            name,
            at,
            tuple(encode(word, fields) for word in words),
            inputs=name in ("forward", "echo") and plan.inputs > 0,
            loads=name.startswith("load_") or name == "nudge",
            sends=name.startswith("read_"),
            vectors=vectors.get(name, Traffic()),
        )
        at += len(words)
    result = Schedule(plan, memory, segments)
    result.check()
    return result


def _depth(rule: str, way_out: str, words: int, depths: Sequence[int], geometry: Geometry) -> int:
    """The smallest depth that holds so many words."""
    for depth in depths:
        if depth >= words:
            return depth
    sizes = f"N = {geometry.neurons} on P = {geometry.elements}"
    raise HelError(f"{rule.format(most=depths[-1])}, {sizes} needs {words}; {way_out}")
