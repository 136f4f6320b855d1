"""What the registers of the banks hold after a clock edge: weight memory, lanes, accumulators, gradient memory.

Arrays have a row a bank, (B, 2, P) or (B, P); a field of a bank is an array of its values, that of b cycles ago in
bank b. Twin of `rtl.element.wide.bank`; see `rtl.hls.wide.cycle_model`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.hls.cycle_model.table_rules import entry, folded, fraction, index, negative, which, z
from rtl.hls.cycle_model.view import Rule, from_neighbour, shift, wrap
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.timing import MULTIPLY
from rtl.hls.plan.wide_control import VectorSource

__all__ = ["BANK_RULES", "table_rules", "wanted", "z"]

Words = npt.NDArray[np.int64]


def _deep(field: Words) -> Words:
    """A field of every bank, for what has lanes and elements."""
    return field[:, None, None]


def _v(m: Any) -> Words:
    """Second factors go from bank to bank; bank 0 gets the chosen ones."""
    source = m.field("v_src")
    if source == VectorSource.IMM:
        first = np.zeros_like(m.x) + wrap(np.array(m.imm), 18)
    elif source == VectorSource.INTERPOLATION and m.geometry.tables:
        first = m.interpolation
    else:
        first = m.x
    return np.concatenate([first[None], m.v[:-1]])


def _address(m: Any, name: str, offset: int) -> Words:
    address = np.repeat(m.bank(name)[:, None], m.geometry.elements, 1)
    if m.field("lookup"):
        address[0] = (entry(m) + offset) % m.geometry.weight_words
    return address


def _operand(m: Any, stays: str, weights: Words) -> Words:
    """A look-up takes its own factors in any case."""
    chosen = m.bank(stays).copy()
    chosen[0] &= 1 - m.was("lookup", MULTIPLY)
    return np.where(_deep(chosen), m.r, weights)


def _factor(m: Any) -> Words:
    return _operand(m, "opa", np.stack([m.weight_a, m.weight_b], 1) >> (18 - m.geometry.operand_bits))


def _product(m: Any) -> Words:
    """Banks that do not scale have the first alignment alone, which is none."""
    g, scale = m.geometry, m.bank("scale")
    able = [m.width.scales(bank) for bank in range(m.banks)]
    by = np.where(able, np.array(g.alignments)[np.minimum(scale, len(g.alignments) - 1)], 0)
    scaled = wrap(m.multiplier2 << _deep(by), g.product_bits)
    return np.where(_deep(m.bank("negate")), ~scaled, scaled)


# Accumulators: the low half now, the high half with the controls, product and carry of one cycle ago.


def _incoming(half: Words) -> Words:
    """Of the bank before; in bank 0 of the previous element's last bank."""
    return np.concatenate([from_neighbour(half[-1], False)[None], half[:-1]])


def _clears(m: Any, late: int) -> Words:
    clears = m.bank("acc_clear", late).copy()
    clears[: m.width.local_bank] |= m.bank("first_clear", late)[: m.width.local_bank]
    return _deep(clears)


def _lanes(m: Any, late: int) -> Words:
    enable = m.bank("acc_en", late)
    return np.stack([enable & 1, enable >> 1], 1)[..., None]


def _base(m: Any, half: Words, late: int) -> Words:
    return np.where(_deep(m.bank("acc_prev", late)), _incoming(half), half)


def _low_sum(m: Any) -> Words:
    mask = (1 << m.geometry.low_bits) - 1
    return np.asarray(_base(m, m.acc_low, 0) + (m.product & mask) + _deep(m.bank("negate", 1)))


def _acc_low(m: Any) -> Words:
    mask = (1 << m.geometry.low_bits) - 1
    return np.where(_clears(m, 0), 0, np.where(_lanes(m, 0), _low_sum(m) & mask, m.acc_low))


def _carry(m: Any) -> Words:
    return np.where(_clears(m, 0), 0, np.where(_lanes(m, 0), _low_sum(m) >> m.geometry.low_bits, m.carry))


def _acc_high(m: Any) -> Words:
    g = m.geometry
    total = wrap(np.asarray(_base(m, m.acc_high, 1) + m.addend + m.carry), g.accumulator_bits - g.low_bits)
    return np.where(_clears(m, 1), 0, np.where(_lanes(m, 1), total, m.acc_high))


def _held(m: Any, half: str, late: int) -> Words:
    take = m.bank("take", late)
    taken: Words = np.stack([take & 1, take >> 1], 1)[..., None]
    return np.asarray(np.where(taken, getattr(m, f"acc_{half}"), getattr(m, f"held_{half}")))


# Gradient memory.


def _silent(m: Any, late: int = 0) -> Words:
    return np.asarray(m.bank("alone", late) & (m.bank("bank", late) != np.arange(m.banks)))


def wanted(m: Any, late: int) -> Words:
    """Banks whose gradient word is written."""
    allowed = 1 - m.bank("g_local", late)
    allowed[m.width.local_bank] = 1
    return np.asarray(m.bank("g_we", late) & allowed & ~_silent(m, late))


