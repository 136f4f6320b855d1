"""Every parameter has one place: bank b of element k has the rows k + P (b + B j), local parameters are in one bank."""

from __future__ import annotations

import numpy as np
import pytest

from golden.errors import HelError
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.ring_plan import Layout, Stored
from rtl.hls.wide.bank_map import BankMap
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
