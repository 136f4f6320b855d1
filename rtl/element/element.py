"""One element of the ring: weights, state and learning of the neurons it holds.

Two multiply-accumulate lanes on one weight memory (`rtl.element.lanes`), position and momentum in two contexts
(`rtl.element.state`), what makes operands of sums (`rtl.element.sum_register`, `rtl.element.table`, `rtl.element.cut`)
and keeps them (`rtl.element.vector_store`), gradient words and the update (`rtl.element.gradient`), and the host chain.
Which of them does what in a cycle is said by the control word (`rtl.hls.plan.control`). Lane m serves context m in the
twin echo, and output block b + m in the forward pass. Units that the geometry has no use for are left out.

Latencies are those of `rtl.hls.plan.timing`; throughput: two products a cycle.
Golden twin: `golden.dynamics.integrator`; cycle twin: `rtl.hls.cycle_model.cycle_model`.

Members
-------
control : In, one control word, registered on entry
imm : In, broadcast word, registered on entry
x0_i, x1_i / x0_o, x1_o : lanes from the previous and to the next element
x0_n, x1_n : lanes from the next element (only where they go both ways)
acc0_i, acc1_i / acc0_o, acc1_o : accumulators likewise
io_i / io_o : host chain likewise
debug_bus_enable, debug_bus : In and Out, all architectural registers (only with ``debug_bus=True``), see
    `rtl.element.debug_bus`
"""

from __future__ import annotations

from amaranth.hdl import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.element.arithmetic import control_word, register
from rtl.element.cut import Cut
from rtl.element.debug_bus import join_debug_bus
from rtl.element.gradient import Gradient
from rtl.element.host_chain import host_chain
from rtl.element.lanes import Lanes
from rtl.element.state import State
from rtl.element.sum_register import SumRegister
from rtl.element.table import Table
from rtl.element.vector_store import VectorStore
from rtl.hls.plan.control import IoSource
from rtl.hls.plan.debug_bus import debug_bus_bits
from rtl.hls.plan.geometry import Geometry
from rtl.primitives.memory import WeightMemory

__all__ = ["Element"]


