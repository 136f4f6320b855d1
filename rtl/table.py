"""The function table's arithmetic: clamp and split a sum, interpolate between two entries, keep the result.

    z        = sum >> shift                           floor to 18 fraction bits
    a        = z if z >= 0 else ~z, clamped to 21 bits: index (9), fraction (12), sign
    s        = half_up(T[index] (4096 - fraction) + T[index + 1] fraction, 12), with the sign

The two products are the lanes'; both entries are read at once through the weight memory's two ports. Normative text:
docs/numerics.md; golden twin: golden.tables.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, signed
from amaranth.lib import data
from amaranth.lib.memory import Memory

from rtl.arithmetic import ControlWord, pair, register, shift_right
from rtl.hls.control import ZTake
from rtl.hls.geometry import MAX_FOLD, Geometry

__all__ = ["Table"]

INDEX_BITS, FRACTION_BITS = 9, 12
REACH_BITS = INDEX_BITS + FRACTION_BITS


class Table(Elaboratable):
    """See the module's text.

    Inputs
    ------
    acc : a lane: accumulator with a table input
    product : a lane: the two products of an interpolation

    Outputs
    -------
    z_low, z_high, index, fraction, interpolated, s_word : registers
    interpolation : a lane: weight of the lower and of the upper entry
    s : a context: table output of the neuron that its state address names
    """

    def __init__(self, geometry: Geometry, control: data.View[ControlWord]) -> None:
        g = geometry
        self.geometry, self.control = geometry, control
        self.acc = [Signal(signed(g.accumulator_bits)) for _ in range(2)]
        self.product = [Signal(signed(40)) for _ in range(2)]
        self.z_low = register("z_low", g.low_bits)
        self.z_high = register("z_high", signed(g.accumulator_bits - g.low_bits))
        self.index, self.fraction = register("index", INDEX_BITS), register("fraction", FRACTION_BITS)
        self.interpolated = register("interpolated", signed(31))
        self.s_word = register("s_word", signed(18))
        self.interpolation = [Signal(signed(18)) for _ in range(2)]
        self.s = [Signal(signed(18)) for _ in range(2)]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c = self.control
        sign = pair("sign", 1)
        self._split(m, sign)
        m.d.comb += [
            self.interpolation[0].eq((1 << FRACTION_BITS) - self.fraction),
            self.interpolation[1].eq(Cat(self.fraction, Const(0, 1)).as_signed()),
        ]
        m.d.sync += self.interpolated.eq(self.product[0][:31].as_signed() + self.product[1][:31].as_signed())
        # half_up, then the sign: again the rounding bit rides on the carry.
        negative = Mux(c.s_lane, sign[1], sign[0])
        floor, rounding = self.interpolated[FRACTION_BITS:30].as_signed(), self.interpolated[FRACTION_BITS - 1]
        m.d.sync += self.s_word.eq((floor ^ negative.replicate(18).as_signed()) + (rounding ^ negative))
        for context, address in enumerate((c.s_addr0, c.s_addr1)):
            memory = Memory(shape=signed(18), depth=MAX_FOLD, init=[], attrs={"ram_style": "distributed"})
            m.submodules[f"s{context}"] = memory
            read, write = memory.read_port(domain="comb"), memory.write_port()
            m.d.comb += [
                read.addr.eq(address),
                self.s[context].eq(read.data),
                write.addr.eq(c.s_waddr),
                write.en.eq(c.s_we[context]),
                write.data.eq(self.s_word),
            ]
        return m

    def _split(self, m: Module, sign: tuple[Signal, Signal]) -> None:
        c, g = self.control, self.geometry
        take_high = register("take_high", 2)
        m.d.sync += take_high.eq(c.z_take)
        for lane, take in enumerate((ZTake.ACC0, ZTake.ACC1)):
            with m.If(c.z_take == take):
                m.d.sync += self.z_low.eq(self.acc[lane][: g.low_bits])
            with m.If(take_high == take):
                m.d.sync += self.z_high.eq(self.acc[lane][g.low_bits :].as_signed())
        z = shift_right(Cat(self.z_low, self.z_high).as_signed(), g.z_shift)
        magnitude = Signal(max(len(z) - 1, REACH_BITS + 1))
        m.d.comb += magnitude.eq(z ^ z[-1].replicate(len(z)).as_signed())
        beyond = magnitude[REACH_BITS:].any()
        with m.If(c.z_en):
            m.d.sync += Cat(self.fraction, self.index).eq(magnitude[:REACH_BITS] | beyond.replicate(REACH_BITS))
            for lane in range(2):
                with m.If(c.z_lane == lane):
                    m.d.sync += sign[lane].eq(z[-1])
