"""The host chain of an element: a word that is captured, or shifted on to the next element."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib import data

from rtl.element.arithmetic import register
from rtl.hls.plan.control import IoOp, IoSource

__all__ = ["host_chain"]


def host_chain(
    m: Module, c: data.View[data.StructLayout], io: Signal, before: Value, sources: Mapping[IoSource, Value]
) -> None:
    """What may be captured into `io` is selected two cycles ahead, first within pairs, then among them; `before` is
    the previous element's word."""
    captured = register("captured", io.shape())
    candidates = [register(f"candidate{pair}", io.shape()) for pair in range(len(sources) // 2)]
    for pair, candidate in enumerate(candidates):
        m.d.sync += candidate.eq(Mux(c.io_src[0], sources[IoSource(2 * pair + 1)], sources[IoSource(2 * pair)]))
        with m.If(c.io_src[1:] != pair):
            m.d.sync += candidate.eq(0)
    m.d.sync += captured.eq(reduce(or_, candidates))
    with m.If(c.io_op == IoOp.SHIFT):
        m.d.sync += io.eq(before)
    with m.If(c.io_op == IoOp.CAPTURE):
        m.d.sync += io.eq(captured)
