"""A look-up a cycle: sign and fraction go along with the look-up instead of waiting in registers.

The arithmetic is that of `rtl.element.table`; the two products are those of the first bank's lanes. Every sum is split,
whether it is looked up or not, so only argument_clamped asks which is. Latency, from z: index 2, weights of the entries
4; from the products: the value 2.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Signal, Value, signed
from amaranth.lib import data

from golden.arithmetic.tables import FRACTION_LOG2
from rtl.element.arithmetic import register, shift_right
from rtl.element.split import split
from rtl.hls.plan.geometry import Geometry

__all__ = ["SIGN_DELAY", "WideTable"]

SUM_BITS = 18 + 1 + FRACTION_LOG2
SIGN_DELAY = 10
"""Cycles from the sign beside the magnitude to its use."""


class WideTable(Elaboratable):
    """See the module's text.

    Inputs
    ------
    z : the table's sum
    product : a lane: the two products of an interpolation

    Outputs
    -------
    entry : address of the lower entry
    interpolation : registers, a lane: weight of the lower and of the upper entry
    s_word : register
    clamped : argument_clamped, in this cycle: an argument lies beyond a steep end
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout], z: Value) -> None:
        self.geometry, self.control, self.z = geometry, control, z
        self.product = [Signal(signed(36)) for _ in range(2)]
        self.index = register("index", geometry.index_bits)
        self.fraction = register("fraction", FRACTION_LOG2)
        self.entry: Value = geometry.tables[0].base | self.index if geometry.clamps_by_bits else self.index
        self.interpolation = [register(f"interpolation{lane}", signed(18)) for lane in range(2)]
        self.s_word = register("s_word", signed(18))
        self.clamped = Signal()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        g = self.geometry
        z, sign = shift_right(self.z, g.z_shift), register("sign", SIGN_DELAY)
        if g.clamps_by_bits:
            flip, beyond = self._split(m, z)
        else:
            flip, beyond = split(m, g, self.control, z, self.index, self.fraction, Const(1, 1))
        if g.steep_table:
            was_split = register("was_split", 1)
            m.d.sync += was_split.eq(self.control.z_en)
            m.d.comb += self.clamped.eq(was_split & beyond)
        one = 1 << FRACTION_LOG2
        late = register("late", FRACTION_LOG2)
        m.d.sync += [
            sign.eq(Cat(flip, sign)),
            late.eq(self.fraction),
            self.interpolation[0].eq(one - late),
            self.interpolation[1].eq(Cat(late, Const(0, 1)).as_signed()),
        ]
        low, high = (product[:SUM_BITS].as_signed() for product in self.product)
        total = register("interpolated", signed(SUM_BITS))
        m.d.sync += total.eq(low + high)
        # half_up, then the sign: the rounding bit rides on the carry.
        negative = sign[-1] if g.odd_table else Const(0, 1)
        floor, rounding = total[FRACTION_LOG2:-1].as_signed(), total[FRACTION_LOG2 - 1]
        m.d.sync += self.s_word.eq((floor ^ negative.replicate(18).as_signed()) + (rounding ^ negative))
        return m

    def _split(self, m: Module, z: Value) -> tuple[Value, Value]:
        """As `rtl.element.split.split`, for the one table that clamps by bits."""
        reach = FRACTION_LOG2 + self.geometry.index_bits
        folded = Signal(max(len(z) - 1, reach + 1))
        magnitude, beyond = register("magnitude", reach), register("beyond", 1)
        m.d.comb += folded.eq(z ^ z[-1].replicate(len(z)).as_signed())
        m.d.sync += [
            magnitude.eq(folded[:reach]),
            beyond.eq(folded[reach:].any()),
            Cat(self.fraction, self.index).eq(magnitude | beyond.replicate(reach)),
        ]
        return z[-1], beyond
