"""The cycle model of arrays of several banks computes what golden computes: every word, gradient, update and flag."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from golden.arithmetic.rounding import wrap
from golden.compiler import compile_system
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.program import Program
from golden.systems.base import System
from golden.training import update
from rtl.hls import Command
from rtl.hls.cycle_model.play import play
from rtl.hls.plan.geometry import PARAMETER_WORDS
from rtl.hls.schedule.command import resolve
from rtl.hls.wide.cycle_model import WideCycleModel
from rtl.hls.wide.schedule import WideSchedule, compile_wide
from rtl.host.wide_driver import WideDriver
from tests.rtl.hls.cases import FORMATS, Case, Words, program, random_case
from tests.rtl.hls.wide.potentials import Free, Hidden, Layers

SIZES = [(8, 2, 2, 2), (8, 2, 4, 3), (16, 4, 2, 1), (24, 3, 4, 4), (32, 2, 4, 2), (48, 4, 4, 5), (16, 2, 8, 1)]
"""Neurons, elements, banks, inputs: half rate forward (fold = B), full rate (2 B), several row groups."""
PADDED = [(7, 2, 2, 2), (9, 2, 4, 1), (20, 3, 2, 2), (26, 4, 4, 3), (5, 2, 4, 2)]
"""Sizes whose last rows are pads; an odd number of row groups; a bank of nothing but pads."""
STEPS = 2


@cache
def scheduled(neurons: int, elements: int, banks: int, inputs: int, formats: str) -> WideSchedule:
    return compile_wide(program("dense", neurons, inputs, FORMATS[formats]), elements=elements, banks=banks)


class Pair:
    """Golden and the cycle model, loaded with the same words."""

    @classmethod
    def of(cls, sizes: tuple[int, int, int, int], formats: str, *, scale: float, steps: int = STEPS) -> Pair:
        neurons, elements, banks, inputs = sizes
        made = program("dense", neurons, inputs, FORMATS[formats])
        return cls(made, scheduled(neurons, elements, banks, inputs, formats), scale=scale, steps=steps)

    def __init__(self, program: Program, schedule: WideSchedule, *, scale: float, steps: int = STEPS) -> None:
        self.program, self.schedule = program, schedule
        self.driver = WideDriver(self.schedule)
        self.model = WideCycleModel(self.schedule.geometry, self.schedule.width)
        self.case: Case = random_case(self.program, steps=steps, seed=program.n, scale=scale)
        self.golden = Integrator(self.program, self.case.theta)
        self._store()

    def _store(self) -> None:
        """Parameters, tables and the state, without the chain."""
        there, model = self.schedule.memory, self.model
        model.weights[..., : there.words + 1] = there.pack(self.case.theta)
        for table in there.tables:
            for address, word in there.table(table):
                model.weights[0, :, address] = word
        constants = there.constants()
        model.weights[-1, :, there.words + 1 : there.words + 1 + constants.shape[1]] = constants
        p = self.schedule.geometry.elements
        for memory, words in ((model.position, self.case.q), (model.momentum, self.case.p)):
            whole = np.pad(words, (0, self.schedule.geometry.neurons - len(words)))
            memory[..., : len(whole) // p] = whole.reshape(-1, p).T

    def play(self, commands: list[Command]) -> list[int]:
        answer = play(self.schedule, self.model, commands)
        for _ in range(self.model.banks):  # until the last bank is done, too
            self.model.step({})
        return answer

    def state(self) -> tuple[Words, Words]:
        """Out of the memories."""
        fold, n = self.schedule.geometry.fold, self.program.n
        parts = (memory[..., :fold].swapaxes(1, 2) for memory in (self.model.position, self.model.momentum))
        q, p = (part.reshape(2, -1)[:, :n] for part in parts)
        return q, p

    def gradients(self) -> dict[str, Words]:
        """Out of the memories."""
        shapes = dict(self.program.parameters)
        return self.schedule.memory.unpack(self.model.gradients, shapes)

    def flags(self) -> Flags:
        return Flags(self.driver.flags(self.play(self.driver.read_flags())))

    def forward(self) -> tuple[Words, Words]:
        q, p = self.case.q, self.case.p
        for u in self.case.u:
            q, p = self.golden.forward(q, p, u)
            self.play(self.driver.forward(u[None]))
            same(self.state(), twin(q, p))
        return q, p

    def echo(self) -> dict[str, Words]:
        """All steps with a nudge before each, compared after each; golden's gradients."""
        (q, p), grads = twin(*self.forward()), self.golden.zero_gradients()
        for u, e in zip(self.case.u[::-1], self.case.e, strict=True):
            exact = p + np.stack([-e, e])
            p = wrap(exact, self.program.formats.p.width)
            if (p != exact).any():
                self.golden.raise_flag(Flags.P_OVERFLOW)
            q, p = self.golden.echo(q, p, u, grads)
            self.play([*self.driver.nudge(e), *self.driver.echo(u[None])])
            same(self.state(), (q, p))
            same_named(self.gradients(), grads)
        return {name: np.array(words) for name, words in grads.items()}


