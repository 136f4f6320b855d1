"""Two multiply-accumulate lanes: operands, multipliers, accumulators, and the words that rotate.

Lane m multiplies a weight, or its stationary operand r_m, by its rotating word x_m, by r_m, or by the broadcast word.
The product enters accumulator m, on top of nothing, of itself, or of the neighbour's: a row sum that stays, or a
partial sum that travels. The accumulator's high half adds one cycle later than its low half, with the controls of the
low half; so a neighbour's sum, too, is taken in two halves. Sums wrap.

    product   = floor(weight / 2**(18 - w)) * x << alignment      exact; or r for the weight, r or imm for x
    acc       = (0, acc or the neighbour's acc) +- product        a negated product is its complement: -v - 1, and + 1

Latency, from the choice of the factors: product 5, low half of the accumulator 6, high half 7; scale and negate come 4
cycles after that choice, acc_src and acc_en 5. Loads of x and r: 1.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Elaboratable, Module, Mux, Signal, signed
from amaranth.lib import data

from rtl.element.arithmetic import add, pair, register
from rtl.hls.plan.control import AccSource, OpA0, OpA1, OpB, StationarySource
from rtl.hls.plan.geometry import Geometry
from rtl.primitives.multiplier import Multiplier

__all__ = ["Lanes"]


class Lanes(Elaboratable):
    """See the module's text.

    Inputs
    ------
    weight_a, weight_b : words read from the weight memory
    imm : broadcast word
    operand, s, interpolation : a lane: own position operand, word of the vector store, interpolation weight
    x_i, acc_i : a lane: words of the previous element
    x_n : a lane: words of the next element, where lanes go both ways

    Outputs
    -------
    x, r, product, acc : registers, a lane
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout], technology: str) -> None:
        self.geometry, self.control, self.technology = geometry, control, technology
        self.weight_a, self.weight_b = Signal(signed(18)), Signal(signed(18))
        self.imm = Signal(signed(18))
        self.operand, self.s, self.interpolation = ([Signal(signed(18)) for _ in range(2)] for _ in range(3))
        self.x_i, self.x_n = ([Signal(signed(18)) for _ in range(2)] for _ in range(2))
        self.acc_i = [Signal(signed(geometry.accumulator_bits)) for _ in range(2)]
        self.x = pair("x", signed(18))
        self.r = pair("r", signed(18))
        self.product = pair("product", signed(geometry.product_bits))
        self.acc = pair("acc", signed(geometry.accumulator_bits))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        self._load(m)
        self._multiply(m)
        self._accumulate(m)
        return m

    def _load(self, m: Module) -> None:
        c, g = self.control, self.geometry
        for lane in range(2):
            own = Mux(c.x_store, self.s[lane], self.operand[lane]) if g.lane_store else self.operand[lane]
            neighbour = Mux(c.x_back, self.x_n[lane], self.x_i[lane]) if g.two_way else self.x_i[lane]
            with m.If(c.x_en):
                m.d.sync += self.x[lane].eq(Mux(c.x_load, own, neighbour))
            with m.Switch(c.r_src):
                if g.vector_words:
                    with m.Case(StationarySource.S):
                        m.d.sync += self.r[lane].eq(self.s[lane])
                with m.Case(StationarySource.X):
                    m.d.sync += self.r[lane].eq(self.operand[lane])
                if g.tables:
                    with m.Case(StationarySource.FRACTION):
                        m.d.sync += self.r[lane].eq(self.interpolation[lane])

    def _multiply(self, m: Module) -> None:
        c = self.control
        cut = 18 - self.geometry.operand_bits
        a, b = pair("op_a", signed(18)), pair("op_b", signed(18))
        m.d.sync += a[0].eq(Mux(c.opa0 == OpA0.R, self.r[0], self.weight_a >> cut))
        with m.Switch(c.opa1):
            with m.Case(OpA1.WEIGHT_A):
                m.d.sync += a[1].eq(self.weight_a >> cut)
            with m.Case(OpA1.WEIGHT_B):
                m.d.sync += a[1].eq(self.weight_b >> cut)
            with m.Default():
                m.d.sync += a[1].eq(self.r[1])
        for lane in range(2):
            with m.Switch(c.opb):
                with m.Case(OpB.X):
                    m.d.sync += b[lane].eq(self.x[lane])
                with m.Case(OpB.R):
                    m.d.sync += b[lane].eq(self.r[lane])
                with m.Default():
                    m.d.sync += b[lane].eq(self.imm)
            m.submodules[f"multiplier{lane}"] = multiplier = Multiplier(technology=self.technology)
            m.d.comb += [multiplier.a.eq(a[lane]), multiplier.b.eq(b[lane])]
            # A negated product is its complement here and gets its last place in the accumulator's carry.
            bits = self.geometry.product_bits
            aligned = Signal(signed(bits), name=f"aligned{lane}")
            with m.Switch(c.scale):
                for index, shift in enumerate(self.geometry.alignments):
                    with m.Case(index) if index + 1 < len(self.geometry.alignments) else m.Default():
                        m.d.comb += aligned.eq(multiplier.p << shift)
            m.d.sync += self.product[lane].eq(aligned ^ c.negate.replicate(bits).as_signed())

    def _accumulate(self, m: Module) -> None:
        c, g = self.control, self.geometry
        low, high = g.low_bits, g.accumulator_bits - g.low_bits
        negated, high_en, high_src = register("negated", 1), register("high_en", 2), register("high_src", 2)
        m.d.sync += [negated.eq(c.negate), high_en.eq(c.acc_en), high_src.eq(c.acc_src)]
        for lane in range(2):
            acc, incoming, product = self.acc[lane], self.acc_i[lane], self.product[lane]
            carry, addend = register(f"carry{lane}", 1), register(f"addend{lane}", signed(high))
            base_low, base_high = Signal(low, name=f"base_low{lane}"), Signal(high, name=f"base_high{lane}")
            for source, base, part in ((c.acc_src, base_low, slice(low)), (high_src, base_high, slice(low, None))):
                with m.Switch(source):
                    with m.Case(AccSource.OWN):
                        m.d.comb += base.eq(acc[part])
                    with m.Case(AccSource.PREV):
                        m.d.comb += base.eq(incoming[part])
            m.d.sync += addend.eq(product >> low)
            with m.If(c.acc_en[lane]):
                m.d.sync += Cat(acc[:low], carry).eq(add(base_low, product[:low], negated, signed=False))
            with m.If(high_en[lane]):
                m.d.sync += acc[low:].eq(add(base_high, addend[:high], carry, signed=False))
