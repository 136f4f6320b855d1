"""The cut: floor, then saturation, three cycles after the sum, with another shift in every cycle."""

from __future__ import annotations

import random

import pytest
from amaranth.hdl import Signal, signed

from golden.program.ops import Rounding
from rtl.element.cut import Cut
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import CUT_WRITE, TAKE
from tests.rtl.element.unit import any_word, around, control, saturated, simulate

SEED = 5
LATENCY = CUT_WRITE - TAKE
GEOMETRIES = {
    "four shifts": Geometry(2, 4, 1, cut_shifts=(0, 5, 13, 20)),
    "three shifts": Geometry(2, 4, 1, cut_shifts=(4, 11, 16), sum_bits=47),
    "narrow": Geometry(2, 4, 1, operand_bits=14, cut_shifts=(3, 9)),
    "one shift": Geometry(2, 4, 1, operand_bits=8, fraction_bits=12, cut_shifts=(7,)),
    "always fits": Geometry(2, 4, 1, cut_shifts=(30,)),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)


def sums(g: Geometry, source: random.Random) -> list[tuple[int, int]]:
    """(sum, index of a shift): both sides of every limit, the words that round to them, the ends, and any."""
    found = []
    for index, shift in enumerate(g.cut_shifts):
        limits = [1 << (g.operand_bits - 1 + shift), (1 << (g.operand_bits - 1 + shift)) - (1 << shift), 1 << shift, 1]
        words = [word for limit in limits for word in around(limit, g.accumulator_bits)]
        found += [(word, index) for word in words + [any_word(source, g.accumulator_bits) for _ in range(200)]]
    source.shuffle(found)
    return found


def check(g: Geometry) -> int:
    """Returns how many were saturated."""
    z = Signal(signed(g.accumulator_bits))
    unit = Cut(g, control(g), z)
    given = sums(g, random.Random(SEED))
    seen = simulate(unit, [{"z": z, "cut": index} for z, index in given] + [{}] * LATENCY, "cut_word", "lost")
    exact = [Rounding.FLOOR.apply(z, g.cut_shifts[index]) for z, index in given]
    kept = [saturated(word, g.operand_bits) for word in exact]
    assert seen["cut_word"][LATENCY:] == kept
    assert seen["lost"][LATENCY:] == [word != cut for word, cut in zip(exact, kept, strict=True)]
    return sum(seen["lost"][LATENCY:])


@by_geometry
def test_floor_then_saturation(geometry: Geometry) -> None:
    fits = geometry.accumulator_bits - geometry.cut_shifts[0] <= geometry.operand_bits
    assert (check(geometry) == 0) == fits


def test_a_cut_that_wraps_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rtl.element.cut.Mux", lambda condition, saturated, part: part)
    with pytest.raises(AssertionError):
        check(GEOMETRIES["four shifts"])
