"""The first of words that differ, by kind; and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rtl.design import Design
from testbench.mismatch import explained, of_registers, of_words, text

DESIGN = Design("dense", neurons=6, elements=2, inputs=2)
WHERE = {"cycle": 70, "pass": "echo", "step": 2, "segment": "", "control_word": None, "control": {}}


def different(shape: tuple[int, ...], at: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Words found and expected, that differ in one place and in the last."""
    expected = np.arange(np.prod(shape)).reshape(shape)
    found = expected.copy()
    found[at] += 100
    found[tuple(size - 1 for size in shape)] = -1
    return found, expected


@pytest.mark.parametrize(
    ("kind", "name", "shape", "at", "word", "element", "operation"),
    [
        ("state", "state", (2, 2, 6), (0, 1, 3), "q[3] of context 1", 1, "kick"),
        ("state", "state", (2, 2, 6), (1, 0, 4), "p[4] of context 0", 0, "kick"),
        ("gradient", "W", (6, 6), (3, 5), "W[3, 5]", 1, "G W"),
        ("parameter", "al", (6,), (2,), "al[2]", 0, "update al"),
    ],
)
def test_a_word_that_was_read(
    kind: str, name: str, shape: tuple[int, ...], at: tuple[int, ...], word: str, element: int, operation: str
) -> None:
    found, expected = different(shape, at)
    first = explained(WHERE | of_words(kind, name, found, expected, 2), DESIGN, "--seed 3")
    assert (first["word"], first["element"], first["operation"]) == (word, element, operation)
    assert (first["expected"], first["found"]) == (expected[at], found[at])
    assert first["line"].startswith("dense.py:") and first["command"].endswith(" --seed 3 --waves first.vcd")
    told = text(first)
    assert told[0] == f"first mismatch: cycle 70, element {element}, {word}: golden {expected[at]}, RTL {found[at]}"
    assert told[1] == f"  echo, step 2: {operation}" and len(told) == 4


def test_a_parameter_may_be_called_as_it_likes() -> None:
    found, expected = different((6,), (1,))
    assert of_words("gradient", "state", found, expected, 2)["word"] == "state[1]"
    assert of_words("flags", "flags", np.array([3]), np.array([1]), 2)["element"] is None


@pytest.mark.parametrize(
    ("register", "right", "found", "values"),
    [("x0", 0x3FFFF, 0x1FFFF, (-1, 0x1FFFF)), ("addr_a", 1023, 5, (1023, 5)), ("z_low", 1 << 19, 0, (1 << 19, 0))],
)
def test_registers_are_told_with_their_sign(register: str, right: int, found: int, values: tuple[int, int]) -> None:
    first = of_registers({register: [(1, right, found)], "flags": [(0, 1, 2)]}, DESIGN.geometry)
    assert (first["expected"], first["found"]) == values
    assert first["also"] == ["flags of element 0"]


def test_a_register_from_before_the_recording_and_a_run_without_a_command() -> None:
    first: dict[str, Any] = WHERE | of_registers({"x0": [(1, 2, 3)]}, DESIGN.geometry) | {"row": 0, "kind": "register"}
    told = explained(first, DESIGN, None)
    assert told["operation"] == "a word from before the recording" and told["command"] == ""
    assert "row" not in told and len(text(told)) == 2
    assert explained(first | {"row": 4}, DESIGN, None)["operation"] == "no control word"
