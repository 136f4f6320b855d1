"""Tables of any kind, one or several: whole look-ups against golden's, as close as the schedule may have them."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from amaranth.hdl import Const, Signal, signed

from golden.arithmetic.function_table import FunctionTable
from golden.arithmetic.rounding import wrap
from golden.arithmetic.tables import FRACTION_LOG2
from rtl.element.table import Table
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.table_shape import placed
from rtl.hls.plan.timing import ACCUMULATE, LOOKUP, LOOKUP_SPACING, SIGN_LIFE, TABLE_WRITE
from tests.rtl.element.unit import any_word, control, simulate
from tests.rtl.hls.table_cases import any_tables

ONE = 1 << FRACTION_LOG2


def geometry(tables: Sequence[FunctionTable], bits: int, seed: int) -> Geometry:
    """An array of these tables, with one shift or another."""
    shapes, depth = placed(tables, 100 + seed)
    shift = seed % 5 - 1
    return Geometry(
        2, 4, 1, operand_bits=bits, fraction_bits=min(16, bits), tables=shapes, weight_words=depth,
        z_fraction=18 + shift, sum_bits=30 + seed % 3,
    )  # fmt: skip


def sums(g: Geometry, table: FunctionTable, source: random.Random) -> int:
    """An end of a segment or of the table, or anything near or far."""
    ends = [table.low, 0, 1, table.high - 1, table.high, -table.high, 1 << 12]
    a = source.choice(ends) * ONE + source.choice([-1, 0, 1, ONE // 2, source.randrange(ONE)])
    near = a << g.z_shift if g.z_shift >= 0 else a >> -g.z_shift
    z = source.choice(
        [near, any_word(source, g.accumulator_bits), source.randrange(-near - 1, near + 1) if near > 0 else 0]
    )
    return int(wrap(np.array(z), g.accumulator_bits))


def words_of(table: FunctionTable, g: Geometry, base: int, address: int) -> tuple[int, int]:
    index = (address - base) % g.weight_words
    return table.words[index], table.words[index + 1]


def check(tables: Sequence[FunctionTable], bits: int, seed: int, count: int = 80) -> None:
    """A split every few cycles, of any table, in turn for both lanes; the products are made of the address it gives."""
    source, g = random.Random(seed), geometry(tables, bits, seed)
    chosen = [source.randrange(len(tables)) for _ in range(count)]
    taken = [sums(g, tables[number], source) for number in chosen]
    arguments = [(z >> g.z_shift) if g.z_shift >= 0 else z << -g.z_shift for z in taken]
    apart = max(LOOKUP_SPACING, (SIGN_LIFE + 1) // 2)
    starts = [apart * i for i in range(count)]
    rows: list[dict] = [{} for _ in range(starts[-1] + LOOKUP + TABLE_WRITE + 1)]
    for row in rows:
        row |= {"z": any_word(source, g.accumulator_bits), "product": (any_word(source, 30), any_word(source, 30))}
    expected = [int(tables[number].look_up(np.array([a]))[0]) for number, a in zip(chosen, arguments, strict=True)]
    for i, t in enumerate(starts):
        table, shape = tables[chosen[i]], g.tables[chosen[i]]
        rows[t] |= {"z": taken[i], "z_en": 1}
        address, fraction = place(table, shape.base, arguments[i], g.weight_words)
        below, above = words_of(table, g, shape.base, address)
        rows[t + LOOKUP + ACCUMULATE] |= {"product": (below * (ONE - fraction), above * fraction)}
        if len(tables) > 1:
            rows[t] |= {"table": chosen[i]}
        if g.odd_table:
            rows[t] |= {"z_lane": i % 2}
            rows[t + LOOKUP + ACCUMULATE + 1] |= {"s_lane": i % 2}
    unit = Table(g, control(g), Signal(signed(g.accumulator_bits)))
    seen = simulate(unit, rows, "index", "fraction", "s_word", "clamped")
    base = g.tables[0].base if g.clamps_by_bits else 0
    for i, t in enumerate(starts):
        table, shape = tables[chosen[i]], g.tables[chosen[i]]
        found = {
            (seen["index"][at] + base, seen["fraction"][at]) for at in range(t + LOOKUP, t + LOOKUP + LOOKUP_SPACING)
        }
        assert found == {place(table, shape.base, arguments[i], g.weight_words)}, (str(shape), arguments[i])
        assert seen["s_word"][t + LOOKUP + TABLE_WRITE] == expected[i], (str(shape), arguments[i])
        assert seen["clamped"][t + 1] == table.clamps(np.array([arguments[i]]))[0], (str(shape), arguments[i])
    assert sum(seen["clamped"]) == sum(seen["clamped"][t + 1] for t in starts), "raised by splits alone"


def place(table: FunctionTable, base: int, argument: int, depth: int) -> tuple[int, int]:
    """Address and fraction by docs/numerics.md, section 3."""
    z = int(wrap(np.array(argument), table.argument_bits)) if table.turn else argument
    a = -1 - z if table.fold and z < 0 else z
    a = min(max(a, table.low * ONE), table.high * ONE - 1)
    return (base + a // ONE - table.low) % depth, a % ONE


@pytest.mark.parametrize("bits", [8, 12, 18])
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_look_ups_are_goldens(seed: int, count: int, bits: int) -> None:
    check(any_tables(10 * seed + count, bits, count), bits, seed)


@pytest.mark.parametrize(
    "line",
    [
        "table f fraction 18 steep above = 5 9",
        "table f fraction 18 from -1 steep both = -7 5 9",
        "table f even fraction 18 steep above = 5 9",
        "table f odd fraction 18 steep above = 0 9 5 9 3",
        "table f even fraction 18 = 100 9 5 9 3",
        "table f turn fraction 18 from -1 = 5 9 5",
        "table f even turn fraction 18 = 5 9",
        "table f odd fraction 18 = 0 100 127 100",
    ],
)
def test_the_smallest_tables(line: str) -> None:
    check([FunctionTable.parse(line)], 8, 1)


def test_a_large_range_of_short_sums() -> None:
    """The argument has fewer bits than the table's segments have."""
    words = tuple(range(-300, 301))
    table = FunctionTable("f", 18, words, -300, steep=(True, True))
    check([table], 12, 1, count=40)


def test_a_table_that_lies_elsewhere_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """One constant of one table is wrong in the RTL."""
    tables = any_tables(3, 12, 3)
    base = geometry(tables, 12, 3).tables[1].base
    monkeypatch.setattr(
        sys.modules["rtl.element.split"], "Const", lambda value, bits: Const(value + (value == base), bits)
    )
    with pytest.raises(AssertionError):
        check(tables, 12, 3)
