"""What is read back from the words of steps that the last bank makes alone is what the plan asks for."""

from __future__ import annotations

import json

import pytest

from golden.compiler import compile_system
from golden.systems import SYSTEMS, get
from rtl.hls import Schedule, compile_array
from rtl.hls.report.alone_reader import AloneReader
from rtl.hls.report.explain import PASSES, UNITS, activity, explain, reader_of_banks
from rtl.hls.report.origin import Origins


def scheduled(system: str, banks: int) -> Schedule:
    subject = get(system, n=8, m=2) if system in ("stack", "gated", "hopfield", "hru") else get(system, n=8)
    return compile_array(compile_system(subject), elements=2, banks=banks)


@pytest.mark.parametrize("banks", [2, 4])
@pytest.mark.parametrize("system", sorted(set(SYSTEMS) - {"dense"}))
def test_products_found_are_the_products_planned(system: str, banks: int) -> None:
    schedule = scheduled(system, banks)
    assert isinstance(reader_of_banks(schedule, "forward"), AloneReader)
    for name in ("forward", "echo"):
        found = activity(schedule, name)
        assert found.products == schedule.products(name) and found.busy == schedule.busy(name) > 0
    assert json.loads(json.dumps(explain(schedule)))


def test_operations_have_the_names_of_one_bank() -> None:
    one, two = (scheduled("pendulum", 2), compile_array(compile_system(get("pendulum", n=8)), elements=2))
    for name in PASSES:
        found = [{row.what for row in activity(schedule, name).operations} - {"move"} for schedule in (one, two)]
        assert found[0] == found[1]
    assert any(activity(one, "forward").units[unit] for unit in UNITS)


def test_a_vector_is_named_by_its_read() -> None:
    schedule = scheduled("springs", 2)
    origins = Origins(schedule, compile_system(get("springs", n=8)))
    (cycle, lane), (name, _) = min(reader_of_banks(schedule, "forward").traffic.reads.items())
    assert origins.of("forward", cycle, f"s_read{lane}").statement.startswith(f"{name} = ")
