"""Needs are what the finished words take at least, and their bound is one: no order undercuts it."""

import pytest

from rtl.hls.report.explain import activity
from rtl.hls.schedule.needs import Need, StepNeeds, least
from rtl.hls.schedule.search import ORDERS
from rtl.hls.schedule.step import FIRST, StepScheduler
from tests.rtl.hls.cases import scheduled

SYSTEMS = ("linear", "hru", "dense", "springs", "banded", "pendulum", "hopfield", "rotor", "graph")
SIZES = [(8, 2, 3), (12, 4, 1), (10, 4, 2)]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("step", ["forward", "echo"])
def test_no_order_undercuts_the_bound(system: str, sizes: tuple[int, int, int], step: str) -> None:
    schedule, twin = scheduled(system, *sizes), step == "echo"
    needs = StepNeeds(schedule.plan, schedule.memory, twin=twin)
    bound = max(needs.bounds().values())
    assert max(needs.cycles().values()) <= bound
    for order in (FIRST, *ORDERS):
        words = StepScheduler(schedule.plan, schedule.memory, twin=twin, order=order, rest=needs.rest).run()
        assert bound <= len(words), order


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("step", ["forward", "echo"])
def test_the_words_use_each_port_at_least_as_long_as_it_is_needed(system: str, step: str) -> None:
    schedule = scheduled(system, 12, 3, 2)
    found, words = activity(schedule, step), schedule.fields(step)
    needs = StepNeeds(schedule.plan, schedule.memory, twin=step == "echo").cycles()

    def used(*units: str) -> int:
        return sum(any(found.units[unit][cycle] for unit in units) for cycle in range(found.cycles))

    slots = used("multiplier 0", "multiplier 1")
    assert needs["multipliers"] <= slots
    assert needs["state and vectors, read"] <= used("state, read", "vectors, read")
    assert needs.get("lanes", 0) <= used("lanes")
    assert needs.get("stationary operands", 0) <= sum(bool(f["r_src"]) for f in words)
    # These are used exactly as long.
    assert needs["state, write"] == used("state, write") == 3 * schedule.geometry.fold
    assert needs.get("vectors, write", 0) == used("vectors, write")
    assert needs.get("gradient memory", 0) == used("gradient, write")
    assert needs.get("sum register", 0) == 2 * sum(bool(f["z_take"]) for f in words)
    assert needs.get("table", 0) == 3 * sum(f["z_en"] for f in words)


def test_dense_networks_and_free_oscillators_meet_their_bounds() -> None:
    """The bound is tight: 870 cycles of an echo are all that dense needs, N = 64 on P = 16."""
    for step in ("forward", "echo"):
        schedule = scheduled("dense", 64, 16, 8)
        bound = max(StepNeeds(schedule.plan, schedule.memory, twin=step == "echo").bounds().values())
        assert len(schedule.segments[step].words) <= 1.02 * bound


def test_a_port_serves_one_need_at_a_time() -> None:
    assert least([Need("table", 5, 3, 10)]) == 18
    assert least([Need("table", 5, 3, 10), Need("table", 7, 3, 10)]) == 21
    assert least([Need("table", 0, 3, 2), Need("table", 50, 3, 1)]) == 54, "the later one alone"
    assert least([Need("table", 0, 9, 0), Need("table", 1, 1, 20)]) == 22, "the one with much to follow"
