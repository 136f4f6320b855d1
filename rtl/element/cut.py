"""A sum becomes an operand: saturate(floor(z / 2**shift)) to w bits, with one of the array's right shifts.

Latency, from z and the choice of the shift: 3 (shift, compare, saturate); throughput: a sum a cycle. Golden twin:
golden.program.ops.Cut.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from rtl.element.arithmetic import register
from rtl.hls.plan.geometry import Geometry

__all__ = ["Cut"]


class Cut(Elaboratable):
    """See the module's text.

    Inputs
    ------
    z : the sum

    Outputs
    -------
    cut_word : register, the operand
    lost : register, it was saturated
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout], z: Value) -> None:
        self.geometry, self.control, self.z = geometry, control, z
        self.cut_word = register("cut_word", signed(18))
        self.lost = register("cut_lost", 1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        bits = g.operand_bits
        wide = register("wide", signed(max(bits + 1, len(self.z) - g.cut_shifts[0])))
        with m.Switch(c.cut):
            for index, shift in enumerate(g.cut_shifts):
                with m.Case(index) if index + 1 < len(g.cut_shifts) else m.Default():
                    m.d.sync += wide.eq(self.z >> shift)
        part, sign = register("part", signed(bits)), register("sign", 1)
        # Above the range, or below it, by halves of the upper bits: two small comparisons instead of one wide one.
        upper = wide[bits - 1 :]
        half = max(1, len(upper) // 2)
        ones, zeros = register("ones", 2), register("zeros", 2)
        m.d.sync += [
            part.eq(wide[:bits]),
            sign.eq(wide[-1]),
            ones.eq(Cat(upper[:half].all(), upper[half:].all())),
            zeros.eq(Cat(~upper[:half].any(), ~upper[half:].any())),
        ]
        lost = Signal()
        m.d.comb += lost.eq(~(ones.all() | zeros.all()))
        m.d.sync += [
            self.cut_word.eq(Mux(lost, Cat((~sign).replicate(bits - 1), sign).as_signed(), part)),
            self.lost.eq(lost),
        ]
        return m
