"""The cycle model computes what golden computes: every word, gradient, update and flag, for every size and format."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from golden.arithmetic.rounding import wrap
from golden.compiler import compile_system
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.program import Program
from golden.systems.base import System
from golden.training import update
from rtl.hls import Command, Schedule, compile_array, play
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.geometry import VECTOR_WORDS
from rtl.hls.schedule.command import resolve
from rtl.host.driver import Driver
from tests.rtl.hls.cases import (
    EVERYTHING,
    FORMATS,
    SYSTEMS,
    Case,
    Words,
    of_every_system,
    program,
    random_case,
    scheduled,
)

SIZES = [(1, 1, 1), (4, 1, 2), (4, 4, 3), (6, 2, 1), (10, 5, 2), (12, 4, 5)]
"""Neurons, elements, inputs: one element, one neuron each, even and odd folds."""
STEPS = 3


class Pair:
    """Golden and the cycle model, loaded with the same words."""

    def __init__(self, program: Program, schedule: Schedule) -> None:
        self.program, self.schedule, self.formats = program, schedule, program.formats
        self.driver, self.model = Driver(self.schedule), CycleModel(self.schedule.geometry)

    @classmethod
    def of(cls, system: str, sizes: tuple[int, int, int], formats: str) -> Pair:
        neurons, elements, inputs = sizes
        return cls(
            program(system, neurons, inputs, FORMATS[formats]),
            scheduled(system, neurons, elements, inputs, FORMATS[formats]),
        )

    def load(self, case: Case) -> None:
        self.case = case
        self.golden = Integrator(self.program, case.theta)
        d = self.driver
        self.play([*d.load_table(), *d.load_parameters(case.theta), *d.clear(), *d.load_state(case.q, case.p)])
        self.play(d.read_flags())

    def play(self, commands: list[Command]) -> list[int]:
        return play(self.schedule, self.model, commands)

    def state(self, commands: list[Command]) -> tuple[Words, Words]:
        return self.driver.state(self.play([*commands, *self.driver.read_state()]))

    def flags(self) -> Flags:
        return Flags(self.driver.flags(self.play(self.driver.read_flags())))

    def forward(self) -> tuple[Words, Words]:
        """All steps, compared after each."""
        q, p = self.case.q, self.case.p
        for u in self.case.u:
            q, p = self.golden.forward(q, p, u)
            same(self.state(self.driver.forward(u[None])), twin(q, p))
        return q, p

    def nudged(self, p: Words, e: Words) -> Words:
        """p[0] -= e, p[1] += e, as the nudge command does it."""
        exact = p + np.stack([-e, e])
        p = wrap(exact, self.formats.p.width)
        if (p != exact).any():
            self.golden.raise_flag(Flags.P_OVERFLOW)
        return p

    def echo(self) -> Any:
        """From where `forward` ended, all steps with a nudge before each, compared after each; golden's gradients."""
        (q, p), grads = twin(*self.forward()), self.golden.zero_gradients()
        for u, e in zip(self.case.u[::-1], self.case.e, strict=True):
            p = self.nudged(p, e)
            q, p = self.golden.echo(q, p, u, grads)
            same(self.state([*self.driver.nudge(e), *self.driver.echo(u[None])]), (q, p))
            self.same_named(self.gradients(), grads)
        return grads

    def gradients(self) -> dict[str, Words]:
        return self.driver.gradients(self.play(self.driver.read_gradients()))

    def same_named(self, found: dict[str, Words], expected: Any) -> None:
        for name, _ in self.program.parameters:
            np.testing.assert_array_equal(found[name], expected[name], name)


def same(found: tuple[Words, Words], expected: tuple[Words, Words]) -> None:
    np.testing.assert_array_equal(found[0], expected[0], "q")
    np.testing.assert_array_equal(found[1], expected[1], "p")


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize(("system", "sizes"), of_every_system(SIZES), ids=str)
def test_forward_echo_update_and_flags_equal_golden(system: str, sizes: tuple[int, int, int], formats: str) -> None:
    scale = 1.0 if SIZES.index(sizes) % 2 else 1 / 16
    pair = Pair.of(system, sizes, formats)
    case = random_case(pair.program, steps=STEPS, seed=sum(sizes), scale=scale)
    pair.load(case)
    grads = pair.echo()
    assert pair.flags() == pair.golden.flags
    assert pair.flags() == 0, "reading clears them"
    d, saved = pair.driver, pair.model.gradients.copy()
    for shift in (-28, 6):
        pair.model.gradients[:] = saved
        theta, flags = update.apply(pair.program, case.theta, grads, shift)
        words = pair.play([*d.load_parameters(case.theta), *d.update(shift), *d.read_parameters()])
        pair.same_named(d.parameters(words), theta)
        assert pair.flags() == flags
        assert not pair.model.gradients.any(), "the update clears them"


