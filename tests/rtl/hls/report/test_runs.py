"""The runs of a schedule are the cycles of its units, each once."""

from rtl.hls.report.explain import PASSES, activity
from rtl.hls.report.runs import schedule_runs
from tests.rtl.hls.cases import scheduled


def test_runs_give_every_cycle_of_every_unit_back():
    schedule = scheduled("dense", 8, 4, 3)
    found = schedule_runs(schedule)
    assert list(found) == list(PASSES)
    for name, one in found.items():
        expected = activity(schedule, name)
        assert (one["cycles"], one["products"], one["busy"]) == (expected.cycles, expected.products, expected.busy)
        assert one["units"].keys() == {unit for unit, row in expected.units.items() if any(row)}
        for unit, runs in one["units"].items():
            row = [""] * one["cycles"]
            for start, length, what in runs:
                assert not any(row[start : start + length])
                row[start : start + length] = [what] * length
            assert tuple(row) == expected.units[unit]
