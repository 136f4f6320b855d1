"""The array: host port, sequencer and ring. This is the module `hel_array` that is simulated, built and shipped.

Members
-------
i : In, stream of HostRequest
o : Out, stream of 32-bit answers, one a read request, in order
trace, trace_valid : Out, only with ``trace=True``: whether the elements' word was issued (highest bit) and all their
    registers

The address map is `rtl.hls.registers`. A request that cannot be taken yet (queue full, nothing to read) waits, and with
it those behind it; answers wait until they are taken.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.hls.geometry import Geometry
from rtl.hls.registers import IDENTITY_WORD, Address, Needs
from rtl.hls.trace import trace_bits
from rtl.queue import Queue
from rtl.ring import Ring
from rtl.sequencer import Sequencer, chain_depth

__all__ = ["Array", "HostRequest"]

HostRequest = data.StructLayout({"data": 32, "addr": 16, "write": 1})
"""One request: a write never answers, a read always does."""


class Array(wiring.Component):
    """See the module's text.

    Parameters
    ----------
    geometry : sizes and shifts
    technology : "behavioural" or "ecp5", for the control store; the elements' is chosen where they are converted
    trace : add the trace ports
    """

    def __init__(self, geometry: Geometry, technology: str = "behavioural", trace: bool = False) -> None:
        self.geometry = geometry
        self.technology = technology
        self._has_trace = trace
        members = {"i": In(stream.Signature(HostRequest)), "o": Out(stream.Signature(32))}
        if trace:
            members["trace"] = Out(1 + trace_bits(geometry) * geometry.elements)
            members["trace_valid"] = Out(1)
        super().__init__(members)

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        m.submodules.sequencer = sequencer = Sequencer(g, self.technology)
        m.submodules.ring = ring = Ring(g, trace=self._has_trace)
        m.submodules.results = results = Queue(signed(g.chain_bits), chain_depth(g))
        m.d.comb += [
            ring.control.eq(sequencer.control),
            ring.imm.eq(sequencer.imm),
            results.i.payload.eq(ring.word),
            results.i.valid.eq(ring.push),
        ]
        taken = Signal()
        m.d.sync += [taken.eq(results.o.valid & results.o.ready), sequencer.taken.eq(taken)]

        # One request at a time, held until it is done.
        request = Signal(HostRequest)
        pending = Signal()
        done = Signal()
        m.d.comb += self.i.ready.eq(~pending | done)
        with m.If(self.i.ready):
            m.d.sync += [request.eq(self.i.payload), pending.eq(self.i.valid)]
        answer = Signal(32)
        answering = Signal()
        m.d.comb += [self.o.payload.eq(answer), self.o.valid.eq(answering)]
        free = Signal()
        m.d.comb += free.eq(~answering | self.o.ready)
        with m.If(self.o.ready):
            m.d.sync += answering.eq(0)

        segment, repeat = Signal(32), Signal(32)
        command = sequencer.i_command.payload
        m.d.comb += [
            command.start.eq(segment[:12]),
            command.length.eq(segment[16:28]),
            command.iterations.eq(repeat[:16]),
            command.base.eq(repeat[16:26]),
            command.shift.eq(request.data[:7].as_signed()),
            Cat(command.inputs, command.loads, command.sends).eq(request.data[8:11]),
            sequencer.i_input.payload.eq(request.data[:18].as_signed()),
            sequencer.i_word.payload.eq(request.data[: min(32, g.chain_bits)].as_signed()),
            sequencer.store_addr.eq(request.addr[2:]),
            sequencer.store_part.eq(request.addr[:2]),
            sequencer.store_data.eq(request.data),
        ]
        assert (Needs.INPUTS, Needs.LOADS, Needs.SENDS) == (1, 2, 4)
        # The array is idle when nothing was busy for as long as a word takes to reach the last register.
        settle = ring.latency + 12
        quiet = Signal(range(settle + 1))
        idle = Signal()
        with m.If(sequencer.busy):
            m.d.sync += quiet.eq(0)
        with m.Elif(~idle):
            m.d.sync += quiet.eq(quiet + 1)
        m.d.comb += idle.eq(quiet == settle)

        write = pending & request.write
        read = pending & ~request.write
        with m.If(write):
            m.d.comb += done.eq(1)
            with m.If(request.addr[15]):
                m.d.comb += sequencer.store_we.eq(1)
            with m.Else(), m.Switch(request.addr):
                with m.Case(Address.CYCLES):
                    m.d.comb += sequencer.clear.eq(1)
                with m.Case(Address.SEGMENT):
                    m.d.sync += segment.eq(request.data)
                with m.Case(Address.REPEAT):
                    m.d.sync += repeat.eq(request.data)
                with m.Case(Address.COMMIT):
                    m.d.comb += [sequencer.i_command.valid.eq(1), done.eq(sequencer.i_command.ready)]
                with m.Case(Address.INPUT):
                    m.d.comb += [sequencer.i_input.valid.eq(1), done.eq(sequencer.i_input.ready)]
                with m.Case(Address.WORD):
                    m.d.comb += [sequencer.i_word.valid.eq(1), done.eq(sequencer.i_word.ready)]
        value = Signal(32)
        available = Signal()
        m.d.comb += available.eq(1)
        with m.Switch(request.addr):
            with m.Case(Address.IDENTITY):
                m.d.comb += value.eq(IDENTITY_WORD)
            with m.Case(Address.STATUS):
                m.d.comb += value.eq(~idle)
            with m.Case(Address.CYCLES):
                m.d.comb += value.eq(sequencer.cycles)
            with m.Case(Address.STALLS):
                m.d.comb += value.eq(sequencer.stalls)
            with m.Case(Address.IDLE):
                m.d.comb += [value.eq(sequencer.cycles), available.eq(idle)]
            with m.Case(Address.SHAPE):
                m.d.comb += value.eq(Const(g.elements | g.fold << 8 | g.inputs << 16, 32))
            with m.Case(Address.WORD):
                m.d.comb += [value.eq(results.o.payload), available.eq(results.o.valid)]
        with m.If(read & available & free):
            m.d.comb += done.eq(1)
            m.d.comb += results.o.ready.eq(request.addr == Address.WORD)
            m.d.sync += [answer.eq(value), answering.eq(1)]

        if self._has_trace:
            issued = sequencer.issued
            for _ in range(ring.latency):
                delayed = Signal()
                m.d.sync += delayed.eq(issued)
                issued = delayed
            m.d.comb += [self.trace.eq(Cat(ring.trace, issued)), self.trace_valid.eq(1)]
        return m
