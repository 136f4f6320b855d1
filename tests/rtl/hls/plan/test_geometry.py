"""Sizes and shifts: equal to golden's formats, wide enough, and refused with a way out."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls.plan.geometry import MAX_FOLD, MAX_INPUTS, Geometry
from tests.rtl.hls.cases import FORMATS, SYSTEMS, program


@pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)
def test_widths_and_shifts_are_those_of_the_formats(formats: Formats) -> None:
    g = Geometry.of(formats, elements=2, neurons=6, inputs=3)
    assert (g.position_bits, g.momentum_bits) == (formats.q.width, formats.p.width)
    assert g.operand_shift == formats.q.fraction_bits - formats.x.fraction_bits
    assert g.one == formats.one
    assert g.kick_shift == formats.s.fraction_bits + formats.weight.fraction_bits - formats.kick_fraction
    assert g.z_shift == formats.weight.fraction_bits + formats.x.fraction_bits - 18
    assert g.fold == 3


@pytest.mark.parametrize("formats", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_accumulator_holds_every_sum_of_every_program(system: str, formats: Formats) -> None:
    """Golden derives the widths by intervals; the array's one width must not be smaller."""
    for neurons, inputs in ((2, 1), (16, 8), (128, 32)):
        p = program(system, neurons, inputs, formats)
        g = Geometry.of(formats, elements=neurons, neurons=neurons, inputs=inputs)
        assert g.accumulator_bits >= p.accumulator_bits
        known = Geometry.of(formats, elements=neurons, neurons=neurons, inputs=inputs, sum_bits=p.accumulator_bits)
        assert known.accumulator_bits == p.accumulator_bits


@settings(derandomize=True, database=None)
@given(st.integers(1, 40), st.integers(1, MAX_FOLD), st.integers(0, MAX_INPUTS))
def test_neurons_fold_evenly(elements: int, fold: int, inputs: int) -> None:
    assert Geometry(elements, elements * fold, inputs).fold == fold


REFUSED = [
    ({"elements": 0}, "a ring has 1 to 255 elements, got 0"),
    (
        {"elements": 4, "neurons": 18},
        "the ring folds N neurons evenly on P elements, got N = 18, P = 4; choose P from 2, 3, 6, 9, 18",
    ),
    ({"elements": 4, "neurons": 0}, "the ring folds N neurons evenly on P elements, got N = 0, P = 4"),
    ({"elements": 2, "neurons": 34}, "an element holds at most 16 neurons, got N / P = 17; use P >= 3"),
    ({"elements": 256, "neurons": 256}, "a ring has 1 to 255 elements, got 256; choose P within"),
    ({"inputs": 33}, "the array takes 0 to 32 inputs a step, got 33"),
    ({"inputs": -1}, "the array takes 0 to 32 inputs a step, got -1"),
    ({"operand_bits": 19}, "the multipliers take operands of 8 to 18 bits, got 19"),
    ({"operand_bits": 7}, "the multipliers take operands of 8 to 18 bits, got 7"),
    ({"fraction_bits": 23}, "a position word has at most 32 bits, got 33; lower the fraction bits or raise the step"),
    (
        {"operand_bits": 8, "fraction_bits": 16},
        "the kick rounds away at least 1 bit, got 0; lower the fraction bits to at most 15",
    ),
]


@pytest.mark.parametrize(("sizes", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_the_array_cannot_hold_is_refused_with_a_way_out(sizes: dict[str, int], message: str) -> None:
    with pytest.raises(HelError, match=f"^{re.escape(message)}"):
        Geometry(**{"elements": 4, "neurons": 16, "inputs": 3} | sizes)


def test_gradient_words_of_another_width_are_refused() -> None:
    with pytest.raises(HelError, match="^the array's gradient words have 36 bits, got g_bits = 32$"):
        Geometry.of(Formats(g_bits=32), elements=2, neurons=4, inputs=1)
