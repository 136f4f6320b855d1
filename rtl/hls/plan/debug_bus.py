"""The architectural registers of an element, as the debug bus carries them: names and widths, lowest first.

Those that an array has no use for are not there. Registers of a bank have its number in front: bank1_acc0.
"""

from __future__ import annotations

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.hls.plan.geometry import GRADIENT_BITS, Geometry
from rtl.hls.plan.width import Width

__all__ = ["UNITS", "UNSIGNED", "debug_bus_bits", "debug_bus_layout", "registers_of_units"]

UNITS: dict[str, tuple[str, ...]] = {
    "weights": ("addr_a", "addr_b", "we_b", "wdata"),
    "lanes": ("x", "r", "product", "acc"),
    "sum_register": ("z_low", "z_high"),
    "table": ("index", "fraction", "interpolated", "s_word"),
    "cut": ("cut_word",),
    "vector_store": ("s_read",),
    "state": ("pos_read", "mom_read", "pos_sum", "mom_sum", "kick", "operand"),
    "gradient": ("difference", "grad_sum", "update_sum"),
    "host": ("io", "flags"),
}
"""Units of an element (`rtl.element`), with their registers; of those that exist a lane or context the name's stem."""

WIDE_UNITS: dict[str, tuple[str, ...]] = {
    "lanes": ("x", "stationary"),
    "sum_register": ("chosen",),
    "table": ("index", "interpolation", "s_word"),
    "vector_store": ("s_read",),
    "state": ("pos_read", "mom_read", "operand"),
    "update": ("grad_read", "update_sum", "wdata"),
    "host": ("io", "flags"),
}
"""The same of an element of several banks (`rtl.element.wide`), but for its banks."""

UNSIGNED = frozenset("z_low index fraction addr_a addr_b we_b flags".split())
"""Registers whose bits are a number without a sign; those of all others are a signed one."""


def debug_bus_layout(geometry: Geometry) -> dict[str, int]:
    """Width in bits of each register, in the order of the bus (lowest bits first)."""
    g = geometry
    if g.banks > 1:
        return _of_banks(g)
    pair = {
        "x": 18, "r": 18, "acc": g.accumulator_bits, "product": g.product_bits, "pos_read": g.position_bits,
        "mom_read": g.momentum_bits, "pos_sum": g.position_bits + 1, "mom_sum": g.kick_bits + 2,
        "kick": g.kick_bits + 1, "operand": 18, **({"s_read": 18} if g.vector_words else {}),
    }  # fmt: skip
    taken = {"z_low": g.low_bits, "z_high": g.accumulator_bits - g.low_bits}
    table = {"index": g.index_bits, "fraction": FRACTION_LOG2, "interpolated": 19 + FRACTION_LOG2, "s_word": 18}
    single = {
        **(taken if g.tables or g.cut_shifts else {}), **(table if g.tables else {}),
        **({"cut_word": 18} if g.cut_shifts else {}),
        "difference": g.density_bits + 1, "grad_sum": g.gradient_sum_bits, "update_sum": 19,
        "addr_a": g.weight_address_bits, "addr_b": g.weight_address_bits, "we_b": 1, "wdata": 18,
        "io": g.chain_bits, "flags": g.flag_bits,
    }  # fmt: skip
    return _twice(pair) | single


def _twice(pair: dict[str, int]) -> dict[str, int]:
    return {f"{name}{lane}": bits for name, bits in pair.items() for lane in range(2)}


def _of_banks(g: Geometry) -> dict[str, int]:
    """Of an element of several banks, one bank after another behind what it has once."""
    width = Width.of(g)
    held = g.accumulator_bits - width.first_bit(g)
    pair = {
        "x": 18, "stationary": 18, "pos_read": g.position_bits, "mom_read": g.momentum_bits, "operand": 18,
        **({"s_read": 18} if g.vector_words else {}), **({"interpolation": 18} if g.tables else {}),
    }  # fmt: skip
    single = {
        "chosen": held, **({"index": g.index_bits, "s_word": 18} if g.tables else {}),
        "grad_read": GRADIENT_BITS, "update_sum": 19, "wdata": 18, "io": g.chain_bits, "flags": g.flag_bits,
    }  # fmt: skip
    layout = _twice(pair) | single
    for bank in range(g.banks):
        product = g.product_bits if width.scales(bank) else 36
        own = _twice({"v": 18, "product": product, "acc": g.accumulator_bits, "held": held})
        own |= {"weight": 18, "gradient": GRADIENT_BITS}
        layout |= {f"bank{bank}_{name}": bits for name, bits in own.items()}
    return layout


def registers_of_units(geometry: Geometry) -> dict[str, list[str]]:
    """Names of the registers of each unit that there is; of an element of several banks, each bank is one."""
    units = WIDE_UNITS if geometry.banks > 1 else UNITS
    found: dict[str, list[str]] = {}
    for name in debug_bus_layout(geometry):
        unit = next((unit for unit, stems in units.items() if name in stems or name[:-1] in stems), name.split("_")[0])
        found.setdefault(unit, []).append(name)
    return {unit: found[unit] for unit in [*units, *(unit for unit in found if unit not in units)] if unit in found}


def debug_bus_bits(geometry: Geometry) -> int:
    """Width of one element's debug bus."""
    return sum(debug_bus_layout(geometry).values())
