"""The reversible contraction: exhaustive over small words, against a naive rule, and its counts of bits."""

import random

import numpy as np
import pytest

from golden.arithmetic.contraction import BitStack, contract, expand, offset
from golden.errors import HelError

WIDTH = 10
WORDS = np.arange(-(1 << (WIDTH - 1)), 1 << (WIDTH - 1))


@pytest.mark.parametrize("log2", range(1, 9))
def test_every_word_and_every_offset_returns(log2):
    for shift in range(1 << log2):
        y, bits = contract(WORDS, log2, shift)
        stack = BitStack()
        stack.push(bits)
        assert np.array_equal(expand(y, log2, shift, stack), WORDS) and len(stack) == 0
        assert y.min() >= WORDS.min() and y.max() <= WORDS.max()
        assert np.abs(y - (1 - 2.0**-log2) * WORDS).max() < 1


@pytest.mark.parametrize("log2", [1, 3, 6])
def test_a_bit_is_kept_exactly_where_two_words_meet(log2):
    """Found by collecting the preimages of every y, not by the rule."""
    for shift in (0, 1, (1 << log2) - 1):
        y, bits = contract(WORDS, log2, shift)
        preimages = {}
        for x, image in zip(WORDS.tolist(), y.tolist(), strict=True):
            preimages.setdefault(image, []).append(x)
        assert max(map(len, preimages.values())) == 2
        inside = [x for x in preimages.values() if len(x) == 2]
        assert all(b - a == 1 for a, b in inside)
        assert 2 * len(inside) <= bits.size <= 2 * len(inside) + 2  # the partner of an outermost word may lie outside


@pytest.mark.parametrize("log2", [1, 2, 5, 8])
def test_over_all_offsets_the_loss_is_exact_and_the_bits_are_as_stated(log2):
    cycle = 1 << log2
    assert sorted(offset(count, log2) for count in range(cycle)) == list(range(cycle))
    lost, kept = np.zeros_like(WORDS), 0
    for count in range(cycle):
        y, bits = contract(WORDS, log2, offset(count, log2))
        lost, kept = lost + WORDS - y, kept + bits.size
    assert np.array_equal(lost, WORDS)  # mean loss x 2^-log2
    assert kept == 2 * WORDS.size  # 2^(1 - log2) bits a word and contraction


def test_bits_are_within_two_fifths_of_the_least_possible():
    for log2 in range(1, 21):
        least = -np.log2(1 - 2.0**-log2)
        assert least <= 2.0 ** (1 - log2) < 1.4 * least


def test_without_bits_the_word_is_at_most_one_too_large():
    y, bits = contract(WORDS, 3, 5)
    x = expand(y, 3, 5, None)
    assert set((x - WORDS).tolist()) == {0, 1} and np.count_nonzero(x != WORDS) == np.count_nonzero(bits)


def test_against_python_integers():
    """Any shape, large words, the rule written out on Python's integers."""
    words = random.Random(1)
    for log2 in (1, 4, 12):
        shift = words.randrange(1 << log2)
        x = np.array([[words.randrange(-(1 << 40), 1 << 40) for _ in range(7)] for _ in range(3)])
        y, bits = contract(x, log2, shift)
        expected, kept = [], []
        for value in x.ravel().tolist():
            quotient, remainder = divmod(value + shift, 1 << log2)
            expected.append(value - quotient)
            if remainder in (0, (1 << log2) - 1):
                kept.append(remainder != 0)
        assert y.ravel().tolist() == expected and bits.tolist() == kept
        stack = BitStack()
        stack.push(bits)
        assert np.array_equal(expand(y, log2, shift, stack), x)


def test_a_stack_is_a_list_of_bits():
    rng = np.random.default_rng(5)
    stack, model = BitStack(), []
    for _ in range(300):
        if rng.random() < 0.6:
            bits = rng.random(rng.integers(0, 700)) < 0.5
            stack.push(bits)
            model += bits.tolist()
        else:
            count = int(rng.integers(0, len(model) + 1))
            assert stack.pop(count).tolist() == model[len(model) - count :]
            del model[len(model) - count :]
        assert len(stack) == len(model) and stack.bytes == -(-len(model) // 8)


def test_an_empty_stack_says_so():
    stack = BitStack()
    stack.push(np.ones(3, np.bool_))
    with pytest.raises(HelError, match="needs 4 bits and the stack holds 3; undo the very steps that filled it"):
        stack.pop(4)
