"""The shared pieces of arithmetic on all words of a few bits, against golden's rules."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from amaranth.hdl import Module, Signal, Value, signed, unsigned
from amaranth.sim import Simulator

from golden.program.ops import Rounding
from rtl.element.arithmetic import add, fits, saturate, shift_right
from tests.rtl.element.unit import saturated, wrapped

BITS = 5
WORDS = range(-(1 << (BITS - 1)), 1 << (BITS - 1))


def values(build: Callable[..., Value], *inputs: tuple[Any, range]) -> dict[tuple[int, ...], int]:
    """The value of an expression of the given signals, by what they hold."""
    signals = [Signal(shape, name=f"word{i}") for i, (shape, _) in enumerate(inputs)]
    found: dict[tuple[int, ...], int] = {}
    expression = build(*signals)
    out = Signal(expression.shape())
    m = Module()
    m.d.comb += out.eq(expression)

    async def process(ctx: Any) -> None:
        for words in product(*(held for _, held in inputs)):
            for signal, word in zip(signals, words, strict=True):
                ctx.set(signal, word)
            found[words] = ctx.get(out)

    simulator = Simulator(m)
    simulator.add_testbench(process)
    simulator.run()
    return found


@pytest.mark.parametrize("amount", [-3, 0, 1, BITS - 1, BITS, BITS + 2])
def test_shift_right_is_floor_or_exact(amount: int) -> None:
    found = values(lambda word: shift_right(word, amount), (signed(BITS), WORDS))
    assert found == {(word,): Rounding.FLOOR.apply(word, amount) for word in WORDS}


@pytest.mark.parametrize("bits", [1, 2, BITS - 1, BITS, BITS + 1])
def test_saturate_and_fits(bits: int) -> None:
    """A word with room to spare stays as it is."""
    kept, lost = (values(lambda word, part=part: saturate(word, bits)[part], (signed(BITS), WORDS)) for part in (0, 1))
    assert kept == {(word,): saturated(word, bits) for word in WORDS}
    assert lost == {(word,): word != saturated(word, bits) for word in WORDS}
    if bits <= BITS:
        found = values(lambda word: fits(word, bits), (signed(BITS), WORDS))
        assert found == {(word,): word == wrapped(word, bits) for word in WORDS}


def test_add_is_exact_with_its_carry() -> None:
    """Also of words of different widths, and of unsigned ones."""
    narrow, carry = (signed(3), range(-4, 4)), (unsigned(1), range(2))
    for other in (narrow, (signed(BITS), WORDS)):
        found = values(add, (signed(BITS), WORDS), other, carry)
        assert all(value == sum(words) for words, value in found.items())
    natural = unsigned(4), range(16)
    found = values(lambda a, b, c: add(a, b, c, signed=False), natural, natural, carry)
    assert all(value == sum(words) for words, value in found.items())
