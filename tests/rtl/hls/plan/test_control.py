"""The control word: every field comes back, nothing else does."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.errors import HelError
from rtl.hls import Geometry, compile_array
from rtl.hls.plan.control import ELEMENT_FIELDS, FIELDS, SEQUENCER_FIELDS, WORD_BITS, IoOp, decode, encode, widths
from rtl.hls.plan.registers import STORE_PARTS
from rtl.hls.plan.table_shape import TableShape
from tests.rtl.hls.cases import program

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


def test_a_word_fits_the_control_store() -> None:
    """All but the widest there could be, with more than four tables in more than two block RAMs, too."""
    assert sum(widths(WIDEST).values()) == 32 * STORE_PARTS < WORD_BITS
    tables = (TableShape(), TableShape("even"))
    plain = replace(WIDEST, tables=tables, weight_words=4096, vector_words=16)
    assert sum(widths(plain).values()) == 32 * STORE_PARTS - 6 + 4 + 1


@pytest.mark.parametrize(("inputs", "bits"), [(0, 0), (1, 0), (2, 1), (17, 5)])
def test_a_word_that_is_too_wide_has_narrow_input_numbers(inputs: int, bits: int) -> None:
    fits = replace(WIDEST, inputs=inputs)
    assert widths(fits)["u_index"] == 5
    beyond = widths(replace(fits, turns=True))
    assert beyond["x_turn"] == 1 and beyond["u_index"] == bits
    assert sum(beyond.values()) == 32 * STORE_PARTS + 1 - 5 + bits


def test_a_word_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["rtl.hls.schedule.schedule"], "STORE_PARTS", 2)
    rule = r"^a control word has at most 64 bits, this array's would have \d+; use fewer tables, more elements"
    with pytest.raises(HelError, match=rule):
        compile_array(program("dense", 4, 2), elements=2)


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
    several = widths(Geometry(4, 16, 3, tables=(TableShape(),) * 3, turns=True))
    assert list(several) == list(FIELDS) and several["table"] == 2 and several["x_turn"] == 1
    assert list(tanh) == list(plain) == [name for name in FIELDS if name not in ("table", "x_turn")]
    assert widths(Geometry(4, 16, 3, turns=True, cut_positions=False)) == tanh, "all are angles: nothing to choose"
    assert sum(plain.values()) < sum(tanh.values()) < WORD_BITS
    assert {name for name, bits in tanh.items() if not bits} == {"x_store", "x_back", "cut", "s_cut"}
    word = encode({"addr_a": 5, "w_addr": 7}, plain)
    assert word < 1 << sum(plain.values())
    assert decode(word, plain) == dict.fromkeys(plain, 0) | {"addr_a": 5, "w_addr": 7}
    with pytest.raises(ValueError, match="^control field lookup holds 0 to 0, got 1$"):
        encode({"lookup": 1}, plain)
