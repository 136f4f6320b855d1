"""The vector store: table outputs and cut sums of an element's entries, as operands, in two contexts.

A context has a memory and a read address of its own; the word and the address of a write are common, and bit m of s_we
writes context m. Latency of a read: 1. A read in the cycle of a write gets the old word, a later one the new word.
"""

from __future__ import annotations

from amaranth.hdl import Elaboratable, Module, Mux, Signal, signed
from amaranth.lib import data
from amaranth.lib.memory import Memory

from rtl.element.arithmetic import pair
from rtl.hls.plan.geometry import Geometry

__all__ = ["VectorStore"]


class VectorStore(Elaboratable):
    """See the module's text.

    Inputs
    ------
    table_word, cut_word : what may be written
    cut_lost : the cut word was saturated

    Outputs
    -------
    s_read : registers, a context: the word that its state address named
    clipped : operand_clipped, in this cycle: a cut word that was saturated is written, to either context
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout]) -> None:
        self.geometry, self.control = geometry, control
        self.table_word, self.cut_word, self.cut_lost = Signal(signed(18)), Signal(signed(18)), Signal()
        self.s_read = pair("s_read", signed(18))
        self.clipped = Signal()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        if not g.vector_words:
            return m
        word, is_cut = self.table_word, 0
        if g.cut_shifts:
            word, is_cut = (Mux(c.s_cut, self.cut_word, word), c.s_cut) if g.tables else (self.cut_word, 1)
        m.d.comb += self.clipped.eq(c.s_we.any() & is_cut & self.cut_lost)
        for context, address in enumerate((c.s_addr0, c.s_addr1)):
            memory = Memory(shape=signed(18), depth=g.vector_words, init=[], attrs={"ram_style": "distributed"})
            m.submodules[f"vectors{context}"] = memory
            read, write = memory.read_port(domain="comb"), memory.write_port()
            m.d.comb += [
                read.addr.eq(address),
                write.addr.eq(c.s_waddr),
                write.en.eq(c.s_we[context]),
                write.data.eq(word),
            ]
            m.d.sync += self.s_read[context].eq(read.data)
        return m
