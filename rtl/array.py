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

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
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


_ACTIONS = {
    ("write", "cycles"): Address.CYCLES,
    ("write", "segment"): Address.SEGMENT,
    ("write", "repeat"): Address.REPEAT,
    ("write", "commit"): Address.COMMIT,
    ("write", "input"): Address.INPUT,
    ("write", "word"): Address.WORD,
    ("read", "identity"): Address.IDENTITY,
    ("read", "status"): Address.STATUS,
    ("read", "cycles"): Address.CYCLES,
    ("read", "stalls"): Address.STALLS,
    ("read", "idle"): Address.IDLE,
    ("read", "shape"): Address.SHAPE,
    ("read", "word"): Address.WORD,
}
"""What requests do; a write to any other address below the store does nothing, a read of one answers 0."""


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

        # Two stages, no path through both: take a request; decode it, one bit an action, and hold that until done. So
        # one request every two cycles.
        request = Signal(HostRequest)
        pending = Signal()
        held = Signal(HostRequest)
        names = [*(f"{kind}_{name}" for kind, name in _ACTIONS), "write_store", "read_nothing"]
        actions = data.StructLayout(dict.fromkeys(names, 1))
        action = Signal(actions)
        active, done = Signal(), Signal()
        m.d.comb += self.i.ready.eq(~pending)
        with m.If(self.i.ready):
            m.d.sync += [request.eq(self.i.payload), pending.eq(self.i.valid)]
        with m.If(done):
            m.d.sync += active.eq(0)
        with m.If(pending & ~active):
            m.d.sync += [pending.eq(0), active.eq(1), held.eq(request), action.eq(0)]
            with m.If(request.write & request.addr[15]):
                m.d.sync += action.write_store.eq(1)
            for (kind, name), address in _ACTIONS.items():
                with m.If((request.write == (kind == "write")) & (request.addr == address)):
                    m.d.sync += action[f"{kind}_{name}"].eq(1)
            known = [request.addr == address for (kind, _), address in _ACTIONS.items() if kind == "read"]
            with m.If(~request.write & ~Cat(*known).any()):
                m.d.sync += action.read_nothing.eq(1)

        segment, repeat, given = Signal(32), Signal(32), Signal(32)
        command = sequencer.i_command.payload
        m.d.comb += [
            command.start.eq(segment[:12]),
            command.length.eq(segment[16:28]),
            command.iterations.eq(repeat[:16]),
            command.base.eq(repeat[16:26]),
            command.shift.eq(given[:7].as_signed()),
            Cat(command.inputs, command.loads, command.sends).eq(given[8:11]),
            sequencer.i_input.payload.eq(given[:18].as_signed()),
            sequencer.i_word.payload.eq(given[: min(32, g.chain_bits)].as_signed()),
            sequencer.store_addr.eq(held.addr[2:]),
            sequencer.store_part.eq(held.addr[:2]),
            sequencer.store_data.eq(held.data),
        ]
        assert (Needs.INPUTS, Needs.LOADS, Needs.SENDS) == (1, 2, 4)
        # A word for one of the sequencer's streams waits in a register of its own: nothing waits for more than that.
        offers = {"commit": sequencer.i_command, "input": sequencer.i_input, "word": sequencer.i_word}
        offered = [Signal(name=f"offered_{name}") for name in offers]
        offering = Cat(*(action[f"write_{name}"] for name in offers)).any()
        free = ~Cat(*offered).any()
        for (name, target), on in zip(offers.items(), offered, strict=True):
            m.d.comb += target.valid.eq(on)
            with m.If(on & target.ready):
                m.d.sync += on.eq(0)
            with m.If(active & free & action[f"write_{name}"]):
                m.d.sync += [on.eq(1), given.eq(held.data)]

        # The array is idle when nothing was busy for as long as a word takes to reach the last register.
        settle = ring.latency + 12
        quiet = Signal(range(settle + 1))
        idle = Signal()
        m.d.sync += idle.eq((quiet == settle) & ~sequencer.busy & free)
        with m.If(sequencer.busy | ~free):
            m.d.sync += quiet.eq(0)
        with m.Elif(quiet != settle):
            m.d.sync += quiet.eq(quiet + 1)

        m.d.comb += [
            sequencer.store_we.eq(active & action.write_store),
            sequencer.clear.eq(active & action.write_cycles),
        ]
        with m.If(active & action.write_segment):
            m.d.sync += segment.eq(held.data)
        with m.If(active & action.write_repeat):
            m.d.sync += repeat.eq(held.data)

        answer, answering = Signal(32), Signal()
        m.d.comb += [self.o.payload.eq(answer), self.o.valid.eq(answering)]
        with m.If(self.o.ready):
            m.d.sync += answering.eq(0)
        word, word_valid = Signal(signed(32)), Signal()
        m.d.comb += results.o.ready.eq(~word_valid)
        with m.If(~word_valid):
            m.d.sync += [word.eq(results.o.payload), word_valid.eq(results.o.valid)]
        values: dict[str, Value] = {
            "identity": Const(IDENTITY_WORD, 32),
            "status": ~idle,
            "cycles": sequencer.cycles,
            "stalls": sequencer.stalls,
            "idle": sequencer.cycles,
            "shape": Const(g.elements | g.fold << 8 | g.inputs << 16, 32),
            "word": word,
        }
        reads = [action[f"read_{name}"] for name in values]
        available = Signal()
        m.d.comb += available.eq(
            (~action.read_word | word_valid) & (~action.read_idle | idle) & (~answering | self.o.ready)
        )
        reading = Signal()
        m.d.comb += reading.eq(active & (Cat(*reads).any() | action.read_nothing) & available)
        with m.If(reading & action.read_word):
            m.d.sync += word_valid.eq(0)
        with m.If(reading):
            picked = [Mux(on, value, 0) for on, value in zip(reads, values.values(), strict=True)]
            m.d.sync += [answer.eq(reduce(or_, picked)), answering.eq(1)]
        m.d.comb += done.eq(active & Mux(held.write, ~offering | free, reading))

        if self._has_trace:
            issued = sequencer.issued
            for _ in range(ring.latency):
                delayed = Signal()
                m.d.sync += delayed.eq(issued)
                issued = delayed
            m.d.comb += [self.trace.eq(Cat(ring.trace, issued)), self.trace_valid.eq(1)]
        return m
