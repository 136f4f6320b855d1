"""The function table's arithmetic: clamp and split a sum, interpolate between two entries.

    z        = sum >> shift                           floor to the table's fraction bits
    a        = z if z >= 0 else ~z, clamped to 2**(12 + k): index (k), fraction (12), sign
    s        = half_up(T[index] (4096 - fraction) + T[index + 1] fraction, 12), with the sign

That is the one table of 2**k segments, odd or even, that most arrays have; for others `rtl.element.split`.

The two products are the lanes'; both entries are read at once through the weight memory's two ports. Each lane keeps
the sign of its last split until the next one; the look-up of one lane may overlap that of the other.

Latency, from the split (z_en): index and fraction 2, sign and clamped 1; from the products: their sum 1, the value 2,
the sign (s_lane) being chosen one cycle after the products. Normative text: docs/numerics.md; golden twin:
golden.arithmetic.function_table.
"""

from __future__ import annotations

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.element.arithmetic import pair, register, shift_right
from rtl.element.split import split
from rtl.hls.plan.geometry import Geometry

__all__ = ["Table"]

SUM_BITS = 18 + 1 + FRACTION_LOG2


class Table(Elaboratable):
    """See the module's text.

    Inputs
    ------
    z : the table's sum
    product : a lane: the two products of an interpolation

    Outputs
    -------
    index, fraction, interpolated, s_word : registers
    entry : address of the lower entry
    clamped : argument_clamped, in this cycle: an argument lies beyond a steep end
    interpolation : a lane: weight of the lower and of the upper entry, 4096 - fraction and fraction
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout], z: Value) -> None:
        self.geometry, self.control, self.z = geometry, control, z
        self.product = [Signal(signed(geometry.product_bits)) for _ in range(2)]
        self.index, self.fraction = register("index", geometry.index_bits), register("fraction", FRACTION_LOG2)
        self.entry: Value = geometry.tables[0].base | self.index if geometry.clamps_by_bits else self.index
        self.clamped = Signal()
        self.interpolated = register("interpolated", signed(SUM_BITS))
        self.s_word = register("s_word", signed(18))
        self.interpolation = [Signal(signed(18)) for _ in range(2)]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        sign = pair("sign", 1) if g.odd_table else ()
        z = shift_right(self.z, g.z_shift)
        if g.clamps_by_bits:
            beyond = self._split(m, z, sign)
        else:
            negative, beyond = split(m, g, c, z, self.index, self.fraction, c.z_en)
            with m.If(c.z_en):
                self._hold(m, sign, negative)
        if g.steep_table:
            was_split = register("was_split", 1)
            m.d.sync += was_split.eq(c.z_en)
            m.d.comb += self.clamped.eq(was_split & beyond)
        m.d.comb += [
            self.interpolation[0].eq((1 << FRACTION_LOG2) - self.fraction),
            self.interpolation[1].eq(Cat(self.fraction, Const(0, 1)).as_signed()),
        ]
        low, high = (product[:SUM_BITS].as_signed() for product in self.product)
        m.d.sync += self.interpolated.eq(low + high)
        # half_up, then the sign: again the rounding bit rides on the carry.
        negative = Mux(c.s_lane, sign[1], sign[0]) if sign else Const(0, 1)
        floor, rounding = self.interpolated[FRACTION_LOG2:-1].as_signed(), self.interpolated[FRACTION_LOG2 - 1]
        m.d.sync += self.s_word.eq((floor ^ negative.replicate(18).as_signed()) + (rounding ^ negative))
        return m

    def _hold(self, m: Module, sign: Sequence[Signal], negative: Value) -> None:
        """The sign, in its lane's register."""
        for lane, held in enumerate(sign):
            with m.If(self.control.z_lane == lane):
                m.d.sync += held.eq(negative)

    def _split(self, m: Module, z: Value, sign: Sequence[Signal]) -> Value:
        """Sign and magnitude first; then the clamp. As `rtl.element.split.split`."""
        reach = FRACTION_LOG2 + self.geometry.index_bits
        folded = Signal(max(len(z) - 1, reach + 1))
        magnitude, beyond = register("magnitude", reach), register("beyond", 1)
        m.d.comb += folded.eq(z ^ z[-1].replicate(len(z)).as_signed())
        with m.If(self.control.z_en):
            m.d.sync += [magnitude.eq(folded[:reach]), beyond.eq(folded[reach:].any())]
            self._hold(m, sign, z[-1])
        m.d.sync += Cat(self.fraction, self.index).eq(magnitude | beyond.replicate(reach))
        return beyond
