"""What no chain has a form for the last bank computes alone: every word, gradient, update and flag is golden's."""

from __future__ import annotations

import numpy as np
import pytest

from golden import systems
from golden.compiler import compile_system
from golden.dynamics.integrator import twin
from golden.program import Program
from golden.training import update
from rtl.hls.wide.alone_contents import AloneContents
from rtl.hls.wide.requirements import chained
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from tests.golden.dynamics.turn_cases import both_operands
from tests.rtl.hls.cases import EVERYTHING, FORMATS, program
from tests.rtl.hls.wide.test_cycle_model import Pair, same, same_named

ALONE = tuple(name for name in systems.SYSTEMS if name != "dense")
"""All built-in systems but the one that is a chain."""
SEEDS = (3, 17, 1004, 1011, 1023, 1035)
"""Of random systems: some of the first vocabulary, some of the whole language."""


def made(
    system: str, neurons: int, elements: int, banks: int, formats: str = "reference"
) -> tuple[Program, WideSchedule]:
    found = program(system, neurons, 2, FORMATS[formats])
    return found, compile_wide(found, elements=elements, banks=banks)


def echoed(found: Program, schedule: WideSchedule, *, scale: float, steps: int = 1) -> Pair:
    pair = Pair(found, schedule, scale=scale, steps=steps)
    pair.echo()
    assert pair.flags() == pair.golden.flags
    return pair


@pytest.mark.parametrize("banks", [2, 4])
@pytest.mark.parametrize("system", ALONE)
def test_every_built_in_system_equals_golden(system: str, banks: int) -> None:
    """With pads, and words that wrap at once."""
    found, schedule = made(system, 5, 2, banks)
    assert schedule.memory.alone and not chained(schedule.plan)
    echoed(found, schedule, scale=1.0)


@pytest.mark.parametrize("formats", ["w16", "w12"])
@pytest.mark.parametrize(("system", "banks"), [("stack", 2), ("pendulum", 2), ("banded", 4)])
def test_every_format_equals_golden(system: str, banks: int, formats: str) -> None:
    echoed(*made(system, 4, 2, banks, formats), scale=1 / 16)


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1.0, 1 / 16])
@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("sizes", [(8, 2, 2), (9, 3, 4), (8, 1, 8)], ids=str)
@pytest.mark.parametrize("system", ALONE)
def test_every_size_and_format_equals_golden(
    system: str, sizes: tuple[int, int, int], formats: str, scale: float
) -> None:
    echoed(*made(system, *sizes, formats), scale=scale, steps=2)


@pytest.mark.parametrize("banks", [2, 4])
def test_every_use_of_an_operand_equals_golden(banks: int) -> None:
    """Two gradient terms, a transposed matrix in one sum with others, products of two vectors, inputs that rotate,
    positions as x and in turns."""
    for found in (Program.parse(EVERYTHING).verify(), both_operands(4)):
        echoed(found, compile_wide(found, elements=2, banks=banks), scale=1 / 16)


@pytest.mark.parametrize("banks", [2, 4])
def test_lanes_that_hold_two_blocks_and_begin_sums_apart_equal_golden(banks: int) -> None:
    found, schedule = made("banded", 5, 2, banks)
    words, vectors = schedule.fields("forward"), schedule.segments["forward"].vectors
    held = AloneContents(schedule.memory, "forward", words, vectors, twin=False).rotating
    assert any(kept and kept.blocks[0] != kept.blocks[1] for kept in held)
    assert any(f["acc_en"] in (1, 2) and f["acc_prev"] and f["first_clear"] for f in words)
    echoed(found, schedule, scale=1 / 16)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_system_equals_golden(seed: int) -> None:
    found = compile_system(systems.get(f"random-{seed}", n=4 + seed % 2, m=1))
    echoed(found, compile_wide(found, elements=2, banks=2 + 2 * (seed % 2)), scale=1 / 16)


@pytest.mark.parametrize("banks", [2, 4])
@pytest.mark.parametrize("system", ["stack", "hopfield", "springs", "rotor"])
def test_without_a_nudge_every_bit_returns_and_gradients_stay_zero(system: str, banks: int) -> None:
    pair = Pair(*made(system, 4, 1, banks), scale=1.0, steps=2)
    pair.play(pair.driver.forward(pair.case.u))
    assert not np.array_equal(pair.state()[0][0], pair.case.q)
    pair.play(pair.driver.echo(pair.case.u[::-1]))
    same(pair.state(), twin(pair.case.q, pair.case.p))
    assert not pair.model.gradients.any()


@pytest.mark.parametrize(("system", "banks"), [("pendulum", 4), ("springs", 2)])
def test_what_is_loaded_is_read_and_the_update_is_golden(system: str, banks: int) -> None:
    """Constants in the last bank; parameters that keep to ranges."""
    pair = Pair(*made(system, 5, 2, banks), scale=1 / 16)
    d, model, there, case = pair.driver, pair.model, pair.schedule.memory, pair.case
    stored = model.weights[1:].copy()
    model.weights[1:] = 0
    constants = [command for command in d.load_table() if command.segment == d.loads_constants]
    pair.play([*constants, *d.load_parameters(case.theta)])
    np.testing.assert_array_equal(model.weights[1:], stored)
    assert not stored[:-1].any() and stored[-1].any(), "the other banks have zeros"
    source = np.random.default_rng(7)
    grads = {name: source.integers(-(1 << 35), 1 << 35, shape) for name, shape in pair.program.parameters}
    model.gradients[..., : there.words + 1] = there.pack(grads)
    same_named(d.gradients(pair.play(d.read_gradients())), grads)
    theta, flags = update.apply(pair.program, case.theta, grads, 20)
    same_named(d.parameters(pair.play([*d.update(20), *d.read_parameters()])), theta)
    assert pair.flags() == flags
    assert not model.gradients.any(), "the update clears them"
