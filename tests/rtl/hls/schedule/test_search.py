"""A step takes the shortest of a few orders; where the first is good enough, it is the only one."""

import pytest

from rtl.hls.schedule import search
from rtl.hls.schedule.needs import StepNeeds
from rtl.hls.schedule.search import ENOUGH, step_segment
from rtl.hls.schedule.step import FIRST, StepScheduler
from tests.rtl.hls.cases import scheduled


@pytest.mark.parametrize("system", ["springs", "banded", "pendulum", "dense", "rotor"])
@pytest.mark.parametrize("twin", [False, True])
def test_no_order_that_is_played_is_shorter(system: str, twin: bool) -> None:
    schedule = scheduled(system, 16, 2, 2)
    words = step_segment(schedule.plan, schedule.memory, twin=twin)
    first = StepScheduler(schedule.plan, schedule.memory, twin=twin).run()
    needs = StepNeeds(schedule.plan, schedule.memory, twin=twin)
    if max(needs.bounds().values()) >= ENOUGH * len(first):
        assert words == first
    else:
        assert len(words) <= len(first)
    assert words == step_segment(schedule.plan, schedule.memory, twin=twin), "twice the same"


def test_the_shortest_is_kept_and_the_search_ends_where_it_is_good_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule, played = scheduled("dense", 16, 4, 4), []

    class Counted(StepScheduler):
        def run(self):  # type: ignore[no-untyped-def]
            played.append(self.order)
            return super().run()

    monkeypatch.setattr(search, "StepScheduler", Counted)
    step_segment(schedule.plan, schedule.memory, twin=True)
    assert played == [FIRST]
    played.clear()
    monkeypatch.setattr(search, "ENOUGH", 2)
    step_segment(schedule.plan, schedule.memory, twin=True)
    assert played == [FIRST, *search.ORDERS]


def test_chains_take_fewer_cycles_than_what_starts_first() -> None:
    """Blocks in pairs and glides ahead serve every order; the search itself is for tables and cuts."""
    schedule = scheduled("pendulum", 64, 8, 4)
    for name, first in (("forward", 160), ("echo", 470)):
        assert len(schedule.segments[name].words) < 0.95 * first
