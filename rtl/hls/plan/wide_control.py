"""The control word of a wide element: fields that act for the whole element, and fields that go from bank to bank.

A word reaches bank b with b cycles delay (`bank_widths`); state, store, table, lanes' words, update and host chain take
theirs at once (`shared_widths`). Names and meanings are those of `rtl.hls.plan.control` where nothing else is said.
"""

from __future__ import annotations

from enum import IntEnum

from rtl.hls.plan.control import FIELDS, SEQUENCER_FIELDS, widths
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width

__all__ = ["VectorSource", "bank_widths", "shared_widths", "wide_widths"]


class VectorSource(IntEnum):
    """What goes along the banks as their second factor."""

    X = 0
    """Rotating lanes."""
    IMM = 1
    """Broadcast word."""
    INTERPOLATION = 2
    """Weights of the two table entries."""


def bank_widths(geometry: Geometry, width: Width) -> dict[str, int]:
    """Fields that a bank acts on, with their bits."""
    today = widths(geometry)
    bits = {name: today[name] for name in ("addr_a", "addr_b", "lookup", "we_b")}
    bits |= {
        "bank": (width.banks - 1).bit_length(),  # which one writes a parameter, or is heard by update and host
        "alone": 1,  # that bank is heard alone: the others' words are 0
        "opa": 1,  # stationary operand instead of the weight
        "opb": 1,  # stationary operand instead of the word that goes along
        "r_en": 1,
        "scale": today["scale"],
        "negate": int(width.negates),
        "acc_en": 2,
        "acc_prev": 1,  # on top of the sum that comes instead of the own one
        "acc_clear": 1,
        "first_clear": int(width.chain),  # those before the bank with the local terms
        "take": 2,  # bit m: the row sum of lane m is complete
        "g_raddr": geometry.gradient_address_bits,
        "g_waddr": geometry.gradient_address_bits,
        "g_we": 1,
        "g_clear": 1,
        "g_local": 1,  # the bank with the local terms alone
    }
    return {name: count for name, count in bits.items() if count}


_SHARED = (
    "x_en", "x_load", "x_turn", "x_store", "x_back", "cut", "s_cut", "s_we", "s_waddr", "s_addr0", "s_addr1", "q_io",
    "p_zero", "q_sub", "we_q", "w_addr", "w_theta", "shift", "u_add", "range", "io_op", "io_src", "flags_clear", "push",
)  # fmt: skip


def shared_widths(geometry: Geometry, width: Width) -> dict[str, int]:
    """Fields that the whole element acts on, with their bits."""
    today = widths(geometry)
    bits = {name: today.get(name, 0) for name in FIELDS if name in _SHARED}
    bits |= {
        "v_src": 2,
        "r_src": 1,  # own position operand instead of the vector store's word
        "z_sel": (2 * width.banks - 1).bit_length(),  # lane m, bank b: m B + b
        "z_add": int(not width.chain),  # on top of the sum register
        "table": (len(geometry.tables) - 1).bit_length() if geometry.tables else 0,  # as z_sel: of the same sum
        "z_en": int(geometry.steep_table),  # a sum is split: its argument may raise argument_clamped
        "k_io": 1,  # kick register 0 gets the host's word
        "k_add": int(width.adds),  # the low half of lane 0's force sum takes on that of lane 1; the high half follows
        "k_sel": int(width.chain),  # impulse of kick register 1 instead of 0
        "p_sub": 1,
        "we_p": 2,  # bit m: context m
    }
    cuts = ("cut", "s_cut") if geometry.cut_shifts else ()  # named by the units, of no bits where there is no choice
    return {name: count for name, count in bits.items() if count or name in cuts}


def wide_widths(geometry: Geometry, width: Width) -> dict[str, int]:
    """All fields of a stored word: those of banks, of the whole element, and those that the sequencer resolves."""
    return {**bank_widths(geometry, width), **shared_widths(geometry, width), **SEQUENCER_FIELDS}
