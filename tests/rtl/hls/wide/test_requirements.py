"""What an element of several banks has no form for is refused in one line that says what has; so are wrong widths."""

from __future__ import annotations

import re

import pytest

from golden.errors import HelError
from golden.systems import SYSTEMS
from rtl.hls import compile_array
from rtl.hls.plan.geometry import Geometry
from rtl.hls.wide.requirements import chained
from rtl.hls.wide.schedule import compile_wide
from tests.rtl.hls.cases import FORMATS, program


@pytest.mark.parametrize("system", SYSTEMS)
def test_dense_is_a_chain_and_all_others_are_made_in_the_last_bank_alone(system: str) -> None:
    """Only what a plan has decides, and no system is refused."""
    found = compile_wide(program(system, 6, 2), elements=2, banks=2)
    assert chained(found.plan) == (not found.memory.alone) == (not found.width.alone) == (system == "dense")
    assert found.memory.local_bank == found.width.local_bank == 1


def test_the_last_bank_must_hold_all_words() -> None:
    with pytest.raises(HelError, match="an element holds at most 511 parameter words, N = 32 on P = 2 needs 624; use"):
        compile_wide(program("gated", 32, 2), elements=2, banks=4)
    with pytest.raises(
        HelError, match="a bank holds at most 511 .* N = 32 on P = 2, B = 8 needs 624; use more elements$"
    ):
        compile_wide(program("gated", 17, 2), elements=2, banks=8)


@pytest.mark.parametrize("banks", [0, 1, 3, 16])
def test_a_width_there_is_not(banks: int) -> None:
    with pytest.raises(HelError, match=f"a wide element has 2, 4, 8 banks, got {banks}; choose among these"):
        compile_wide(program("dense", 8, 2), elements=2, banks=banks)


def test_too_many_neurons_an_element_names_the_nearest_number() -> None:
    with pytest.raises(HelError, match="at most 16 neurons, got N / P = 20; use P >= 5"):
        compile_wide(program("dense", 80, 1), elements=4, banks=4)


def test_rows_are_padded_to_whole_banks() -> None:
    assert [
        compile_wide(program("dense", n, 1), elements=2, banks=b).geometry.neurons
        for n, b in ((8, 4), (9, 4), (9, 2), (5, 4))
    ] == [8, 16, 12, 8]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"banks": 3}, "an element has 1, 2, 4, 8 banks, got 3; choose among these"),
        ({"banks": 4}, "share its neurons evenly, got N / P = 6 on B = 4; use N = 16, or B from 1, 2"),
    ],
)
def test_a_geometry_of_a_width_that_does_not_divide(values: dict[str, int], message: str) -> None:
    with pytest.raises(HelError, match=re.escape(message)):
        Geometry(elements=2, neurons=12, inputs=1, **values)


def test_one_bank_is_the_array_of_old() -> None:
    """Same geometry but for its width, which is 1; the same words whether it is named or not."""
    found = compile_array(program("dense", 12, 2), elements=3)
    assert found.geometry.banks == 1
    assert Geometry.read({"elements": 3, "neurons": 12, "inputs": 2}) == Geometry(3, 12, 2, banks=1)


def test_the_front_door_gives_any_width() -> None:
    made = program("dense", 8, 2)
    assert compile_array(made, elements=2, banks=4) == compile_wide(made, elements=2, banks=4)
    with pytest.raises(HelError, match="runs programs at B = 1, got banks = 2"):
        compile_array(made, elements=2, banks=2, array=Geometry(2, 8, 2))


@pytest.mark.parametrize("formats", FORMATS)
def test_widths_are_as_wide_as_the_program_needs(formats: str) -> None:
    """Products of dense are all of one fraction but those of al, and none is subtracted."""
    found = compile_wide(program("dense", 8, 1, FORMATS[formats]), elements=2, banks=2)
    assert not found.width.negates and not found.width.scales_all
    assert [found.width.scales(bank) for bank in range(2)] == [False, True]
