"""The sum register of a wide element: one of the row sums that the banks hold, or the sum of several.

    z = held[z_sel]                       a chain: from the width's first bit on
    z = held[z_sel] + (z if z_add)        rings: banks' parts of a column sum, one after another

The choice takes two stages, bank and lane: one of 2 B was the array's slowest path.

Latency: 2 for a chain; for rings 4, and the low half of z waits for its high half.
"""

from __future__ import annotations

from collections.abc import Sequence

from amaranth.hdl import Array, Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from rtl.element.arithmetic import pair, register
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width
from rtl.primitives.adder import Adder

__all__ = ["Sums"]


class Sums(Elaboratable):
    """See the module's text; `held` are the banks' sums, lane 0's first. `z` is the whole sum, as wide as ever."""

    def __init__(
        self,
        geometry: Geometry,
        width: Width,
        control: data.View[data.StructLayout],
        held: Sequence[Signal],
        technology: str,
    ) -> None:
        self.geometry, self.width, self.control, self.held = geometry, width, control, held
        self.technology = technology
        self.first_bit = width.first_bit(geometry)
        self.chosen = register("chosen", signed(geometry.accumulator_bits - self.first_bit))
        self.z = Signal(signed(geometry.accumulator_bits))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        banks, which = self.width.banks, register("which", 1)
        heard = pair("heard", self.chosen.shape())
        bank, lane = self.control.z_sel[:-1], self.control.z_sel[-1]
        m.d.sync += [which.eq(lane), self.chosen.eq(Mux(which, heard[1], heard[0]))]
        for index, word in enumerate(heard):
            m.d.sync += word.eq(Array(self.held[index * banks : (index + 1) * banks])[bank])
        if self.width.chain:
            m.d.comb += self.z.eq(Cat(Const(0, self.first_bit), self.chosen))
            return m
        low = self.geometry.low_bits
        early, add, adds = register("early_add", 1), register("add", 1), register("high_add", 1)
        z_low, z_high, carry = (register("z_low", low), register("z_high", len(self.z) - low), register("carry", 1))
        addend, waiting = register("addend", len(z_high)), register("waiting", low)
        m.d.sync += [early.eq(self.control.z_add), add.eq(early), adds.eq(add)]
        m.d.sync += [addend.eq(self.chosen[low:]), waiting.eq(z_low)]
        self._half(m, "low", self.chosen[:low], Cat(z_low, carry), add, Const(0, 1))
        self._half(m, "high", addend, z_high, adds, carry)
        m.d.comb += self.z.eq(Cat(waiting, z_high))
        return m

    def _half(self, m: Module, name: str, word: Value, total: Value, add: Value, carry: Value) -> None:
        bits = len(word)
        m.submodules[name] = adder = Adder(bits, "select", self.technology)
        m.d.comb += [
            adder.a.eq(word),
            adder.b.eq(total[:bits]),
            adder.d.eq(0),
            adder.choice.eq(add),
            adder.carry.eq(carry),
        ]
        m.d.sync += total.eq(adder.total[: len(total)])
