"""A wide element: B banks of two multipliers, and one state, table, store, update and host chain for all of them.

Bank b acts on a control word, and on the words that rotate or are broadcast, b cycles after bank 0
(`rtl.element.wide.bank`). x is one register a context, and every bank works on its own rows of it: `W x` and
`G += s x^T`. What a bank adds its part of `W^T s` to is said by `rtl.hls.plan.width.Links`.

Throughput: 2 B products a cycle, a look-up a cycle, a kick a cycle. Latencies: those of
`rtl.hls.plan.wide_timing`, where the units do not say otherwise. Golden twin: `golden.dynamics.integrator`.

Members
-------
control, bank_control : In, the two parts of a control word, registered on entry
imm : In, broadcast word, registered on entry
x0_i, x1_i / x0_o, x1_o : lanes from the previous and to the next element
x0_n, x1_n : lanes from the next element (only where they go both ways)
acc0_i, ... / acc0_o, ... : accumulators likewise; two of a chain, 2 B of rings, bank 0's first
io_i / io_o : host chain likewise
debug_bus_enable, debug_bus : In and Out, registers (only with ``debug_bus=True``), see `rtl.element.debug_bus`
"""

from __future__ import annotations

from typing import Any

from amaranth.hdl import Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.element.arithmetic import pair, register
from rtl.element.cut import Cut
from rtl.element.debug_bus import join_debug_bus
from rtl.element.host_chain import host_chain
from rtl.element.vector_store import VectorStore
from rtl.element.wide.bank import Bank
from rtl.element.wide.control import VectorSource, bank_layout, shared_layout
from rtl.element.wide.state import WideState
from rtl.element.wide.sums import Sums
from rtl.element.wide.table import WideTable
from rtl.element.wide.update import WideUpdate
from rtl.hls.plan.control import IoSource
from rtl.hls.plan.debug_bus import debug_bus_bits
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width
from rtl.primitives.adder import Adder

__all__ = ["WideElement"]


