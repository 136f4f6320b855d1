"""The two lanes, every register in every cycle: loads and hops, all choices of factors, exact products, sums."""

from __future__ import annotations

import random
from typing import Any

import pytest
from amaranth.hdl import Const

from golden.program.ops import Rounding
from rtl.element.arithmetic import add
from rtl.element.lanes import Lanes
from rtl.hls.plan.control import AccSource, OpA0, OpA1, OpB, StationarySource
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import ACCUMULATE, MULTIPLY, SCALE
from tests.rtl.element.unit import any_word, any_words, control, from_halves, in_halves, simulate, wrapped

SEED = 19
WORDS = 18
GEOMETRIES = {
    "reference": Geometry(2, 4, 1),
    "narrow, all there is": Geometry(
        2, 4, 1, operand_bits=14, alignments=(0, 1, 7), vector_words=32, cut_shifts=(9,), lane_store=True, two_way=True
    ),
    "bare": Geometry(2, 4, 1, operand_bits=16, alignments=(2,), vector_words=0, tables=(), sum_bits=35),
    "wide sums": Geometry(2, 4, 1, alignments=(0, 3, 5, 11), sum_bits=53, two_way=True),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)


def random_rows(g: Geometry, source: random.Random, partial: list[list[int]]) -> list[dict[str, Any]]:
    """Any words, any control that the array has."""
    stationary = [StationarySource.HOLD, StationarySource.X]
    stationary += [StationarySource.S] * bool(g.vector_words) + [StationarySource.FRACTION] * bool(g.tables)
    choices = {
        "opa0": list(OpA0), "opa1": list(OpA1), "opb": list(OpB), "scale": range(len(g.alignments)), "negate": range(2),
        "acc_en": range(4), "acc_src": list(AccSource), "r_src": stationary, "x_en": range(2), "x_load": range(2),
        "x_store": range(2 if g.lane_store else 1), "x_back": range(2 if g.two_way else 1),
    }  # fmt: skip
    rows = []
    for acc in zip(*(in_halves(lane, g.low_bits) for lane in partial), strict=True):
        row: dict[str, Any] = {name: source.choice(values) for name, values in choices.items()}
        row |= {name: any_word(source, WORDS) for name in ("weight_a", "weight_b", "imm")}
        row |= {name: any_words(source, WORDS) for name in ("operand", "s", "interpolation", "x_i", "x_n")}
        rows.append(row | {"acc_i": acc})
    return rows


def check(g: Geometry, cycles: int = 1000) -> None:
    source = random.Random(SEED)
    partial = [[any_word(source, g.accumulator_bits) for _ in range(cycles)] for _ in range(2)]
    rows = random_rows(g, source, partial)
    seen = simulate(Lanes(g, control(g), "behavioural"), rows, "x", "r", "product", "acc")
    for lane in range(2):
        x, r, product, acc = ([words[lane] for words in seen[name]] for name in ("x", "r", "product", "acc"))
        check_loads(lane, rows, x, r)
        check_products(g, lane, rows, x, r, product)
        check_sums(g, lane, rows, partial[lane], product, from_halves(acc, g.low_bits))


def check_loads(lane: int, rows: list[dict[str, Any]], x: list[int], r: list[int]) -> None:
    """A lane's word and the stationary operand, one cycle after their control."""
    for t, row in enumerate(rows[:-1]):
        own, neighbour = row["s" if row["x_store"] else "operand"], row["x_n" if row["x_back"] else "x_i"]
        loaded = own if row["x_load"] else neighbour
        assert x[t + 1] == (loaded[lane] if row["x_en"] else x[t]), (t, lane)
        stationary = {
            StationarySource.S: row["s"], StationarySource.X: row["operand"],
            StationarySource.FRACTION: row["interpolation"],
        }.get(row["r_src"])  # fmt: skip
        assert r[t + 1] == (stationary[lane] if stationary else r[t]), (t, lane)


def check_products(
    g: Geometry, lane: int, rows: list[dict[str, Any]], x: list[int], r: list[int], product: list[int]
) -> None:
    """Exact and aligned; a negated one is its complement, one less."""
    largest = 0
    for t, row in enumerate(rows[: -(ACCUMULATE - MULTIPLY)]):
        a, b = (Rounding.FLOOR.apply(row[f"weight_{port}"], WORDS - g.operand_bits) for port in "ab")
        first = {OpA0.WEIGHT: a, OpA0.R: r[t]}[row["opa0"]]
        if lane:
            first = {OpA1.WEIGHT_A: a, OpA1.WEIGHT_B: b, OpA1.R: r[t]}[row["opa1"]]
        second = {OpB.X: x[t], OpB.R: r[t], OpB.IMM: row["imm"]}[row["opb"]]
        late = rows[t + SCALE - MULTIPLY]
        aligned = first * second << g.alignments[late["scale"]]
        assert product[t + ACCUMULATE - MULTIPLY] == (-aligned - 1 if late["negate"] else aligned), (t, lane)
        largest = max(largest, first * second)
    assert largest == 1 << 2 * (WORDS - 1), "the largest product occurred"


def check_sums(
    g: Geometry, lane: int, rows: list[dict[str, Any]], partial: list[int], product: list[int], acc: list[int]
) -> None:
    """Whole sums, their halves put together: on top of nothing, of themselves, of the neighbour's; they wrap."""
    wraps = 0
    for t, row in enumerate(rows[1:-2], 1):
        base = {AccSource.ZERO: 0, AccSource.OWN: acc[t], AccSource.PREV: partial[t]}[row["acc_src"]]
        total = base + product[t] + rows[t - 1]["negate"]
        kept = wrapped(total, g.accumulator_bits)
        enabled = row["acc_en"] >> lane & 1
        assert acc[t + 1] == (kept if enabled else acc[t]), (t, lane)
        wraps += enabled and kept != total
    assert wraps > 10


@by_geometry
def test_every_register_in_every_cycle(geometry: Geometry) -> None:
    check(geometry)


def test_a_negated_product_without_its_last_place_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(a: Any, b: Any, carry: Any, *, signed: bool = True) -> Any:
        return add(a, b, carry if carry.name.startswith("carry") else Const(0, 1), signed=signed)

    monkeypatch.setattr("rtl.element.lanes.add", without)
    with pytest.raises(AssertionError):
        check(GEOMETRIES["reference"])
