"""A stand-in for the array with the same ports: tests of the bench need a device, not the array.

Words of its address space (others read 0; writes elsewhere are ignored):

    0x0000..0x00ff  memory, read and write
    0x0100          write n: busy for n cycles (no request is accepted), with `debug_bus_valid` high; read: the sum of
    all n 0x0101          write: never accepts another request; read: accepted and never answered
    0x0102          write: offers a response nobody asked for
    0x0103          read: a register that nothing ever set (unknown in Icarus, any value in Verilator)
    0x0104          read: exclusive or of all `sum` registers (see below)

Recording: `elements` words of 96 bits, the registers of a small multiply-accumulate unit each (LSB first): `state` 18,
`weight` 18, `product` 36, `sum` 24. They restart when 0x0100 is written and change at every busy clock (`steps` says
how), which no simulator can skip: they are also the load of `speed.py`.
"""

from amaranth import Cat, Instance, Module, Mux, Signal, unsigned
from amaranth.back import verilog
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from rtl.streams.host_request import HostRequest

__all__ = ["ELEMENT_BITS", "StandIn", "element", "standin_verilog", "steps"]

ELEMENT_BITS = 18 + 18 + 36 + 24


class StandIn(wiring.Component):
    """See the module's docstring. `elements` >= 1 sets the work per clock."""

    def __init__(self, elements: int = 2, recorded: bool = True):
        members = {"i": In(stream.Signature(HostRequest)), "o": Out(stream.Signature(32))}
        if recorded:
            members |= {"debug_bus_enable": In(1), "debug_bus_valid": Out(1)}
            members["debug_bus"] = Out(elements * ELEMENT_BITS)
        super().__init__(members)
        self._elements, self._recorded = elements, recorded

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = memory = Memory(shape=unsigned(32), depth=256, init=[])
        write, read = memory.write_port(), memory.read_port(domain="comb")
        m.submodules.fifo = fifo = SyncFIFOBuffered(width=32, depth=4)
        busy, total = Signal(32), Signal(32)
        dead, stray = Signal(), Signal()
        unknown = Signal(32)
        m.submodules.unset = Instance("standin_unset", o_q=unknown)

        request = self.i.payload
        accepted = Signal()
        m.d.comb += [
            self.i.ready.eq((busy == 0) & ~dead & ~stray & fifo.w_rdy),
            accepted.eq(self.i.valid & self.i.ready),
            write.addr.eq(request.addr),
            write.data.eq(request.data),
            write.en.eq(accepted & request.write & (request.addr < 0x100)),
            read.addr.eq(request.addr),
            fifo.w_en.eq(stray | (accepted & ~request.write & (request.addr != 0x101))),
            self.o.valid.eq(fifo.r_rdy),
            self.o.payload.eq(fifo.r_data),
            fifo.r_en.eq(self.o.ready),
        ]
        with m.If(request.addr < 0x100):
            m.d.comb += fifo.w_data.eq(read.data)
        with m.Elif(request.addr == 0x100):
            m.d.comb += fifo.w_data.eq(total)
        with m.Elif(request.addr == 0x103):
            m.d.comb += fifo.w_data.eq(unknown)

        m.d.sync += stray.eq(0)
        with m.If(busy != 0):
            m.d.sync += busy.eq(busy - 1)
        with m.If(accepted & request.write):
            with m.Switch(request.addr):
                with m.Case(0x100):
                    m.d.sync += [busy.eq(request.data), total.eq(total + request.data)]
                with m.Case(0x101):
                    m.d.sync += dead.eq(1)
                with m.Case(0x102):
                    m.d.sync += stray.eq(1)

        begin = Signal()
        m.d.comb += begin.eq(accepted & request.write & (request.addr == 0x100))
        words, parity = [], 0
        for index in range(self._elements):
            state, weight = Signal(18, init=element(index)[0]), Signal(18, init=element(index)[1])
            product, sum_ = Signal(36), Signal(24)
            with m.If(begin):
                m.d.sync += [state.eq(state.init), weight.eq(weight.init), product.eq(0), sum_.eq(0)]
            with m.Elif(busy != 0):
                m.d.sync += [
                    state.eq(Cat(state[17] ^ state[10], state[:17])),
                    weight.eq(weight + product[:5] + 1),
                    product.eq(state.as_signed() * weight.as_signed()),
                    sum_.eq(Mux(state[0], sum_ + product[8:32], sum_ - product[8:32])),
                ]
            words.append(Cat(state, weight, product, sum_))
            parity = parity ^ sum_
        with m.If(request.addr == 0x104):
            m.d.comb += fifo.w_data.eq(parity)
        if self._recorded:
            m.d.comb += [self.debug_bus_valid.eq(busy != 0), self.debug_bus.eq(Cat(*words))]
        return m


def element(index: int) -> tuple[int, int]:
    """Reset values (state, weight) of one element."""
    return (0x1B2D3 * (2 * index + 1)) & 0x3FFFF, (0x0C0DE + 977 * index) & 0x3FFFF


def steps(index: int, count: int) -> list[tuple[int, int, int, int]]:
    """The registers (state, weight, product, sum) of one element in `count` busy cycles, from the first on."""
    (state, weight), product, total, rows = element(index), 0, 0, []
    for _ in range(count):
        rows.append((state, weight, product, total))
        term = product >> 8 & 0xFFFFFF
        total = (total + term if state & 1 else total - term) & 0xFFFFFF
        next_product = _signed(state) * _signed(weight) & (1 << 36) - 1
        weight = (weight + (product & 31) + 1) & 0x3FFFF
        state = (state << 1 & 0x3FFFF) | (state >> 17 ^ state >> 10) & 1
        product = next_product
    return rows


def _signed(word: int) -> int:
    return word - (word >> 17 << 18)


def standin_verilog(elements: int = 2, recorded: bool = True) -> str:
    """Verilog text of the stand-in, top module `hel_array`."""
    text = verilog.convert(StandIn(elements, recorded), name="hel_array", emit_src=False, strip_internal_attrs=True)
    return text + "module standin_unset(output [31:0] q);\n  reg [31:0] unset;\n  assign q = unset;\nendmodule\n"
