"""What the registers of the table unit hold after a clock edge; see `rtl.hls.cycle_model.rules`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.hls.cycle_model.view import Rule, Words, choose, clip, lanes, of_lane, shift, wrap
from rtl.hls.plan.table_shape import TableShape
from rtl.hls.plan.timing import CHOICE

__all__ = ["TABLE_RULES", "argument_clamped", "entry", "folded", "fraction", "index", "negative", "which", "z"]


def z(m: Any) -> Words:
    """The sum taken from an accumulator, as its two halves read now."""
    return np.asarray(m.z_high << m.geometry.low_bits | m.z_low)


def _by_table(m: Any, which: Any, value: Callable[[TableShape], Words]) -> Words:
    """A value by the table that it is of: that which a field, or a register of every element, names."""
    shapes = m.geometry.tables
    if isinstance(which, int) or which.ndim < 2:
        return choose(which, {n: partial(value, shape) for n, shape in enumerate(shapes)}, partial(value, shapes[-1]))
    result = value(shapes[-1])
    for number, shape in enumerate(shapes[:-1]):
        result = np.where(which == number, value(shape), result)
    return result


def _inside(m: Any) -> Words:
    """The argument; of a table over a turn, inside the turn."""
    argument = shift(z(m), m.geometry.z_shift)

    def of(shape: TableShape) -> Words:
        return wrap(argument, shape.argument_bits) if shape.turn else argument

    return _by_table(m, m.was("table", CHOICE), of)


def folded(m: Any) -> Words:
    """The argument that is split, or its complement."""
    inside = _inside(m)

    def of(shape: TableShape) -> Words:
        return np.where(inside < 0, ~inside, inside) if shape.fold else inside

    return _by_table(m, m.was("table", CHOICE), of)


def which(m: Any) -> Words:
    """The number of the table that it is split for."""
    return _by_table(m, m.was("table", CHOICE), lambda shape: np.zeros_like(m.folded) + m.geometry.tables.index(shape))


def negative(m: Any) -> Words:
    """Whether the look-up gets a sign."""
    inside = _inside(m)
    return _by_table(m, m.was("table", CHOICE), lambda shape: (inside < 0).astype(np.int64) * (shape.fold == "odd"))


def _sign(m: Any) -> Words:
    lane, enable = m.field("z_lane"), m.field("z_en")
    chosen = lanes(enable * (1 + lane))  # bit 0 for lane 0, bit 1 for lane 1
    return np.asarray(m.hold("sign", chosen, lambda: np.repeat(negative(m)[..., None, :], 2, -2)))


def _clamped(m: Any, shape: TableShape) -> Words:
    return clip(m.folded, shape.low << FRACTION_LOG2, (shape.high << FRACTION_LOG2) - 1)


def index(m: Any) -> Words:
    """A segment's number where the one table's kind allows it, else the address of its first word."""
    g = m.geometry
    if g.clamps_by_bits:
        return np.asarray(_clamped(m, g.tables[0]) >> FRACTION_LOG2)

    def of(shape: TableShape) -> Words:
        number = (_clamped(m, shape) >> FRACTION_LOG2) - shape.low
        return np.asarray((number + shape.base) % g.weight_words)

    return _by_table(m, m.which, of)


def fraction(m: Any) -> Words:
    """What lies between two words of the table."""
    return _by_table(m, m.which, lambda shape: _clamped(m, shape) & ((1 << FRACTION_LOG2) - 1))


def entry(m: Any) -> Words:
    """The address that a look-up reads."""
    g = m.geometry
    return np.asarray(m.index + (g.tables[0].base if g.clamps_by_bits else 0))


def argument_clamped(m: Any) -> Words:
    """Whether the argument that was split last lies beyond a steep end."""

    def of(shape: TableShape) -> Words:
        below, above = shape.steep
        high = shape.high << FRACTION_LOG2
        return np.asarray(below & (m.folded < shape.low << FRACTION_LOG2) | above & (m.folded >= high), np.int64)

    return _by_table(m, m.which, of)


def _interpolated(m: Any) -> Words:
    bits = 19 + FRACTION_LOG2
    low = wrap(m.product, bits)
    return wrap(of_lane(low, 0) + of_lane(low, 1), bits)


def _s_word(m: Any) -> Words:
    rounded = (m.interpolated >> FRACTION_LOG2) + ((m.interpolated >> (FRACTION_LOG2 - 1)) & 1)
    sign = choose(m.field("s_lane"), {0: lambda: of_lane(m.sign, 0)}, lambda: of_lane(m.sign, 1))
    return wrap(np.where(sign, -rounded, rounded), 18)


TABLE_RULES: dict[str, Rule] = {
    "folded": lambda m: m.hold("folded", m.field("z_en"), lambda: folded(m)),
    "which": lambda m: m.hold("which", m.field("z_en"), lambda: which(m)),
    "sign": _sign,
    "index": index,
    "fraction": fraction,
    "interpolated": _interpolated,
    "s_word": _s_word,
}
