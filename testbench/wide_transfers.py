"""Control words that move words between the host chain and wide elements, and the parameter update.

As `rtl.hls.schedule.transfer`, one word of every element at a time. A bank's fields are booked so many cycles before
the element's as the bank is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtl.hls.plan.control import Fields, IoOp, IoSource
from rtl.hls.plan.timing import KEEP, UPDATE
from rtl.hls.plan.wide_timing import LATER
from rtl.hls.plan.width import Width
from rtl.hls.schedule.reservation_table import ReservationTable
from testbench.wide_words import IMM

__all__ = [
    "load_momentum",
    "load_position",
    "load_weight",
    "nudge",
    "read_flags",
    "read_parameter",
    "read_state",
    "update",
]

PAUSE = 24
"""Cycles between the updates of two banks: which of them is meant is said once for all stages."""


def _shift_in(words: Sequence[int], before: int = 0) -> tuple[ReservationTable, int]:
    """The words of elements 0, 1, ... to their elements; and the cycle in which they are there."""
    table = ReservationTable()
    for cycle, word in enumerate(reversed(words), before):
        table.at(cycle, io_op=IoOp.SHIFT, **{IMM: int(word)})
    return table, before + len(words)


def load_weight(words: Sequence[int], bank: int, address: int) -> list[Fields]:
    """A parameter or table word of a bank."""
    table, there = _shift_in(words, before=bank)
    table.at(there, w_theta=0)
    table.at(there - bank, we_b=1, addr_b=address, bank=bank)
    return table.words()


def load_position(words: Sequence[int], block: int) -> list[Fields]:
    """A position of both contexts."""
    table, there = _shift_in(words)
    table.at(there, q_io=1, p_zero=1)
    table.at(there + 1, q_sub=0)
    table.at(there + 2, we_q=1, w_addr=block)
    return table.words()


def load_momentum(words: Sequence[int], block: int) -> list[Fields]:
    """A momentum of both contexts."""
    table, there = _shift_in(words)
    table.at(there, k_io=1)
    table.at(there + 1, p_zero=1, p_sub=0)
    table.at(there + 3, we_p=3, w_addr=block)
    return table.words()


def nudge(words: Sequence[int], block: int) -> list[Fields]:
    """Context 0 gets p -= e, then context 1 p += e."""
    table, there = _shift_in(words)
    for context, subtract in ((0, 1), (1, 0)):
        table.at(there + context, k_io=1)
        table.at(there + context + 1, p_zero=0, p_sub=subtract, s_addr0=block, s_addr1=block)
        table.at(there + context + 3, we_p=1 << context, w_addr=block)
    return table.words()


def _capture(table: ReservationTable, source: IoSource, at: int, elements: int) -> list[Fields]:
    table.at(at, io_src=source)
    table.at(at + 2, io_op=IoOp.CAPTURE)
    for cycle in range(elements):
        table.at(at + 3 + cycle, io_op=IoOp.SHIFT, push=1)
    return table.words()


def read_state(source: IoSource, block: int, elements: int) -> list[Fields]:
    """A position or a momentum of a context."""
    table = ReservationTable()
    table.at(0, s_addr0=block, s_addr1=block)
    return _capture(table, source, 1, elements)


def read_parameter(source: IoSource, bank: int, address: int, elements: int) -> list[Fields]:
    """A weight word, or half of a gradient word."""
    table = ReservationTable()
    table.at(0, addr_a=address, g_raddr=address)
    at = bank + (4 if source is IoSource.WEIGHT else UPDATE["shift"] + LATER)
    for cycle in range(at):
        table.at(cycle, alone=1, bank=bank)
    return _capture(table, source, at, elements)


def read_flags(elements: int) -> list[Fields]:
    """The sticky flags, which are cleared."""
    table = ReservationTable()
    table.at(0, flags_clear=1)
    return _capture(table, IoSource.FLAGS, 0, elements)


def update(width: Width, bank: int, words: Iterable[tuple[int, int, int]], *, keeps: bool) -> list[Fields]:
    """theta -= clip(G >> shift), G = 0, of a bank's words: (address, shift, range), a word a cycle."""
    table, at = ReservationTable(), 0
    for at, (address, shift, kept) in enumerate(words):
        table.at(at + UPDATE["gradient"], g_raddr=address)
        table.at(at + UPDATE["clear"], g_we=1, g_clear=1, g_waddr=address)
        table.at(at + UPDATE["weight"], addr_a=address)
        write = at + UPDATE["write"] + LATER
        table.at(at + bank + UPDATE["shift"] + LATER, shift=shift)
        table.at(at + bank + UPDATE["sum"] + LATER, u_add=0)
        if kept:
            table.at(bank + write, range=kept)
        write += KEEP if keeps else 0
        table.at(bank + write, w_theta=1)
        table.at(write, we_b=1, addr_b=address)
    for cycle in range(at + PAUSE):
        table.at(cycle, alone=1, bank=bank)
    return table.words()
