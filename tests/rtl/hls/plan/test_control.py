"""The control word: every field comes back, nothing else does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtl.hls import Geometry
from rtl.hls.plan.control import (
    ELEMENT_FIELDS,
    FIELDS,
    SEQUENCER_FIELDS,
    WORD_BITS,
    IoOp,
    decode,
    encode,
    widths,
)
from rtl.hls.plan.stored_word import store_parts
from rtl.hls.plan.table_shape import TableShape

WIDEST = Geometry(
    4, 16, 3, alignments=tuple(range(16)), cut_shifts=(1, 2, 3, 4), vector_words=64, lane_store=True, two_way=True
)
"""Of an array with one table in one block RAM."""

values = st.fixed_dictionaries({name: st.integers(0, (1 << bits) - 1) for name, bits in FIELDS.items()})


@settings(derandomize=True, database=None)
@given(values)
def test_a_word_decodes_to_what_it_was_made_of(fields: dict[str, int]) -> None:
    assert decode(encode(fields)) == fields


@settings(derandomize=True, database=None)
@given(st.integers(0, (1 << WORD_BITS) - 1))
def test_every_bit_of_a_word_belongs_to_one_field(word: int) -> None:
    assert encode(decode(word)) == word


def test_absent_fields_are_zero() -> None:
    assert encode({}) == 0
    assert set(decode(0).values()) == {0}
    assert decode(encode({"io_op": IoOp.SHIFT})) == dict.fromkeys(FIELDS, 0) | {"io_op": int(IoOp.SHIFT)}


def test_fields_are_the_elements_then_the_sequencers() -> None:
    """The RTL slices the stored word by this order."""
    assert list(FIELDS) == [*ELEMENT_FIELDS, *SEQUENCER_FIELDS]
    assert not set(ELEMENT_FIELDS) & set(SEQUENCER_FIELDS)


def test_a_word_is_loaded_in_four_parts_or_in_eight() -> None:
    """Only an array that chooses between tables, in more block RAM than a plain one has, needs more than four."""
    assert sum(widths(WIDEST).values()) == 128 and store_parts(WIDEST) == 4
    turning = replace(WIDEST, turns=True)
    assert sum(widths(turning).values()) == 129 and store_parts(turning) == 8
    tables = tuple(TableShape(base=100 + 600 * k) for k in range(5))
    widest = replace(turning, tables=tables, weight_words=4096)
    assert sum(widths(widest).values()) <= WORD_BITS < 256 and store_parts(widest) == 8


@pytest.mark.parametrize("value", [-1, 4096])
def test_a_value_beyond_its_field_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=f"^control field addr_a holds 0 to 4095, got {value}$"):
        encode({"addr_a": value})


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("a control word has no field 'adr_a'; fields: addr_a, addr_b,")):
        encode({"adr_a": 1})


def test_a_field_without_use_has_no_bits() -> None:
    """The array of a tanh network is narrower than the widest; without a table it is narrower still."""
    tanh = widths(Geometry(4, 16, 3))
    plain = widths(Geometry(4, 16, 3, tables=(), vector_words=0, alignments=(0,)))
    several = widths(Geometry(4, 16, 3, tables=(TableShape(),) * 3, turns=True, ranges=((0, 9),)))
    assert several["range"] == 1 and list(several) == list(FIELDS) and several["table"] == 2 and several["x_turn"] == 1
    assert list(tanh) == list(plain) == [name for name in FIELDS if name not in ("table", "x_turn", "range")]
    assert widths(Geometry(4, 16, 3, turns=True, cut_positions=False)) == tanh, "all are angles: nothing to choose"
    assert sum(plain.values()) < sum(tanh.values()) < WORD_BITS
    assert {name for name, bits in tanh.items() if not bits} == {"x_store", "x_back", "cut", "s_cut"}
    word = encode({"addr_a": 5, "w_addr": 7}, plain)
    assert word < 1 << sum(plain.values())
    assert decode(word, plain) == dict.fromkeys(plain, 0) | {"addr_a": 5, "w_addr": 7}
    with pytest.raises(ValueError, match="^control field lookup holds 0 to 0, got 1$"):
        encode({"lookup": 1}, plain)
