"""Forward steps as a rotated loop: when, where it is cut, and what it gains."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golden.compiler import compile_system
from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.timing import ACCUMULATE, STATE_WRITE
from rtl.hls.plan.wide_control import wide_widths
from rtl.hls.plan.width import Width
from rtl.hls.wide.hazards import check_wide_loop
from rtl.hls.wide.rotated import FIRST, LAST, forward_segments
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from rtl.hls.wide.step import WideStep
from tests.rtl.hls.cases import program
from tests.rtl.hls.wide.potentials import Free, Layers

PARTS = FIRST, "forward", LAST


def made(neurons: int, elements: int, banks: int, inputs: int = 3) -> WideSchedule:
    return compile_wide(program("dense", neurons, inputs), elements=elements, banks=banks)


def length(schedule: WideSchedule, *names: str) -> int:
    return sum(len(schedule.segments[name].words) for name in names)


@pytest.mark.parametrize(("neurons", "row_groups"), [(16, 1), (32, 2), (30, 2), (48, 3), (64, 4)])
def test_a_step_is_rotated_where_it_has_one_pair_of_row_groups(neurons: int, row_groups: int) -> None:
    schedule = made(neurons, 4, 4)
    assert schedule.memory.groups(neurons) == row_groups
    assert schedule.rotated == (row_groups <= 2) == all(name in schedule.segments for name in PARTS)


def test_layers_that_wait_for_each_other_are_not_rotated() -> None:
    assert not compile_wide(compile_system(Layers(8, 1, 8, 8)), elements=2, banks=2).rotated
    assert compile_wide(compile_system(Free(8, 1)), elements=2, banks=2).rotated


@pytest.mark.parametrize("sizes", [(64, 8, 4), (32, 8, 4), (16, 2, 4)], ids=str)
def test_an_iteration_is_shorter_than_a_step_and_one_step_is_no_longer(sizes: tuple[int, int, int]) -> None:
    schedule = made(*sizes)
    step = len(WideStep(schedule.plan, schedule.memory, schedule.width, twin=False).run())
    assert length(schedule, "forward") < length(schedule, FIRST, LAST) <= step + 1


def test_inputs_are_taken_with_the_row_sums() -> None:
    schedule = made(32, 4, 4)
    assert [schedule.segments[name].inputs for name in PARTS] == [True, True, False]
    for name in PARTS:
        taken = {f["u_index"] for f in schedule.fields(name) if f["imm_src"] == ImmSource.INPUT}
        assert taken == (set() if name == LAST else {0, 1, 2})


def test_a_part_ends_with_its_last_product_and_the_next_one_takes_the_sums() -> None:
    schedule = made(32, 4, 4)
    for name in (FIRST, "forward"):
        words = schedule.fields(name)
        assert words[-1]["acc_en"] == 3 and not words[-1]["acc_prev"]
        assert any(f["x_en"] for f in words[-ACCUMULATE - 1 :]), "products of rows"
    for name in ("forward", LAST):
        assert schedule.fields(name)[0]["take"] == 3
    assert not any(f["take"] for f in schedule.fields(FIRST))


def test_column_groups_are_kicked_one_after_the_other_by_both_lanes() -> None:
    """The first are there before the last product of the chains."""
    words = made(64, 8, 4).fields("forward")
    kicked = [(cycle, f["w_addr"]) for cycle, f in enumerate(words) if f["we_p"]]
    assert [block for _, block in kicked] == list(range(8))
    chain = max(cycle for cycle, f in enumerate(words) if f["acc_en"] and f["acc_prev"])
    assert [cycle < chain for cycle, _ in kicked] == [True] * 4 + [False] * 4
    assert sum(f["k_add"] for f in words) == 8
    for block in range(8):
        drifts = [cycle for cycle, f in enumerate(words) if f["we_q"] and f["w_addr"] == block]
        assert len(drifts) == 2 and {b: c for c, b in kicked}[block] < drifts[0] - STATE_WRITE


def test_lanes_that_cannot_add_have_a_column_group_each() -> None:
    """Less is gained."""
    schedule = made(64, 8, 4)
    assert schedule.width.adds and not made(32, 8, 4).width.adds
    alike = replace(schedule.width, adds=False)
    found = forward_segments(schedule.plan, schedule.memory, alike)
    check_wide_loop(schedule.plan, schedule.memory, *(_whole(found[name], alike) for name in PARTS))
    step = len(WideStep(schedule.plan, schedule.memory, alike, twin=False).run())
    assert length(schedule, "forward") < len(found["forward"]) < step


def _whole(words: list[Fields], width: Width) -> list[Fields]:
    """With every field there is."""
    none = dict.fromkeys(wide_widths(made(64, 8, 4).geometry, width), 0)
    return [none | word for word in words]
