"""The stored word by geometry: today's of one bank, the wide one of several; the sequencer's own fields are last."""

from __future__ import annotations

import pytest

from rtl.hls.plan.control import ADDRESSES, SEQUENCER_FIELDS, widths
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.stored_word import broadcast_widths, store_parts, word_widths
from rtl.hls.plan.wide_control import bank_widths, shared_widths
from rtl.hls.plan.width import Width
from tests.rtl.hls.cases import program


def geometry(banks: int, **options: bool) -> Geometry:
    return Geometry(elements=2, neurons=32, inputs=3, banks=banks, **options)  # type: ignore[arg-type]


def test_one_bank_has_the_words_of_today() -> None:
    assert word_widths(geometry(1)) == widths(geometry(1)) and "bank" not in word_widths(geometry(1))


@pytest.mark.parametrize("banks", [2, 4, 8])
def test_the_banks_fields_come_first_and_the_sequencers_last(banks: int) -> None:
    """The ring and the sequencer slice the word by this order."""
    g = geometry(banks)
    own, shared = bank_widths(g, Width.of(g)), shared_widths(g, Width.of(g))
    assert list(word_widths(g)) == [*own, *shared, *SEQUENCER_FIELDS]
    assert list(broadcast_widths(g)) == [*own, *shared] and not set(own) & set(shared)


@pytest.mark.parametrize("banks", [1, 2, 4, 8])
def test_the_sequencer_finds_what_it_resolves(banks: int) -> None:
    there = word_widths(geometry(banks))
    assert {*ADDRESSES, *SEQUENCER_FIELDS, "shift"} <= set(there) and "push" in broadcast_widths(geometry(banks))


def test_what_a_program_needs_is_in_the_geometry() -> None:
    """An array is made of its geometry alone."""
    from rtl.hls import compile_array

    schedule = compile_array(program("dense", 8, 2), elements=2, banks=4)
    assert Width.of(schedule.geometry) == schedule.width  # type: ignore[attr-defined]
    assert word_widths(schedule.geometry) == schedule.widths
    assert "negate" in word_widths(geometry(4, negates=True)) and "negate" not in word_widths(geometry(4))


def test_a_wide_word_is_loaded_in_four_parts_or_in_eight() -> None:
    assert sum(word_widths(geometry(4)).values()) <= 128 and store_parts(geometry(4)) == 4
    ranges = ((-9, 9), (-8, 8), (-7, 7))
    wide = Geometry(
        elements=2, neurons=32, inputs=3, banks=8, negates=True, weight_words=4096, vector_words=64, ranges=ranges
    )
    assert sum(word_widths(wide).values()) > 128 and store_parts(wide) == 8
