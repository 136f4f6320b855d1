"""The checker sees an error that is put into right words: any field that is dropped, sums that change places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import numpy as np
import pytest

from rtl.hls.plan.control import Fields
from rtl.hls.plan.wide_timing import LOOK_UP
from rtl.hls.wide import hazards
from rtl.hls.wide.hazards import check_wide_loop, check_wide_step
from rtl.hls.wide.rotated import FIRST, LAST
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from tests.rtl.hls.cases import program

SCHEDULE = compile_wide(program("dense", 34, 2), elements=3, banks=4)
"""Three row groups: a forward step is one segment."""
LOOP = compile_wide(program("dense", 24, 2), elements=3, banks=4)
"""One pair of row groups: a rotated loop."""
PARTS = FIRST, "forward", LAST


def checked(schedule: WideSchedule, name: str, words: list[Fields]) -> None:
    check_wide_step(schedule.plan, schedule.memory, name, words, twin=name == "echo")


def checked_loop(name: str, words: list[Fields]) -> None:
    """With other words in one of its parts."""
    parts = {part: LOOP.fields(part) for part in PARTS} | {name: words}
    check_wide_loop(LOOP.plan, LOOP.memory, *(parts[part] for part in PARTS))


DROPPED = (
    "acc_en acc_clear first_clear take lookup x_en r_en s_we we_q we_p g_we k_sel p_sub opa opb v_src imm_src u_index"
    " acc_prev scale addr_a g_raddr g_local w_addr z_sel s_waddr x_load r_src s_addr0 s_addr1 g_waddr"
).split()


UNUSED = {("p_sub", "echo"), *((f, "forward") for f in "g_we g_raddr g_waddr g_local opa r_src".split())}


@pytest.mark.parametrize("name", ["forward", "echo"])
@pytest.mark.parametrize("field", DROPPED)
def test_a_field_that_is_not_set_is_missed(field: str, name: str) -> None:
    """In the first, the last and a random cycle in which it is set and counts."""
    words = SCHEDULE.fields(name)
    if not any(f[field] for f in words):
        assert (field, name) in UNUSED
    for wrong in dropped(words, field):
        with pytest.raises(AssertionError):
            checked(SCHEDULE, name, wrong)


def dropped(words: list[Fields], field: str) -> Iterator[list[Fields]]:
    there = [cycle for cycle, f in enumerate(words) if f.get(field)]
    if there:
        for cycle in {there[0], there[-1], there[np.random.default_rng(5).integers(len(there))]}:
            wrong = [dict(f) for f in words]
            wrong[cycle][field] = 0
            yield wrong


@pytest.mark.parametrize("field", [*DROPPED, "k_add"])
def test_a_field_that_is_not_set_in_a_loop_is_missed(field: str) -> None:
    """In each part of it."""
    found = 0
    for part in PARTS:
        for wrong in dropped(LOOP.fields(part), field):
            found += 1
            with pytest.raises(AssertionError):
                checked_loop(part, wrong)
    assert found or (field, "forward") in UNUSED or field == "k_sel"


@pytest.mark.parametrize(("words", "breaks"), [(0, False), (1, False), (4, True), (12, True)])
def test_what_a_pause_would_break_is_seen(monkeypatch: pytest.MonkeyPatch, words: int, breaks: bool) -> None:
    """A loop that is cut some words later is the same without a pause; inside a look-up it may not be cut."""
    first, repeated, last = (LOOP.fields(part) for part in PARTS)
    assert repeated[:words] == last[:words]
    cut = [*first, *repeated[:words]], [*repeated[words:], *repeated[:words]], last[words:]
    with pytest.raises(AssertionError) if breaks else nullcontext():
        check_wide_loop(LOOP.plan, LOOP.memory, *cut)
    monkeypatch.setattr(hazards, "PAUSES", (0,))
    check_wide_loop(LOOP.plan, LOOP.memory, *cut)


def test_operands_of_another_step_are_seen() -> None:
    """An iteration's inputs are those of the next step's row sums; here all are said to be the first step's."""
    first, repeated, last = (LOOP.fields(part) for part in PARTS)
    words = [*first, *repeated, *repeated, *last]
    with pytest.raises(AssertionError, match="operands of another step"):
        hazards._Steps(LOOP.plan, LOOP.memory, "forward", words, [0] * len(words), twin=False, steps=3).run()
    with pytest.raises(AssertionError, match="drifts twice"):
        check_wide_loop(LOOP.plan, LOOP.memory, first, [*repeated, *repeated], last)


def _swapped(words: list[Fields], one: int, other: int, *fields: str) -> list[Fields]:
    wrong = [dict(f) for f in words]
    for field in fields:
        wrong[one][field], wrong[other][field] = words[other][field], words[one][field]
    return wrong


def _cycles(words: list[Fields], is_there: Callable[[Fields], int]) -> list[int]:
    return [cycle for cycle, f in enumerate(words) if is_there(f)]


def test_sums_that_change_places_are_seen() -> None:
    words = SCHEDULE.fields("forward")
    looked = _cycles(words, lambda f: f["lookup"])
    with pytest.raises(AssertionError, match="chooses"):
        checked(SCHEDULE, "forward", _swapped(words, looked[0] - LOOK_UP, looked[1] - LOOK_UP, "z_sel"))
    kicks = _cycles(words, lambda f: f["we_p"])
    wrong = _swapped(_swapped(words, kicks[0], kicks[1], "w_addr"), kicks[0] - 2, kicks[1] - 2, "s_addr0", "s_addr1")
    with pytest.raises(AssertionError, match="kicks with a sum that is not there"):
        checked(SCHEDULE, "forward", wrong)


def test_a_chain_that_waits_is_seen() -> None:
    words = SCHEDULE.fields("echo")
    chain = _cycles(words, lambda f: f["acc_prev"] and f["acc_en"])
    wrong = [*words[: chain[9]], dict.fromkeys(words[0], 0), *words[chain[9] :]]
    with pytest.raises(AssertionError):
        checked(SCHEDULE, "echo", wrong)


def test_a_segment_that_is_cut_off_is_seen() -> None:
    for name in ("forward", "echo"):
        with pytest.raises(AssertionError):
            checked(SCHEDULE, name, SCHEDULE.fields(name)[:-1])


def test_the_echo_of_one_width_is_none_of_another() -> None:
    with pytest.raises(AssertionError):
        checked(SCHEDULE, "echo", SCHEDULE.fields("forward"))
