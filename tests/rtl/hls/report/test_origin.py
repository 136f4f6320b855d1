"""Where a wrong word comes from: a word changed in one parameter is found again by its operation, from any register."""

from __future__ import annotations

import numpy as np
import pytest

from rtl.hls import Command, Schedule, compile_array
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.report.explain import slots
from rtl.hls.report.origin import Origin, Origins
from rtl.hls.schedule.command import resolve
from rtl.host.driver import Driver
from tests.golden.dynamics.cases import with_tables
from tests.golden.dynamics.turn_cases import both_operands
from tests.rtl.hls.cases import Words, program, random_case, scheduled

SIZES = (6, 2, 2)
"""Neurons, elements, inputs."""


def loaded(schedule: Schedule, theta: dict[str, Words], q: Words, p: Words) -> CycleModel:
    model, d = CycleModel(schedule.geometry), Driver(schedule)
    for command in [*d.load_table(), *d.load_parameters(theta), *d.clear(), *d.load_state(q, p)]:
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
    model.settle()
    return model


def first_differences(schedule: Schedule, command: Command, one: CycleModel, two: CycleModel) -> dict[str, int]:
    """Register -> the control word after which it first differs."""
    found: dict[str, int] = {}
    for cycle, (fields, imm) in enumerate(resolve(schedule, command)):
        for model in (one, two):
            model.step(fields, imm)
        other = two.debug_bus()
        for name, words in one.debug_bus().items():
            if (words != other[name]).any():
                found.setdefault(name, cycle)
    return found


@pytest.mark.parametrize("segment", ["forward", "echo"])
@pytest.mark.parametrize(
    ("system", "parameter", "operation"),
    [("dense", "W", "W @ x"), ("dense", "B", "B @ u"), ("dense", "b", "b * 1"), ("linear", "a", "a * x")],
)
def test_a_changed_parameter_is_named(system: str, parameter: str, operation: str, segment: str) -> None:
    """By the first product, accumulator and addresses that differ; the statement has it, and a line is known."""
    neurons, elements, inputs = SIZES
    own, schedule = program(system, neurons, inputs), scheduled(system, neurons, elements, inputs)
    case = random_case(own, steps=1, seed=2, scale=0.2)
    if operation not in {what for name in ("forward", "echo") for what in slots(schedule, name).values()}:
        pytest.fail(f"{system} has no {operation}")
    theta = dict(case.theta)
    theta[parameter] = theta[parameter] ^ 16
    command = Command(segment, 1, inputs=case.u)
    models = [loaded(schedule, each, case.q, case.p) for each in (case.theta, theta)]
    found = first_differences(schedule, command, *models)
    origins = Origins(schedule, own)
    for register in ("product0", "product1", "acc0", "acc1"):
        origin = origins.of(segment, found[register], register)
        assert origin.operation == operation, (register, found[register])
        assert parameter in origin.statement.split() and ".py:" in origin.line


def test_a_changed_position_reaches_the_lane_first() -> None:
    neurons, elements, inputs = SIZES
    own, schedule = program("dense", neurons, inputs), scheduled("dense", neurons, elements, inputs)
    case = random_case(own, steps=1, seed=3, scale=0.2)
    models = [loaded(schedule, case.theta, q, case.p) for q in (case.q, case.q + (1 << 14))]
    found = first_differences(schedule, Command("forward", 1, inputs=case.u), *models)
    origins = Origins(schedule, own)
    assert origins.of("forward", found["x0"], "x0").operation == "W @ x"
    assert origins.of("forward", found["operand0"], "operand0") == Origin("position as an operand")
    looked = next(cycle for cycle, what in slots(schedule, "forward").items() if what == "table")
    assert origins.of("forward", looked + 9, "s_word").operation == "table"
    assert origins.of("forward", looked + 9, "s_word").statement == "s = table tanh zt"
    assert origins.of("forward", found["kick0"], "kick0").statement.startswith("K = round half_up")


def test_products_of_angles_are_known_beside_those_of_positions() -> None:
    own = both_operands(4)
    schedule = compile_array(own, elements=2)
    origins = Origins(schedule, own)
    named = {what: slot for slot, what in slots(schedule, "echo").items()}
    statements = {what: origins.of("echo", slot + 8, "acc0").statement for what, slot in named.items()}
    assert {what: statements[what] for what in ("W @ x", "D @ t", "M.T @ t", "b * x", "x * t", "t * x", "t * 1")} == {
        "W @ x": "W_x = matvec W x", "D @ t": "D_t = matvec D t", "M.T @ t": "Mt_t = matvec_t M t",
        "b * x": "b_x = mul b x", "x * t": "x_t = mul x t", "t * x": "t_x = mul t x", "t * 1": "t_one = mul t one",
    }  # fmt: skip


def test_the_words_of_gradients_updates_and_transfers() -> None:
    neurons, elements, inputs = SIZES
    own, schedule = program("dense", neurons, inputs), scheduled("dense", neurons, elements, inputs)
    origins = Origins(schedule, own)
    slot = next(cycle for cycle, what in slots(schedule, "echo").items() if what == "G W")
    assert origins.of("echo", slot + 10, "grad_sum").operation == "G W"
    assert origins.of("echo", slot + 10, "grad_sum").statement == "gradient W = outer s x"
    assert origins.gradient("b").line.startswith("dense.py:")
    assert origins.update("al").operation == "update al"
    assert origins.of("read_position0", 3, "io") == Origin("read position0: host chain")
    assert np.all([line.startswith("dense.py:") for line in origins.kick().line.split("; ")])


def test_copies_that_are_cut_to_their_length_are_known_by_what_they_copy() -> None:
    own = with_tables(n=6)
    schedule = compile_array(own, elements=4)
    origins, entered = Origins(schedule, own), slots(schedule, "forward")
    statement = "e = table rise zr SQ(3, 15)"
    writes = {vector: cycle for (cycle, _), (vector, _) in schedule.segments["forward"].vectors.writes.items()}
    assert origins.of("forward", writes["e.pad"] - 1, "cut_word0") == Origin("cut", statement)
    looked = next(cycle for cycle, what in entered.items() if what == "table rise")
    assert origins.of("forward", looked + 9, "s_word") == Origin("table rise", statement)
    read = next(cycle for cycle, what in entered.items() if what == "D.T @ e.pad")
    assert origins.of("forward", read + 7, "product0") == Origin("D.T @ e.pad", "Dt_e = matvec_t D e")
    assert any(what == "one.5 * e" for what in entered.values())