@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_without_a_nudge_every_bit_returns_and_gradients_stay_zero(system: str, formats: str) -> None:
    """Wrapping words, inputs over their whole range, and the whole run as one command each way."""
    pair = Pair.of(system, (6, 2, 3), formats)
    case = random_case(pair.program, steps=8, seed=5, scale=1.0)
    pair.load(case)
    d = pair.driver
    pair.play(d.forward(case.u))
    same(pair.state(d.echo(case.u[::-1])), twin(case.q, case.p))
    assert not pair.model.gradients.any()


def test_the_wrapping_runs_raise_every_flag() -> None:
    """The comparison of flags above would be empty if none were ever raised."""
    pair = Pair.of("dense", (4, 2, 2), "reference")
    pair.load(random_case(pair.program, steps=8, seed=1, scale=1.0))
    pair.forward()
    assert pair.flags() == Flags.Q_OVERFLOW | Flags.P_OVERFLOW | Flags.OPERAND_CLIPPED


@pytest.mark.parametrize("word", [(1 << 35) - 1, -(1 << 35)])
def test_gradient_words_wrap_and_flag(word: int) -> None:
    pair = Pair.of("dense", (2, 1, 1), "reference")
    case = random_case(pair.program, steps=1, seed=3, scale=0.25)
    pair.load(case)
    pair.model.gradients[:] = word
    grads = pair.golden.zero_gradients()
    for name, _ in pair.program.parameters:
        grads[name][...] = word
    q, p = twin(case.q, case.p)
    pair.play(pair.driver.nudge(case.e[0]))
    q, p = pair.golden.echo(q, pair.nudged(p, case.e[0]), case.u[0], grads)
    same(pair.state(pair.driver.echo(case.u)), (q, p))
    pair.same_named(pair.gradients(), grads)
    assert pair.flags() & Flags.G_OVERFLOW and pair.flags() == 0


def test_a_run_in_one_command_equals_its_steps() -> None:
    pair = Pair.of("dense", (6, 2, 2), "reference")
    case = random_case(pair.program, steps=6, seed=2, scale=0.1)
    pair.load(case)
    final = pair.forward()
    pair.play(pair.driver.load_state(case.q, case.p))
    same(pair.state(pair.driver.forward(case.u)), twin(*final))
    grads = pair.golden.zero_gradients()
    p = pair.nudged(np.stack([final[1]] * 2), case.e[0])
    state = pair.golden.echo_many(np.stack([final[0]] * 2), p, case.u, grads)
    same(pair.state([*pair.driver.nudge(case.e[0]), *pair.driver.echo(case.u[::-1])]), state)
    pair.same_named(pair.gradients(), grads)


class Own(System):
    """A system of a user: two matrices, two input matrices, minus signs, and a force without a state."""

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        n, m = self.n, self.m
        return {"V": (n, n), "b": (n,), "W": (n, n), "A": (n, m), "a": (n,), "B": (n, m), "c": (n,)}

    def potential(self, q, u, theta):  # type: ignore[no-untyped-def]
        z = theta["W"] @ q - theta["b"] + theta["B"] @ u + theta["V"] @ q - theta["A"] @ u
        return np.sum(np.log(np.cosh(z))) + np.sum(theta["a"] * q**2) / 2 - np.sum(theta["c"] * q)


class Driven(System):
    """Dense, with inputs that pull on the positions too: its force has scaled input terms, so its sums are wider."""

    @property
    def parameters(self) -> dict[str, tuple[int, ...]]:
        n, m = self.n, self.m
        return {"al": (n,), "W": (n, n), "C": (n, m), "b": (n,)}

    def potential(self, q, u, theta):  # type: ignore[no-untyped-def]
        z = theta["W"] @ q + theta["b"]
        return np.sum(theta["al"] * q**2) / 2 + np.sum(np.log(np.cosh(z))) - np.sum(q * (theta["C"] @ u))


def test_sums_wider_than_those_of_the_built_in_systems() -> None:
    driven = compile_system(Driven(4, 8))
    array = compile_array(driven, elements=2)
    assert array.geometry.accumulator_bits == driven.accumulator_bits
    pair = Pair(driven, array)
    case = random_case(driven, steps=STEPS, seed=3, scale=0.1)
    case.theta["C"][...] = -(1 << 17)
    case.u[...] = (1 << 17) - 1
    pair.load(case)
    pair.echo()


@pytest.mark.parametrize(("neurons", "inputs"), [(4, 4), (6, 1)])
def test_a_users_own_system(neurons: int, inputs: int) -> None:
    """Also where an input matrix has the shape of a recurrent one."""
    own = compile_system(Own(neurons, inputs))
    pair = Pair(own, compile_array(own, elements=2))
    pair.load(random_case(own, steps=STEPS, seed=8, scale=0.1))
    grads = pair.echo()
    assert all(grads[name].any() for name, _ in own.parameters)
    theta, _ = update.apply(own, pair.case.theta, grads, 8)
    d = pair.driver
    pair.same_named(d.parameters(pair.play([*d.update(8), *d.read_parameters()])), theta)


