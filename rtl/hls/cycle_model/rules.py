"""What each register of the array holds after a clock edge, as a function of what all of them hold before it.

One function a register, of a `rtl.hls.cycle_model.view.View`: of one clock, or of many at once. Those of the weight
memory, the multipliers, the lanes and the accumulators are `rtl.hls.cycle_model.lane_rules`, those of the table unit
`rtl.hls.cycle_model.table_rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from rtl.hls.cycle_model.lane_rules import LANE_RULES
from rtl.hls.cycle_model.table_rules import TABLE_RULES, argument_clamped, z
from rtl.hls.cycle_model.view import (
    Field,
    Rule,
    Words,
    both,
    choose,
    clip,
    column,
    fits,
    from_neighbour,
    lanes,
    of_lane,
    shift,
    wrap,
)
from rtl.hls.plan.control import (
    IoOp,
    IoSource,
    KickSelect,
    KickSource,
    StationarySource,
    ZTake,
)
from rtl.hls.plan.geometry import GRADIENT_BITS, Geometry

__all__ = ["RULES_OF_CUT", "RULES_OF_UPDATE", "Rule", "rules", "writes_cut"]

# Sum register, cut.


def _taken(m: Any, name: str, take: Field, half: Words) -> Words:
    def value() -> Words:
        return choose(take, {ZTake.ACC0: lambda: of_lane(half, 0)}, lambda: of_lane(half, 1))

    return np.asarray(m.hold(name, take, value))


def _cut_wide(m: Any) -> Words:
    taken = z(m)
    shifts = {index: (lambda by=by: taken >> by) for index, by in enumerate(m.geometry.cut_shifts)}
    return choose(m.field("cut"), shifts, lambda: taken)


def _cut_beyond(m: Any) -> Words:
    """1 above the operand's range, -1 below it."""
    return np.where(fits(m.cut_wide, m.geometry.operand_bits), 0, np.where(m.cut_wide < 0, -1, 1))


def _cut_word(m: Any) -> Words:
    limit = 1 << (m.geometry.operand_bits - 1)
    return np.asarray(np.where(m.cut_beyond < 0, -limit, np.where(m.cut_beyond > 0, limit - 1, m.cut_part)))


def writes_cut(m: Any) -> Field:
    """Whether the vector store's write is of a cut; without a table it always is."""
    if m.geometry.cut_shifts and not m.geometry.tables:
        return 1
    field: Field = m.field("s_cut")
    return field


# State.


def _stored(m: Any, memory: str) -> Words:
    return both(m.read(memory, m.field("s_addr0"), 0), m.read(memory, m.field("s_addr1"), 1))


def _pos_read(m: Any) -> Words:
    def host() -> Words:
        word = wrap(m.io, m.geometry.position_bits)
        return both(word, word)

    return choose(m.field("q_io"), {0: lambda: _stored(m, "position")}, host)


def _mom_read(m: Any) -> Words:
    return choose(m.field("p_zero"), {0: lambda: _stored(m, "momentum")}, lambda: np.zeros_like(m.mom_read))


def _pos_sum(m: Any) -> Words:
    return choose(m.field("q_sub"), {0: lambda: m.pos_read + m.mom_read}, lambda: m.pos_read - m.mom_read)


def _impulse(m: Any) -> Words:
    kick = m.kick
    rounded = (kick >> 1) + (kick & 1)
    options = {KickSelect.LANE0: lambda: rounded[..., [0, 0], :], KickSelect.LANE1: lambda: rounded[..., [1, 1], :]}
    signs = 1 - 2 * lanes(m.field("p_sub"))
    return signs * choose(m.field("k_sel"), options, lambda: rounded)


def _kick(m: Any) -> Words:
    """Force sums, with one bit for the rounding; their high part one cycle later. Or a host word."""
    g, old = m.geometry, m.kick
    mask = (1 << max(0, min(g.low_bits - (g.kick_shift - 1), g.kick_bits + 1))) - 1

    def force() -> Words:
        return wrap((m.acc_high << g.low_bits | m.acc_low) >> (g.kick_shift - 1), g.kick_bits + 1)

    def host() -> Words:
        word = wrap(m.io, g.momentum_bits) << 1
        return both(word, word)

    options = {KickSource.IO: host, KickSource.ACC: lambda: old & ~mask | force() & mask}
    taken = choose(m.field("k_src"), options, lambda: old)
    return choose(m.was("k_src"), {KickSource.ACC: lambda: force() & ~mask | taken & mask}, lambda: taken)


