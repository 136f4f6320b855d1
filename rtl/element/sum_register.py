"""The sum register, from which a table or a cut takes its sum: low half now, high half one cycle later.

    z_low  = acc[m] mod 2**low_bits            in the cycle of z_take = ACC0 or ACC1
    z_high = floor(acc[m] / 2**low_bits)       one cycle later, when the accumulator's high half has been added, too

Both hold until the next one is taken. Latency of the whole sum: 2.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Elaboratable, Module, Signal, signed
from amaranth.lib import data

from rtl.element.arithmetic import register
from rtl.hls.plan.control import ZTake
from rtl.hls.plan.geometry import Geometry

__all__ = ["SumRegister"]


class SumRegister(Elaboratable):
    """See the module's text.

    Inputs
    ------
    acc : a lane: accumulator with the sum

    Outputs
    -------
    z_low, z_high : registers
    z : both, as one number
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout]) -> None:
        g = geometry
        self.geometry, self.control = geometry, control
        self.acc = [Signal(signed(g.accumulator_bits)) for _ in range(2)]
        self.z_low = register("z_low", g.low_bits)
        self.z_high = register("z_high", signed(g.accumulator_bits - g.low_bits))
        self.z = Cat(self.z_low, self.z_high).as_signed()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        take_high = register("take_high", 2)
        m.d.sync += take_high.eq(c.z_take)
        for lane, take in enumerate((ZTake.ACC0, ZTake.ACC1)):
            with m.If(c.z_take == take):
                m.d.sync += self.z_low.eq(self.acc[lane][: g.low_bits])
            with m.If(take_high == take):
                m.d.sync += self.z_high.eq(self.acc[lane][g.low_bits :].as_signed())
        return m
