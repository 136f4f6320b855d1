"""The emitter: nothing is ever placed on what is there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtl.hls.schedule.reservation_table import Emitter, Fields

parts = st.dictionaries(st.integers(0, 4), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)), min_size=1)
"""An operation: fields by cycle after its slot."""


@settings(derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(0, 6), parts), max_size=12))
def test_no_field_is_booked_twice(requests: list[tuple[int, dict[int, Fields]]]) -> None:
    """Every field of every operation is found where it was put; before its slot, it did not fit."""
    emitter, placed = Emitter(), []
    for earliest, parts in requests:

        def operation(t: int, parts: dict[int, Fields] = parts) -> list[tuple[int, Fields]]:
            return [(t + cycle, fields) for cycle, fields in parts.items()]

        free = [slot for slot in range(earliest, earliest + 100) if emitter.fits(operation(slot))]
        slot = emitter.place(earliest, operation)
        assert slot == free[0], "the first slot where it fits"
        placed += operation(slot)
    words = emitter.words()
    assert len(words) == emitter.length == max((cycle + 1 for cycle, _ in placed), default=0)
    for cycle, fields in placed:
        assert fields.items() <= words[cycle].items()
    assert sum(len(word) for word in words) == len({(cycle, name) for cycle, fields in placed for name in fields})


def test_equal_values_share_a_field() -> None:
    emitter = Emitter()
    emitter.at(1, addr_a=3)
    emitter.at(1, addr_a=3, addr_b=0)
    assert emitter.words() == [{}, {"addr_a": 3, "addr_b": 0}]


def test_zero_is_a_value_too() -> None:
    """A field that must be zero keeps others out."""
    emitter = Emitter()
    emitter.at(0, acc_en=0)
    assert not emitter.fits([(0, {"acc_en": 3})])
    with pytest.raises(AssertionError):
        emitter.at(0, acc_en=3)


def test_an_operation_that_does_not_fit_leaves_no_trace() -> None:
    emitter = Emitter()
    emitter.at(2, we_b=1)
    assert emitter.place(0, lambda t: [(t, {"addr_a": t}), (t + 2, {"we_b": 0})]) == 1
    assert emitter.words() == [{}, {"addr_a": 1}, {"we_b": 1}, {"we_b": 0}]
