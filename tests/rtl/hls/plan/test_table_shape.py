"""Where tables lie: behind parameters and constants, in a memory just deep enough; and in arrays that exist."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from golden.arithmetic.formats import Formats
from golden.arithmetic.function_table import FunctionTable, builtin
from golden.compiler.select import TABLE_WORDS
from golden.errors import HelError
from rtl.hls import Geometry
from rtl.hls.plan.geometry import PARAMETER_WORDS
from rtl.hls.plan.table_shape import TABLE_BASE, WEIGHT_DEPTHS, TableShape, chosen, placed
from tests.rtl.hls.table_cases import any_table

TANH, SIN = builtin("tanh", 18), builtin("sin", 18)


def flat(name: str, segments: int, **options: object) -> FunctionTable:
    return FunctionTable(name, 18, (1,) * (segments + 1), **options)  # type: ignore[arg-type]


def test_one_table_of_tanh_stands_where_it_always_stood() -> None:
    for words in (0, 511):
        ((shape,), depth) = placed([TANH], words)
        assert (shape, depth) == (TableShape(), 1024) and shape.clamps_by_bits
        assert shape.addresses(depth) == {0, *range(TABLE_BASE, 1024)}
    ((shape,), depth) = placed([TANH], 512)
    assert (shape.base, depth) == (513, 2048) and not shape.clamps_by_bits


def test_tables_follow_each_other_in_a_memory_that_is_just_deep_enough() -> None:
    shapes, depth = placed([flat("f", 10), TANH, flat("g", 100)], 20)
    assert [shape.base for shape in shapes] == [21, 32, 545] and depth == 1024
    for words, deep in ((1023 - 500, 1024), (1024 - 500, 2048), (2048 - 500, 4096)):
        (_, depth), at = placed([flat("f", 500)], words), words + 500
        assert depth == deep, at
    # The very last word may wrap to address 0, which nobody else has.
    ((shape,), depth) = placed([flat("f", 500)], 523)
    assert depth == 1024 and shape.addresses(depth) >= {0, 524, 1023} and 1 not in shape.addresses(depth)


def test_constants_alone_may_need_a_deeper_memory() -> None:
    assert [placed([], words)[1] for words in (1023, 1024, 2048, 4095)] == [1024, 2048, 4096, 4096]
    message = (
        "^an element holds at most 4095 words of parameters and constants, N = 9 on P = 3 needs 4096; use more ele"
    )
    with pytest.raises(HelError, match=message):
        placed([], 4096, sizes="N = 9 on P = 3 needs")


def test_what_does_not_fit_is_told_by_what_it_takes() -> None:
    with pytest.raises(HelError) as error:
        placed([flat("morse", 2048), flat("well", 2047), TANH], 300)
    assert str(error.value) == (
        "an element's weight memory holds 4096 words, got 4911: parameters and constants take 300, table morse takes"
        " 2049, table well takes 2048, table tanh takes 513; give a table a smaller range or an error= of its own, use"
        " fewer tables, or use more elements for the parameters"
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_shape_is_that_of_the_golden_table(seed: int) -> None:
    table = any_table(seed, 12)
    shape = TableShape.of(table, 7)
    assert (shape.words, shape.segments) == (len(table.words), table.segments)
    assert not table.turn or shape.argument_bits == table.argument_bits
    numbers = [table.low, table.high - 1]
    assert all(-(1 << shape.reach - 1) <= number < 1 << shape.reach - 1 for number in numbers)
    assert not all(-(1 << shape.reach - 2) <= n < 1 << shape.reach - 2 for n in numbers) or table.segments == 1
    assert TableShape.read(asdict(shape)) == shape


def test_a_geometry_comes_back_from_plain_data() -> None:
    geometry = Geometry(2, 4, 1, tables=(TableShape(), TableShape("", True, -4, 4, base=9)), weight_words=2048)
    assert Geometry.read(asdict(geometry)) == geometry
    with pytest.raises(HelError, match="^an array has at most 16 tables, got 17; use fewer functions$"):
        Geometry(2, 4, 1, tables=(TableShape(),) * 17)


def test_an_array_takes_tables_of_its_shapes_where_words_do_not_meet() -> None:
    own = flat("f", 40), flat("g", 40)
    shapes, depth = placed(own, 60)
    assert chosen(own, shapes, 60, depth) == (0, 1)
    assert chosen(own, shapes[::-1], 60, depth) == (0, 1)
    assert chosen(own, shapes, 61, depth) is None, "parameters reach into the first"
    assert chosen(own[:1], shapes, 61, depth) == (1,)
    assert chosen([flat("f", 41)], shapes, 1, depth) is None
    assert chosen([flat("f", 40, steep=(False, True))], shapes, 1, depth) is None
    twice = (shapes[0], TableShape.of(own[0], shapes[0].base + 40), shapes[1])
    assert chosen(own, twice, 60, depth) == (0, 2), "the second begins before the first ends"
    assert chosen([SIN], [TableShape.of(TANH), TableShape.of(SIN)], 500, 1024) == (1,)
    assert chosen([TANH], [TableShape.of(SIN)], 500, 1024) == (0,), "it has no use for the flag"
    assert chosen([TANH, SIN], [TableShape.of(SIN), TableShape.of(SIN, 2000)], 400, 4096) is None


def test_formats_do_not_matter() -> None:
    narrow = Formats(operand_bits=8)
    assert TableShape.of(builtin("tanh", narrow.operand_bits)) == TableShape()


def test_golden_chooses_tables_that_fit_beside_any_parameters() -> None:
    assert TABLE_WORDS == WEIGHT_DEPTHS[-1] - PARAMETER_WORDS
