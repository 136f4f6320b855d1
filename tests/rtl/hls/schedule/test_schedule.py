"""Schedules: their table, what they cost, what they refuse, and that their checker sees injected hazards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls import compile_array
from rtl.hls.plan.control import encode
from rtl.hls.schedule.schedule import Schedule
from tests.rtl.hls.cases import FORMATS, SYSTEMS, of_every_system, program, scheduled

Fields = dict[str, int]

SEGMENTS = """
    forward echo update clear load_weight load_position load_momentum nudge read_position0 read_position1
    read_momentum0 read_momentum1 read_weight read_gradient_low read_gradient_high read_flags
""".split()


def test_the_table_of_a_tiny_schedule() -> None:
    """Order and use of the segments; they tile the store. Lengths belong to the pipeline and are not pinned."""
    schedule = scheduled("hru", 4, 2, 1)
    rows = str(schedule).splitlines()
    assert rows[0].split() == ["segment", "start", "words", "uses"]
    uses = {"forward": "inputs", "echo": "inputs", "nudge": "loads"}
    at = 0
    for row, name in zip(rows[1:], SEGMENTS, strict=True):
        length = len(schedule.segments[name].words)
        use = {"load": "loads", "read": "sends"}.get(name[:4], uses.get(name, ""))
        assert row.split() == [name, str(at), str(length), *use.split()]
        at += length
    assert len(schedule.words) == at


@pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    ("system", "sizes"),
    of_every_system([(1, 1, 1), (5, 1, 3), (6, 3, 2), (16, 4, 8), (64, 16, 8), (32, 32, 4)]),
    ids=str,
)
def test_every_schedule_passes_its_checker(system: str, sizes: tuple[int, int, int], formats: Formats) -> None:
    scheduled(system, *sizes, formats).check()


def test_a_schedule_is_a_function_of_its_plan_and_geometry() -> None:
    one, two = (compile_array(program("dense", 6, 2), elements=3) for _ in range(2))
    assert one.words == two.words


def test_formats_do_not_change_the_control_words() -> None:
    """Shifts and widths are wired: only update offsets could differ, and they do not depend on the widths."""
    reference = scheduled("dense", 6, 3, 2)
    for formats in FORMATS.values():
        assert scheduled("dense", 6, 3, 2, formats).words == reference.words


def test_multipliers_are_busy() -> None:
    """Useful products over multiplier cycles of the reference array; its pipeline drains every step."""
    schedule = scheduled("dense", 64, 16, 8)
    n, m = 64, 8
    sums = 2 * n * n + n * m + 2 * n
    assert schedule.products("forward") == sums
    assert schedule.products("echo") == 2 * (sums + n * n + n * m + 2 * n)
    assert schedule.busy("forward") >= 0.91
    assert schedule.busy("echo") >= 0.97


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_multiplier_is_used_twice(system: str) -> None:
    schedule = scheduled(system, 16, 4, 3)
    assert 0 < schedule.busy("forward") <= 1
    assert 0 < schedule.busy("echo") <= 1


# The checker.


def corrupted(schedule: Schedule, segment: str, change: Callable[[list[Fields]], None]) -> Schedule:
    """The schedule with the words of a segment changed."""
    fields = schedule.fields(segment)
    change(fields)
    changed = replace(schedule.segments[segment], words=tuple(encode(f, schedule.widths) for f in fields))
    return Schedule(schedule.plan, schedule.memory, schedule.segments | {segment: changed})


def gradient_cycles(fields: list[Fields]) -> list[int]:
    return [cycle for cycle, f in enumerate(fields) if f["g_we"] and not f["g_clear"]]


def read_of(fields: list[Fields], write: int) -> int:
    """The cycle in which the gradient word of a write was read."""
    return max(c for c in range(write) if fields[c]["g_raddr"] == fields[write]["g_waddr"])


def write_onto_a_read(fields: list[Fields]) -> None:
    f = next(f for f in fields if f["addr_a"])
    f.update(we_b=1, addr_b=f["addr_a"])


def write_in_a_look_up(fields: list[Fields]) -> None:
    next(f for f in fields if f["lookup"]).update(we_b=1, addr_b=5)


def overlap_two_gradient_words(fields: list[Fields]) -> None:
    """The second read-modify-write of a pair takes the address of the first, before that is written."""
    first, second = gradient_cycles(fields)[:2]
    address = fields[first]["g_waddr"]
    fields[read_of(fields, second)]["g_raddr"] = address
    fields[second]["g_waddr"] = address


def read_another_gradient_word(fields: list[Fields]) -> None:
    write = gradient_cycles(fields)[4]
    fields[read_of(fields, write)]["g_raddr"] ^= 1


def write_gradient_word_zero(fields: list[Fields]) -> None:
    """Address 0 is the table's."""
    write = gradient_cycles(fields)[0]
    fields[read_of(fields, write)]["g_raddr"] = 0
    fields[write]["g_waddr"] = 0


