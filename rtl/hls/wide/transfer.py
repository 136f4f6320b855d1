"""Segments of an array of B banks that move words between host chain and elements, update parameters, clear gradients.

As `rtl.hls.schedule.transfer`, and by the same names, with the number of the bank behind those that one bank takes part
in. A bank's fields are booked so many cycles before the element's as the bank is late.
"""

from __future__ import annotations

from rtl.hls.plan.control import Fields, ImmSource, IoOp, IoSource
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.timing import KEEP, UPDATE
from rtl.hls.plan.wide_timing import LATER
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.wide.bank_map import BankMap

__all__ = ["capture_segments", "clear_segment", "load_segments", "update_segment"]

PAUSE = 24
"""Cycles between the updates of two banks: which of them is meant is said once for all stages."""


def _shift_in(elements: int, before: int = 0) -> ReservationTable:
    reservations = ReservationTable()
    for cycle in range(before, before + elements):
        reservations.at(cycle, io_op=IoOp.SHIFT, imm_src=ImmSource.WORD)
    return reservations


def load_segments(geometry: Geometry) -> dict[str, list[Fields]]:
    """Segments that consume P host words an iteration; a nudge is p -= e in context 0, then p += e in context 1."""
    elements, segments = geometry.elements, dict[str, list[Fields]]()
    for bank in range(geometry.banks):
        weight = _shift_in(elements, before=bank)
        weight.at(elements + bank, w_theta=0)
        weight.at(elements, we_b=1, addr_b=0, bank=bank, relative=1)
        segments[f"load_weight{bank}"] = weight.words()

    position = _shift_in(elements)
    position.at(elements, q_io=1, p_zero=1)
    position.at(elements + 1, q_sub=0)
    position.at(elements + 2, we_q=1, relative=1)

    momentum = _shift_in(elements)
    momentum.at(elements, k_io=1)
    momentum.at(elements + 1, p_zero=1, p_sub=0)
    momentum.at(elements + 3, we_p=3, relative=1)

    nudge = _shift_in(elements)
    for context in range(2):
        at = elements + context
        nudge.at(at, k_io=1)
        nudge.at(at + 1, p_zero=0, p_sub=1 - context, k_sel=0, relative=1)
        nudge.at(at + 3, we_p=1 << context, relative=1)
    named = {"load_position": position, "load_momentum": momentum, "nudge": nudge}
    return segments | {name: reservations.words() for name, reservations in named.items()}


def capture_segments(geometry: Geometry) -> dict[str, list[Fields]]:
    """Segments that send P words an iteration to the host. `read_flags` clears the sticky flags it reads."""
    states = {"position0": IoSource.POS0, "position1": IoSource.POS1}
    states |= {"momentum0": IoSource.MOM0, "momentum1": IoSource.MOM1}
    segments = {
        f"read_{name}": _capture(geometry.elements, source, ReservationTable(), 1) for name, source in states.items()
    }
    parameters = {"weight": (IoSource.WEIGHT, 3), "gradient_low": (IoSource.GRAD_LOW, UPDATE["shift"])}
    parameters["gradient_high"] = IoSource.GRAD_HIGH, UPDATE["shift"]
    for name, (source, latency) in parameters.items():
        for bank in range(geometry.banks):
            at, reservations = bank + latency + LATER, ReservationTable()
            for cycle in range(at):
                reservations.at(cycle, alone=1, bank=bank)
            segments[f"read_{name}{bank}"] = _capture(geometry.elements, source, reservations, at)
    # What the last bank has to say of the words before comes so much later.
    flags, at = ReservationTable(), geometry.banks + LATER
    flags.at(at, flags_clear=1)
    return segments | {"read_flags": _capture(geometry.elements, IoSource.FLAGS, flags, at)}


def _capture(elements: int, source: IoSource, reservations: ReservationTable, at: int) -> list[Fields]:
    """The address is that of the first word."""
    if source is not IoSource.FLAGS:
        reservations.at(0, relative=1)
    reservations.at(at, io_src=source)
    reservations.at(at + 2, io_op=IoOp.CAPTURE)
    for cycle in range(elements):
        reservations.at(at + 3 + cycle, io_op=IoOp.SHIFT, imm_src=ImmSource.ZERO, push=1)
    return reservations.words()


def update_segment(plan: RingPlan, there: BankMap) -> list[Fields]:
    """theta -= clip(G >> n) for every parameter word, one a cycle, bank after bank; G cleared.

    Where parameters begin at multiples of a stride, an iteration takes every so many words.
    """
    reservations, cycle, ranges = ReservationTable(), 0, there.geometry.ranges
    for bank in range(there.geometry.banks):
        began = cycle
        for gradient in plan.gradients:
            if gradient.parameter in there.local and bank != there.local_bank:
                continue
            base = there.base[gradient.parameter]
            for address in range(base, base + there.size(gradient.parameter), there.stride):
                late = cycle + bank + LATER
                reservations.at(cycle + UPDATE["gradient"], g_raddr=address)
                reservations.at(cycle + UPDATE["clear"], g_we=1, g_clear=1, g_waddr=address)
                reservations.at(cycle + UPDATE["weight"], addr_a=address)
                reservations.at(late + UPDATE["shift"], shift=gradient.offset & 63)
                reservations.at(late + UPDATE["sum"], u_add=int(gradient.negative))
                if gradient.range:
                    reservations.at(late + UPDATE["write"], range=1 + ranges.index(gradient.range))
                write = UPDATE["write"] + (KEEP if ranges else 0)
                reservations.at(late + write, w_theta=1)
                reservations.at(late - bank + write, we_b=1, addr_b=address)
                cycle += 1
        cycle += PAUSE
        for at in range(began, cycle):
            reservations.at(at, alone=1, bank=bank, **({"relative": 1} if there.stride > 1 else {}))
    return reservations.words()


def clear_segment(there: BankMap) -> list[Fields]:
    """Every gradient word of every bank to zero; or one, where an update is a loop."""
    reservations = ReservationTable()
    if there.stride > 1:
        reservations.at(0, g_we=1, g_clear=1, g_waddr=0, relative=1)
        return reservations.words()
    for cycle in range(there.words):
        reservations.at(cycle, g_we=1, g_clear=1, g_waddr=cycle + 1)
    return reservations.words()