class WideElement(wiring.Component):
    """See the module's text.

    Parameters
    ----------
    geometry, width : sizes and shifts; banks and their links
    technology : "behavioural" or "ecp5", see rtl.primitives
    debug_bus : add the `debug_bus` port
    """

    def __init__(
        self, geometry: Geometry, width: Width, technology: str = "behavioural", debug_bus: bool = False
    ) -> None:
        self.geometry, self.width, self.technology = geometry, width, technology
        self.links = 2 if width.chain else 2 * width.banks
        chain, lane, acc = signed(geometry.chain_bits), signed(18), signed(geometry.accumulator_bits)
        members = {
            "control": In(shared_layout(geometry, width)),
            "bank_control": In(bank_layout(geometry, width)),
            "imm": In(chain),
            "io_i": In(chain),
            "io_o": Out(chain),
        }
        for index in range(2):
            members |= {f"x{index}_i": In(lane), f"x{index}_o": Out(lane)}
            if geometry.two_way:
                members[f"x{index}_n"] = In(lane)
        for index in range(self.links):
            members |= {f"acc{index}_i": In(acc), f"acc{index}_o": Out(acc)}
        self._has_debug_bus = debug_bus
        if debug_bus:
            members |= {"debug_bus_enable": In(1), "debug_bus": Out(debug_bus_bits(geometry))}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        g, w = self.geometry, self.width
        c = Signal(shared_layout(g, w), name="word", reset_less=True)
        imm = register("imm_leaf", signed(g.chain_bits))
        m.d.sync += [c.eq(self.control), imm.eq(self.imm)]
        banks = [Bank(g, w, index, self.technology) for index in range(w.banks)]
        io, wdata, flags = (
            register("io", signed(g.chain_bits)),
            register("wdata", signed(18)),
            register("flags", g.flag_bits),
        )
        m.submodules.state = state = WideState(g, w, c, self.technology)
        m.submodules.store = store = VectorStore(g, c)
        held = [bank.held[lane] for lane in range(2) for bank in banks]
        m.submodules.sums = sums = Sums(g, w, c, held, self.technology)
        m.submodules.update = update = WideUpdate(g, c, [b.gradient for b in banks], [b.weight for b in banks])
        m.d.comb += state.io.eq(io)
        m.d.sync += wdata.eq(Mux(c.w_theta, update.theta, io[:18].as_signed()))
        table = None
        if g.tables:
            m.submodules.table = table = WideTable(g, c, sums.z)
            banks[0].entry = table.entry
            m.d.comb += store.table_word.eq(table.s_word)
            m.d.comb += [table.product[lane].eq(banks[0].product[lane]) for lane in range(2)]
        if g.cut_shifts:
            m.submodules.cut = cut = Cut(g, c, sums.z)
            m.d.comb += [store.cut_word.eq(cut.cut_word), store.cut_lost.eq(cut.lost)]
        x = self._lanes(m, c, banks, state, store, imm, table)
        for index, bank in enumerate(banks):
            m.submodules[f"bank{index}"] = bank
            m.d.comb += [bank.word_i.eq(banks[index - 1].word if index else self.bank_control), bank.wdata.eq(wdata)]
        self._link(m, banks)
        self._force(m, c, banks[-1], state, sums)
        raised = Cat(state.flags, Cat(*(bank.overflow for bank in banks)).any(), c.w_theta & update.lost)
        raised = Mux(c.flags_clear, 0, flags) | raised | store.clipped << 2
        m.d.sync += flags.eq(raised | table.clamped << 5 if table is not None and g.steep_table else raised)
        sources = {
            IoSource.POS0: state.pos_read[0],
            IoSource.POS1: state.pos_read[1],
            IoSource.MOM0: state.mom_read[0],
            IoSource.MOM1: state.mom_read[1],
            IoSource.WEIGHT: update.weight,
            IoSource.GRAD_LOW: update.grad_read[:18],
            IoSource.GRAD_HIGH: update.grad_read[18:],
            IoSource.FLAGS: flags,
        }
        host_chain(m, c, io, self.io_i, sources)
        m.d.comb += [self.x0_o.eq(x[0]), self.x1_o.eq(x[1]), self.io_o.eq(io)]
        if self._has_debug_bus:
            registers: dict[str, Any] = {}
            for unit in (state, store, sums, update, *([table] if table is not None else [])):
                registers |= vars(unit)
            for index, bank in enumerate(banks):
                registers |= {f"bank{index}_{name}": value for name, value in vars(bank).items()}
            registers |= {"x": x, "stationary": banks[0].stationary, "io": io, "wdata": wdata, "flags": flags}
            join_debug_bus(m, g, registers, self.debug_bus_enable, self.debug_bus)
        return m

    def _lanes(
        self,
        m: Module,
        c: Signal,
        banks: list[Bank],
        state: WideState,
        store: VectorStore,
        imm: Signal,
        table: WideTable | None,
    ) -> tuple[Signal, Signal]:
        """The words that rotate, those that go along the banks, and what the banks' stationary operands may load."""
        g = self.geometry
        x, stationary = pair("x", signed(18)), pair("stationary", signed(18))
        for lane in range(2):
            own = Mux(c.x_store, store.s_read[lane], state.operand[lane]) if g.lane_store else state.operand[lane]
            before = (self.x0_i, self.x1_i)[lane]
            neighbour = Mux(c.x_back, (self.x0_n, self.x1_n)[lane], before) if g.two_way else before
            with m.If(c.x_en):
                m.d.sync += x[lane].eq(Mux(c.x_load, own, neighbour))
            m.d.sync += stationary[lane].eq(Mux(c.r_src, state.operand[lane], store.s_read[lane]))
            with m.Switch(c.v_src):
                with m.Case(VectorSource.IMM):
                    m.d.comb += banks[0].v_i[lane].eq(imm[:18].as_signed())
                if table is not None:
                    with m.Case(VectorSource.INTERPOLATION):
                        m.d.comb += banks[0].v_i[lane].eq(table.interpolation[lane])
                with m.Default():
                    m.d.comb += banks[0].v_i[lane].eq(x[lane])
            for index, bank in enumerate(banks):
                m.d.comb += bank.stationary[lane].eq(stationary[lane])
                if index:
                    m.d.comb += bank.v_i[lane].eq(banks[index - 1].v[lane])
        return x

    def _link(self, m: Module, banks: list[Bank]) -> None:
        """Who adds to whose accumulators."""
        ports = [(getattr(self, f"acc{index}_i"), getattr(self, f"acc{index}_o")) for index in range(self.links)]
        for index, bank in enumerate(banks):
            for lane in range(2):
                comes, goes = ports[lane if self.width.chain else 2 * index + lane]
                if self.width.chain and index:
                    comes = banks[index - 1].acc[lane]
                m.d.comb += bank.acc_i[lane].eq(comes)
                if not self.width.chain or index == len(banks) - 1:
                    m.d.comb += goes.eq(bank.acc[lane])

    def _force(self, m: Module, c: Signal, last: Bank, state: WideState, sums: Sums) -> None:
        """Force sums: those of a chain end in its last bank, in two halves; lanes may have a part of a sum each."""
        if not self.width.chain:
            m.d.comb += state.force[0].eq(sums.z)
            return
        low = self.geometry.low_bits
        own, other = last.acc
        waiting = [register(f"force_low{lane}", low) for lane in range(2)]
        m.d.sync += waiting[1].eq(other[:low])
        m.d.comb += state.force[1].eq(Cat(waiting[1], other[low:]))
        if not self.width.adds:
            m.d.sync += waiting[0].eq(own[:low])
            m.d.comb += state.force[0].eq(Cat(waiting[0], own[low:]))
            return
        carry, adds, totals = register("force_carry", 1), register("high_add", 1), []
        m.d.sync += adds.eq(c.k_add)
        for part, choice, comes in ((slice(low), c.k_add, Const(0, 1)), (slice(low, None), adds, carry)):
            adder = Adder(len(own[part]), "select", self.technology)
            m.submodules += adder
            m.d.comb += [adder.a.eq(own[part]), adder.b.eq(other[part]), adder.d.eq(0)]
            m.d.comb += [adder.choice.eq(choice), adder.carry.eq(comes)]
            totals.append(adder.total)
        m.d.sync += Cat(waiting[0], carry).eq(totals[0])
        m.d.comb += state.force[0].eq(Cat(waiting[0], totals[1][: len(own) - low]))
