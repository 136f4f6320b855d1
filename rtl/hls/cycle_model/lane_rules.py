"""What the registers of the weight memory, the multipliers, the lanes and the accumulators hold after a clock edge.

See `rtl.hls.cycle_model.rules`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.hls.cycle_model.table_rules import entry
from rtl.hls.cycle_model.view import (
    Field,
    Rule,
    Words,
    both,
    choose,
    from_neighbour,
    full,
    lanes,
    of_lane,
    wrap,
)
from rtl.hls.plan.control import AccSource, OpA0, OpA1, OpB, StationarySource

__all__ = ["LANE_RULES"]


# Weight memory.


def _address(m: Any, name: str, offset: int) -> Words:
    return choose(
        m.field("lookup"),
        {0: lambda: full(m.addr_a, m.field(name))},
        lambda: (entry(m) + offset) % m.geometry.weight_words,
    )


def _array_b(m: Any) -> Words:
    return np.asarray(m.hold("array_b", 1 - m.we_b, lambda: m.read("weights", m.addr_b)))


# Multipliers and lanes.


def _op_a(m: Any) -> Words:
    cut = 18 - m.geometry.operand_bits
    stays = m.r
    first = choose(m.field("opa0"), {OpA0.R: lambda: of_lane(stays, 0)}, lambda: m.weight_a >> cut)
    second = choose(
        m.field("opa1"),
        {OpA1.WEIGHT_A: lambda: m.weight_a >> cut, OpA1.WEIGHT_B: lambda: m.weight_b >> cut},
        lambda: of_lane(stays, 1),
    )
    return both(first, second)


def _op_b(m: Any) -> Words:
    def broadcast() -> Words:
        word = ((m.imm & 0x3FFFF) ^ 0x20000) - 0x20000
        return np.asarray(np.zeros_like(m.r) + (word if isinstance(word, int) else word[:, None, None]))

    return choose(m.field("opb"), {OpB.X: lambda: m.x, OpB.R: lambda: m.r}, broadcast)


def _product(m: Any) -> Words:
    g, product = m.geometry, m.multiplier2
    shifts = {index: (lambda by=by: product << by) for index, by in enumerate(g.alignments)}
    scaled = wrap(choose(m.field("scale"), shifts, lambda: product), g.product_bits)
    return choose(m.field("negate"), {0: lambda: scaled}, lambda: ~scaled)


def _x(m: Any) -> Words:
    def own() -> Words:
        return choose(m.field("x_store"), {0: lambda: m.operand}, lambda: m.s_read)

    def neighbour() -> Words:
        return choose(m.field("x_back"), {0: lambda: from_neighbour(m.x, False)}, lambda: from_neighbour(m.x, True))

    return np.asarray(m.hold("x", m.field("x_en"), lambda: choose(m.field("x_load"), {0: neighbour}, own)))


def _r(m: Any) -> Words:
    def fraction() -> Words:
        return both((1 << FRACTION_LOG2) - m.fraction, m.fraction)

    options = {
        StationarySource.S: lambda: m.s_read,
        StationarySource.X: lambda: m.operand,
        StationarySource.FRACTION: fraction,
    }
    return choose(m.field("r_src"), options, lambda: m.r)


# Accumulators: the low half now, the high half with the controls, product and carry of one cycle ago.


def _base(half: Words, source: Field) -> Words:
    options = {AccSource.OWN: lambda: half, AccSource.PREV: lambda: from_neighbour(half, False)}
    return choose(source, options, lambda: np.zeros_like(half))


def _low_sum(m: Any) -> Words:
    mask = (1 << m.geometry.low_bits) - 1
    return np.asarray(_base(m.acc_low, m.field("acc_src")) + (m.product & mask) + m.negated[..., None, :])


def _acc_low(m: Any) -> Words:
    mask = (1 << m.geometry.low_bits) - 1
    return np.asarray(m.hold("acc_low", lanes(m.field("acc_en")), lambda: _low_sum(m) & mask))


def _carry(m: Any) -> Words:
    bits = m.geometry.low_bits
    return np.asarray(m.hold("carry", lanes(m.field("acc_en")), lambda: _low_sum(m) >> bits))


def _acc_high(m: Any) -> Words:
    g = m.geometry

    def total() -> Words:
        return wrap(_base(m.acc_high, m.was("acc_src")) + m.addend + m.carry, g.accumulator_bits - g.low_bits)

    return np.asarray(m.hold("acc_high", lanes(m.was("acc_en")), total))


LANE_RULES: dict[str, Rule] = {
    "addr_a": lambda m: _address(m, "addr_a", 0),
    "addr_b": lambda m: _address(m, "addr_b", 1),
    "we_b": lambda m: full(m.we_b, m.field("we_b")),
    "array_a": lambda m: m.read("weights", m.addr_a),
    "array_b": _array_b,
    "weight_a": lambda m: m.array_a,
    "weight_b": lambda m: m.array_b,
    "op_a": _op_a,
    "op_b": _op_b,
    "multiplier0": lambda m: m.op_a * m.op_b,
    "multiplier1": lambda m: m.multiplier0,
    "multiplier2": lambda m: m.multiplier1,
    "product": _product,
    "x": _x,
    "r": _r,
    "negated": lambda m: full(m.io, m.field("negate")),
    "acc_low": _acc_low,
    "carry": _carry,
    "addend": lambda m: m.product >> m.geometry.low_bits,
    "acc_high": _acc_high,
}
