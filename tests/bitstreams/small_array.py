"""A design with the shape of the array: one element module, instantiated P times in a ring, behind the host port."""

from amaranth.back import verilog
from amaranth.hdl import ClockSignal, Instance, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.primitives import Multiplier, WeightMemory
from rtl.streams.host_request import HostRequest

__all__ = ["small_array"]


class SmallElement(wiring.Component):
    """x hops from element to element; w x is accumulated; the sums leave by a second chain."""

    def __init__(self, accumulate):
        self.accumulate = accumulate
        super().__init__(
            {
                "x_i": In(18),
                "x_o": Out(18),
                "sum_i": In(32),
                "sum_o": Out(32),
                "address": In(10),
                "write": In(1),
                "word": In(18),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.weights = weights = WeightMemory("ecp5")
        m.submodules.multiplier = multiplier = Multiplier("ecp5")
        x, w, product = (Signal(signed(bits), reset_less=True) for bits in (18, 18, 36))
        accumulator, total = Signal(32, reset_less=True), Signal(32, reset_less=True)
        m.d.sync += [
            x.eq(self.x_i),
            w.eq(weights.a_data),
            product.eq(multiplier.p),
            total.eq(self.sum_i ^ accumulator),
            accumulator.eq(accumulator + (product[4:] if self.accumulate else 1)),
        ]
        m.d.comb += [
            self.x_o.eq(x),
            self.sum_o.eq(total),
            weights.a_addr.eq(self.address),
            multiplier.a.eq(x),
            multiplier.b.eq(w),
            weights.b_addr.eq(~self.address),
            weights.b_we.eq(self.write),
            weights.b_wdata.eq(self.word),
        ]
        return m


class SmallArray(wiring.Component):
    """A write stores a weight and injects x; a read returns the sum of the last element."""

    def __init__(self, elements):
        self.elements = elements
        super().__init__({"i": In(stream.Signature(HostRequest)), "o": Out(stream.Signature(32))})

    def elaborate(self, platform):
        m = Module()
        request = self.i.payload
        address, word, select = Signal(10), Signal(18), Signal(self.elements)
        x, sums = ([Signal(bits) for _ in range(self.elements)] for bits in (18, 32))
        m.d.comb += self.i.ready.eq(~self.o.valid)
        m.d.sync += [
            address.eq(request.addr),
            word.eq(request.data),
            select.eq(Mux(self.i.valid & request.write, 1 << request.addr[10:14], 0)),
        ]
        with m.If(self.o.ready | ~self.o.valid):
            m.d.sync += [self.o.valid.eq(self.i.valid & ~request.write & ~self.o.valid), self.o.payload.eq(sums[-1])]
        for k in range(self.elements):
            m.submodules[f"element{k}"] = Instance(
                "hel_element",
                i_clk=ClockSignal(),
                i_x_i=x[k - 1] ^ (word if k == 0 else 0),
                o_x_o=x[k],
                i_sum_i=sums[k - 1] if k else 0,
                o_sum_o=sums[k],
                i_address=address,
                i_write=select[k],
                i_word=word,
            )
        return m


def small_array(elements, *, accumulate=True):
    """Verilog text of hel_array and hel_element: a multiplier and a block RAM an element, its product used or not."""
    array = verilog.convert(SmallArray(elements), name="hel_array", emit_src=False)
    return array + verilog.convert(SmallElement(accumulate), name="hel_element", emit_src=False)
