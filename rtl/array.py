"""The array: host port, sequencer and ring. This is the module `hel_array` that is simulated, built and shipped.

Members
-------
i : In, stream of HostRequest
o : Out, stream of 32-bit answers, one a read request, in order
debug_bus_enable : In, only with ``debug_bus=True``: the bus is sampled (`rtl.element.debug_bus`)
debug_bus, debug_bus_valid : Out, likewise: whether the elements' word was issued (highest bit) and all their registers

The address map is `rtl.hls.plan.registers`. A request that cannot be taken yet (queue full, nothing to read) waits, and
with it those behind it; answers wait until they are taken.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.hls.plan.debug_bus import debug_bus_bits
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.registers import IDENTITY_WORD, Address, Streams, shape_word
from rtl.ring import Ring
from rtl.sequencer import Sequencer, chain_depth
from rtl.streams.host_request import HostRequest
from rtl.streams.queue import Queue, Slice

__all__ = ["Array"]

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

_LOW_BITS = 6
"""Address bits that tell registers apart; in those above only the control store's has ones."""

_Looked = data.StructLayout({"data": 32, "addr": 15, "write": 1, "register": 1, "store": 1})
"""A request after the first look at it: to a register or, a write, to the control store."""
_Decoded = data.StructLayout(
    {"data": 32, "addr": 15, "read": 1, "waits": 1, "write_store": 1} | {f"{kind}_{name}": 1 for kind, name in _ACTIONS}
)
"""A request as actions, one bit each; `waits`: until the last offer is taken."""


