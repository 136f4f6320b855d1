"""Segments that move words between the host chain and the elements, and the parameter update.

One iteration of a transfer moves one word to or from every element: P shifts of the chain and one load or capture. The
sequencer repeats it with a rising base address, which is OR-ed into the addresses of `relative` words. The first word
of a load ends in the last element, and the first word read is the last element's.
"""

from __future__ import annotations

from rtl.hls.plan.control import Fields, ImmSource, IoOp, IoSource, KickSelect, KickSource
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.timing import KEEP, UPDATE
from rtl.hls.schedule.reservation_table import ReservationTable

__all__ = ["capture_segments", "clear_segment", "load_segments", "update_segment"]


def _shift_in(elements: int) -> ReservationTable:
    reservations = ReservationTable()
    for cycle in range(elements):
        reservations.at(cycle, io_op=IoOp.SHIFT, imm_src=ImmSource.WORD)
    return reservations


def load_segments(elements: int) -> dict[str, list[Fields]]:
    """Segments that consume P host words an iteration: parameters, state of both contexts, and the nudge.

    The nudge takes e = eps dc/dq in the momentum's format: context 0 gets p -= e, context 1 p += e.
    """
    weight = _shift_in(elements)
    weight.at(elements, we_b=1, w_theta=0, addr_b=0, relative=1)

    position = _shift_in(elements)
    position.at(elements, q_io=1, p_zero=1)
    position.at(elements + 1, q_sub=0)
    position.at(elements + 2, we_q=1, relative=1)

    momentum = _shift_in(elements)
    momentum.at(elements, k_src=KickSource.IO)
    momentum.at(elements + 1, p_zero=1, p_sub=0, k_sel=KickSelect.OWN)
    momentum.at(elements + 3, we_p=1, relative=1)

    nudge = _shift_in(elements)
    nudge.at(elements, k_src=KickSource.IO)
    nudge.at(elements + 1, p_zero=0, p_sub=0b01, k_sel=KickSelect.OWN, relative=1)
    nudge.at(elements + 3, we_p=1, relative=1)
    return {
        "load_weight": weight.words(),
        "load_position": position.words(),
        "load_momentum": momentum.words(),
        "nudge": nudge.words(),
    }


def capture_segments(elements: int) -> dict[str, list[Fields]]:
    """Segments that send P words an iteration to the host. `read_flags` clears the sticky flags it reads."""
    sources: dict[str, tuple[IoSource, Fields, int]] = {
        "read_position0": (IoSource.POS0, {"relative": 1}, 1),
        "read_position1": (IoSource.POS1, {"relative": 1}, 1),
        "read_momentum0": (IoSource.MOM0, {"relative": 1}, 1),
        "read_momentum1": (IoSource.MOM1, {"relative": 1}, 1),
        "read_weight": (IoSource.WEIGHT, {"relative": 1}, 3),
        "read_gradient_low": (IoSource.GRAD_LOW, {"relative": 1}, UPDATE["shift"]),
        "read_gradient_high": (IoSource.GRAD_HIGH, {"relative": 1}, UPDATE["shift"]),
        "read_flags": (IoSource.FLAGS, {}, 0),
    }
    segments = {}
    for name, (source, address, latency) in sources.items():
        reservations = ReservationTable()
        reservations.at(0, **address)
        reservations.at(latency, io_src=source, flags_clear=int(source is IoSource.FLAGS))
        reservations.at(latency + 2, io_op=IoOp.CAPTURE)
        for cycle in range(elements):
            reservations.at(latency + 3 + cycle, io_op=IoOp.SHIFT, imm_src=ImmSource.ZERO, push=1)
        segments[name] = reservations.words()
    return segments


def update_segment(plan: RingPlan, memory: MemoryMap) -> list[Fields]:
    """theta -= clip(G >> n) for every parameter word, one a cycle; G cleared. The stored shift is the word's offset."""
    reservations = ReservationTable()
    cycle = 0
    for gradient in plan.gradients:
        base = memory.base[gradient.parameter]
        ranges = memory.geometry.ranges
        write = UPDATE["write"] + (KEEP if ranges else 0)
        for address in range(base, base + memory.size(gradient.parameter)):
            reservations.at(cycle + UPDATE["gradient"], g_raddr=address)
            reservations.at(cycle + UPDATE["clear"], g_we=1, g_clear=1, g_waddr=address)
            reservations.at(cycle + UPDATE["shift"], shift=gradient.offset & 63)
            reservations.at(cycle + UPDATE["weight"], addr_a=address)
            reservations.at(cycle + UPDATE["sum"], u_add=int(gradient.negative))
            if gradient.range:
                reservations.at(cycle + UPDATE["write"], range=1 + ranges.index(gradient.range))
            reservations.at(cycle + write, we_b=1, w_theta=1, addr_b=address)
            cycle += 1
    return reservations.words()


def clear_segment(memory: MemoryMap) -> list[Fields]:
    """Every gradient word to zero."""
    reservations = ReservationTable()
    for cycle in range(memory.words):
        reservations.at(cycle, g_we=1, g_clear=1, g_waddr=cycle + 1)
    return reservations.words()
