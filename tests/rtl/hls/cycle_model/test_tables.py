"""Declared tables on the cycle model: every word is golden's, pads hold nothing, and P need not divide N."""

from __future__ import annotations

import numpy as np
import pytest

import rtl.hls
from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import FunctionTable
from golden.dynamics.integrator import Flags
from golden.program import Program
from golden.training import update
from rtl.hls import compile_array
from tests.golden.dynamics.cases import with_tables
from tests.rtl.hls.cases import FORMATS, program, random_case
from tests.rtl.hls.cycle_model.test_cycle_model import Pair
from tests.rtl.hls.table_cases import any_tables, looked_up


def learns(program: Program, elements: int, seed: int, *, rounds: int = 2) -> Pair:
    """Forward, nudged echo and update, again from the learnt parameters, every word compared with golden."""
    pair = Pair(program, compile_array(program, elements=elements))
    pair.load(random_case(program, steps=2, seed=seed, scale=1 / 8))
    theta, d = pair.case.theta, pair.driver
    for _ in range(rounds):
        grads = pair.echo()
        theta, flags = update.apply(program, theta, grads, 2)
        pair.golden.raise_flag(flags)
        pair.same_named(d.parameters(pair.play([*d.update(2), *d.read_parameters()])), theta)
        pair.golden.load(theta)
        pair.play(d.load_state(pair.case.q, pair.case.p))
    assert pair.flags() == pair.golden.flags
    return pair


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("seed", [0, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_tables_of_any_kind(seed: int, formats: str) -> None:
    f = FORMATS[formats]
    neurons, elements = [(5, 2), (3, 1), (4, 4), (7, 3)][seed]
    learns(looked_up(any_tables(seed, f.operand_bits, 1 + seed), n=neurons, formats=f), elements, seed)


@pytest.mark.parametrize("elements", [1, 4, *(pytest.param(p, marks=pytest.mark.slow) for p in (2, 3, 5, 6))])
def test_a_function_that_is_not_zero_at_zero_leaks_from_no_pad(elements: int) -> None:
    """Six neurons and vectors of five; where P does not divide five, f(0) = 1 is cut out of the pads."""
    pair = learns(with_tables(n=6), elements, 3)
    names = {s.name for s in pair.schedule.plan.statements}
    assert ("e.pad" in names) == bool(5 % elements) and ("s.pad" in names) == bool(6 % elements)
    assert "t.pad" not in names, "a sine is 0 at 0"
    pads = np.arange(pair.schedule.geometry.neurons).reshape(-1, elements).T >= 6
    for state in (pair.model.position, pair.model.momentum):
        assert not state[:, :, : pads.shape[1]][:, pads].any()
    index = pair.schedule.memory.index("W")
    base = pair.schedule.memory.base["W"]
    assert not pair.model.gradients[:, base : base + index.shape[1]][index < 0].any()


def test_without_that_cut_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtl.hls, "padded", lambda plan, *_, **__: plan)
    with pytest.raises(AssertionError):
        learns(with_tables(n=6), 4, 3)


@pytest.mark.parametrize(("system", "neurons", "elements"), [("dense", 5, 2), ("hru", 7, 4), ("springs", 5, 3)])
def test_any_system_on_elements_that_do_not_divide_its_neurons(system: str, neurons: int, elements: int) -> None:
    pair = learns(program(system, neurons, 2), elements, 1)
    assert pair.schedule.geometry.neurons % elements == 0 and pair.driver.neurons == neurons


def clamping(low: int) -> Program:
    table = FunctionTable("f", 17, (5, 4, 3, 2), low, steep=(False, True))
    return looked_up([table], n=3, formats=Formats())


@pytest.mark.parametrize("function", ["sin", "tanh"])
def test_the_flag_of_an_angle_beyond_the_table(function: str) -> None:
    """Sine is steep at its ends, tanh is not: an array of tanh has no such flag."""
    text = str(program("hru", 4, 2)).replace("table tanh", f"table {function}")
    found = Program.parse(text).verify()
    schedule = compile_array(found, elements=2)
    assert schedule.geometry.flag_bits == (6 if function == "sin" else 5)
    pair = Pair(found, schedule)
    case = random_case(found, steps=2, seed=1, scale=1.0)
    for name in ("w", "b"):
        case.theta[name][:] = 0
    pair.load(case)
    pair.forward()
    assert Flags.ARGUMENT_CLAMPED not in pair.golden.flags
    case.theta["w"][:] = (1 << 17) - 1
    pair.load(case)
    pair.forward()
    assert (Flags.ARGUMENT_CLAMPED in pair.golden.flags) == (function == "sin")
    assert pair.flags() == pair.golden.flags and pair.flags() == 0


def test_an_array_of_sine_says_nothing_of_tanh() -> None:
    """It clamps, and raises its flag, where tanh is flat: the driver leaves it out."""
    sine = Program.parse(str(program("hru", 4, 2)).replace("table tanh", "table sin")).verify()
    array = compile_array(sine, elements=2).geometry
    pair = Pair(program("hru", 4, 2), compile_array(program("hru", 4, 2), elements=2, array=array))
    case = random_case(pair.program, steps=2, seed=1, scale=1.0)
    case.theta["w"][:] = (1 << 17) - 1
    pair.load(case)
    pair.forward()
    assert (pair.model.flags & Flags.ARGUMENT_CLAMPED).any()
    assert pair.flags() == pair.golden.flags and Flags.ARGUMENT_CLAMPED not in pair.golden.flags


def test_a_flag_that_was_read_is_not_raised_again_by_the_same_argument() -> None:
    """The split holds its argument until the next one."""
    pair = Pair(clamping(0), compile_array(clamping(0), elements=1))
    case = random_case(pair.program, steps=1, seed=1, scale=1.0)
    pair.load(case)
    pair.forward()
    assert pair.golden.flags & Flags.ARGUMENT_CLAMPED and pair.flags() & Flags.ARGUMENT_CLAMPED
    pair.model.settle()
    assert pair.flags() == 0