class Array(wiring.Component):
    """See the module's text.

    Parameters
    ----------
    geometry : sizes and shifts
    technology : "behavioural" or "ecp5", for the control store; the elements' is chosen where they are converted
    debug_bus : add the debug_bus ports
    """

    def __init__(self, geometry: Geometry, technology: str = "behavioural", debug_bus: bool = False) -> None:
        self.geometry = geometry
        self.technology = technology
        self._has_debug_bus = debug_bus
        members = {"i": In(stream.Signature(HostRequest)), "o": Out(stream.Signature(32))}
        if debug_bus:
            members["debug_bus_enable"] = In(1)
            members["debug_bus"] = Out(1 + debug_bus_bits(geometry) * geometry.elements)
            members["debug_bus_valid"] = Out(1)
        super().__init__(members)

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        m.submodules.sequencer = sequencer = Sequencer(g, self.technology)
        m.submodules.ring = ring = Ring(g, debug_bus=self._has_debug_bus)
        m.submodules.results = results = Queue(signed(g.chain_bits), chain_depth(g), counted=True)
        m.d.comb += [
            ring.control.eq(sequencer.control),
            ring.imm.eq(sequencer.imm),
            results.i.payload.eq(ring.word),
            results.i.valid.eq(ring.push),
            sequencer.taken.eq(results.left),
        ]
        decoded = self._decode(m)
        full = self._write(m, decoded.ready, decoded.payload, sequencer)
        idle = self._idle(m, sequencer, full, ring.latency)
        self._answer(m, decoded, sequencer, results, full, idle)
        if self._has_debug_bus:
            issued = sequencer.issued
            for _ in range(ring.latency):
                delayed = Signal()
                m.d.sync += delayed.eq(issued)
                issued = delayed
            m.d.comb += [
                ring.debug_bus_enable.eq(self.debug_bus_enable),
                self.debug_bus.eq(Cat(ring.debug_bus, issued)),
                self.debug_bus_valid.eq(1),
            ]
        return m

    def _decode(self, m: Module) -> stream.Interface:
        """Requests as actions. Two registers on the way, so that each look takes in few bits."""
        m.submodules.first = first = Slice(HostRequest)
        m.submodules.second = second = Slice(_Looked)
        m.submodules.third = third = Slice(_Decoded)
        wiring.connect(m, wiring.flipped(self.i), first.i)
        request, looked, after, actions = first.o.payload, second.o.payload, second.i.payload, third.i.payload
        m.d.comb += [
            second.i.valid.eq(first.o.valid),
            first.o.ready.eq(second.i.ready),
            after.data.eq(request.data),
            after.addr.eq(request.addr),
            after.write.eq(request.write),
            after.register.eq(request.addr[_LOW_BITS:] == 0),
            after.store.eq(request.write & request.addr[15]),
            third.i.valid.eq(second.o.valid),
            second.o.ready.eq(third.i.ready),
            actions.data.eq(looked.data),
            actions.addr.eq(looked.addr),
            actions.read.eq(~looked.write),
            actions.waits.eq(looked.register & looked.write),
            actions.write_store.eq(looked.store),
        ]
        for (kind, name), address in _ACTIONS.items():
            assert address < 1 << _LOW_BITS
            meant = looked.register & (looked.write == (kind == "write")) & (looked.addr[:_LOW_BITS] == address)
            m.d.comb += actions[f"{kind}_{name}"].eq(meant)
        return third.o

    def _write(self, m: Module, go: Signal, now: data.View[data.StructLayout], sequencer: Sequencer) -> Signal:
        """What writes do; returns whether an offer to one of the sequencer's streams is still to be taken.

        An offered word waits in a register of its own: reads, and words for the control store, do not wait for it.
        """
        segment, repeat, given = (Signal(32, name=name, reset_less=True) for name in ("segment", "repeat", "given"))
        with m.If(go & now.write_segment):
            m.d.sync += segment.eq(now.data)
        with m.If(go & now.write_repeat):
            m.d.sync += repeat.eq(now.data)
        command, part_bits = sequencer.i_command.payload, len(sequencer.store_part)
        m.d.comb += [
            sequencer.store_we.eq(go & now.write_store),
            sequencer.store_addr.eq(now.addr[part_bits:]),
            sequencer.store_part.eq(now.addr[:part_bits]),
            sequencer.store_data.eq(now.data),
            sequencer.clear.eq(go & now.write_cycles),
            command.start.eq(segment[:12]),
            command.length.eq(segment[16:28]),
            command.iterations.eq(repeat[:16]),
            command.base.eq(repeat[16 : 16 + len(command.base)]),
            command.shift.eq(given[:7].as_signed()),
            Cat(command.inputs, command.loads, command.sends).eq(given[8:11]),
            sequencer.i_input.payload.eq(given[:18].as_signed()),
            sequencer.i_word.payload.eq(given[: min(32, self.geometry.chain_bits)].as_signed()),
        ]
        assert (Streams.INPUTS, Streams.LOADS, Streams.SENDS) == (1, 2, 4)
        full = Signal()
        with m.If(~full):
            m.d.sync += given.eq(now.data)
        targets = {"commit": sequencer.i_command, "input": sequencer.i_input, "word": sequencer.i_word}
        for name, target in targets.items():
            with m.If(target.valid & target.ready):
                m.d.sync += [target.valid.eq(0), full.eq(0)]
            with m.If(go & now[f"write_{name}"]):
                m.d.sync += [target.valid.eq(1), full.eq(1)]
        return full

    def _idle(self, m: Module, sequencer: Sequencer, full: Signal, latency: int) -> Signal:
        """Whether nothing was busy for as long as a word takes to reach the last register."""
        banks = self.geometry.banks
        settle = latency + 12 + (2 * banks if banks > 1 else 0)  # bank by bank, and a row of kicks as long
        quiet = Signal(range(settle + 1))
        idle = Signal()
        m.d.sync += idle.eq((quiet == settle) & ~sequencer.busy & ~full)
        with m.If(sequencer.busy | full):
            m.d.sync += quiet.eq(0)
        with m.Elif(quiet != settle):
            m.d.sync += quiet.eq(quiet + 1)
        return idle

    def _answer(
        self, m: Module, decoded: stream.Interface, sequencer: Sequencer, results: Queue, full: Signal, idle: Signal
    ) -> None:
        """What reads answer, and when: an action waits until all that it needs is there.

        What has come stays until the action takes it, so the look at it may be a cycle old.
        """
        g, go, now = self.geometry, decoded.ready, decoded.payload
        word, word_valid = Signal(signed(32), reset_less=True), Signal()
        answer, answering, answered = Signal(32, reset_less=True), Signal(), Signal()
        m.d.sync += go.eq(
            decoded.valid
            & ~go
            & ~(now.waits & full)
            & ~(now.read & answering)
            & (~now.read_word | word_valid)
            & (~now.read_idle | idle)
        )
        m.d.comb += results.o.ready.eq(~word_valid)
        with m.If(~word_valid):
            m.d.sync += [word.eq(results.o.payload), word_valid.eq(results.o.valid)]
        with m.If(go & now.read_word):
            m.d.sync += word_valid.eq(0)
        values: dict[str, Value] = {
            "identity": Const(IDENTITY_WORD, 32),
            "status": ~idle,
            "cycles": sequencer.cycles,
            "stalls": sequencer.stalls,
            "idle": sequencer.cycles,
            "shape": Const(shape_word(g), 32),
            "word": word,
        }
        picked = Signal(32, reset_less=True)
        chosen = [Mux(now[f"read_{name}"], value, 0) for name, value in values.items()]
        m.d.sync += [picked.eq(reduce(or_, chosen)), answered.eq(go & now.read)]
        m.d.comb += [self.o.payload.eq(answer), self.o.valid.eq(answering)]
        with m.If(self.o.ready):
            m.d.sync += answering.eq(0)
        with m.If(answered):
            m.d.sync += [answer.eq(picked), answering.eq(1)]
