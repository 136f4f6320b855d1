"""The cycle model beside a recording: right ones, wrong ones with the first wrong word, and reads cut short."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from rtl.hls import Command, Schedule, compile_array
from rtl.hls.cycle_model.clocked import SETTLE
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.debug_bus import debug_bus_bits, debug_bus_layout
from rtl.hls.schedule.command import resolve
from rtl.hls.wide.cycle_model import WideCycleModel
from rtl.host.driver import Driver
from rtl.host.wide_driver import driver_of
from testbench.follow import Follower, last_commands, last_iterations, model_of
from testbench.script import Recording
from tests.rtl.hls.cases import program, random_case, scheduled
from tests.rtl.hls.cycle_model.recorded import Recorded, recorded, runs

SCHEDULE = scheduled("dense", 6, 2, 2)
LOAD, FORWARD, ECHO, UPDATE = runs(SCHEDULE, random_case(program("dense", 6, 2), steps=2, seed=1, scale=0.1))
FIRST_CYCLE = 1000


def recording(found: Recorded, schedule: Schedule = SCHEDULE) -> Recording:
    """As the bench writes one."""
    g, layout = schedule.geometry, debug_bus_layout(schedule.geometry)
    rows = []
    for row in range(len(found.imm)):
        word, at = 0, 0
        for element in range(g.elements):
            for name, bits in layout.items():
                word |= int(found.registers[name][row, element]) << at
                at += bits
        word |= int(found.issued[row]) << at
        digits = f"{word:0{-(-(1 + debug_bus_bits(g) * g.elements) // 4)}x}"
        rows.append([int(digit, 16) for digit in digits])
    return Recording(np.arange(len(rows)) + FIRST_CYCLE, np.array(rows, np.uint8))


@pytest.fixture(scope="module")
def loaded() -> CycleModel:
    model = CycleModel(SCHEDULE.geometry)
    for command in LOAD:
        for fields, imm in resolve(SCHEDULE, command):
            model.step(fields, imm)
    model.settle()
    return model


def test_a_right_recording_has_no_mismatch_and_every_word_is_counted(loaded: CycleModel) -> None:
    follower, rtl = Follower(SCHEDULE, copy.deepcopy(loaded)), copy.deepcopy(loaded)
    for commands in (FORWARD, ECHO, UPDATE):
        right = recorded(SCHEDULE, rtl, commands)
        rtl.settle()
        found = follower.recorded(commands, recording(right), ("forward", 0))
        registers = SCHEDULE.geometry.elements * len(debug_bus_layout(SCHEDULE.geometry))
        assert (found.mismatches, found.first) == (0, None)
        assert (found.clocks, found.words) == (len(right.imm), registers * len(right.imm))


def test_the_first_wrong_word_is_named(loaded: CycleModel) -> None:
    """Clock, element, register, both values, step and control word; and it is one word, not all that follow from it."""
    right = recorded(SCHEDULE, copy.deepcopy(loaded), FORWARD, seed=3)
    words = len(SCHEDULE.segments["forward"].words)
    row = int(np.flatnonzero(right.issued)[words + 12]) + 1  # after the second step's word 12
    right.registers["acc1"][row, 1] ^= 1
    right.registers["product0"][row + 3, 0] ^= 1
    follower = Follower(SCHEDULE, copy.deepcopy(loaded))
    found = follower.recorded(FORWARD, recording(right), ("forward", 4))
    assert found.mismatches == 2 and found.first is not None
    expected = {"cycle": FIRST_CYCLE + row, "pass": "forward", "step": 5, "element": 1, "register": "acc1"}
    assert expected.items() <= found.first.items()
    assert {"segment": "forward", "control_word": 12, "also": []}.items() <= found.first.items()
    assert found.first["expected"] ^ found.first["found"] == 1
    assert found.first["control"] == {name: v for name, v in SCHEDULE.fields("forward")[12].items() if v}


def test_a_wrong_word_at_the_start_has_no_control_word(loaded: CycleModel) -> None:
    right = recorded(SCHEDULE, copy.deepcopy(loaded), FORWARD)
    right.registers["r0"][0, 1] ^= 1
    right.registers["kick0"][0, :] ^= 2
    found = Follower(SCHEDULE, copy.deepcopy(loaded)).recorded(FORWARD, recording(right), ("forward", 0))
    assert found.first is not None and found.first["register"] == "r0" and found.first["segment"] == ""
    assert found.first["also"] == ["kick0 of element 0"]


@pytest.mark.parametrize("system", ["dense", "springs"])
def test_the_last_iterations_of_a_read_leave_what_all_of_them_leave(system: str) -> None:
    """In every register and memory, for every segment that reads."""
    schedule = scheduled(system, 12, 1, 2)
    driver, models = Driver(schedule), [CycleModel(schedule.geometry) for _ in range(2)]
    case = random_case(program(system, 12, 2), steps=1, seed=5, scale=0.3)
    for model in models:
        for commands in runs(schedule, case)[:3]:
            for command in commands:
                for fields, imm in resolve(schedule, command):
                    model.step(fields, imm)
    cut = 0
    for command in [*driver.read_state(), *driver.read_gradients(), *driver.read_parameters(), *driver.read_flags()]:
        short = last_iterations(schedule, command)
        cut += short.iterations < command.iterations
        for model, each in zip(models, (command, short), strict=True):
            for fields, imm in resolve(schedule, each):
                model.step(fields, imm)
            model.settle()
        for name, value in vars(models[0]).items():
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(value, getattr(models[1], name), f"{command.segment}: {name}")
    assert cut >= 3


def test_commands_that_write_are_not_cut_short() -> None:
    for command in [*LOAD, *FORWARD, Command("update")]:
        assert SCHEDULE.segments[command.segment].sends or last_iterations(SCHEDULE, command) is command


def test_of_commands_that_only_read_the_last_ones_are_enough() -> None:
    d = Driver(SCHEDULE)
    reads = [*d.read_gradients(), *d.read_gradients()]
    short = list(last_commands(SCHEDULE, reads))
    assert 0 < len(short) < len(reads) and short == reads[-len(short) :]
    words = [each.iterations * len(SCHEDULE.segments[each.segment].words) for each in short]
    assert sum(words) >= SETTLE > sum(words[1:])
    for commands in (LOAD, [*reads, *d.clear()], [*d.read_flags(), *reads]):
        assert last_commands(SCHEDULE, commands) is commands


def test_elements_of_several_banks_have_a_model_of_their_own() -> None:
    """It goes clock by clock: what is right has no mismatch, and the wrong word is named with its bank."""
    schedule = compile_array(program("dense", 8, 2), elements=2, banks=4)
    case, d = random_case(program("dense", 8, 2), steps=1, seed=1, scale=0.1), driver_of(schedule)
    model = model_of(schedule.geometry)
    assert isinstance(model, WideCycleModel) and isinstance(model_of(SCHEDULE.geometry), CycleModel)
    model.weights[..., : schedule.memory.words + 1] = schedule.memory.pack(case.theta)
    follower = Follower(schedule, model)
    follower.unrecorded(d.load_state(case.q, case.p))
    rtl = copy.deepcopy(model)
    right = recorded(schedule, rtl, d.forward(case.u))
    rtl.settle()
    found = follower.recorded(d.forward(case.u), recording(right, schedule), ("forward", 0))
    assert (found.mismatches, found.first, found.clocks) == (0, None, len(right.imm))
    again = recorded(schedule, rtl, d.echo(case.u))
    row = int(np.flatnonzero(again.issued)[30]) + 1
    again.registers["bank2_acc1"][row, 1] ^= 1
    found = follower.recorded(d.echo(case.u), recording(again, schedule), ("echo", 7))
    assert found.mismatches == 1 and found.first is not None
    expected = {"register": "bank2_acc1", "element": 1, "segment": "echo", "control_word": 30, "step": 7}
    assert expected.items() <= found.first.items() and found.first["expected"] ^ found.first["found"] == 1
