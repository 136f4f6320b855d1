"""The checker sees an error that is put into right words: any field that is dropped, sums that change places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from rtl.hls.plan.control import Fields
from rtl.hls.wide.hazards import check_wide_step
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from tests.rtl.hls.cases import program

SCHEDULE = compile_wide(program("dense", 24, 2), elements=3, banks=4)
FORWARD_HALF = compile_wide(program("dense", 8, 2), elements=2, banks=2)


def checked(schedule: WideSchedule, name: str, words: list[Fields]) -> None:
    check_wide_step(schedule.plan, schedule.memory, name, words, twin=name == "echo")


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
    there = [cycle for cycle, f in enumerate(words) if f[field]]
    if not there:
        assert (field, name) in UNUSED
        return
    for cycle in {there[0], there[-1], there[np.random.default_rng(5).integers(len(there))]}:
        wrong = [dict(f) for f in words]
        wrong[cycle][field] = 0
        with pytest.raises(AssertionError):
            checked(SCHEDULE, name, wrong)


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
        checked(SCHEDULE, "forward", _swapped(words, looked[0] - 3, looked[1] - 3, "z_sel"))
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
        checked(FORWARD_HALF, "echo", FORWARD_HALF.fields("forward"))
