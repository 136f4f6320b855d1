"""Chains are placed whole: no slot is left out, loads come just in time, kicks have the cycle of their sum."""

from __future__ import annotations

import pytest

from rtl.hls.plan.ring_plan import POSITION
from rtl.hls.plan.timing import STATE_WRITE
from rtl.hls.plan.wide_timing import ACCUMULATE, FORCE, SUM_READY
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.wide.chain import Chain
from rtl.hls.wide.schedule import compile_wide
from rtl.hls.wide.slots import Slots
from tests.rtl.hls.cases import program

SCHEDULE = compile_wide(program("dense", 48, 2), elements=3, banks=4)
READY = 5
"""Cycle in which all operands of these tests can be read."""


def slots(*, twin: bool) -> Slots:
    made = Slots(SCHEDULE.memory, SCHEDULE.width, ReservationTable(), twin=twin)
    fold = SCHEDULE.geometry.fold
    made.ready = {(operand, block): READY for operand in (POSITION, "s") for block in range(fold)}
    return made


def chain(made: Slots, *groups: int) -> Chain:
    return Chain(made, SCHEDULE.plan.statements[-1], groups)


@pytest.mark.parametrize("twin", [False, True])
def test_a_chain_has_every_slot_and_kicks_when_its_sums_come(twin: bool) -> None:
    made, g = slots(twin=twin), SCHEDULE.geometry
    last, kicked = chain(made, 1).place(0)
    length = g.banks * (1 + SCHEDULE.memory.groups(48) * g.elements)
    first = READY + 1  # the address of a position is that of the cycle before
    assert last == first + length - 1
    words = made.reservations.words()
    assert [cycle for cycle, f in enumerate(words) if f.get("first_clear")] == [
        cycle + ACCUMULATE for cycle in range(first, first + g.banks)
    ]
    # The first of the last lap's sums is complete in the last bank, B - 1 cycles after bank 0.
    come = last - g.banks + 1 + SUM_READY + g.banks - 1 + FORCE
    blocks = range(g.banks, 2 * g.banks)
    after = come + STATE_WRITE + 1 + (g.banks if twin else 0)
    assert kicked == {block: after + index for index, block in enumerate(blocks)}
    assert {f["we_p"] for f in words if "we_p" in f} == ({1, 2} if twin else {3})


def test_two_chains_follow_each_other_at_once_or_go_round_the_kicks() -> None:
    """Their own loads may not take the state's address in the cycles of the kicks before them."""
    made = slots(twin=True)
    last, _ = chain(made, 0).place(0)
    words = made.reservations.words()
    kicks = [cycle - STATE_WRITE for cycle, f in enumerate(words) if "we_p" in f]
    start = chain(made, 1).fits(last + 1)
    assert start >= last + 1
    second, _ = chain(made, 1).place(last + 1)
    later = made.reservations.words()
    for cycle in kicks:
        assert later[cycle]["s_addr0"] == words[cycle]["s_addr0"]
    assert second == start + SCHEDULE.geometry.banks * (1 + SCHEDULE.memory.groups(48) * 3) - 1


def test_a_chain_that_cannot_be_placed_now_waits() -> None:
    free, taken = slots(twin=True), slots(twin=True)
    at = chain(free, 0).fits(0)
    taken.reservations.at(at + 9, lookup=1)
    assert chain(taken, 0).fits(0) == at + 10
