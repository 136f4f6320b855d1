"""Every parameter has one place: bank b of element k has the rows k + P (b + B j), local parameters are in one bank."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from golden.errors import HelError
from rtl.hls.plan.bind import bind
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.ring_plan import Layout, Stored
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.requirements import bank_map, wide_geometry
from rtl.hls.wide.schedule import compile_wide
from tests.rtl.hls.cases import program

SIZES = [(16, 2, 4), (9, 2, 2), (26, 4, 4), (5, 2, 4)]


def made(neurons: int, elements: int, banks: int) -> BankMap:
    return compile_wide(program("dense", neurons, 2), elements=elements, banks=banks).memory


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_every_word_has_one_place_and_pads_none(sizes: tuple[int, int, int]) -> None:
    there = made(*sizes)
    for name, stored in there.stored.items():
        index = there.index(name)
        assert sorted(index[index >= 0].tolist()) == list(range(int(np.prod(stored.shape)))), name
        assert there.nonzero(name) == (index >= 0).sum()


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_rows_lie_in_their_banks_columns_are_skewed(sizes: tuple[int, int, int]) -> None:
    neurons, p, banks = sizes
    there = made(*sizes)
    index = there.index("W")
    for (j, g, t), words in zip(there.cells["W"], np.moveaxis(index, -1, 0), strict=True):
        for (b, k), word in np.ndenumerate(words):
            row, column = k + p * (b + banks * j), g * p + (k - t) % p
            assert word == (row * neurons + column if row < neurons and column < neurons else -1)


def test_local_parameters_are_in_one_bank() -> None:
    there = made(16, 2, 4)
    banks = np.flatnonzero((there.index("al") >= 0).any((1, 2)))
    assert banks.tolist() == [there.local_bank] == [1]
    assert there.size("al") == 8 and there.size("b") == 2


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_unpack_is_the_inverse_of_pack(sizes: tuple[int, int, int]) -> None:
    there, source = made(*sizes), np.random.default_rng(3)
    shapes = {name: stored.shape for name, stored in there.stored.items()}
    words = {name: source.integers(-9, 9, shape) for name, shape in shapes.items()}
    found = there.unpack(there.pack(words), shapes)
    for name in shapes:
        np.testing.assert_array_equal(found[name], words[name])


def test_a_bank_that_is_too_small_says_what_helps() -> None:
    stored = {"W": Stored(Layout.MATRIX, (192, 192))}
    there = BankMap(Geometry(elements=12, neurons=192, inputs=1, banks=4), stored)
    with pytest.raises(HelError, match="a bank holds at most 511 parameter words, N = 192 on P = 12, B = 4 needs 768"):
        there.check()


@pytest.mark.parametrize(("neurons", "words", "depths"), [(48, 424, (512, 1024, 512)), (64, 552, (1024, 2048, 1536))])
def test_memories_are_as_deep_as_the_words_ask(neurons: int, words: int, depths: tuple[int, int, int]) -> None:
    """The first bank has room for the table behind them, whose last entry is at address 0; the others have none."""
    plan, formats = bind(program("dense", neurons, 2)), program("dense", neurons, 2).formats
    g = wide_geometry(plan, formats, elements=neurons // 16, neurons=neurons, banks=2)
    there = bank_map(plan, g)
    assert there.words == words
    assert (g.gradient_words, g.weight_words, g.tables[0].base) == depths
    assert [g.bank_words(bank) for bank in range(2)] == [g.weight_words, 1024]
    addresses = {address for address, _ in there.table(there.tables[0])}
    assert addresses == {0, *range(g.tables[0].base, g.weight_words)} and g.tables[0].base > words


@pytest.mark.parametrize("stride", [8, 16])
def test_strides_begin_with_every_parameter(stride: int) -> None:
    made = program("dense", 16, 2)
    plan = bind(made)
    g = wide_geometry(plan, made.formats, elements=2, neurons=16, banks=2, stride=stride)
    there = bank_map(plan, g, stride)
    assert all(base % stride == 0 for base in there.base.values())
    ends = {name: there.base[name] + there.size(name) for name in there.base}
    assert there.words % stride == stride - 1 and max(ends.values()) <= there.words + 1
    assert sorted(there.base.values()) == list(there.base.values())
    assert all(ends[a] <= there.base[b] for a, b in pairwise(there.base))
