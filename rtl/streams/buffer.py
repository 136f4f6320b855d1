"""A buffer whose words are promised before they are read: the streams that the sequencer hands to the elements.

Whoever reads has counted what was `stored`, so reading needs no handshake: it names a word by its distance from the
oldest one, and drops the oldest `step` words in one cycle.

Latency `latency` = 3 cycles from `offset` to `word`; a word may be read three cycles after its `stored`. Throughput: a
word in every three cycles, a word out every cycle.

Members
-------
i : In, stream of `shape`
stored : Out, one word more is here
offset : In, distance from the oldest word
word : Out, three cycles later
drop : In, the oldest `step` words are gone from the next cycle on
"""

from __future__ import annotations

from amaranth.hdl import Elaboratable, Module, Mux, ShapeLike, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

__all__ = ["Buffer"]


_BANK_BITS = 4
_BANK = 1 << _BANK_BITS


class Buffer(wiring.Component):
    """See the module's text. `depth` is a power of two, at least 2."""

    latency = 3

    def __init__(self, shape: ShapeLike, depth: int, step: int) -> None:
        assert depth >= 2 and depth & (depth - 1) == 0 and 0 <= step <= depth
        self.depth, self.step = depth, step
        self._shape = shape
        super().__init__(
            {
                "i": In(stream.Signature(shape)),
                "stored": Out(1),
                "offset": In(range(depth)),
                "word": Out(shape),
                "drop": In(1),
            }
        )

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        head, tail, where = (Signal(range(self.depth), name=name) for name in ("head", "tail", "where"))
        level = Signal(range(self.depth + 1))
        ready, push, dropped = Signal(), Signal(), Signal()
        arrived = Signal(self._shape, reset_less=True)
        word = Signal(self._shape, reset_less=True)
        m.d.comb += [
            push.eq(self.i.valid & ready),
            self.i.ready.eq(ready),
            self.word.eq(word),
        ]
        m.d.sync += [
            arrived.eq(self.i.payload),
            self.stored.eq(push),
            tail.eq(tail + self.stored),
            dropped.eq(self.drop),
            # `level` is two cycles late: it does not know yet of a word that comes now, or came last.
            ready.eq((level != self.depth) & ~push & ~self.stored),
            level.eq(level + Mux(dropped, Mux(self.stored, 1 - self.step, -self.step), self.stored)),
            where.eq(head + self.offset),
        ]
        # A bank is as deep as a memory cell of the device: read in one cycle, chosen in the next.
        banks = max(1, self.depth // _BANK)
        bank, choices = Signal(range(max(2, banks))), []
        m.d.sync += bank.eq(where[_BANK_BITS:])
        for index in range(banks):
            words = min(_BANK, self.depth)
            memory = Memory(shape=self._shape, depth=words, init=[], attrs={"ram_style": "distributed"})
            m.submodules[f"bank{index}"] = memory
            write, read = memory.write_port(), memory.read_port(domain="comb")
            there = Signal(self._shape, reset_less=True, name=f"there{index}")
            m.d.comb += [
                write.addr.eq(tail[:_BANK_BITS]),
                write.data.eq(arrived),
                write.en.eq(self.stored & (tail[_BANK_BITS:] == index)),
                read.addr.eq(where[:_BANK_BITS]),
            ]
            m.d.sync += there.eq(read.data)
            choices.append(there)
        with m.Switch(bank):
            for index, there in enumerate(choices):
                with m.Case(index) if index + 1 < banks else m.Default():
                    m.d.sync += word.eq(there)
        with m.If(self.drop):
            m.d.sync += head.eq(head + self.step)
        return m