def _turns(m: Any) -> Field:
    """Whether positions become operands in turns."""
    field: Field = m.field("x_turn") if m.geometry.chooses_operand else int(m.geometry.turns)
    return field


def _operand(m: Any) -> Words:
    g = m.geometry
    limit = 1 << (g.operand_bits - 1)
    x = lambda: clip(shift(m.pos_read, g.operand_shift), -limit, limit - 1)  # noqa: E731
    return choose(_turns(m), {0: x}, lambda: wrap(shift(m.pos_read, g.turn_shift), g.operand_bits))


def _operand_clip(m: Any) -> Words:
    """Of an x alone: in turns nothing is lost."""
    g = m.geometry
    lost = lambda: (~fits(shift(m.pos_read, g.operand_shift), g.operand_bits)).astype(np.int64)  # noqa: E731
    return choose(_turns(m), {0: lost}, lambda: np.zeros_like(m.pos_read))


# Gradient and update.


def _difference(m: Any) -> Words:
    low = wrap(m.product, m.geometry.density_bits)
    return of_lane(low, 1) - of_lane(low, 0)


def _grad_sum(m: Any) -> Words:
    g = m.geometry
    half = 1 << (g.g_cut - 1) if g.g_cut else 0

    def total() -> Words:
        return wrap(m.grad_read + ((m.carried + half) >> g.g_cut), g.gradient_sum_bits)

    return choose(m.field("g_clear"), {0: total}, lambda: np.zeros_like(m.grad_sum))


def _one_later(name: str) -> Rule:
    """A register that follows another one."""
    return lambda m: getattr(m, name)


def _update_step(m: Any) -> Words:
    # The RTL shifts stage by stage and narrows the words on the way, which no result depends on: a delay here.
    limit = 1 << m.geometry.clip_log2
    fine = m.shifted4 >> column(m.was("shift", 5))
    return clip((fine >> 1) + (fine & 1), -limit, limit)


def _update_sum(m: Any) -> Words:
    weight, step = m.update_weight, m.update_step
    return wrap(choose(m.field("u_add"), {0: lambda: weight - step}, lambda: weight + step), 19)


def _update_kept(m: Any) -> Words:
    """The new parameter, a stage later, in its range where the update moves it."""
    whole = clip(m.update_sum, -(1 << 17), (1 << 17) - 1)

    def within(low: int, high: int) -> Words:
        return np.where(m.update_moves == 1, clip(whole, low, high), whole)

    options = {number: partial(within, *ends) for number, ends in enumerate(m.geometry.ranges, 1)}
    return choose(m.field("range"), options, lambda: whole) if options else whole


def _update_lost(m: Any) -> Words:
    """Whether a parameter without a range has saturated, a stage later."""
    lost = (~fits(m.update_sum, 18)).astype(np.int64)
    return choose(m.field("range"), {0: lambda: lost}, lambda: np.zeros_like(lost)) if m.geometry.ranges else lost


def _wdata(m: Any) -> Words:
    theta = (lambda: m.update_kept) if m.geometry.ranges else (lambda: clip(m.update_sum, -(1 << 17), (1 << 17) - 1))
    return choose(m.field("w_theta"), {0: lambda: wrap(m.io, 18)}, theta)


# Host chain and flags.


def _candidate(m: Any) -> Words:
    options = {
        IoSource.POS0: lambda: of_lane(m.pos_read, 0),
        IoSource.POS1: lambda: of_lane(m.pos_read, 1),
        IoSource.MOM0: lambda: of_lane(m.mom_read, 0),
        IoSource.MOM1: lambda: of_lane(m.mom_read, 1),
        IoSource.WEIGHT: lambda: m.weight_a,
        IoSource.GRAD_LOW: lambda: m.grad_read & 0x3FFFF,
        IoSource.GRAD_HIGH: lambda: (m.grad_read >> 18) & 0x3FFFF,
    }
    return choose(m.field("io_src"), options, lambda: m.flags)


