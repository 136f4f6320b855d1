"""Position and momentum of a wide element's neurons, in two contexts, with drift, operand and kick.

    drift    q <- q +- p                     wraps
    operand  x = saturate(floor(q / 2**operand_shift)), or t in turns
    kick     p <- p +- half_up(sum, kick_shift)      of a force sum, or of a host word; wraps

As `rtl.element.state`, but kicks come one after another: one impulse for both contexts, and `we_p` says which takes it.
A chain brings two force sums in a cycle and B in B cycles; that of lane 1 waits B cycles in a row of registers.

Latency: from s_addr the words 1, the operand 2, what is written 2; from the sum's last half to the kick register 1;
from p_sub and k_sel, whose word has the momentum's address, to what is written 2.
"""

from __future__ import annotations

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from rtl.element.arithmetic import fits, pair, register, saturate, shift_right
from rtl.element.state import state_words
from rtl.hls.plan.geometry import MAX_FOLD, Geometry
from rtl.hls.plan.width import Width
from rtl.primitives.adder import Adder

__all__ = ["WideState"]


class WideState(Elaboratable):
    """See the module's text.

    Inputs
    ------
    force : whole force sums: a lane of a chain, or the sum register alone
    io : word of the host chain

    Outputs
    -------
    pos_read, mom_read, operand : registers, a context
    flags : q_overflow, p_overflow, operand_clipped, in this cycle
    """

    def __init__(
        self, geometry: Geometry, width: Width, control: data.View[data.StructLayout], technology: str
    ) -> None:
        g = geometry
        self.geometry, self.width, self.control, self.technology = g, width, control, technology
        self.force = [Signal(signed(g.accumulator_bits)) for _ in range(2 if width.chain else 1)]
        self.io = Signal(signed(g.chain_bits))
        self.pos_read = pair("pos_read", signed(g.position_bits))
        self.mom_read = pair("mom_read", signed(g.momentum_bits))
        self.operand = pair("operand", signed(18))
        self.flags = Signal(3)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, g = self.control, self.geometry
        impulse, carry = self._impulse(m)
        clipped, q_fits, p_fits = pair("operand_clip", 1), [], []
        for context, address in enumerate((c.s_addr0, c.s_addr1)):
            q, p = self.pos_read[context], self.mom_read[context]
            drifted = self._sum(m, f"drift{context}", q, p, c.q_sub, c.q_sub, g.position_bits + 1)
            kicked = self._sum(m, f"kick{context}", impulse, p, Const(0), carry, g.kick_bits + 2)
            place = address[: (MAX_FOLD - 1).bit_length()]
            state_words(m, g, c, context, place, (q, p), (drifted, kicked), c.we_p[context], self.io)
            q_fits.append(fits(drifted, g.position_bits))
            p_fits.append(fits(kicked, g.momentum_bits))
            t = shift_right(q, g.turn_shift)[: g.operand_bits].as_signed()
            x, lost = saturate(shift_right(q, g.operand_shift), g.operand_bits)
            if g.chooses_operand:
                operand, lost = Mux(c.x_turn, t, x), lost & ~c.x_turn
            else:
                operand = x if g.cut_positions else t
            m.d.sync += [self.operand[context].eq(operand), clipped[context].eq(lost if g.cut_positions else 0)]
        own = c.x_en & c.x_load & ~c.x_store if g.lane_store else c.x_en & c.x_load
        came_off = c.we_q & ~(q_fits[0] & q_fits[1]) if g.cut_positions else Const(0, 1)  # angles come round
        overran = (c.we_p[0] & ~p_fits[0]) | (c.we_p[1] & ~p_fits[1])
        m.d.comb += self.flags.eq(Cat(came_off, overran, (own | c.r_src) & (clipped[0] | clipped[1])))
        return m

    def _sum(self, m: Module, name: str, a: Value, b: Value, invert: Value, carry: Value, bits: int) -> Signal:
        """A register with a + (b ^ invert) + carry, signed."""
        m.submodules[name] = adder = Adder(bits, "invert", self.technology)
        total = register(f"{name}_sum", signed(bits))
        m.d.comb += [adder.a.eq(a), adder.b.eq(b), adder.choice.eq(invert), adder.carry.eq(carry)]
        m.d.sync += total.eq(adder.total[:bits])
        return total

    def _impulse(self, m: Module) -> tuple[Signal, Signal]:
        """+-K as a word and its rounding bit, which goes into the carry."""
        c, g = self.control, self.geometry
        bits = g.kick_bits + 1  # with one bit below the last place: K = half_up(kick, 1)
        kicks = self._kicks(m, bits)
        kick = Mux(c.k_sel, kicks[1], kicks[0]) if self.width.chain else kicks[0]
        impulse, carry = register("impulse", signed(g.kick_bits)), register("impulse_carry", 1)
        m.d.sync += [
            impulse.eq(kick[1:].as_signed() ^ c.p_sub.replicate(g.kick_bits).as_signed()),
            carry.eq(kick[0] ^ c.p_sub),
        ]
        return impulse, carry

    def _kicks(self, m: Module, bits: int) -> Sequence[Signal]:
        c, g = self.control, self.geometry
        words = [(force >> (g.kick_shift - 1)).as_signed()[:bits].as_signed() for force in self.force]
        host = Cat(Const(0, 1), self.io[: g.momentum_bits]).as_signed()
        first = register("kick0", signed(bits))
        m.d.sync += first.eq(Mux(c.k_io, host, words[0]))
        if len(words) == 1:
            return [first]
        last: Value = words[1]
        for stage in range(self.width.banks + 1):
            after = register(f"kick1_{stage}", signed(bits))
            m.d.sync += after.eq(last)
            last = after
        return [first, after]
