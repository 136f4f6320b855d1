"""The sequencer: takes commands, waits for their streams, and gives the ring one control word a cycle.

A command repeats a segment of the control store. Before each iteration the sequencer waits until the streams hold all
that the iteration needs, and counts the cycles in `stalls`; inside an iteration nothing waits. Cycles of a command
without stalls: 2 + iterations * (1 + words), as `rtl.hls.schedule.schedule.Segment.cycles` says.

The words then pass a pipeline: store (2 cycles), bank, address and shift arithmetic, words read from the buffers,
choice of the broadcast word. Latency from the program counter to `control`: 7 cycles.

Members
-------
i_command : In, stream of `command_layout`
i_input : In, stream of input words
i_word : In, stream of words for the elements (loads)
taken : In, a word has left the outgoing queue: its place may be promised again
store_* : In, write port of the control store, `part` selects 32 bits
control, imm : Out, to the ring
issued : Out, the control word comes from the store (for the monitor; waits send all-zero words)
busy : Out
cycles, stalls : Out, counters; `clear` resets them
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.element.arithmetic import control_word
from rtl.hls.plan.control import ADDRESSES, MAX_SHIFT, ImmSource
from rtl.hls.plan.geometry import MAX_INPUTS, WEIGHT_WORDS, Geometry
from rtl.hls.plan.stored_word import store_parts, word_widths
from rtl.primitives.memory import WeightMemory
from rtl.streams.buffer import Buffer
from rtl.streams.queue import Queue

__all__ = ["Sequencer", "chain_depth", "command_layout", "store_memories"]


def command_layout(geometry: Geometry) -> data.StructLayout:
    """One command: where its segment lies, how often, first base address, added shift, and what each iteration
    needs."""
    return data.StructLayout(
        {
            "start": 12,
            "length": 12,
            "iterations": 16,
            "base": geometry.weight_address_bits,
            "shift": signed(7),
            "inputs": 1,
            "loads": 1,
            "sends": 1,
        }
    )


def word_bits(geometry: Geometry) -> int:
    """Bits of a stored control word."""
    return sum(word_widths(geometry).values())


def slices(geometry: Geometry) -> int:
    """Block memories side by side that hold one, 18 bits each."""
    return -(-word_bits(geometry) // 18)


def store_memories(geometry: Geometry) -> int:
    """Block memories of the control store: slices of 18 bits, banks of 1024 words."""
    return slices(geometry) * (geometry.control_words // WEIGHT_WORDS)


def chain_depth(geometry: Geometry) -> int:
    """Depth of the word queues: two iterations of a transfer."""
    return max(16, 1 << (2 * geometry.elements - 1).bit_length())


@dataclass(frozen=True)
class _Counter:
    """Where the sequencer is.

    Members
    -------
    pc, base : address of a word in the store, base address of the iteration
    issue, last : a word is issued, and it is the iteration's last
    count : the sequencer is at work on a command
    """

    pc: Signal
    base: Signal
    last: Signal
    issue: Signal
    count: Signal


@dataclass(frozen=True)
class _Resolved:
    """A control word with its addresses and its shift (not limited yet), and whether it is valid."""

    word: data.View[data.StructLayout]
    shift: Signal
    valid: Signal


class Sequencer(wiring.Component):
    """See the module's text."""

    def __init__(self, geometry: Geometry, technology: str = "behavioural") -> None:
        self.geometry = geometry
        self.technology = technology
        word = signed(geometry.chain_bits)
        super().__init__(
            {
                "i_command": In(stream.Signature(command_layout(geometry))),
                "i_input": In(stream.Signature(signed(18))),
                "i_word": In(stream.Signature(word)),
                "taken": In(1),
                "store_addr": In(range(geometry.control_words)),
                "store_part": In(range(store_parts(geometry))),
                "store_data": In(32),
                "store_we": In(1),
                "control": Out(control_word(geometry)),
                "imm": Out(word),
                "issued": Out(1),
                "busy": Out(1),
                "clear": In(1),
                "cycles": Out(32),
                "stalls": Out(32),
            }
        )

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        m.submodules.commands = commands = Queue(command_layout(g), 16)
        m.submodules.words = words = Buffer(signed(g.chain_bits), chain_depth(g), 1)
        m.submodules.inputs = inputs = Buffer(signed(18), 2 * MAX_INPUTS, g.inputs)
        wiring.connect(m, wiring.flipped(self.i_command), commands.i)
        wiring.connect(m, wiring.flipped(self.i_word), words.i)
        wiring.connect(m, wiring.flipped(self.i_input), inputs.i)

        command = Signal(command_layout(g), name="command")
        start_iteration = Signal()
        ready = self._credits(m, command, start_iteration, words, inputs)
        counter = self._program_counter(m, command, start_iteration, ready, commands)
        stages = self._travelling(m, command, counter)
        stored = self._store(m, counter.pc, stages[2])
        resolved = self._addresses(m, stored, stages[3], words, inputs)
        under_way = counter.count | commands.o.valid | Cat(*(stage.valid for stage in stages)).any()
        self._output(m, resolved, under_way, words, inputs)
        return m

    def _credits(
        self, m: Module, command: data.View[data.StructLayout], start_iteration: Signal, words: Buffer, inputs: Buffer
    ) -> Signal:
        """Credits: what has arrived and is not promised to an iteration yet; returns whether there is enough for one.

        What comes and goes is counted one cycle late, and the answer is one cycle old: an iteration lasts at least two,
        so no credit is spent twice.
        """
        g, depth = self.geometry, words.depth
        word_credit = Signal(range(depth + 1))
        space_credit = Signal(range(depth + 1), init=depth)
        input_credit = Signal(range(2 * MAX_INPUTS + 1))
        for credit, gained, used, amount in (
            (word_credit, words.stored, command.loads, g.elements),
            (space_credit, self.taken, command.sends, g.elements),
            (input_credit, inputs.stored, command.inputs, g.inputs),
        ):
            spend = Signal()
            m.d.sync += spend.eq(start_iteration & used)
            m.d.sync += credit.eq(credit + Mux(spend, Mux(gained, 1 - amount, -amount), gained))
        ready = Signal()
        m.d.sync += ready.eq(
            (~command.loads | (word_credit >= g.elements))
            & (~command.sends | (space_credit >= g.elements))
            & (~command.inputs | (input_credit >= g.inputs))
        )
        return ready

    def _program_counter(
        self,
        m: Module,
        command: data.View[data.StructLayout],
        start_iteration: Signal,
        ready: Signal,
        commands: Queue,
    ) -> _Counter:
        """Fetches commands and runs through their words, iteration after iteration; counts the cycles."""
        pc = Signal(range(self.geometry.control_words))
        left = Signal(12)
        repeat = Signal(16)
        base = Signal(self.geometry.weight_address_bits)
        last = Signal()
        issue = Signal()
        count = Signal()
        counted, stalled = Signal(), Signal()
        m.d.sync += [counted.eq(count), self.cycles.eq(self.cycles + counted), self.stalls.eq(self.stalls + stalled)]
        m.d.sync += stalled.eq(0)
        with m.FSM():
            with m.State("FETCH"):
                m.d.comb += [commands.o.ready.eq(1), count.eq(commands.o.valid)]
                m.d.sync += [
                    command.eq(commands.o.payload),
                    repeat.eq(commands.o.payload.iterations),
                    base.eq(commands.o.payload.base),
                ]
                with m.If(commands.o.valid):
                    m.next = "LOOK"
            with m.State("LOOK"):
                # In the first cycle of a command `ready` still speaks of the one before.
                m.d.comb += count.eq(1)
                m.next = "WAIT"
            with m.State("WAIT"):
                m.d.comb += count.eq(1)
                m.d.sync += [pc.eq(command.start), left.eq(command.length), last.eq(command.length == 1)]
                with m.If(ready):
                    m.d.comb += start_iteration.eq(1)
                    m.d.sync += repeat.eq(repeat - 1)
                    m.next = "ISSUE"
                with m.Else():
                    m.d.sync += stalled.eq(1)
            with m.State("ISSUE"):
                m.d.comb += [count.eq(1), issue.eq(1)]
                m.d.sync += [pc.eq(pc + 1), left.eq(left - 1), last.eq(left == 2)]
                with m.If(last):
                    m.d.sync += base.eq(base + 1)
                    m.next = "WAIT"
                    with m.If(repeat == 0):
                        m.next = "FETCH"
        with m.If(self.clear):
            m.d.sync += [self.cycles.eq(0), self.stalls.eq(0)]
        return _Counter(pc, base, last, issue, count)

    def _travelling(
        self, m: Module, command: data.View[data.StructLayout], counter: _Counter
    ) -> list[data.View[data.StructLayout]]:
        """What travels with the program counter while the store is read, stage by stage."""
        layout = data.StructLayout(
            {"valid": 1, "base": len(counter.base), "shift": signed(7), "consumed": 1, "bank": len(counter.pc) - 10}
        )
        stages = [Signal(layout, name=f"stage{i}") for i in range(4)]
        m.d.comb += [
            stages[0].valid.eq(counter.issue),
            stages[0].base.eq(counter.base),
            stages[0].shift.eq(command.shift),
            stages[0].consumed.eq(counter.last & command.inputs),
            stages[0].bank.eq(counter.pc[10:]),
        ]
        for before, after in pairwise(stages):
            m.d.sync += after.eq(before)
        return stages

    def _store(self, m: Module, pc: Value, asked: data.View[data.StructLayout]) -> Value:
        """The control store: slices of 18 bits, banks of 1024 words; its word, or zero, two cycles after `pc`.

        A write takes two cycles more than a request: the next one comes no sooner.
        """
        parts = [Signal(32, name=f"part{part}", reset_less=True) for part in range(store_parts(self.geometry))]
        arrived = Signal(len(parts))
        where = Signal(range(self.geometry.control_words), reset_less=True)
        m.d.sync += [
            arrived.eq(Mux(self.store_we, 1 << self.store_part, 0)),
            where.eq(self.store_addr),
        ]
        for part, here in zip(parts, arrived, strict=True):
            with m.If(here):
                m.d.sync += part.eq(self.store_data)
        content = Cat(*parts)
        chosen = Const(0, slices(self.geometry) * 18)
        for index in range(self.geometry.control_words // WEIGHT_WORDS):
            commit = Signal(name=f"commit{index}")
            m.d.sync += commit.eq(arrived[-1] & (where[10:] == index))
            parts = []
            for slice_ in range(slices(self.geometry)):
                m.submodules[f"store{index}_{slice_}"] = memory = WeightMemory(technology=self.technology)
                m.d.comb += [
                    memory.a_addr.eq(pc[:10]),
                    memory.b_addr.eq(where[:10]),
                    memory.b_we.eq(commit),
                    memory.b_wdata.eq(content[18 * slice_ : 18 * (slice_ + 1)]),
                ]
                parts.append(memory.a_data)
            chosen |= Mux(asked.valid & (asked.bank == index), Cat(*parts), 0)
        return chosen

    def _addresses(
        self, m: Module, chosen: Value, here: data.View[data.StructLayout], words: Buffer, inputs: Buffer
    ) -> _Resolved:
        """Address and shift arithmetic; the buffers are asked for their words. A word that is not valid is all zeros.

        `chosen` is the store's word, and `here` is what has travelled with it once it is registered.
        """
        layout, bits = data.StructLayout(word_widths(self.geometry)), word_bits(self.geometry)
        stored = Signal(slices(self.geometry) * 18)
        m.d.sync += stored.eq(chosen)
        word = data.View(layout, stored[:bits])
        resolved = Signal(layout)
        shift = Signal(signed(8))
        valid = Signal()
        m.d.sync += [
            valid.eq(here.valid),
            resolved.eq(stored[:bits]),
            shift.eq(word.shift.as_signed() + here.shift),
        ]
        for name in ADDRESSES:
            field = word[name]
            m.d.sync += resolved[name].eq(field | Mux(word.relative, here.base[: len(field)], 0))
        m.d.comb += [
            inputs.offset.eq(word.u_index),
            inputs.drop.eq(here.valid & here.consumed),
            words.drop.eq(word.imm_src == ImmSource.WORD),
        ]
        return _Resolved(resolved, shift, valid)

    def _output(self, m: Module, resolved: _Resolved, under_way: Value, words: Buffer, inputs: Buffer) -> None:
        """The control word waits two cycles for the buffers' words, then the broadcast word is chosen."""
        assert Buffer.latency == 3
        word = resolved.word
        halfway, final = Signal(control_word(self.geometry)), Signal(control_word(self.geometry))
        below, above, none, limited = Signal(), Signal(), Signal(), Signal()
        here_valid, issued = Signal(), Signal()
        before, source = Signal(ImmSource), Signal(ImmSource)
        m.d.sync += [halfway[name].eq(word[name]) for name in control_word(self.geometry).members if name != "shift"]
        m.d.sync += [
            halfway.shift.eq(resolved.shift[: len(final.shift)]),
            below.eq(resolved.shift < 0),
            above.eq(resolved.shift > MAX_SHIFT),
            here_valid.eq(resolved.valid),
            before.eq(word.imm_src),
            final.eq(halfway),
            none.eq(below | ~here_valid),
            limited.eq(above),
            issued.eq(here_valid),
            source.eq(before),
        ]
        m.d.sync += [self.control.eq(final), self.issued.eq(issued)]
        with m.Switch(source):
            with m.Case(ImmSource.ZERO):
                m.d.sync += self.imm.eq(0)
            with m.Case(ImmSource.ONE):
                m.d.sync += self.imm.eq(self.geometry.one)
            with m.Case(ImmSource.INPUT):
                m.d.sync += self.imm.eq(inputs.word)
            with m.Case(ImmSource.WORD):
                m.d.sync += self.imm.eq(words.word)
        m.d.sync += self.control.shift.eq(Mux(none, 0, Mux(limited, MAX_SHIFT, final.shift)))
        m.d.sync += self.busy.eq(under_way | resolved.valid | here_valid | issued | self.issued)