def _gradient(m: Any) -> Words:
    return np.where(_silent(m)[:, None], 0, m.grad_output)


def _difference(m: Any) -> Words:
    low = wrap(m.product, m.geometry.density_bits)
    return low[:, 1] - low[:, 0]


def _grad_sum(m: Any) -> Words:
    g = m.geometry
    half = 1 << (g.g_cut - 1) if g.g_cut else 0
    total = wrap(m.gradient + ((m.difference + half) >> g.g_cut), g.gradient_sum_bits)
    return np.where(m.bank("g_clear")[:, None], 0, total)


def _interpolated(m: Any) -> Words:
    bits = 19 + FRACTION_LOG2
    low = wrap(m.product[0], bits)
    return wrap(low[0] + low[1], bits)


def _s_word(m: Any) -> Words:
    floor, rounding = m.interpolated >> FRACTION_LOG2, (m.interpolated >> (FRACTION_LOG2 - 1)) & 1
    negative = m.signs[-1] if m.geometry.odd_table else np.zeros_like(floor)
    return wrap((floor ^ -negative) + (rounding ^ negative), 18)


# Table.


def _chosen(m: Any, half: str) -> Words:
    lane = m.was("z_sel") // m.banks
    return np.asarray(getattr(m, f"heard_{half}")[lane])


def _heard(m: Any, half: str) -> Words:
    """Of both lanes, the bank that is asked for."""
    return np.asarray(getattr(m, f"held_{half}")[m.field("z_sel") % m.banks])


def _argument(m: Any) -> Words:
    return shift(z(m), m.geometry.z_shift)


def _magnitude(m: Any) -> Words:
    """Folded, and the largest one where it is beyond the table."""
    argument = _argument(m)
    largest = (1 << (FRACTION_LOG2 + m.geometry.index_bits)) - 1
    return np.asarray(np.minimum(np.where(argument < 0, ~argument, argument), largest))


def _signs(m: Any) -> Words:
    return np.concatenate([(_argument(m) < 0).astype(np.int64)[None], m.signs[:-1]])


_TABLE: dict[str, Rule] = {
    "magnitude": _magnitude,
    "index": lambda m: m.magnitude >> FRACTION_LOG2,
    "fraction": lambda m: m.magnitude & ((1 << FRACTION_LOG2) - 1),
    "late": lambda m: m.fraction,
    "interpolation": lambda m: np.stack([(1 << FRACTION_LOG2) - m.late, m.late]),
    "signs": _signs,
    "interpolated": _interpolated,
    "s_word": _s_word,
}
"""Of the one table that most arrays have."""
_TABLES: dict[str, Rule] = {
    "folded": folded,
    "which": which,
    "index": index,
    "fraction": fraction,
    "signs": lambda m: np.concatenate([negative(m)[None], m.signs[:-1]]),
}
"""Of others, in general: their split."""


def table_rules(geometry: Geometry) -> dict[str, Rule]:
    """Those of an array's tables."""
    if not geometry.tables:
        return {}
    return _TABLE if geometry.clamps_by_bits and not geometry.steep_table else {**_TABLE, **_TABLES}


BANK_RULES: dict[str, Rule] = {
    "v": _v,
    "addr_a": lambda m: _address(m, "addr_a", 0),
    "addr_b": lambda m: _address(m, "addr_b", 1),
    "we_b": lambda m: m.bank("we_b") & (m.bank("bank") == np.arange(m.banks)),
    "array_a": lambda m: m.read("weights", m.addr_a % m.depths[:, None]),
    "array_b": lambda m: np.where(m.we_b[:, None], m.array_b, m.read("weights", m.addr_b % m.depths[:, None])),
    "weight_a": lambda m: m.array_a,
    "weight_b": lambda m: m.array_b,
    "heard": lambda m: np.where(_silent(m)[:, None], 0, m.weight_a),
    "r": lambda m: np.where(_deep(m.bank("r_en")), m.stationary[None], m.r),
    "multiplier0": lambda m: _factor(m) * _operand(m, "opb", m.v),
    "multiplier1": lambda m: m.multiplier0,
    "multiplier2": lambda m: m.multiplier1,
    "product": _product,
    "acc_low": _acc_low,
    "carry": _carry,
    "addend": lambda m: m.product >> m.geometry.low_bits,
    "acc_high": _acc_high,
    "held_low": lambda m: _held(m, "low", 0),
    "held_high": lambda m: _held(m, "high", 1),
    "heard_low": lambda m: _heard(m, "low"),
    "heard_high": lambda m: _heard(m, "high"),
    "chosen_low": lambda m: _chosen(m, "low"),
    "chosen_high": lambda m: _chosen(m, "high"),
    "grad_array": lambda m: m.read("gradients", np.repeat(m.bank("g_raddr", 1)[:, None], m.geometry.elements, 1)),
    "grad_output": lambda m: m.grad_array,
    "gradient": _gradient,
    "difference": _difference,
    "grad_sum": _grad_sum,
}
