"""A queue of words in distributed memory, and a register between two streams: neither has a path from side to side.

Both are slow on purpose: every flag and every word ends in a register, so what is on one side may lie far from what is
on the other. Block memory would do for the queue, but these queues are short.

Members of both
---------------
i : In, stream of `shape`
o : Out, stream of `shape`
"""

from __future__ import annotations

from amaranth.hdl import Elaboratable, Module, ShapeLike, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

__all__ = ["Queue", "Slice"]


class Slice(wiring.Component):
    """One register, which takes a word when it is empty: a word every two cycles, visible the cycle after it came."""

    def __init__(self, shape: ShapeLike) -> None:
        self._shape = shape
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        word, full = Signal(self._shape, reset_less=True), Signal()
        m.d.comb += [self.i.ready.eq(~full), self.o.valid.eq(full), self.o.payload.eq(word)]
        with m.If(full):
            m.d.sync += full.eq(~self.o.ready)
        with m.Else():
            m.d.sync += [word.eq(self.i.payload), full.eq(self.i.valid)]
        return m


class Queue(wiring.Component):
    """First in, first out.

    Latency `latency` = 3 cycles to an output that is free. Throughput: a word in every two cycles, a `counted`
    queue every cycle; a word out every three.

    Parameters
    ----------
    depth : words of the memory, a power of two, at least 2; one more waits in the output register
    counted : who gives words knows that there is room, by counting `left`: `i.ready` is always 1

    Members
    -------
    left : Out, a word has left the memory for the output register
    """

    latency = 3

    def __init__(self, shape: ShapeLike, depth: int, *, counted: bool = False) -> None:
        assert depth >= 2 and depth & (depth - 1) == 0
        self.depth = depth
        self._shape, self._counted = shape, counted
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape)), "left": Out(1)})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        m.submodules.memory = memory = Memory(
            shape=self._shape, depth=self.depth, init=[], attrs={"ram_style": "distributed"}
        )
        write, read = memory.write_port(), memory.read_port(domain="comb")
        put, get, level = Signal(range(self.depth)), Signal(range(self.depth)), Signal(range(self.depth + 1))
        ready, push, valid = Signal(init=self._counted), Signal(), Signal()
        word = Signal(self._shape, reset_less=True)
        m.d.comb += [
            push.eq(self.i.valid & ready),
            self.i.ready.eq(ready),
            write.addr.eq(put),
            write.data.eq(self.i.payload),
            write.en.eq(push),
            read.addr.eq(get),
            self.o.payload.eq(word),
            self.o.valid.eq(valid),
        ]
        # `level` is one cycle old where it is looked at: after a word has come or gone, nothing moves for a cycle.
        m.d.sync += [
            put.eq(put + push),
            get.eq(get + self.left),
            level.eq(level + push - self.left),
            self.left.eq((level != 0) & ~self.left & ~valid),
        ]
        if not self._counted:
            m.d.sync += ready.eq((level != self.depth) & ~push)
        with m.If(self.left):
            m.d.sync += [word.eq(read.data), valid.eq(1)]
        with m.Elif(self.o.ready):
            m.d.sync += valid.eq(0)
        return m
