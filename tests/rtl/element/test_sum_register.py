"""The sum that tables and cuts take: both halves of one accumulator, each in its own cycle, then held."""

from __future__ import annotations

import random
from enum import IntEnum
from itertools import pairwise

import pytest

from rtl.element.sum_register import SumRegister
from rtl.hls.plan.control import ZTake
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import TAKE
from tests.rtl.element.unit import any_word, control, in_halves, simulate

SEED = 7
GEOMETRIES = {
    "even": Geometry(2, 4, 1, sum_bits=40),
    "odd": Geometry(2, 4, 1, sum_bits=43),
    "narrow": Geometry(2, 4, 1, operand_bits=14),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)


def check(g: Geometry, cycles: int = 400) -> None:
    """Sums change in every cycle; what is taken in cycle t is whole in cycle t + TAKE."""
    source = random.Random(SEED)
    sums = [[any_word(source, g.accumulator_bits) for _ in range(cycles)] for _ in range(2)]
    takes = [source.choice(list(ZTake)) for _ in range(cycles)]
    acc = zip(*(in_halves(lane, g.low_bits) for lane in sums), strict=True)
    rows = [{"acc": words, "z_take": take} for words, take in zip(acc, takes, strict=True)]
    seen = simulate(SumRegister(g, control(g)), rows, "z_low", "z_high", "z")
    low = high = 0
    for t, take in enumerate(takes):
        assert (seen["z_low"][t], seen["z_high"][t]) == (low, high), t
        if t and takes[t - 1]:
            high = sums[takes[t - 1] - 1][t - 1] >> g.low_bits
        if take:
            low = sums[take - 1][t] & ((1 << g.low_bits) - 1)
    taken = [t for t, (take, after) in enumerate(pairwise(takes)) if take and not after and t + TAKE < cycles]
    assert len(taken) > 20
    assert [seen["z"][t + TAKE] for t in taken] == [sums[takes[t] - 1][t] for t in taken]


@by_geometry
def test_a_sum_is_taken_whole_and_held(geometry: Geometry) -> None:
    check(geometry)


def test_lanes_that_are_exchanged_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.element.sum_register.ZTake", IntEnum("ZTake", {"ACC0": ZTake.ACC1, "ACC1": ZTake.ACC0}))
    with pytest.raises(AssertionError):
        check(GEOMETRIES["even"])
