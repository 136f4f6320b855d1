"""The driver of an array of several banks: segments by bank, words in their order, shapes that are refused."""

from __future__ import annotations

import numpy as np
import pytest

from golden.errors import HelError
from rtl.hls.wide.schedule import compile_wide
from rtl.host.driver import Driver
from rtl.host.wide_driver import WideDriver, driver_of
from tests.rtl.hls.cases import program, scheduled

DRIVER = WideDriver(compile_wide(program("dense", 9, 2), elements=2, banks=2))
SHAPES = DRIVER.shapes


def test_parameters_go_to_every_bank_and_come_back() -> None:
    source = np.random.default_rng(1)
    theta = {name: source.integers(-9, 9, shape) for name, shape in SHAPES.items()}
    commands = DRIVER.load_parameters(theta)
    assert [(c.segment, c.base) for c in commands] == [("load_weight0", 1), ("load_weight1", 1)]
    assert DRIVER.replies(DRIVER.read_parameters()) == sum(c.words.size for c in commands)
    found = DRIVER.parameters(np.concatenate([c.words for c in commands]).tolist())
    for name in SHAPES:
        np.testing.assert_array_equal(found[name], theta[name])


def test_gradients_are_read_in_halves() -> None:
    words = DRIVER.schedule.memory.words
    assert [(c.segment, c.iterations) for c in DRIVER.read_gradients()] == [
        (f"read_gradient_{half}{bank}", words) for half in ("low", "high") for bank in range(2)
    ]
    halves = [np.full(DRIVER.replies(DRIVER.read_gradients()) // 2, word) for word in (3, (1 << 18) - 1)]
    found = DRIVER.gradients(np.concatenate(halves).tolist())
    assert {int(word) for words in found.values() for word in words.flat} == {3 - (1 << 18)}


def test_tables_go_to_the_first_bank() -> None:
    assert {command.segment for command in DRIVER.load_table()} == {"load_weight0"}
    assert sum(command.iterations for command in DRIVER.load_table()) == 513


def test_a_parameter_of_another_shape_is_refused() -> None:
    theta = {name: np.zeros(shape, np.int64) for name, shape in SHAPES.items()} | {"b": np.zeros(8, np.int64)}
    with pytest.raises(HelError, match=r"parameter b has shape \(9,\), got \(8,\)"):
        DRIVER.load_parameters(theta)


@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_steps_of_a_rotated_loop_begin_and_end_with_segments_of_their_own(steps: int) -> None:
    driver = WideDriver(compile_wide(program("dense", 8, 2), elements=2, banks=2))
    inputs = np.arange(2 * steps).reshape(steps, 2)
    commands = driver.forward(inputs)
    expected = [("forward_first", 1), ("forward", steps - 1), ("forward_last", 1)]
    assert [(c.segment, c.iterations) for c in commands] == [e for e in expected if steps and e[1]]
    given = [c.inputs for c in commands if c.segment != "forward_last"]
    np.testing.assert_array_equal(np.concatenate([*given, inputs[:0]]), inputs)
    with pytest.raises(HelError, match=r"inputs have shape \(T, 2\)"):
        driver.forward(np.zeros((3, 1), np.int64))


def test_steps_with_more_row_groups_are_one_command() -> None:
    driver = WideDriver(compile_wide(program("dense", 12, 2), elements=2, banks=2))
    assert [(c.segment, c.iterations) for c in driver.forward(np.zeros((5, 2), np.int64))] == [("forward", 5)]


def test_every_schedule_has_its_driver() -> None:
    assert type(driver_of(DRIVER.schedule)) is WideDriver
    assert type(driver_of(scheduled("dense", 4, 2, 2))) is Driver
