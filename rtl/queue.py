"""A queue of words in distributed memory: one word in and one out a cycle, first word visible the cycle after it came.

Block memory would do, but its clock-to-output is the slowest path of the family, and these queues are short.

Members
-------
i : In, stream of `shape`
o : Out, stream of `shape`
"""

from __future__ import annotations

from amaranth.hdl import Elaboratable, Module, ShapeLike, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

__all__ = ["Queue"]


class Queue(wiring.Component):
    """See the module's text. `depth` is a power of two, at least 2."""

    def __init__(self, shape: ShapeLike, depth: int) -> None:
        assert depth >= 2 and depth & (depth - 1) == 0
        self.depth = depth
        self._shape = shape
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        bits = self.depth.bit_length() - 1
        m.submodules.memory = memory = Memory(
            shape=self._shape, depth=self.depth, init=[], attrs={"ram_style": "distributed"}
        )
        write, read = memory.write_port(), memory.read_port(domain="comb")
        put, get = Signal(bits + 1), Signal(bits + 1)
        push, pop = self.i.valid & self.i.ready, self.o.valid & self.o.ready
        m.d.comb += [
            self.i.ready.eq(put != get ^ (1 << bits)),
            self.o.valid.eq(put != get),
            write.addr.eq(put[:bits]),
            write.data.eq(self.i.payload),
            write.en.eq(push),
            read.addr.eq(get[:bits]),
            self.o.payload.eq(read.data),
        ]
        m.d.sync += [put.eq(put + push), get.eq(get + pop)]
        return m
