"""Ceilings: products over the busiest port, what is reached of them, and how `hel rtl --explain` shows both."""

import json

import pytest

from rtl.hls.report.ceiling import ceiling
from rtl.hls.report.explain import explain, text
from tests.rtl.hls.cases import scheduled


@pytest.mark.parametrize("system", ["linear", "hru", "springs", "pendulum"])
@pytest.mark.parametrize("step", ["forward", "echo"])
def test_what_is_reached_is_the_multipliers_use_and_below_the_ceiling(system: str, step: str) -> None:
    schedule = scheduled(system, 16, 2, 3)
    found = ceiling(schedule, step)
    assert found.reached == schedule.busy(step) <= found.ceiling <= 1
    assert found.slots == max(found.ports.values()) <= found.bound <= found.cycles == len(schedule.fields(step))
    assert found.ratio == pytest.approx(found.reached / found.ceiling)
    assert found.ceiling == found.products / (4 * found.slots)


def test_the_busiest_port_of_a_step_that_can_be_counted_by_hand() -> None:
    """Free oscillators, sixteen blocks: three accesses of each state and a read of each pair; 40 slots of products."""
    found = ceiling(scheduled("linear", 32, 2, 4), "forward")
    assert found.ports["state and vectors, read"] == 3 * 16 + 8 and found.port == "state and vectors, read"
    assert found.ports["state, write"] == 3 * 16 and found.ports["multipliers"] == 8 * (4 + 1)
    echo = ceiling(scheduled("linear", 32, 2, 4), "echo")
    assert echo.port == "multipliers" and echo.slots == 16 * 2 * (4 + 1) and echo.ceiling == 1


def test_an_odd_table_keeps_the_sign_of_a_lane() -> None:
    found = ceiling(scheduled("hru", 16, 2, 1), "forward")
    assert found.ports["signs of lane 0"] == found.ports["signs of lane 1"] == 4 * 11
    assert found.ports["table"] == 8 * 3


def test_explanations_have_it() -> None:
    report = explain(scheduled("springs", 16, 2, 3))
    assert json.loads(json.dumps(report)) == report and "ceiling" not in report["update"]
    for step in ("forward", "echo"):
        found = report[step]["ceiling"]
        most = f"{100 * found['ceiling']:.1f} % ({found['port']}, {found['slots']} cycles)"
        least = f"no order takes fewer than {found['bound']} cycles ({found['bounded_by']})"
        assert f"ceiling: {most}, {found['ratio']:.2f} of it reached; {least}" in text(report)
