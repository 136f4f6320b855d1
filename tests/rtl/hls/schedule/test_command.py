"""Commands: how they become control words, how long they take, how many words they send."""

from __future__ import annotations

import numpy as np
import pytest

from rtl.hls.plan.control import ELEMENT_FIELDS, MAX_SHIFT, ImmSource
from rtl.hls.schedule.command import Command, resolve
from tests.rtl.hls.cases import scheduled

SCHEDULE = scheduled("dense", 6, 2, 2)


def test_resolved_words_have_the_elements_fields() -> None:
    for fields, _ in resolve(SCHEDULE, Command("forward", 1, inputs=np.zeros((1, 2), np.int64))):
        assert fields.keys() == ELEMENT_FIELDS.keys() - {"table", "x_turn"}, "there is nothing to choose"


@pytest.mark.parametrize("iterations", [1, 3])
def test_one_word_a_cycle_and_one_before_each_iteration(iterations: int) -> None:
    command = Command("read_position0", iterations)
    words = len(SCHEDULE.segments["read_position0"].words)
    assert sum(1 for _ in resolve(SCHEDULE, command)) == iterations * words
    assert command.cycles(SCHEDULE) == 2 + iterations * (1 + words)
    assert command.replies(SCHEDULE) == iterations * 2
    assert Command("clear").replies(SCHEDULE) == 0


def test_inputs_and_the_constant_one_are_broadcast() -> None:
    u = np.array([[11, 22], [33, 44]])
    segment = SCHEDULE.fields("forward")
    stored = segment * 2
    one = SCHEDULE.geometry.one
    for index, (f, (_, imm)) in enumerate(zip(stored, resolve(SCHEDULE, Command("forward", 2, inputs=u)), strict=True)):
        expected = {ImmSource.ONE: one, ImmSource.INPUT: int(u[index // len(segment), f["u_index"] % 2])}
        assert imm == expected.get(ImmSource(f["imm_src"]), 0)


def test_host_words_are_broadcast_in_order() -> None:
    words = np.arange(100, 106)
    sent = [
        imm
        for fields, imm in resolve(SCHEDULE, Command("load_position", 3, words=words))
        if fields["io_op"] and not fields["push"]
    ]
    assert sent == words.tolist()


def test_the_base_rises_with_the_iteration() -> None:
    command = Command("load_weight", 3, base=40, words=np.zeros(6, np.int64))
    assert [f["addr_b"] for f, _ in resolve(SCHEDULE, command) if f["we_b"]] == [40, 41, 42]
    state = Command("load_position", 3, words=np.zeros(6, np.int64))
    assert [f["w_addr"] for f, _ in resolve(SCHEDULE, state) if f["we_q"]] == [0, 1, 2]
    far = Command("load_weight", 2, base=1022, words=np.zeros(4, np.int64))
    assert [f["addr_b"] for f, _ in resolve(SCHEDULE, far) if f["we_b"]] == [1022, 1023]


@pytest.mark.parametrize("shift", [-28, 0, 10, MAX_SHIFT, MAX_SHIFT + 28])
def test_the_shift_gets_the_parameters_offset_and_is_clipped(shift: int) -> None:
    """Offsets of the dense system: -3 for al, 0 for the others."""
    found = {f["shift"] for f, _ in resolve(SCHEDULE, Command("update", shift=shift))}
    assert found == {min(max(shift + offset, 0), MAX_SHIFT) for offset in (-3, 0)}
