"""What the registers that a wide element has once hold after a clock edge: state, lanes, update, host chain, flags.

Twin of `rtl.element.wide.element` and what it is made of; see `rtl.hls.wide.cycle_model`.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import numpy.typing as npt

from rtl.hls.cycle_model.rules import RULES_OF_UPDATE, writes_cut
from rtl.hls.cycle_model.table_rules import argument_clamped
from rtl.hls.cycle_model.view import Rule, clip, fits, from_neighbour, shift, wrap
from rtl.hls.plan.control import IoOp, IoSource
from rtl.hls.plan.geometry import GRADIENT_BITS
from rtl.hls.wide.bank_rules import wanted

__all__ = ["ELEMENT_RULES"]

Words = npt.NDArray[np.int64]


def _stored(m: Any, memory: str) -> Words:
    words = getattr(m, memory)
    return np.stack([words[context, :, m.field(f"s_addr{context}") % words.shape[-1]] for context in range(2)])


def _twice(word: Words) -> Words:
    return np.stack([word, word])


def _x(m: Any) -> Words:
    if not m.field("x_en"):
        return np.asarray(m.x)
    if m.field("x_load"):
        return np.asarray(m.s_read if m.field("x_store") else m.operand)
    return from_neighbour(m.x, bool(m.field("x_back")))


def _pos_read(m: Any) -> Words:
    return _twice(wrap(m.io, m.geometry.position_bits)) if m.field("q_io") else _stored(m, "position")


def _low_force(m: Any) -> Words:
    """Lane 0's low half, with that of lane 1 on top where they have a part of a sum each; and a carry."""
    own, other = m.acc_low[-1]
    return np.asarray(own + other if m.field("k_add") else own)


def _force(m: Any) -> Words:
    """Whole force sums: the last bank's, the low half one cycle late."""
    g = m.geometry
    own, other = m.acc_high[-1]
    high = np.stack([own + (other if m.was("k_add") else 0) + m.force_carry, other])
    return np.asarray(wrap(high << g.low_bits | m.force_low, g.accumulator_bits) >> (g.kick_shift - 1))


def _kicks(m: Any) -> Words:
    """Of lane 0; then of lane 1 and its row of registers; each with one bit for the rounding."""
    g = m.geometry
    words = wrap(_force(m), g.kick_bits + 1)
    first = wrap(m.io, g.momentum_bits) << 1 if m.field("k_io") else words[0]
    return np.concatenate([first[None], words[1][None], m.kicks[1:-1]])


def _impulse(m: Any) -> Words:
    """With the rounding bit, which rides on a carry."""
    kick = m.kicks[-1 if m.field("k_sel") else 0]
    rounded = (kick >> 1) + (kick & 1)
    return np.asarray(-rounded if m.field("p_sub") else rounded)


def _in_turns(m: Any) -> bool:
    g = m.geometry
    return bool(m.field("x_turn") if g.chooses_operand else g.turns)


def _operand(m: Any) -> Words:
    g = m.geometry
    if _in_turns(m):
        return wrap(shift(m.pos_read, g.turn_shift), g.operand_bits)
    limit = 1 << (g.operand_bits - 1)
    return clip(shift(m.pos_read, g.operand_shift), -limit, limit - 1)


def _operand_clip(m: Any) -> Words:
    g = m.geometry
    if _in_turns(m):
        return np.zeros_like(m.pos_read)
    return (~fits(shift(m.pos_read, g.operand_shift), g.operand_bits)).astype(np.int64)


def _candidate(m: Any) -> Words:
    sources: dict[int, Words] = {
        IoSource.POS0: m.pos_read[0],
        IoSource.POS1: m.pos_read[1],
        IoSource.MOM0: m.mom_read[0],
        IoSource.MOM1: m.mom_read[1],
        IoSource.WEIGHT: reduce(or_, m.heard),
        IoSource.GRAD_LOW: m.grad_read & 0x3FFFF,
        IoSource.GRAD_HIGH: (m.grad_read >> 18) & 0x3FFFF,
        IoSource.FLAGS: m.flags,
    }
    return np.asarray(sources[m.field("io_src")])


def _io(m: Any) -> Words:
    if m.field("io_op") == IoOp.SHIFT:
        chain = from_neighbour(m.io, False)
        chain[0] = wrap(np.array(m.imm), m.geometry.chain_bits)
        return chain
    return np.asarray(m.captured if m.field("io_op") == IoOp.CAPTURE else m.io)


def _wdata(m: Any) -> Words:
    if not m.field("w_theta"):
        return wrap(m.io, 18)
    return np.asarray(m.update_kept) if m.geometry.ranges else clip(m.update_sum, -(1 << 17), (1 << 17) - 1)


def _flags(m: Any) -> Words:
    g = m.geometry
    raised = np.zeros_like(m.flags)
    if m.field("we_q") and g.cut_positions:
        raised |= (~fits(m.pos_sum, g.position_bits)).any(0)
    for context in range(2):
        if m.field("we_p") >> context & 1:
            raised |= (~fits(m.mom_sum[context], g.momentum_bits)).astype(np.int64) << 1
    if m.field("r_src") or (m.field("x_en") and m.field("x_load") and not m.field("x_store")):
        raised |= m.operand_clip.any(0).astype(np.int64) << 2
    lost = wanted(m, 1)[:, None] & ~fits(m.grad_sum, GRADIENT_BITS)
    raised |= lost.any(0).astype(np.int64) << 3
    if g.cut_shifts and m.field("s_we") and writes_cut(m):
        raised |= m.cut_lost << 2
    if g.steep_table and m.was("z_en"):
        raised |= argument_clamped(m) << 5
    if m.field("w_theta"):
        out = m.update_lost if g.ranges else (~fits(m.update_sum, 18)).astype(np.int64)
        raised |= np.asarray(out) << 4
    return raised if m.field("flags_clear") else np.asarray(m.flags | raised)


ELEMENT_RULES: dict[str, Rule] = {
    "x": _x,
    "stationary": lambda m: m.operand if m.field("r_src") else m.s_read,
    "s_read": lambda m: _stored(m, "vectors"),
    "pos_read": _pos_read,
    "mom_read": lambda m: np.zeros_like(m.mom_read) if m.field("p_zero") else _stored(m, "momentum"),
    "pos_sum": lambda m: m.pos_read - m.mom_read if m.field("q_sub") else m.pos_read + m.mom_read,
    "force_low": lambda m: np.stack([_low_force(m) & ((1 << m.geometry.low_bits) - 1), m.acc_low[-1][1]]),
    "force_carry": lambda m: _low_force(m) >> m.geometry.low_bits,
    "kicks": _kicks,
    "impulse": _impulse,
    "mom_sum": lambda m: wrap(m.mom_read + m.impulse, m.geometry.kick_bits + 2),
    "operand": _operand,
    "operand_clip": _operand_clip,
    "grad_read": lambda m: reduce(or_, m.gradient),
    **RULES_OF_UPDATE,
    "update_weight": lambda m: reduce(or_, m.heard),
    "wdata": _wdata,
    "captured": lambda m: m.candidate,
    "candidate": _candidate,
    "io": _io,
    "flags": _flags,
}
