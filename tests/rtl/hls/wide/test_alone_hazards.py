"""The checker of the last bank's steps sees an error that is put into right words: any field that is dropped."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rtl.hls.plan.control import Fields
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from tests.golden.dynamics.turn_cases import both_operands
from tests.rtl.hls.cases import program

FIELDS = {
    "rotor": (
        "acc_en acc_prev first_clear take lookup r_en r_src s_we we_q we_p q_sub p_sub k_sel opa opb"
        " v_src imm_src u_index scale negate addr_a addr_b g_we g_raddr g_waddr g_local w_addr z_sel s_waddr s_addr0"
        " s_addr1 s_cut"
    ),
    "stack": "x_en x_load acc_prev acc_en opb first_clear take k_sel z_sel x_store s_cut",
    "morse": "z_en s_cut",
    "horn": "table z_en",
    "springs": "x_back",
    "hopfield": "cut",
    "angles": "x_turn",
}
"""By system: fields whose every setting counts there."""


@cache
def scheduled(system: str) -> WideSchedule:
    if system == "angles":
        return compile_wide(both_operands(4), elements=2, banks=2)
    return compile_wide(program(system, 8, 2), elements=4 if system == "springs" else 2, banks=2)


def _dropped(words: list[Fields], cycle: int, field: str) -> list[Fields]:
    return [{**f, field: 0} if at == cycle else f for at, f in enumerate(words)]


@pytest.mark.parametrize("name", ["forward", "echo"])
@pytest.mark.parametrize(("system", "field"), [(s, f) for s, fields in FIELDS.items() for f in fields.split()])
def test_a_field_that_is_not_set_is_missed(system: str, field: str, name: str) -> None:
    """In the first, the last and some other cycles in which it is set."""
    schedule = scheduled(system)
    words = schedule.fields(name)
    there = [cycle for cycle, f in enumerate(words) if f.get(field)]
    for cycle in {*there[:1], *there[-1:], *np.random.default_rng(5).permutation(there)[:2].tolist()}:
        with pytest.raises(AssertionError):
            schedule.check_step(name, _dropped(words, cycle, field))


@pytest.mark.parametrize("system", FIELDS)
def test_every_field_of_the_list_is_set_somewhere(system: str) -> None:
    schedule = scheduled(system)
    words = [*schedule.fields("forward"), *schedule.fields("echo")]
    for field in FIELDS[system].split():
        assert any(f.get(field) for f in words), field


def test_every_field_that_a_step_sets_is_dropped_somewhere() -> None:
    known = {field for fields in FIELDS.values() for field in fields.split()}
    found = {
        field
        for system in FIELDS
        for name in ("forward", "echo")
        for f in scheduled(system).fields(name)
        for field, value in f.items()
        if value
    }
    assert found == known


def test_a_sum_that_moves_on_too_early_is_seen() -> None:
    """A hop through all banks takes B cycles."""
    schedule = scheduled("stack")
    words = schedule.fields("echo")
    hop = next(c for c, f in enumerate(words) if f["acc_en"] and f["acc_prev"] and not f["first_clear"])
    wrong = [*words[: hop - 1], words[hop], *words[hop:]]
    with pytest.raises(AssertionError):
        schedule.check_step("echo", wrong)


@pytest.mark.parametrize("name", ["forward", "echo"])
def test_a_segment_that_is_cut_off_is_seen(name: str) -> None:
    for system in FIELDS:
        with pytest.raises(AssertionError):
            scheduled(system).check_step(name, scheduled(system).fields(name)[:-1])
