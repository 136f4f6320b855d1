"""The function table: whole look-ups against golden's, as close as the schedule may have them; then every cycle."""

from __future__ import annotations

import random

import numpy as np
import pytest
from amaranth.hdl import Signal, signed

from golden.arithmetic.tables import ARGUMENT_FRACTION, FRACTION_LOG2, REACH_LOG2, entries, lookup
from golden.program.ops import Rounding
from rtl.element.arithmetic import shift_right
from rtl.element.table import Table
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import ACCUMULATE, LOOKUP, LOOKUP_SPACING, SIGN_LIFE, TABLE_WRITE
from tests.rtl.element.unit import any_word, around, control, simulate

SEED = 13
ONE = 1 << FRACTION_LOG2
TOP = (1 << REACH_LOG2) - 1
GEOMETRIES = {
    "reference": Geometry(2, 4, 1),
    "narrow": Geometry(2, 4, 1, operand_bits=14),
    "shifted left": Geometry(2, 4, 1, operand_bits=12, fraction_bits=12),
    "as it is": Geometry(2, 4, 1, z_fraction=ARGUMENT_FRACTION, sum_bits=36),
    "short sums": Geometry(2, 4, 1, z_fraction=ARGUMENT_FRACTION, sum_bits=19),
}
by_geometry = pytest.mark.parametrize("geometry", GEOMETRIES.values(), ids=GEOMETRIES)


def make(g: Geometry) -> Table:
    return Table(g, control(g), Signal(signed(g.accumulator_bits)))


def argument(g: Geometry, z: int) -> int:
    return Rounding.FLOOR.apply(z, g.z_shift)


def split(a: int) -> tuple[int, int]:
    """Index and fraction of an argument."""
    return divmod(min(a if a >= 0 else -1 - a, TOP), ONE)


def sums(g: Geometry, source: random.Random, count: int) -> list[int]:
    """Zero, both ends of a segment and of the table, the ends of the word, a fraction of one half, and any."""
    limits = [0, ONE // 2, ONE, TOP - ONE // 2, TOP - ONE, TOP, TOP + 1]
    shifted = [limit << g.z_shift if g.z_shift > 0 else limit >> -g.z_shift for limit in limits]
    words = [word for limit in shifted for word in around(limit, g.accumulator_bits)]
    reach = min(g.accumulator_bits, REACH_LOG2 + 1 + max(g.z_shift, 0))
    return words + [any_word(source, source.choice([reach, g.accumulator_bits])) for _ in range(count)]


def check_lookups(g: Geometry, function: str, count: int = 60) -> None:
    """A split every LOOKUP_SPACING cycles or later, in turn for both lanes; a lane's next one when its sign is free."""
    source = random.Random(SEED)
    table, words = entries(function, g.operand_bits), sums(g, source, count)
    apart = max(LOOKUP_SPACING, (SIGN_LIFE + 1) // 2)
    starts = [apart * i for i in range(len(words))]
    products = LOOKUP + ACCUMULATE
    rows = [{} for _ in range(starts[-1] + LOOKUP + TABLE_WRITE + 1)]
    for row in rows:
        row |= {"z": any_word(source, g.accumulator_bits), "product": (any_word(source, 30), any_word(source, 30))}
    for i, (t, z) in enumerate(zip(starts, words, strict=True)):
        index, fraction = split(argument(g, z))
        rows[t] |= {"z": z, "z_en": 1, "z_lane": i % 2}
        below, above = int(table[index]), int(table[index + 1])
        rows[t + products] |= {"product": (below * (ONE - fraction), above * fraction)}
        rows[t + products + 1] |= {"s_lane": i % 2}
    seen = simulate(make(g), rows, "index", "fraction", "s_word")
    for t, z in zip(starts, words, strict=True):
        found = {(seen["index"][at], seen["fraction"][at]) for at in range(t + LOOKUP, t + LOOKUP + LOOKUP_SPACING)}
        assert found == {split(argument(g, z))}, z
    arguments = np.array([argument(g, z) for z in words])
    expected = lookup(function, g.operand_bits, arguments).tolist()
    assert [seen["s_word"][t + LOOKUP + TABLE_WRITE] for t in starts] == expected


def check_cycles(g: Geometry, cycles: int = 800) -> None:
    """Any controls, a word in every cycle: products of any two entries."""
    source = random.Random(SEED)
    top = 1 << (g.operand_bits - 1)
    words = sums(g, source, cycles)
    source.shuffle(words)
    rows = []
    for z in words[:cycles]:
        fraction = source.choice([0, ONE // 2, ONE - 1, source.randrange(ONE)])
        below, above = (source.choice([1 - top, top - 1, source.randint(-3, 3)]) for _ in range(2))
        rows.append(
            {
                "z": z, "product": (below * (ONE - fraction), above * fraction),
                **{name: source.getrandbits(1) for name in ("z_en", "z_lane", "s_lane")},
            }
        )  # fmt: skip
    seen = simulate(make(g), rows, "index", "fraction", "interpolation", "interpolated", "s_word")
    taken, signs, halves = 0, [0, 0], 0
    for t, row in enumerate(rows[:-2]):
        if row["z_en"]:
            taken = argument(g, row["z"])
        index, fraction = split(taken)
        assert (seen["index"][t + 2], seen["fraction"][t + 2]) == (index, fraction), t
        assert seen["interpolation"][t + 2] == (ONE - fraction, fraction), t
        total = sum(row["product"])
        assert seen["interpolated"][t + 1] == total, t
        # The sign that the lane's last split left, seen by the rounding one cycle after the products.
        if row["z_en"]:
            signs[row["z_lane"]] = row["z"] < 0
        rounded = Rounding.HALF_UP.apply(total, FRACTION_LOG2)
        assert seen["s_word"][t + 2] == (-rounded if signs[rows[t + 1]["s_lane"]] else rounded), t
        halves += total < 0 and total % ONE == ONE // 2
    assert halves > 10


@by_geometry
@pytest.mark.parametrize("function", ["tanh", "sin"])
def test_look_ups_are_goldens(geometry: Geometry, function: str) -> None:
    check_lookups(geometry, function)


@by_geometry
def test_every_cycle(geometry: Geometry) -> None:
    check_cycles(geometry)


def test_an_argument_that_is_rounded_otherwise_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "rtl.element.table.shift_right", lambda value, amount: shift_right((value + 1).as_signed(), amount)
    )
    with pytest.raises(AssertionError):
        check_lookups(GEOMETRIES["reference"], "tanh")
