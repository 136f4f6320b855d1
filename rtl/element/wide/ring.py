"""A ring of wide elements, without the tree that would bring a long one its words: what a study simulates.

Members
-------
control, bank_control, imm : In, to all elements
word : Out, the host chain's end
push : Out, `word` is for the host in this cycle
"""

from __future__ import annotations

from amaranth.hdl import ClockSignal, Const, Elaboratable, Instance, Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.element.arithmetic import register
from rtl.element.wide.control import bank_layout, shared_layout
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width

__all__ = ["ELEMENT", "WideRing"]

ELEMENT = "hel_wide_element"
"""Module that is instantiated: `rtl.element.wide.element.WideElement`."""


class WideRing(wiring.Component):
    """See the module's text."""

    def __init__(self, geometry: Geometry, width: Width) -> None:
        self.geometry, self.width = geometry, width
        super().__init__(
            {
                "control": In(shared_layout(geometry, width)),
                "bank_control": In(bank_layout(geometry, width)),
                "imm": In(signed(geometry.chain_bits)),
                "word": Out(signed(geometry.chain_bits)),
                "push": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        count = 2 if self.width.chain else 2 * self.width.banks
        shapes = {"x": (2, signed(18)), "acc": (count, signed(g.accumulator_bits))}
        wires = {
            f"{kind}{index}": [Signal(shape, name=f"{kind}{index}_{k}") for k in range(g.elements)]
            for kind, (number, shape) in shapes.items()
            for index in range(number)
        }
        io = [Signal(signed(g.chain_bits), name=f"io_{k}") for k in range(g.elements)]
        head, push = register("imm_leaf", signed(g.chain_bits)), register("push_leaf", 1)
        m.d.sync += [head.eq(self.imm), push.eq(self.control.push)]
        for k in range(g.elements):
            ports = {"i_control": self.control, "i_bank_control": self.bank_control, "i_imm": self.imm}
            ports |= {"i_clk": ClockSignal(), "i_rst": Const(0), "i_io_i": io[k - 1] if k else head, "o_io_o": io[k]}
            for name, along in wires.items():
                ports |= {f"i_{name}_i": along[k - 1], f"o_{name}_o": along[k]}
                if g.two_way and name in ("x0", "x1"):
                    ports[f"i_{name}_n"] = along[(k + 1) % g.elements]
            m.submodules[f"element{k}"] = Instance(ELEMENT, **ports)
        m.d.comb += [self.word.eq(io[-1]), self.push.eq(push)]
        return m
