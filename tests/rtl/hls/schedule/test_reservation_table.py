"""The reservations: nothing is ever placed on what is there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtl.hls.plan.control import Fields
from rtl.hls.schedule.reservation_table import ReservationTable

parts = st.dictionaries(st.integers(0, 4), st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)), min_size=1)
"""An operation: fields by cycle after its slot."""


@settings(derandomize=True, database=None)
@given(st.lists(st.tuples(st.integers(0, 6), parts), max_size=12))
def test_no_field_is_booked_twice(requests: list[tuple[int, dict[int, Fields]]]) -> None:
    """Every field of every operation is found where it was put; before its slot, it did not fit."""
    reservations, placed = ReservationTable(), []
    for earliest, parts in requests:

        def operation(t: int, parts: dict[int, Fields] = parts) -> list[tuple[int, Fields]]:
            return [(t + cycle, fields) for cycle, fields in parts.items()]

        free = [slot for slot in range(earliest, earliest + 100) if reservations.fits(operation(slot))]
        slot = reservations.place(earliest, operation)
        assert slot == free[0], "the first slot where it fits"
        placed += operation(slot)
    words = reservations.words()
    assert len(words) == reservations.length == max((cycle + 1 for cycle, _ in placed), default=0)
    for cycle, fields in placed:
        assert fields.items() <= words[cycle].items()
    assert sum(len(word) for word in words) == len({(cycle, name) for cycle, fields in placed for name in fields})


def test_equal_values_share_a_field() -> None:
    reservations = ReservationTable()
    reservations.at(1, addr_a=3)
    reservations.at(1, addr_a=3, addr_b=0)
    assert reservations.words() == [{}, {"addr_a": 3, "addr_b": 0}]


def test_zero_is_a_value_too() -> None:
    """A field that must be zero keeps others out."""
    reservations = ReservationTable()
    reservations.at(0, acc_en=0)
    assert not reservations.fits([(0, {"acc_en": 3})])
    with pytest.raises(AssertionError):
        reservations.at(0, acc_en=3)


def test_an_operation_that_does_not_fit_leaves_no_trace() -> None:
    reservations = ReservationTable()
    reservations.at(2, we_b=1)
    assert reservations.place(0, lambda t: [(t, {"addr_a": t}), (t + 2, {"we_b": 0})]) == 1
    assert reservations.words() == [{}, {"addr_a": 1}, {"we_b": 1}, {"we_b": 0}]
