"""The sequencer: takes commands, waits for their streams, and gives the ring one control word a cycle.

A command repeats a segment of the control store. Before each iteration the sequencer waits until the streams hold all
that the iteration needs, and counts the cycles in `stalls`; inside an iteration nothing waits. Cycles of a command
without stalls: 2 + iterations * (1 + words), as `rtl.hls.schedule.Segment.cycles` says.

The words then pass a pipeline: store (2 cycles), bank, address and shift arithmetic, choice of the broadcast word.
Latency from the program counter to `control`: 5 cycles.

Members
-------
i_command : In, stream of Command
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

from itertools import pairwise

from amaranth.hdl import Cat, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from rtl.arithmetic import ControlWord
from rtl.hls.command import ADDRESSES, MAX_SHIFT
from rtl.hls.control import ELEMENT_FIELDS, FIELDS, WORD_BITS, ImmSource
from rtl.hls.geometry import MAX_INPUTS, WEIGHT_WORDS, Geometry
from rtl.hls.registers import STORE_PARTS
from rtl.primitives.memory import WeightMemory
from rtl.queue import Queue

__all__ = ["CommandLayout", "Sequencer", "chain_depth", "store_memories"]

CommandLayout = data.StructLayout(
    {
        "start": 12,
        "length": 12,
        "iterations": 16,
        "base": 10,
        "shift": signed(7),
        "inputs": 1,
        "loads": 1,
        "sends": 1,
    }
)
"""One command: where its segment lies, how often, first base address, added shift, and what each iteration needs."""

StoredWord = data.StructLayout(FIELDS)
_SLICES = -(-WORD_BITS // 18)


def store_memories(geometry: Geometry) -> int:
    """Block memories of the control store: slices of 18 bits, banks of 1024 words."""
    return _SLICES * (geometry.control_words // WEIGHT_WORDS)


def chain_depth(geometry: Geometry) -> int:
    """Depth of the word queues: two iterations of a transfer."""
    return max(16, 1 << (2 * geometry.elements - 1).bit_length())


class Sequencer(wiring.Component):
    """See the module's text."""

    def __init__(self, geometry: Geometry, technology: str = "behavioural") -> None:
        self.geometry = geometry
        self.technology = technology
        word = signed(geometry.chain_bits)
        super().__init__(
            {
                "i_command": In(stream.Signature(CommandLayout)),
                "i_input": In(stream.Signature(signed(18))),
                "i_word": In(stream.Signature(word)),
                "taken": In(1),
                "store_addr": In(range(geometry.control_words)),
                "store_part": In(range(STORE_PARTS)),
                "store_data": In(32),
                "store_we": In(1),
                "control": Out(ControlWord),
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
        depth = chain_depth(g)

        m.submodules.commands = commands = Queue(CommandLayout, 16)
        m.submodules.words = words = Queue(signed(g.chain_bits), depth)
        wiring.connect(m, wiring.flipped(self.i_command), commands.i)

        # Credits: what has arrived and is not promised to an iteration yet.
        word_credit = Signal(range(depth + 1))
        space_credit = Signal(range(depth + 1), init=depth)
        input_credit = Signal(range(2 * MAX_INPUTS + 1))
        start_iteration = Signal()
        c = Signal(CommandLayout, name="command")
        word_in = self.i_word.valid & words.i.ready
        input_in = self.i_input.valid & self.i_input.ready
        m.d.comb += [
            words.i.payload.eq(self.i_word.payload),
            words.i.valid.eq(self.i_word.valid),
            self.i_word.ready.eq(words.i.ready),
        ]
        # What comes and goes is counted one cycle late, and `ready` is one cycle old: an iteration lasts at least two,
        # so no credit is spent twice.
        for credit, gained, need, amount in (
            (word_credit, word_in, c.loads, g.elements),
            (space_credit, self.taken, c.sends, g.elements),
            (input_credit, input_in, c.inputs, g.inputs),
        ):
            gain, spend = Signal(), Signal()
            m.d.sync += [gain.eq(gained), spend.eq(start_iteration & need)]
            m.d.sync += credit.eq(credit + Mux(spend, Mux(gain, 1 - amount, -amount), gain))
        ready = Signal()
        m.d.sync += ready.eq(
            (~c.loads | (word_credit >= g.elements))
            & (~c.sends | (space_credit >= g.elements))
            & (~c.inputs | (input_credit >= g.inputs))
        )

        # Program counter.
        pc = Signal(range(g.control_words))
        left = Signal(12)
        repeat = Signal(16)
        base = Signal(10)
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
                    c.eq(commands.o.payload),
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
                m.d.sync += [pc.eq(c.start), left.eq(c.length), last.eq(c.length == 1)]
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

        # What travels with the program counter while the store is read.
        travelling = data.StructLayout(
            {"valid": 1, "base": 10, "shift": signed(7), "consumed": 1, "bank": len(pc) - 10}
        )
        stages = [Signal(travelling, name=f"stage{i}") for i in range(4)]
        m.d.comb += [
            stages[0].valid.eq(issue),
            stages[0].base.eq(base),
            stages[0].shift.eq(c.shift),
            stages[0].consumed.eq(last & c.inputs),
            stages[0].bank.eq(pc[10:]),
        ]
        for before, after in pairwise(stages):
            m.d.sync += after.eq(before)
        stored = Signal(_SLICES * 18)
        m.d.sync += stored.eq(self._store(m, pc, stages[2].bank))
        word = data.View(StoredWord, stored[:WORD_BITS])
        here = stages[3]

        # Inputs of this iteration and the next.
        m.submodules.inputs = inputs = Memory(
            shape=signed(18), depth=2 * MAX_INPUTS, init=[], attrs={"ram_style": "distributed"}
        )
        write, read = inputs.write_port(), inputs.read_port(domain="comb")
        tail, head = Signal(range(2 * MAX_INPUTS)), Signal(range(2 * MAX_INPUTS))
        occupied = Signal(range(2 * MAX_INPUTS + 1))
        freed = Signal()
        m.d.comb += [
            self.i_input.ready.eq(occupied != 2 * MAX_INPUTS),
            write.addr.eq(tail),
            write.data.eq(self.i_input.payload),
            write.en.eq(input_in),
            freed.eq(here.valid & here.consumed),
        ]
        m.d.sync += [
            tail.eq(tail + input_in),
            occupied.eq(occupied + input_in - Mux(freed, g.inputs, 0)),
        ]
        with m.If(freed):
            m.d.sync += head.eq(head + g.inputs)

        # Address, shift and input arithmetic.
        resolved = Signal(StoredWord)
        shift = Signal(signed(8))
        valid = Signal()
        input_addr = Signal(range(2 * MAX_INPUTS))
        m.d.sync += [
            valid.eq(here.valid),
            resolved.eq(stored[:WORD_BITS]),
            shift.eq(word.shift.as_signed() + here.shift),
            input_addr.eq(head + word.u_index),
        ]
        for name in ADDRESSES:
            field = word[name]
            m.d.sync += resolved[name].eq(field | Mux(word.relative, here.base[: len(field)], 0))

        # Broadcast word and output.
        take_word = Signal()
        m.d.comb += [
            read.addr.eq(input_addr),
            take_word.eq(valid & (resolved.imm_src == ImmSource.WORD)),
            words.o.ready.eq(take_word),
        ]
        with m.Switch(resolved.imm_src):
            with m.Case(ImmSource.ZERO):
                m.d.sync += self.imm.eq(0)
            with m.Case(ImmSource.ONE):
                m.d.sync += self.imm.eq(g.one)
            with m.Case(ImmSource.INPUT):
                m.d.sync += self.imm.eq(read.data)
            with m.Case(ImmSource.WORD):
                m.d.sync += self.imm.eq(words.o.payload)
        m.d.sync += self.issued.eq(valid)
        for name in ELEMENT_FIELDS:
            m.d.sync += self.control[name].eq(Mux(valid, resolved[name], 0))
        clipped = Mux(shift < 0, 0, Mux(shift > MAX_SHIFT, MAX_SHIFT, shift))
        m.d.sync += self.control.shift.eq(Mux(valid, clipped, 0))
        m.d.sync += self.busy.eq(
            count | commands.o.valid | Cat(*(stage.valid for stage in stages)).any() | valid | self.issued
        )
        return m

    def _store(self, m: Module, pc: Value, bank: Value) -> Value:
        """The control store: slices of 18 bits, banks of 1024 words; its word two cycles after `pc`."""
        partial = Signal(32 * (STORE_PARTS - 1))
        commit = Signal()
        where = Signal(range(self.geometry.control_words))
        what = Signal(32 * STORE_PARTS)
        with m.If(self.store_we):
            with m.Switch(self.store_part):
                for part in range(STORE_PARTS - 1):
                    with m.Case(part):
                        m.d.sync += partial[32 * part : 32 * (part + 1)].eq(self.store_data)
        m.d.sync += [
            commit.eq(self.store_we & (self.store_part == STORE_PARTS - 1)),
            where.eq(self.store_addr),
            what.eq(Cat(partial, self.store_data)),
        ]
        banks = []
        for index in range(self.geometry.control_words // WEIGHT_WORDS):
            slices = []
            for slice_ in range(_SLICES):
                m.submodules[f"store{index}_{slice_}"] = memory = WeightMemory(technology=self.technology)
                m.d.comb += [
                    memory.a_addr.eq(pc[:10]),
                    memory.b_addr.eq(where[:10]),
                    memory.b_we.eq(commit & (where[10:] == index)),
                    memory.b_wdata.eq(what[18 * slice_ : 18 * (slice_ + 1)]),
                ]
                slices.append(memory.a_data)
            banks.append(Cat(*slices))
        chosen = Signal(_SLICES * 18)
        with m.Switch(bank):
            for index, content in enumerate(banks):
                with m.Case(index):
                    m.d.comb += chosen.eq(content)
        return chosen