def same(found: tuple[Words, Words], expected: tuple[Words, Words]) -> None:
    np.testing.assert_array_equal(found[0], expected[0], "q")
    np.testing.assert_array_equal(found[1], expected[1], "p")


def same_named(found: dict[str, Words], expected: Any) -> None:
    for name, words in found.items():
        np.testing.assert_array_equal(words, expected[name], name)


@pytest.mark.parametrize("sizes", [*SIZES, *PADDED], ids=str)
def test_forward_echo_gradients_and_flags_equal_golden(sizes: tuple[int, int, int, int]) -> None:
    """Words that wrap at once, and words that do not."""
    steps = 1 if sizes[0] > 16 else 2
    pair = Pair.of(sizes, "reference", scale=1.0 if sum(sizes) % 2 else 1 / 16, steps=steps)
    pair.echo()
    assert pair.flags() == pair.golden.flags
    assert pair.flags() == 0, "reading clears them"


@pytest.mark.parametrize("scale", [1.0, 1 / 16])
@pytest.mark.parametrize("formats", ["w16", "w12"])
@pytest.mark.parametrize("sizes", [(16, 2, 4, 2), (9, 2, 2, 1)], ids=str)
def test_every_format_equals_golden(sizes: tuple[int, int, int, int], formats: str, scale: float) -> None:
    pair = Pair.of(sizes, formats, scale=scale)
    pair.echo()
    assert pair.flags() == pair.golden.flags


@pytest.mark.parametrize("scale", [1.0, 1 / 16])
@pytest.mark.parametrize("banks", [2, 4])
@pytest.mark.parametrize(
    "system", [Layers(9, 2, 20, 3), Layers(8, 1, 3, 17), Free(7, 1)], ids=lambda s: f"{s.name}-{s.n}"
)
def test_a_users_potential_equals_golden(system: System, banks: int, scale: float) -> None:
    """Several layers of any sizes, subtracted ones among them, with and without inputs, biases and stiffness."""
    made = compile_system(system)
    pair = Pair(made, compile_wide(made, elements=2, banks=banks), scale=scale)
    pair.echo()
    assert pair.flags() == pair.golden.flags


@pytest.mark.parametrize("sizes", [(16, 2, 4, 2), (9, 3, 2, 3)], ids=str)
def test_without_a_nudge_every_bit_returns_and_gradients_stay_zero(sizes: tuple[int, int, int, int]) -> None:
    """Wrapping words, inputs over their whole range, and the whole run as one command each way."""
    pair = Pair.of(sizes, "reference", scale=1.0, steps=4)
    pair.play(pair.driver.forward(pair.case.u))
    assert not np.array_equal(pair.state()[0][0], pair.case.q)
    pair.play(pair.driver.echo(pair.case.u[::-1]))
    same(pair.state(), twin(pair.case.q, pair.case.p))
    assert not pair.model.gradients.any()


@pytest.mark.parametrize("sizes", [(16, 2, 4, 2), (8, 2, 4, 1), (32, 4, 4, 3), (26, 2, 4, 3)], ids=str)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_run_of_steps_equals_golden(sizes: tuple[int, int, int, int], steps: int) -> None:
    """As one call of the driver: in a rotated loop the iterations have the row sums of the step after theirs."""
    pair = Pair.of(sizes, "reference", scale=1.0, steps=steps)
    assert pair.schedule.rotated == (sizes[0] != 26)
    pair.play(pair.driver.forward(pair.case.u))
    q, p = pair.golden.forward_many(pair.case.q, pair.case.p, pair.case.u)
    same(pair.state(), twin(q, p))
    assert pair.flags() == pair.golden.flags


