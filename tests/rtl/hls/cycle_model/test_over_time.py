"""Many clocks at once: the same words as clock by clock, for every unit there is, and no wrong bit is missed."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from golden.compiler import compile_system
from golden.program import Program
from golden.systems import get
from rtl.hls import Schedule, compile_array
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.cycle_model.over_time import follows
from rtl.hls.plan.debug_bus import debug_bus_layout
from tests.rtl.hls.cases import EVERYTHING, FORMATS, Words, program, random_case, scheduled
from tests.rtl.hls.cycle_model.recorded import Recorded, recorded, runs

ARRAYS = [
    ("dense", (6, 2, 2), "reference"),
    ("dense", (4, 4, 1), "w12"),
    ("hru", (6, 3, 2), "w16"),
    ("linear", (3, 1, 1), "reference"),
    ("springs", (4, 2, 1), "w16"),
    ("gated", (4, 2, 2), "reference"),
    ("pendulum", (4, 2, 1), "reference"),
    ("random-5", (4, 2, 2), "reference"),
]


def state(model: CycleModel) -> dict[str, Words]:
    """All registers and memories."""
    return {name: value for name, value in vars(model).items() if isinstance(value, np.ndarray)}


def same(one: CycleModel, two: CycleModel) -> None:
    for name, words in state(one).items():
        np.testing.assert_array_equal(words, state(two)[name], name)
    assert one.pushed == two.pushed


def walk(schedule: Schedule, own: Program, scale: float) -> None:
    stepped, followed = CycleModel(schedule.geometry), CycleModel(schedule.geometry)
    for seed, commands in enumerate(runs(schedule, random_case(own, steps=2, seed=4, scale=scale))):
        found = recorded(schedule, stepped, commands, seed)
        assert follows(followed, found.fields, found.imm, found.registers)
        same(stepped, followed)
        for model in (stepped, followed):  # what is under way goes on
            model.step({"x_en": 1, "acc_en": 3, "acc_src": 1})
        same(stepped, followed)


@pytest.mark.parametrize(("system", "sizes", "formats"), ARRAYS, ids=str)
@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_a_right_recording_is_followed_to_the_same_state(
    system: str, sizes: tuple[int, int, int], formats: str, scale: float
) -> None:
    neurons, elements, inputs = sizes
    own = program(system, neurons, inputs, FORMATS[formats])
    walk(scheduled(system, neurons, elements, inputs, FORMATS[formats]), own, scale)


def test_a_program_with_everything() -> None:
    own = Program.parse(EVERYTHING)
    walk(compile_array(own, elements=2), own, 1.0)


@pytest.fixture(scope="module")
def echo() -> tuple[CycleModel, Recorded]:
    """A model before an echo step with its reads, and what it does then."""
    own = compile_system(get("gated", n=4, m=2))
    schedule = compile_array(own, elements=2)
    model = CycleModel(schedule.geometry)
    load, forward, back, _ = runs(schedule, random_case(own, steps=1, seed=1, scale=0.3))
    for commands in (load, forward):
        recorded(schedule, model, commands)
    before = copy.deepcopy(model)
    return before, recorded(schedule, model, back)


@pytest.mark.parametrize("seed", range(4))
def test_no_wrong_bit_is_missed(echo: tuple[CycleModel, Recorded], seed: int) -> None:
    """Of any register, at any clock; and a model that did not follow is where it was."""
    before, right = echo
    model, random = copy.deepcopy(before), np.random.default_rng(seed)
    for name, bits in debug_bus_layout(model.geometry).items():
        wrong = right.registers[name].copy()
        row = 0 if seed == 0 else int(random.integers(len(wrong)))
        wrong[row, random.integers(wrong.shape[1])] ^= 1 << int(random.integers(bits))
        assert not follows(model, right.fields, right.imm, right.registers | {name: wrong}), (name, row)
    same(model, before)
    assert follows(model, right.fields, right.imm, right.registers)


def test_a_wrong_word_that_stays_wrong_is_seen(echo: tuple[CycleModel, Recorded]) -> None:
    """A register that holds a wrong word from some clock on follows from itself, but for the first one."""
    before, right = echo
    wrong = right.registers["flags"].copy()
    wrong[len(wrong) // 2 :] |= 16
    assert not follows(copy.deepcopy(before), right.fields, right.imm, right.registers | {"flags": wrong})


def test_no_clock_is_followed() -> None:
    model = CycleModel(scheduled("linear", 2, 1, 1).geometry)
    none = np.zeros(0, np.int64)
    assert follows(model, {}, none, dict.fromkeys(debug_bus_layout(model.geometry), none))
