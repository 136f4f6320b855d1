"""What the driver says for each request, and what it refuses.

That it says the right thing is seen where it is played: tests/rtl/hls/schedule/test_transfer.py,
tests/rtl/hls/cycle_model/test_cycle_model.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from golden.dynamics.integrator import Flags
from golden.errors import HelError
from rtl.hls import Command
from rtl.host.driver import Driver
from tests.rtl.hls.cases import scheduled

SCHEDULE = scheduled("dense", 6, 2, 3)
DRIVER = Driver(SCHEDULE)
THETA = {
    "al": np.zeros(6, np.int64),
    "W": np.zeros((6, 6), np.int64),
    "B": np.zeros((6, 3), np.int64),
    "b": np.zeros(6, np.int64),
}


def segments(commands: list[Command]) -> list[tuple[str, int, int]]:
    return [(c.segment, c.iterations, c.base) for c in commands]


def test_what_is_loaded_and_run() -> None:
    vector = np.arange(6)
    assert segments(DRIVER.load_table()) == [("load_weight", 512, 512), ("load_weight", 1, 0)]
    assert segments(DRIVER.load_parameters(THETA)) == [("load_weight", SCHEDULE.memory.words, 1)]
    assert segments(DRIVER.load_state(vector, vector)) == [("load_position", 3, 0), ("load_momentum", 3, 0)]
    assert segments(DRIVER.nudge(vector)) == [("nudge", 3, 0)]
    assert segments(DRIVER.forward(np.zeros((5, 3), np.int64))) == [("forward", 5, 0)]
    assert segments(DRIVER.echo(np.zeros((5, 3), np.int64))) == [("echo", 5, 0)]
    assert [c.shift for c in DRIVER.update(-7)] == [-7]


def test_long_runs_are_several_commands() -> None:
    driver = Driver(scheduled("linear", 4, 2, 1))
    inputs = np.arange(70_000)[:, None] % 7
    commands = driver.forward(inputs)
    assert [command.iterations for command in commands] == [65_535, 4_465]
    assert (np.concatenate([command.inputs for command in commands]) == inputs).all()


def test_nothing_to_do_is_no_command() -> None:
    """A command repeats at least once."""
    assert DRIVER.forward(np.zeros((0, 3), np.int64)) == [] and DRIVER.echo(np.zeros((0, 3), np.int64)) == []
    assert Driver(scheduled("linear", 4, 2, 1)).load_table() == [], "no table, none to load"


def test_the_last_elements_word_travels_first() -> None:
    """Neurons 0, 2, 4 lie on element 0, neurons 1, 3, 5 on element 1."""
    (command,) = DRIVER.nudge(np.arange(6))
    assert command.words.tolist() == [1, 0, 3, 2, 5, 4]
    np.testing.assert_array_equal(DRIVER.position([1, 0, 3, 2, 5, 4]), np.arange(6))


def test_words_are_signed_by_their_own_width() -> None:
    g = SCHEDULE.geometry
    assert DRIVER.position([1 << (g.position_bits - 1)] * 6).tolist() == [-(1 << (g.position_bits - 1))] * 6
    _, p = DRIVER.state([(1 << g.momentum_bits) - 1] * 24)
    assert p.tolist() == [[-1] * 6] * 2
    count = 2 * SCHEDULE.memory.words
    assert (DRIVER.gradients([0] * count + [1 << 17] * count)["W"] == -(1 << 35)).all()
    assert (DRIVER.parameters([(1 << 18) - 1] * count)["W"] == -1).all()


def test_flags_are_those_of_any_element() -> None:
    assert Flags(DRIVER.flags([1, 16])) == Flags.Q_OVERFLOW | Flags.THETA_CLIPPED


def test_cycles_and_replies_are_sums() -> None:
    commands = [*DRIVER.read_state(), *DRIVER.clear(), *DRIVER.read_flags()]
    assert DRIVER.replies(commands) == 4 * 6 + 2
    assert DRIVER.cycles(commands) == sum(c.cycles(SCHEDULE) for c in commands)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (lambda d: d.load_parameters(THETA | {"B": THETA["W"]}), "parameter B has shape (6, 3), got (6, 6)"),
        (lambda d: d.load_state(np.arange(5), np.arange(6)), "a state vector has shape (6,), got (5,)"),
        (lambda d: d.nudge(np.zeros((2, 6))), "a state vector has shape (6,), got (2, 6)"),
        (lambda d: d.update(64), "the update shifts by -28 to 63 bits, got 64; change eps or the learning rate"),
        (lambda d: d.update(-29), "the update shifts by -28 to 63 bits, got -29; change eps or the learning rate"),
        (lambda d: d.forward(np.zeros((4, 2))), "inputs have shape (T, 3), got (4, 2)"),
        (lambda d: d.echo(np.zeros(3)), "inputs have shape (T, 3), got (3,)"),
    ],
    ids=["parameter", "state", "nudge", "shift", "negative shift", "forward", "echo"],
)
def test_refused(request_: Callable[[Driver], Any], message: str) -> None:
    with pytest.raises(HelError, match=f"^{re.escape(message)}$"):
        request_(DRIVER)
