"""Position and momentum of an element's neurons in two contexts: drift, kick, and the operand cut.

    drift   q += p or q -= p          exact: q's extra fraction bits make (h/2) p an integer of its last place
    kick    p += K or p -= K          K = half_up(force sum); the rounding bit rides on the carry, -(v + r) = ~v + !r
    cut     x = saturate(q >> shift)  the position as a multiplier operand
    turn    t = wrap(q >> shift)      the same of an angle, by another shift; x_turn says which, where there are both

Every write wraps; `flags` tells, in the cycle of the write (of the load, for an operand), where the exact value of
either context did not fit; a t always fits. Both contexts write at once, at one address. Each reads at its own, whose
low bits count: the same field addresses the vector store.

Latency, from the address: word 1, drift or operand 2; from x_turn: operand 1; from k_sel: the sum with the momentum
whose address comes with it 2; from k_src: the kick register 2, for a force sum comes in halves, and 1 for a host word.
No load may follow that of a force sum in the next cycle.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data
from amaranth.lib.memory import Memory

from rtl.element.arithmetic import add, fits, pair, register, saturate, shift_right
from rtl.hls.plan.control import KickSelect, KickSource, StationarySource
from rtl.hls.plan.geometry import MAX_FOLD, Geometry

__all__ = ["State", "state_words"]


class State(Elaboratable):
    """See the module's text.

    Inputs
    ------
    acc : a lane: accumulator with a force sum
    io : word of the host chain

    Outputs
    -------
    pos_read, mom_read, pos_sum, mom_sum, kick, operand : registers, a context
    flags : q_overflow, p_overflow, operand_clipped, in this cycle
    kick : has one bit below its last place: K = half_up(kick, 1)
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout]) -> None:
        g = geometry
        self.geometry, self.control = geometry, control
        self.acc = [Signal(signed(g.accumulator_bits)) for _ in range(2)]
        self.io = Signal(signed(g.chain_bits))
        self.pos_read = pair("pos_read", signed(g.position_bits))
        self.mom_read = pair("mom_read", signed(g.momentum_bits))
        self.pos_sum = pair("pos_sum", signed(g.position_bits + 1))
        self.mom_sum = pair("mom_sum", signed(g.kick_bits + 2))
        self.kick = pair("kick", signed(g.kick_bits + 1))  # with one bit below its last place, for the rounding
        self.operand = pair("operand", signed(18))
        self.flags = Signal(3)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        clipped = pair("operand_clip", 1)
        for context, address in enumerate((c.s_addr0, c.s_addr1)):
            reads = self.pos_read[context], self.mom_read[context]
            sums = self.pos_sum[context], self.mom_sum[context]
            place = address[: (MAX_FOLD - 1).bit_length()]
            state_words(m, g, c, context, place, reads, sums, c.we_p, self.io)
            self._drift(m, context)
            self._kick(m, context)
            t = shift_right(self.pos_read[context], g.turn_shift)[: g.operand_bits].as_signed()
            x, lost = saturate(shift_right(self.pos_read[context], g.operand_shift), g.operand_bits)
            if g.chooses_operand:
                operand, lost = Mux(c.x_turn, t, x), lost & ~c.x_turn
            else:
                operand = x if g.cut_positions else t
            m.d.sync += self.operand[context].eq(operand)
            if g.cut_positions:
                m.d.sync += clipped[context].eq(lost)
        self._take_force(m)
        q_fits = [fits(value, g.position_bits) for value in self.pos_sum]
        p_fits = [fits(value, g.momentum_bits) for value in self.mom_sum]
        own = c.x_en & c.x_load & ~c.x_store if g.lane_store else c.x_en & c.x_load
        used = own | (c.r_src == StationarySource.X)
        came_off = c.we_q & ~(q_fits[0] & q_fits[1]) if g.cut_positions else Const(0, 1)  # angles come round
        m.d.comb += self.flags.eq(Cat(came_off, c.we_p & ~(p_fits[0] & p_fits[1]), used & (clipped[0] | clipped[1])))
        return m

    def _drift(self, m: Module, context: int) -> None:
        c = self.control
        p = self.mom_read[context]
        m.d.sync += self.pos_sum[context].eq(
            add(self.pos_read[context], p ^ c.q_sub.replicate(len(p)).as_signed(), c.q_sub)
        )

    def _kick(self, m: Module, context: int) -> None:
        c, bits = self.control, self.geometry.kick_bits
        impulse, carry = register(f"impulse{context}", signed(bits)), register(f"impulse_carry{context}", 1)
        subtract = c.p_sub[context]
        for select, lane in ((KickSelect.OWN, context), (KickSelect.LANE0, 0), (KickSelect.LANE1, 1)):
            with m.If(c.k_sel == select):
                m.d.sync += [
                    impulse.eq(self.kick[lane][1:].as_signed() ^ subtract.replicate(bits).as_signed()),
                    carry.eq(self.kick[lane][0] ^ subtract),
                ]
        m.d.sync += self.mom_sum[context].eq(add(self.mom_read[context], impulse, carry))

    def _take_force(self, m: Module) -> None:
        """Force sums, or a host word, to the kick registers; the sums' high half is there one cycle later."""
        c, g = self.control, self.geometry
        low = max(0, min(g.low_bits - (g.kick_shift - 1), g.kick_bits + 1))
        take_high = register("take_high", 1)
        m.d.sync += take_high.eq(c.k_src == KickSource.ACC)
        for lane, kick in enumerate(self.kick):
            force = (self.acc[lane] >> (g.kick_shift - 1)).as_signed()
            with m.If(c.k_src == KickSource.IO):
                m.d.sync += kick.eq(Cat(Const(0, 1), self.io[: g.momentum_bits]).as_signed())
            with m.If(c.k_src == KickSource.ACC):
                m.d.sync += kick[:low].eq(force[:low])
            with m.If(take_high):
                m.d.sync += kick[low:].eq(force[low:].as_signed())


def state_words(
    m: Module,
    geometry: Geometry,
    control: data.View[data.StructLayout],
    context: int,
    address: Value,
    reads: tuple[Signal, Signal],
    sums: tuple[Signal, Signal],
    we_p: Value,
    io: Signal,
) -> None:
    """The position and momentum memories of one context: `reads`, registers, are what they give at `address` (or the
    host's word, or zero), `sums` what is written at w_addr, wrapped. Latency 1."""
    c, g = control, geometry
    for name, bits, total, enable in (
        ("position", g.position_bits, sums[0], c.we_q),
        ("momentum", g.momentum_bits, sums[1], we_p),
    ):
        memory = Memory(shape=signed(bits), depth=MAX_FOLD, init=[], attrs={"ram_style": "distributed"})
        m.submodules[f"{name}{context}"] = memory
        read, write = memory.read_port(domain="comb"), memory.write_port()
        m.d.comb += [
            read.addr.eq(address),
            write.addr.eq(c.w_addr),
            write.en.eq(enable),
            write.data.eq(total[:bits]),
        ]
        if name == "position":
            m.d.sync += reads[0].eq(Mux(c.q_io, io[:bits], read.data))
        else:
            m.d.sync += reads[1].eq(Mux(c.p_zero, 0, read.data))
