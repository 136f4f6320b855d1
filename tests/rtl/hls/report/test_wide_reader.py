"""What is read back from the words of elements with several banks is what the plan asks for, unit by unit."""

from __future__ import annotations

import json
from functools import cache

import pytest

from golden.compiler import compile_system
from rtl.hls import Command, Schedule, compile_array
from rtl.hls.plan.wide_timing import TABLE_SIGN
from rtl.hls.plan.width import Width
from rtl.hls.report.explain import PASSES, UNITS, activity, explain, slots, text
from rtl.hls.report.origin import Origins
from rtl.hls.report.runs import schedule_runs
from rtl.hls.report.wide_reader import WideReader
from rtl.hls.schedule.command import resolve
from rtl.hls.wide.cycle_model import WideCycleModel
from rtl.host.wide_driver import driver_of
from tests.rtl.hls.cases import Words, program, random_case
from tests.rtl.hls.wide.potentials import Free, Layers

SIZES = [(8, 2, 4, 2), (16, 2, 4, 3), (9, 2, 2, 1), (26, 3, 4, 3), (32, 2, 8, 3), (5, 2, 4, 2)]
"""Neurons, elements, banks, inputs."""


@cache
def scheduled(neurons: int, elements: int, banks: int, inputs: int) -> Schedule:
    return compile_array(program("dense", neurons, inputs), elements=elements, banks=banks)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_products_found_are_the_products_planned(size: tuple[int, int, int, int]) -> None:
    schedule = scheduled(*size)
    for name in ("forward", "echo"):
        found = activity(schedule, name)
        assert found.products == schedule.products(name) == sum(row.products for row in found.operations)
        assert found.busy == schedule.busy(name) > 0
        assert found.cycles == len(schedule.segments[name].words)


@pytest.mark.parametrize("system", [Layers(9, 2, 20, 3), Free(7, 1)], ids=lambda s: s.name)
def test_products_of_a_users_potential_are_found(system: Layers | Free) -> None:
    schedule = compile_array(compile_system(system), elements=2, banks=4)
    for name in ("forward", "echo"):
        assert activity(schedule, name).products == schedule.products(name)


def test_every_operation_has_its_name() -> None:
    names = {name: {row.what for row in activity(scheduled(16, 2, 4, 3), name).operations} for name in PASSES}
    row_sums = {"W @ x", "B @ u", "b * 1", "table", "al * x", "W.T @ s"}
    assert names["forward"] == row_sums
    assert names["echo"] == row_sums | {"G W", "G B", "G b", "G al"}
    assert names["update"] == {"update W", "update B", "update b", "update al"}


def test_no_unit_does_two_things_at_once_and_all_is_plain_data() -> None:
    schedule = scheduled(16, 2, 4, 3)
    found = explain(schedule)
    assert json.loads(json.dumps(found)) == found and "W.T @ s" in text(found)
    for name in PASSES:
        share = {unit: activity(schedule, name).share(unit) for unit in UNITS}
        assert all(0 <= part <= 1 for part in share.values())
    assert set(schedule_runs(schedule)) == set(PASSES)
    # A row sum a bank and lane is looked up; each is written once, and read once a bank in each chain and gradient.
    traffic = WideReader(schedule, "echo").traffic
    assert sorted(traffic.writes.values()) == sorted([("s", block) for block in range(8)] * 2)
    assert set(traffic.reads.values()) == {("s", block) for block in range(8)}


def test_state_is_read_where_it_is_written() -> None:
    """A drift or a kick of every block, and reads in as many cycles: of both drifts, kicks and operands."""
    marks = list(WideReader(scheduled(16, 2, 4, 3), "forward").marks())
    assert [what for unit, _, what in marks if unit == "state, write"].count("drift") == 16
    assert [what for unit, _, what in marks if unit == "state, write"].count("kick") == 8
    reads = {at for unit, at, what in marks if unit == "state, read"}
    assert reads >= {at - 2 for unit, at, _ in marks if unit == "state, write"}


def loaded(schedule: Schedule, theta: dict[str, Words], q: Words, p: Words) -> WideCycleModel:
    model, there = WideCycleModel(schedule.geometry, Width.of(schedule.geometry)), schedule.memory
    model.weights[..., : there.words + 1] = there.pack(theta)
    for address, word in there.table(there.tables[0]):
        model.weights[0, :, address] = word
    for command in driver_of(schedule).load_state(q, p):
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
    model.settle()
    return model


@pytest.mark.parametrize(("parameter", "operation"), [("W", "W @ x"), ("B", "B @ u"), ("b", "b * 1")])
def test_a_changed_parameter_is_named_from_every_bank(parameter: str, operation: str) -> None:
    """By the first product and accumulator of a bank that differ, whichever bank it is."""
    own, schedule = program("dense", 8, 2), scheduled(8, 2, 4, 2)
    case = random_case(own, steps=1, seed=2, scale=0.2)
    origins, changed = Origins(schedule, own), {**case.theta, parameter: case.theta[parameter] ^ 256}
    one, two = (loaded(schedule, theta, case.q, case.p) for theta in (case.theta, changed))
    first: dict[str, int] = {}
    for cycle, (fields, imm) in enumerate(resolve(schedule, Command("forward", 1, inputs=case.u))):
        for model in (one, two):
            model.step(fields, imm)
        other = two.debug_bus()
        for name, words in one.debug_bus().items():
            if (words != other[name]).any():
                first.setdefault(name, cycle)
    assert operation in slots(schedule, "forward").values()
    for bank in range(4):
        for register in (f"bank{bank}_product0", f"bank{bank}_acc0"):
            origin = origins.of("forward", first[register], register)
            assert origin.operation == operation and f" {parameter} " in origin.statement, register
            assert origin.line.startswith("dense.py:")
    look_up = next(slot for slot, what in slots(schedule, "forward").items() if what == "table")
    origin = origins.of("forward", look_up + TABLE_SIGN, "s_word")
    assert origin.operation == "table" and origin.statement.startswith("s = ")
    assert origins.of("load_weight1", 0, "io").operation == "load weight1: host chain"


def test_vectors_are_named_by_their_reads() -> None:
    own, schedule = program("dense", 8, 2), scheduled(8, 2, 4, 2)
    (cycle, _), (name, _) = min(WideReader(schedule, "forward").traffic.reads.items())
    origin = Origins(schedule, own).of("forward", cycle, "s_read0")
    assert name == "s" and (origin.operation, origin.statement.split(" ")[0]) == ("vector, read", "s")
