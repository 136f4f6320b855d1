"""The ring: P elements, each talking to its neighbour, and the tree that brings them one control word a cycle.

Lanes, partial sums and the host chain go from element k to k + 1; lanes and partial sums close the ring. Control and
the broadcast word fan out through a tree of registers, so every element has its word in the same cycle, `latency`
cycles after the sequencer gave it. Where a program's neighbours lie on both sides, lanes also go from k + 1 to k.

Elements carry no index: `hel_element` and `hel_branch` are converted to Verilog once and instantiated, so that
simulator and synthesiser see one module. An element of several banks (`rtl.element.wide`) has the same ports, for two
sums go through its chain of accumulators as through today's two lanes.

Members
-------
control, imm : In, from the sequencer
word : Out, the host chain's end
push : Out, `word` is for the host in this cycle
debug_bus_enable, debug_bus : In and Out, the elements' registers, element 0 lowest (only with ``debug_bus=True``)
"""

from __future__ import annotations

from amaranth.hdl import Cat, ClockSignal, Const, Elaboratable, Instance, Module, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.element.arithmetic import control_word
from rtl.hls.plan.debug_bus import debug_bus_bits
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.wide_control import bank_widths
from rtl.hls.plan.width import Width

__all__ = ["BRANCHING", "Branch", "Ring", "tree_levels"]

BRANCHING = 4
"""Elements or branches a register of the tree drives."""


class Branch(wiring.Component):
    """One node of the control tree: a register that synthesis must not merge with its twins (its hierarchy is kept)."""

    def __init__(self, geometry: Geometry) -> None:
        bits = signed(geometry.chain_bits)
        self.layout = layout = control_word(geometry)
        super().__init__({"control": In(layout), "imm": In(bits), "control_o": Out(layout), "imm_o": Out(bits)})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        word = Signal(self.layout, reset_less=True)
        imm = Signal.like(self.imm, reset_less=True)
        m.d.sync += [word.eq(self.control), imm.eq(self.imm)]
        m.d.comb += [self.control_o.eq(word), self.imm_o.eq(imm)]
        return m


def tree_levels(elements: int) -> list[int]:
    """Branches of each level of the tree, root first.

    >>> tree_levels(4), tree_levels(5), tree_levels(20)
    ([], [2], [2, 5])
    """
    levels: list[int] = []
    leaves = elements
    while leaves > BRANCHING:
        leaves = -(-leaves // BRANCHING)
        levels.insert(0, leaves)
    return levels


class Ring(wiring.Component):
    """See the module's text."""

    def __init__(self, geometry: Geometry, debug_bus: bool = False) -> None:
        self.geometry = geometry
        self._has_debug_bus = debug_bus
        members = {
            "control": In(control_word(geometry)),
            "imm": In(signed(geometry.chain_bits)),
            "word": Out(signed(geometry.chain_bits)),
            "push": Out(1),
        }
        if debug_bus:
            members |= {"debug_bus_enable": In(1), "debug_bus": Out(debug_bus_bits(geometry) * geometry.elements)}
        super().__init__(members)

    @property
    def latency(self) -> int:
        """Cycles from `control` to the elements' registered word."""
        return len(tree_levels(self.geometry.elements)) + 1

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        sources = [(self.control, self.imm)]
        for level, count in enumerate(tree_levels(self.geometry.elements)):
            targets = []
            for index in range(count):
                control, imm = sources[index * len(sources) // count]
                control_o, imm_o = Signal(control_word(g)), Signal(signed(g.chain_bits))
                m.submodules[f"branch{level}_{index}"] = Instance(
                    "hel_branch",
                    i_clk=ClockSignal(),
                    i_rst=Const(0),
                    i_control=control,
                    i_imm=imm,
                    o_control_o=control_o,
                    o_imm_o=imm_o,
                )
                targets.append((control_o, imm_o))
            sources = targets
        lane, acc = signed(18), signed(g.accumulator_bits)
        x = [[Signal(lane, name=f"x{i}_{k}") for i in range(2)] for k in range(g.elements)]
        a = [[Signal(acc, name=f"acc{i}_{k}") for i in range(2)] for k in range(g.elements)]
        io = [Signal(signed(g.chain_bits), name=f"io_{k}") for k in range(g.elements)]
        # The chain's head takes the broadcast word of its own cycle.
        imm_leaf = Signal(signed(g.chain_bits), reset_less=True)
        push_leaf = Signal(reset_less=True)
        m.d.sync += [imm_leaf.eq(sources[0][1]), push_leaf.eq(sources[-1][0].push)]
        buses = []
        for k in range(g.elements):
            control, imm = sources[k * len(sources) // g.elements]
            ports = {
                "i_clk": ClockSignal(),
                "i_rst": Const(0),
                **self._word(control),
                "i_imm": imm,
                "i_io_i": io[k - 1] if k else imm_leaf,
                "o_io_o": io[k],
            }
            for i in range(2):
                ports |= {f"i_x{i}_i": x[k - 1][i], f"o_x{i}_o": x[k][i]}
                ports |= {f"i_acc{i}_i": a[k - 1][i], f"o_acc{i}_o": a[k][i]}
                if g.two_way:
                    ports[f"i_x{i}_n"] = x[(k + 1) % g.elements][i]
            if self._has_debug_bus:
                buses.append(Signal(debug_bus_bits(g), name=f"debug_bus_{k}"))
                ports |= {"i_debug_bus_enable": self.debug_bus_enable, "o_debug_bus": buses[-1]}
            m.submodules[f"element{k}"] = Instance("hel_element", **ports)
        m.d.comb += [self.word.eq(io[-1]), self.push.eq(push_leaf)]
        if self._has_debug_bus:
            m.d.comb += self.debug_bus.eq(Cat(*buses))
        return m

    def _word(self, control: Signal) -> dict[str, Value]:
        """An element's ports of the control word: one, or the banks' fields, which come first, and the others."""
        if self.geometry.banks == 1:
            return {"i_control": control}
        banks = sum(bank_widths(self.geometry, Width.of(self.geometry)).values())
        word = Value.cast(control)
        return {"i_bank_control": word[:banks], "i_control": word[banks:]}