@pytest.mark.parametrize("elements", [1, 2, 4])
@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_a_program_with_everything(elements: int, scale: float) -> None:
    """Wired vectors and inputs, a row without wires, products of operands, densities of several terms (`test_bind`)."""
    everything = Program.parse(EVERYTHING)
    pair = Pair(everything, compile_array(everything, elements=elements))
    pair.load(random_case(everything, steps=STEPS, seed=elements, scale=scale))
    grads = pair.echo()
    assert pair.flags() == pair.golden.flags
    assert all(grads[name].any() for name, _ in everything.parameters)


@pytest.mark.parametrize("taken", ["a", "M", "D", "s", "arg"])
def test_a_program_that_calls_something_else_x(taken: str) -> None:
    """A parameter, a constant, a look-up, a sum: the array's own names for positions are none of a program's."""
    renamed = Program.parse(re.sub(rf"\b{taken}\b", "x", re.sub(r"\bx\b", "at", EVERYTHING))).verify()
    pair = Pair(renamed, compile_array(renamed, elements=2))
    pair.load(random_case(renamed, steps=1, seed=1, scale=0.05))
    assert all(words.any() for words in pair.echo().values())


RANDOM = [(0, (6, 2, 2)), (3, (4, 1, 1)), (5, (5, 5, 3)), (9, (9, 3, 2))]


def compare_random(seed: int, sizes: tuple[int, int, int], formats: str) -> None:
    own = program(f"random-{seed}", sizes[0], sizes[2], FORMATS[formats])
    pair = Pair(own, compile_array(own, elements=sizes[1]))
    pair.load(random_case(own, steps=2, seed=seed, scale=1.0 if seed % 2 else 0.05))
    pair.echo()
    assert pair.flags() == pair.golden.flags


@pytest.mark.parametrize(("seed", "sizes"), RANDOM, ids=str)
def test_random_systems(seed: int, sizes: tuple[int, int, int]) -> None:
    compare_random(seed, sizes, list(FORMATS)[seed % 3])


@pytest.mark.slow
@pytest.mark.parametrize("formats", FORMATS)
@pytest.mark.parametrize("first", range(0, 100, 10))
def test_hundreds_of_random_systems(first: int, formats: str) -> None:
    for seed in range(first, first + 10):
        elements, fold = 1 + seed % 5, 1 + seed // 5 % 3
        compare_random(seed, (elements * max(fold, -(-3 // elements)), elements, 1 + seed % 3), formats)


@pytest.mark.parametrize(("system", "sizes"), [("fput", (12, 1, 1)), ("random-0", (12, 1, 1))])
def test_more_vectors_than_the_store_has_words(system: str, sizes: tuple[int, int, int]) -> None:
    """Those that are never needed at one time share words, and the store is full: nothing is lost."""
    pair = Pair.of(system, sizes, "reference")
    assert pair.schedule.memory.vector_words > VECTOR_WORDS[-1] == pair.schedule.geometry.vector_words
    pair.load(random_case(pair.program, steps=STEPS, seed=3, scale=1 / 16))
    pair.echo()
    assert pair.flags() == pair.golden.flags


def words_written(schedule: Schedule, commands: list[Command], model: CycleModel) -> dict[tuple[str, int], Words]:
    """What an echo step writes into the vector store, shape (2, P) for each block of each vector."""
    found: dict[tuple[str, int], Words] = {}
    (command,) = commands
    for cycle, (fields, imm) in enumerate(resolve(schedule, command)):
        model.step(fields, imm)
        for context in range(2):
            block = schedule.segments["echo"].vectors.writes.get((cycle, context))
            if block is not None:
                words = found.setdefault(block, np.zeros((2, schedule.geometry.elements), np.int64))
                words[context] = model.vectors[context, :, fields["s_waddr"]]
    return found


@pytest.mark.parametrize("system", ["springs", "random-0", "random-6"])
def test_what_lies_beyond_a_vectors_end_is_zero(system: str) -> None:
    """Words of the vector store and of the gradients that no entry has, after a run with words that wrap."""
    own = program(system, 6, 2)
    pair = Pair(own, compile_array(own, elements=3))
    case = random_case(own, steps=2, seed=1, scale=1.0)
    pair.load(case)
    pair.echo()
    memory, model, p = pair.schedule.memory, pair.model, pair.schedule.geometry.elements
    pads = 0
    seen = words_written(pair.schedule, pair.driver.echo(case.u[:1]), model)
    assert {name for name, _ in seen} == set(memory.vectors)
    for (name, block), words in seen.items():
        beyond = [k for k in range(p) if block * p + k >= memory.vectors[name]]
        assert not words[:, beyond].any(), (name, block)
        assert words.any(), (name, block)
        pads += len(beyond)
    for name in memory.base:
        at, index = memory.base[name], memory.index(name)
        if memory.stored[name].words is None:
            assert not model.gradients[:, at : at + memory.size(name)][index < 0].any(), name
            pads += int((index < 0).sum())
    assert pads
