"""A unit of the element alone in the simulator: what goes in and what is seen, cycle by cycle; and words worth testing.

The tests of the units know the units' texts and golden's rules only, never the cycle model. Most of them state how
the registers seen in one cycle follow from those seen and the words given some cycles before; as registers start at
zero, that says everything.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from amaranth.hdl import Cat, Elaboratable, Module, Shape, Signal, Value
from amaranth.lib import data
from amaranth.sim import Simulator

from golden.arithmetic.rounding import saturate, wrap
from rtl.element.arithmetic import control_word
from rtl.hls.plan.geometry import Geometry

Row = Mapping[str, int | Sequence[int]]
"""What a cycle is given: control fields and the unit's inputs by name, a pair for those that exist a lane."""


def control(geometry: Geometry) -> data.View[data.StructLayout]:
    """The control word that a unit is made with."""
    return Signal(control_word(geometry), name="word")


def simulate(unit: Elaboratable, rows: Sequence[Row], *names: str) -> dict[str, list[Any]]:
    """The unit's outputs `names` in every cycle: lists of numbers, or of pairs where there is one a lane.

    In cycle t the fields and inputs of rows[t] are applied, all others are zero; then the outputs are read; then the
    clock rises. So a register that follows its input is seen one cycle after it.
    """
    fields = unit.control.shape().members

    def signals(name: str) -> list[Value]:
        found = getattr(unit.control, name) if name in fields else getattr(unit, name)
        return list(found) if isinstance(found, list | tuple) else [found]

    inputs = {name: signals(name) for name in dict.fromkeys(name for row in rows for name in row)}
    outputs = {name: signals(name) for name in names}
    # All inputs are one signal and all outputs another one: much faster than one by one.
    given, taken = (Cat(*(signal for found in named.values() for signal in found)) for named in (inputs, outputs))
    stimulus, response = Signal(len(given)), Signal(len(taken))
    m = Module()
    m.submodules.unit = unit
    m.d.comb += [given.eq(stimulus), response.eq(taken)]
    packing, unpacking = ({name: [signal.shape() for signal in found] for name, found in named.items()}
                          for named in (inputs, outputs))  # fmt: skip
    seen: dict[str, list[Any]] = {name: [] for name in names}

    async def process(ctx: Any) -> None:
        for row in rows:
            ctx.set(stimulus, _pack(packing, row))
            for name, words in _unpack(unpacking, ctx.get(response)).items():
                seen[name].append(words if len(words) > 1 else words[0])
            await ctx.tick()

    simulator = Simulator(m)
    simulator.add_clock(1e-6)
    simulator.add_testbench(process)
    simulator.run()
    return seen


def _pack(shapes: Mapping[str, Sequence[Shape]], row: Row) -> int:
    """The words of a cycle as one, the first in the lowest bits."""
    packed = at = 0
    for name, found in shapes.items():
        given = row.get(name, 0)
        words = given if isinstance(given, Sequence) else [given] * len(found)
        for shape, word in zip(found, words, strict=True):
            end = 1 << (shape.width - shape.signed)
            assert -end * shape.signed <= word < end, f"{name} has {shape}, got {word}"
            packed |= (word & (1 << shape.width) - 1) << at
            at += shape.width
    return packed


def _unpack(shapes: Mapping[str, Sequence[Shape]], packed: int) -> dict[str, tuple[int, ...]]:
    words: dict[str, tuple[int, ...]] = {}
    for name, found in shapes.items():
        for shape in found:
            word, packed = packed & (1 << shape.width) - 1, packed >> shape.width
            words[name] = (*words.get(name, ()), word - (word >> (shape.width - 1) << shape.width) * shape.signed)
    return words


def any_word(source: random.Random, bits: int) -> int:
    """A signed word: one of the ends, near zero, or anything of any size."""
    high = (1 << (bits - 1)) - 1
    ends = [-high - 1, -high, high - 1, high, -2, -1, 0, 1]
    return source.choice(ends) if source.random() < 0.4 else wrapped(source.getrandbits(source.randint(1, bits)), bits)


def any_words(source: random.Random, bits: int, count: int = 2) -> tuple[int, ...]:
    return tuple(any_word(source, bits) for _ in range(count))


def around(limit: int, bits: int) -> list[int]:
    """A limit of either sign and the words beside it, as far as a word has room for them."""
    found = {sign * limit + beside for sign in (1, -1) for beside in (-1, 0, 1)}
    return sorted(word for word in found if word == wrapped(word, bits))


def in_halves(sums: Sequence[int], low_bits: int) -> list[int]:
    """A sequence of accumulator words as the register shows them: the high half one cycle later than the low half."""
    mask = (1 << low_bits) - 1
    return [(before & ~mask) | (now & mask) for before, now in zip([0, *sums], sums, strict=False)]


def from_halves(seen: Sequence[int], low_bits: int) -> list[int]:
    """The inverse of `in_halves`; the last word is not there, for its high half has not been seen."""
    mask = (1 << low_bits) - 1
    return [(now & mask) | (after & ~mask) for now, after in zip(seen, seen[1:], strict=False)]


def wrapped(value: int, bits: int) -> int:
    return int(wrap(np.array(value), bits))


def saturated(value: int, bits: int) -> int:
    return int(saturate(np.array(value), bits))
