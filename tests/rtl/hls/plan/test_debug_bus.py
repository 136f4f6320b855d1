"""The debug bus: its layout names the model's registers and is as wide as they are."""

from __future__ import annotations

import numpy as np
import pytest

from golden.arithmetic.formats import Formats
from rtl.hls import Geometry, compile_array
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.debug_bus import UNITS, UNSIGNED, debug_bus_bits, debug_bus_layout, registers_of_units
from rtl.hls.plan.width import Width
from rtl.hls.schedule.command import resolve
from rtl.hls.wide.cycle_model import WideCycleModel
from rtl.host.driver import Driver
from rtl.host.wide_driver import driver_of
from tests.rtl.hls.cases import FORMATS, program, random_case, scheduled


@pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)
def test_the_model_has_every_register_of_the_bus(formats: Formats) -> None:
    geometry = Geometry.of(formats, elements=3, neurons=6, inputs=2)
    debug_bus = CycleModel(geometry).debug_bus()
    assert list(debug_bus) == list(debug_bus_layout(geometry))
    assert all(words.shape == (3,) for words in debug_bus.values())
    assert debug_bus_bits(geometry) == sum(debug_bus_layout(geometry).values())


@pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)
def test_every_register_keeps_to_its_width(formats: Formats) -> None:
    """In a run with words that wrap; otherwise comparing the low bits could hide a difference."""
    schedule = scheduled("dense", 4, 2, 2, formats)
    case = random_case(program("dense", 4, 2, formats), steps=2, seed=9, scale=1.0)
    d, model = Driver(schedule), CycleModel(schedule.geometry)
    run = [*d.load_table(), *d.load_parameters(case.theta), *d.clear(), *d.load_state(case.q, case.p)]
    run += [*d.forward(case.u), *d.nudge(case.e[0]), *d.echo(case.u[::-1]), *d.update(6)]
    layout = debug_bus_layout(schedule.geometry)
    low, high = dict.fromkeys(layout, 0), dict.fromkeys(layout, 0)
    for command in run:
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
            if command.segment == "load_weight":
                continue
            for name, words in model.debug_bus().items():
                low[name], high[name] = min(low[name], int(np.min(words))), max(high[name], int(np.max(words)))
    for name, bits in layout.items():
        signed = -(1 << (bits - 1)) <= low[name] and high[name] < 1 << (bits - 1)
        assert signed or (low[name] >= 0 and high[name] < 1 << bits), (name, bits, low[name], high[name])


@pytest.mark.parametrize("system", ["dense", "springs", "gated"])
def test_every_register_belongs_to_one_unit(system: str) -> None:
    layout = debug_bus_layout(scheduled(system, 4, 2, 2).geometry)
    for name in layout:
        units = [unit for unit, stems in UNITS.items() if name in stems or name[:-1] in stems]
        assert len(units) == 1, name


def test_numbers_without_a_sign_are_never_negative() -> None:
    """And of all others some are: which they are is no matter of taste."""
    schedule = scheduled("gated", 4, 2, 2)
    case = random_case(program("gated", 4, 2), steps=2, seed=9, scale=1.0)
    d, model = Driver(schedule), CycleModel(schedule.geometry)
    negative = set()
    run = [*d.load_table(), *d.load_parameters(case.theta), *d.clear(), *d.load_state(case.q, case.p)]
    for command in [*run, *d.forward(case.u), *d.nudge(case.e[0]), *d.echo(case.u[::-1]), *d.update(-20)]:
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
            negative |= {name for name, words in model.debug_bus().items() if (words < 0).any()}
    stems = {name[:-1] if name[-1] in "01" else name for name in debug_bus_layout(schedule.geometry)}
    assert {name[:-1] if name[-1] in "01" else name for name in negative} == stems - UNSIGNED


@pytest.mark.parametrize("banks", [2, 4, 8])
def test_the_model_of_several_banks_has_every_register_of_the_bus(banks: int) -> None:
    geometry = Geometry(elements=3, neurons=24, inputs=2, banks=banks)
    debug_bus = WideCycleModel(geometry, Width.of(geometry)).debug_bus()
    assert list(debug_bus) == list(debug_bus_layout(geometry))
    assert all(words.shape == (3,) for words in debug_bus.values())
    units = registers_of_units(geometry)
    assert [unit for unit in units if unit.startswith("bank")] == [f"bank{bank}" for bank in range(banks)]
    assert sorted(name for names in units.values() for name in names) == sorted(debug_bus)


def test_one_bank_has_the_units_of_today() -> None:
    geometry = scheduled("dense", 4, 2, 2).geometry
    assert list(registers_of_units(geometry)) == [unit for unit in UNITS if unit != "cut"]


def test_every_register_of_a_bank_keeps_to_its_width() -> None:
    """In a run with words that wrap, as above."""
    made = program("dense", 8, 2)
    schedule = compile_array(made, elements=2, banks=4)
    case, d = random_case(made, steps=1, seed=9, scale=1.0), driver_of(schedule)
    model = WideCycleModel(schedule.geometry, Width.of(schedule.geometry))
    model.weights[..., : schedule.memory.words + 1] = schedule.memory.pack(case.theta)
    for address, word in schedule.memory.table(schedule.memory.tables[0]):
        model.weights[0, :, address] = word
    run = [*d.load_state(case.q, case.p), *d.forward(case.u), *d.nudge(case.e[0]), *d.echo(case.u), *d.update(6)]
    layout = debug_bus_layout(schedule.geometry)
    low, high = dict.fromkeys(layout, 0), dict.fromkeys(layout, 0)
    for command in run:
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
            for name, words in model.debug_bus().items():
                low[name], high[name] = min(low[name], int(words.min())), max(high[name], int(words.max()))
    for name, bits in layout.items():
        signed = -(1 << (bits - 1)) <= low[name] and high[name] < 1 << (bits - 1)
        assert signed or (low[name] >= 0 and high[name] < 1 << bits), (name, bits, low[name], high[name])