def _io(m: Any) -> Words:
    def shifted() -> Words:
        half = 1 << (m.geometry.chain_bits - 1)
        chain = from_neighbour(m.io, False)
        chain[..., 0] = ((m.imm & (2 * half - 1)) ^ half) - half
        return chain

    return choose(m.field("io_op"), {IoOp.SHIFT: shifted, IoOp.CAPTURE: lambda: m.captured}, lambda: m.io)


def _flags(m: Any) -> Words:
    g, old = m.geometry, m.flags

    def raised(enable: Field, bit: int, lost: Callable[[], Any]) -> Words:
        return choose(enable, {0: lambda: np.zeros_like(old)}, lambda: np.asarray(lost(), np.int64) << bit)

    loads_position = m.field("x_en") & m.field("x_load") & (1 - m.field("x_store"))
    uses_operand = loads_position | (m.field("r_src") == StationarySource.X)
    now = (
        raised(m.field("we_q") if g.cut_positions else 0, 0, lambda: (~fits(m.pos_sum, g.position_bits)).any(-2))
        | raised(m.field("we_p"), 1, lambda: (~fits(m.mom_sum, g.momentum_bits)).any(-2))
        | raised(uses_operand, 2, lambda: m.operand_clip.any(-2))
        | raised(m.field("s_we") * writes_cut(m), 2, lambda: m.cut_lost)
        | raised(m.was("g_we"), 3, lambda: ~fits(m.grad_sum, GRADIENT_BITS))
        | raised(m.field("we_b") & m.field("w_theta"), 4, lambda: m.update_lost if g.ranges else _update_lost(m))
    )
    if g.steep_table:
        now = now | raised(m.was("z_en"), 5, lambda: argument_clamped(m))
    return choose(m.field("flags_clear"), {0: lambda: old | now}, lambda: now)


RULES_OF_UPDATE: dict[str, Rule] = {
    "shifted0": lambda m: m.grad_read << 1,
    **{f"shifted{k}": _one_later(f"shifted{k - 1}") for k in range(1, 5)},
    "update_step": _update_step,
    "update_moves": lambda m: (m.update_step != 0).astype(np.int64),
    "update_sum": _update_sum,
    "update_kept": _update_kept,
    "update_lost": _update_lost,
}
"""From the gradient word to the new parameter."""
_RULES: dict[str, Rule] = {
    **LANE_RULES,
    "s_read": lambda m: _stored(m, "vectors"),
    "pos_read": _pos_read,
    "mom_read": _mom_read,
    "pos_sum": _pos_sum,
    "impulse": _impulse,
    "mom_sum": lambda m: wrap(m.mom_read + m.impulse, m.geometry.kick_bits + 2),
    "kick": _kick,
    "operand": _operand,
    "operand_clip": _operand_clip,
    "grad_array": lambda m: m.read("gradients", m.was("g_raddr")),
    "grad_output": lambda m: m.grad_array,
    "grad_read": lambda m: m.grad_output,
    "difference": _difference,
    "carried": lambda m: m.difference,
    "grad_sum": _grad_sum,
    **RULES_OF_UPDATE,
    "update_weight": lambda m: m.weight_a,
    "wdata": _wdata,
    "captured": lambda m: m.candidate,
    "candidate": _candidate,
    "io": _io,
    "flags": _flags,
}
_SUMS: dict[str, Rule] = {
    "z_low": lambda m: _taken(m, "z_low", m.field("z_take"), m.acc_low),
    "z_high": lambda m: _taken(m, "z_high", m.was("z_take"), m.acc_high),
}
RULES_OF_CUT: dict[str, Rule] = {
    "cut_wide": _cut_wide,
    "cut_part": lambda m: wrap(m.cut_wide, m.geometry.operand_bits),
    "cut_beyond": _cut_beyond,
    "cut_word": _cut_word,
    "cut_lost": lambda m: (m.cut_beyond != 0).astype(np.int64),
}
"""From the whole sum to the operand that it is cut to."""


def rules(geometry: Geometry) -> dict[str, Rule]:
    """Register -> its rule; those of units that an array has no use for are not there, and such registers stay 0."""
    g = geometry
    return {
        **_RULES,
        **(_SUMS if g.tables or g.cut_shifts else {}),
        **(TABLE_RULES if g.tables else {}),
        **(RULES_OF_CUT if g.cut_shifts else {}),
    }