def test_waits_for_inputs_between_iterations_change_nothing() -> None:
    """A rotated loop is cut where nothing is under way; the sequencer may wait there as long as it has to."""
    pair, source = Pair.of((16, 2, 4, 2), "reference", scale=1.0, steps=5), np.random.default_rng(3)
    for command in pair.driver.forward(pair.case.u):
        length = len(pair.schedule.segments[command.segment].words)
        for at, (fields, imm) in enumerate(resolve(pair.schedule, command)):
            for _ in range(0 if at % length else source.integers(40)):
                pair.model.step({})
            pair.model.step(fields, imm)
    same(pair.state(), twin(*pair.golden.forward_many(pair.case.q, pair.case.p, pair.case.u)))


@pytest.mark.parametrize("system", [Hidden(20, 2, 13), Hidden(7, 1, 16), Free(16, 1)], ids=lambda s: f"{s.name}-{s.n}")
def test_a_run_of_a_users_potential_equals_golden(system: System) -> None:
    """Two row groups for three column groups, or for one; chains that begin with nothing."""
    made = compile_system(system)
    pair = Pair(made, compile_wide(made, elements=2, banks=4), scale=1.0, steps=3)
    assert pair.schedule.rotated
    pair.play(pair.driver.forward(pair.case.u))
    same(pair.state(), twin(*pair.golden.forward_many(pair.case.q, pair.case.p, pair.case.u)))
    pair.play(pair.driver.echo(pair.case.u[::-1]))
    same(pair.state(), twin(pair.case.q, pair.case.p))


@pytest.mark.parametrize("sizes", [(8, 2, 4, 1), (9, 2, 2, 2)], ids=str)
def test_what_is_loaded_is_read_and_the_update_is_golden(sizes: tuple[int, int, int, int]) -> None:
    """Through the chain: parameters, table, state; gradients of random words, some of which saturate; no pad moves."""
    pair = Pair.of(sizes, "reference", scale=1 / 16)
    d, model, there, case = pair.driver, pair.model, pair.schedule.memory, pair.case
    stored, state = model.weights.copy(), (model.position.copy(), model.momentum.copy())
    model.weights[:], model.position[:], model.momentum[:] = 0, 0, 0
    pair.play([*d.load_table(), *d.load_parameters(case.theta), *d.load_state(case.q, case.p)])
    np.testing.assert_array_equal(model.weights, stored)
    np.testing.assert_array_equal(model.position, state[0])
    np.testing.assert_array_equal(model.momentum, state[1])
    same(d.state(pair.play(d.read_state())), twin(case.q, case.p))
    source = np.random.default_rng(7)
    grads = {name: source.integers(-(1 << 35), 1 << 35, shape) for name, shape in pair.program.parameters}
    model.gradients[..., : there.words + 1] = there.pack(grads)
    same_named(d.gradients(pair.play(d.read_gradients())), grads)
    theta, flags = update.apply(pair.program, case.theta, grads, 20)
    same_named(d.parameters(pair.play([*d.update(20), *d.read_parameters()])), theta)
    assert pair.flags() == flags
    assert not model.gradients.any(), "the update clears them"
    model.gradients[..., 1 : there.words + 1] = 5
    pair.play(d.clear())
    assert not model.gradients.any()


def whole(sizes: tuple[int, int, int, int]) -> None:
    """Forward, echo, an update of random gradients, clearing: beside golden, in memories of several block RAMs."""
    pair = Pair.of(sizes, "reference", scale=1 / 16, steps=1)
    there, model = pair.schedule.memory, pair.model
    assert there.words >= PARAMETER_WORDS and there.stride > 1, "updates are loops, for the control store is full"
    pair.echo()
    assert pair.flags() == pair.golden.flags
    pair.play(pair.driver.clear())
    assert not model.gradients.any()
    source = np.random.default_rng(7)
    grads = {name: source.integers(-(1 << 35), 1 << 35, shape) for name, shape in pair.program.parameters}
    model.gradients[..., : there.words + 1] = there.pack(grads)
    theta, flags = update.apply(pair.program, pair.case.theta, grads, 20)
    pair.play(pair.driver.update(20))
    found = there.unpack(model.weights[..., : there.words + 1], dict(pair.program.parameters))
    same_named(found, theta)
    assert pair.flags() == flags
    assert not model.gradients.any()
    (table,) = there.tables
    assert all((model.weights[0, :, address] == word).all() for address, word in there.table(table))


def test_memories_of_several_block_rams_equal_golden() -> None:
    whole((64, 4, 2, 4))


@pytest.mark.slow
def test_192_neurons_on_twelve_elements_equal_golden() -> None:
    whole((192, 12, 4, 8))