class Element(wiring.Component):
    """See the module's text.

    Parameters
    ----------
    geometry : sizes and shifts
    technology : "behavioural" or "ecp5", see rtl.primitives
    debug_bus : add the `debug_bus` port
    """

    def __init__(self, geometry: Geometry, technology: str = "behavioural", debug_bus: bool = False) -> None:
        self.geometry = geometry
        self.technology = technology
        self._has_debug_bus = debug_bus
        members = {
            "control": In(control_word(geometry)),
            "imm": In(signed(geometry.chain_bits)),
            "io_i": In(signed(geometry.chain_bits)),
            "io_o": Out(signed(geometry.chain_bits)),
        }
        for lane in range(2):
            members[f"x{lane}_i"] = In(signed(18))
            members[f"x{lane}_o"] = Out(signed(18))
            if geometry.two_way:
                members[f"x{lane}_n"] = In(signed(18))
            members[f"acc{lane}_i"] = In(signed(geometry.accumulator_bits))
            members[f"acc{lane}_o"] = Out(signed(geometry.accumulator_bits))
        if debug_bus:
            members |= {"debug_bus_enable": In(1), "debug_bus": Out(debug_bus_bits(geometry))}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        g = self.geometry
        c = Signal(control_word(g), name="word", reset_less=True)
        imm = register("imm_leaf", signed(g.chain_bits))
        m.d.sync += [c.eq(self.control), imm.eq(self.imm)]

        m.submodules.lanes = lanes = Lanes(g, c, self.technology)
        m.submodules.state = state = State(g, c)
        # `store`, and `argument` below: a build is known by the digest of its Verilog, so names in the netlist stay.
        m.submodules.store = store = VectorStore(g, c)
        m.submodules.gradient = gradient = Gradient(g, c, self.technology)
        io = register("io", signed(g.chain_bits))
        units = [lanes, state, store, gradient]
        entry = None
        if g.tables or g.cut_shifts:
            m.submodules.argument = sum_register = SumRegister(g, c)
            m.d.comb += [sum_register.acc[lane].eq(lanes.acc[lane]) for lane in range(2)]
            units.append(sum_register)
        if g.tables:
            m.submodules.table = table = Table(g, c, sum_register.z)
            m.d.comb += [store.table_word.eq(table.s_word)]
            for lane in range(2):
                m.d.comb += [
                    table.product[lane].eq(lanes.product[lane]),
                    lanes.interpolation[lane].eq(table.interpolation[lane]),
                ]
            units.append(table)
            entry = table.entry
        if g.cut_shifts:
            m.submodules.cut = cut = Cut(g, c, sum_register.z)
            m.d.comb += [store.cut_word.eq(cut.cut_word), store.cut_lost.eq(cut.lost)]
            units.append(cut)
        addressing = self._weights(m, c, lanes, entry, gradient, io)

        m.d.comb += [lanes.imm.eq(imm), gradient.weight.eq(lanes.weight_a), state.io.eq(io)]
        for lane, (x_i, acc_i) in enumerate(((self.x0_i, self.acc0_i), (self.x1_i, self.acc1_i))):
            m.d.comb += [
                lanes.x_i[lane].eq(x_i),
                lanes.acc_i[lane].eq(acc_i),
                lanes.operand[lane].eq(state.operand[lane]),
                lanes.s[lane].eq(store.s_read[lane]),
                state.acc[lane].eq(lanes.acc[lane]),
                gradient.product[lane].eq(lanes.product[lane]),
            ]
            if g.two_way:
                m.d.comb += lanes.x_n[lane].eq((self.x0_n, self.x1_n)[lane])
        flags = register("flags", g.flag_bits)
        raised = Mux(c.flags_clear, 0, flags) | Cat(state.flags, gradient.flags) | store.clipped << 2
        m.d.sync += flags.eq(raised | table.clamped << 5 if g.steep_table else raised)
        self._chain(m, c, io, state, lanes, gradient, flags)
        m.d.comb += [
            self.x0_o.eq(lanes.x[0]),
            self.x1_o.eq(lanes.x[1]),
            self.acc0_o.eq(lanes.acc[0]),
            self.acc1_o.eq(lanes.acc[1]),
            self.io_o.eq(io),
        ]
        if self._has_debug_bus:
            registers = {name: value for unit in reversed(units) for name, value in vars(unit).items()}
            registers |= addressing | {"io": io, "flags": flags}
            join_debug_bus(m, g, registers, self.debug_bus_enable, self.debug_bus)
        return m

    def _weights(
        self, m: Module, c: Signal, lanes: Lanes, entry: Value | None, gradient: Gradient, io: Signal
    ) -> dict[str, Signal]:
        """The weight memory, read at the control word's addresses or at a table entry and the next one; returns its
        address and write registers."""
        m.submodules.weights = weights = WeightMemory(self.technology, self.geometry.weight_words)
        bits = self.geometry.weight_address_bits
        addr_a, addr_b = register("addr_a", bits), register("addr_b", bits)
        we_b, wdata = register("we_b", 1), register("wdata", signed(18))
        m.d.sync += [
            addr_a.eq(c.addr_a if entry is None else Mux(c.lookup, entry, c.addr_a)),
            addr_b.eq(c.addr_b if entry is None else Mux(c.lookup, entry + 1, c.addr_b)),
            we_b.eq(c.we_b),
            wdata.eq(Mux(c.w_theta, gradient.theta, io[:18].as_signed())),
        ]
        m.d.comb += [
            weights.a_addr.eq(addr_a),
            weights.b_addr.eq(addr_b),
            weights.b_we.eq(we_b),
            weights.b_wdata.eq(wdata),
            lanes.weight_a.eq(weights.a_data),
            lanes.weight_b.eq(weights.b_data),
        ]
        return {"addr_a": addr_a, "addr_b": addr_b, "we_b": we_b, "wdata": wdata}

    def _chain(
        self, m: Module, c: Signal, io: Signal, state: State, lanes: Lanes, gradient: Gradient, flags: Signal
    ) -> None:
        """The host chain, with what it may capture."""
        sources: dict[IoSource, Value] = {
            IoSource.POS0: state.pos_read[0],
            IoSource.POS1: state.pos_read[1],
            IoSource.MOM0: state.mom_read[0],
            IoSource.MOM1: state.mom_read[1],
            IoSource.WEIGHT: lanes.weight_a,
            IoSource.GRAD_LOW: gradient.grad_read[:18],
            IoSource.GRAD_HIGH: gradient.grad_read[18:],
            IoSource.FLAGS: flags,
        }
        host_chain(m, c, io, self.io_i, sources)