def update_reads_what_it_writes(fields: list[Fields]) -> None:
    f = next(f for f in fields if f["we_b"])
    f["addr_a"] = f["addr_b"]


@pytest.mark.parametrize(
    ("segment", "hazard"),
    [
        ("forward", write_onto_a_read),
        ("echo", write_onto_a_read),
        ("forward", write_in_a_look_up),
        ("echo", overlap_two_gradient_words),
        ("echo", read_another_gradient_word),
        ("echo", write_gradient_word_zero),
        ("update", update_reads_what_it_writes),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_the_checker_sees(segment: str, hazard: Callable[[list[Fields]], None]) -> None:
    good = scheduled("dense", 6, 2, 2)
    corrupted(good, segment, lambda fields: None).check()
    with pytest.raises(AssertionError):
        corrupted(good, segment, hazard).check()


def test_the_checker_sees_a_gap_between_segments() -> None:
    good = scheduled("hru", 4, 2, 1)
    moved = replace(good.segments["echo"], start=good.segments["echo"].start + 1)
    with pytest.raises(AssertionError, match="echo"):
        Schedule(good.plan, good.memory, good.segments | {"echo": moved}).check()


def test_the_checker_sees_bits_beyond_the_fields() -> None:
    good = scheduled("hru", 4, 2, 1)
    echo = good.segments["echo"]
    extra = replace(echo, words=(echo.words[0] | 1 << sum(good.widths.values()), *echo.words[1:]))
    with pytest.raises(AssertionError):
        Schedule(good.plan, good.memory, good.segments | {"echo": extra}).check()


# What does not fit.


@pytest.mark.parametrize(
    ("neurons", "elements", "inputs", "depth"),
    [(8, 4, 3, 2048), (64, 16, 8, 2048), (16, 1, 8, 4096), (72, 12, 8, 4096)],
)
def test_the_control_store_is_as_deep_as_it_must_be(neurons: int, elements: int, inputs: int, depth: int) -> None:
    array = compile_array(program("dense", neurons, inputs), elements=elements)
    assert array.geometry.control_words == depth
    assert depth == 2048 or len(array.words) > depth // 2


@pytest.mark.parametrize(
    ("system", "neurons", "elements", "inputs", "message"),
    [
        ("hru", 51, 3, 1, "an element holds at most 16 neurons, got N / P = 17; use P >= 4$"),
        ("hru", 4, 0, 1, "a ring has 1 to 255 elements, got 0; choose P within$"),
        ("hru", 4, 2, 33, "the array takes 0 to 32 inputs a step, got 33; use fewer$"),
        (
            "dense", 128, 16, 8,
            "an element holds at most 511 parameter words, N = 128 on P = 16 needs 1104; use more elements$",
        ),
        (
            "dense", 250, 250, 8,
            r"the control store holds at most 4096 words, N = 250 on P = 250 needs \d+; use fewer neurons or elements$",
        ),
    ],
    ids=["fold", "no elements", "inputs", "parameters", "control store"],
)  # fmt: skip
def test_sizes_that_do_not_fit(system: str, neurons: int, elements: int, inputs: int, message: str) -> None:
    with pytest.raises(HelError) as error:
        compile_array(program(system, neurons, inputs), elements=elements)
    assert re.match(message, str(error.value)), str(error.value)


def test_operands_wider_than_the_multipliers() -> None:
    with pytest.raises(HelError, match="^the multipliers take operands of 8 to 18 bits, got 20$"):
        compile_array(program("linear", 2, 1, Formats(operand_bits=20)), elements=1)
