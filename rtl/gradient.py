"""The gradient words and the parameter update.

    G     += half_up(product_1 - product_0, g_cut)     the twins' difference before any cut; wraps at 36 bits
    theta -= clip(half_up(G, shift), -C, C)            saturated to 18 bits; or += where the density is negative

Latency: from the gradient's address to its word 3, a read-modify-write 4; from the address to the new parameter 10 (the
stages are `rtl.hls.timing.UPDATE`). Golden twins: golden.differences, golden.update.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, signed
from amaranth.lib import data

from rtl.arithmetic import ControlWord, add, fits, register, saturate
from rtl.hls.geometry import Geometry
from rtl.primitives.memory import GradientMemory

__all__ = ["Gradient"]

WORD_BITS = 36


class Gradient(Elaboratable):
    """See the module's text.

    Inputs
    ------
    product : a lane (a context): product of the density
    weight : the parameter word that is updated

    Outputs
    -------
    grad_read, difference, grad_sum, update_sum : registers
    theta : the new parameter word
    flags : g_overflow, theta_clipped, in this cycle
    """

    def __init__(self, geometry: Geometry, control: data.View[ControlWord], technology: str) -> None:
        self.geometry, self.control, self.technology = geometry, control, technology
        self.product = [Signal(signed(40)) for _ in range(2)]
        self.weight = Signal(signed(18))
        self.grad_read = register("grad_read", signed(WORD_BITS))
        self.difference = register("difference", signed(WORD_BITS + 1))
        self.grad_sum = register("grad_sum", signed(WORD_BITS + 1))
        self.update_sum = register("update_sum", signed(19))
        self.theta = Signal(signed(18))
        self.flags = Signal(2)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, cut = self.control, self.geometry.g_cut
        m.submodules.memory = memory = GradientMemory(technology=self.technology)
        rounding = self.difference[cut - 1] if cut else Const(0, 1)
        twins = [product[:WORD_BITS].as_signed() for product in self.product]
        m.d.sync += [
            # A register between the block RAM and the adder: the memory's output is slow enough by itself.
            self.grad_read.eq(memory.r_data),
            self.difference.eq(twins[1] - twins[0]),
            self.grad_sum.eq(add(self.grad_read, (self.difference >> cut).as_signed(), rounding)),
        ]
        m.d.comb += [
            memory.r_addr.eq(c.g_raddr),
            memory.w_addr.eq(c.g_waddr),
            memory.w_en.eq(c.g_we),
            memory.w_data.eq(Mux(c.g_clear, 0, self.grad_sum[:WORD_BITS])),
        ]
        clipped = self._update(m)
        overflow = c.g_we & ~c.g_clear & ~fits(self.grad_sum, WORD_BITS)
        m.d.comb += self.flags.eq(Cat(overflow, c.we_b & c.w_theta & clipped))
        return m

    def _update(self, m: Module) -> Signal:
        """Shift by 16s, 4s and 1s, with one bit below for the rounding, then clip; returns whether theta saturated.

        What lies beyond the reach of the remaining shifts is clipped in any case: each stage saturates to what the
        next ones can still bring back.
        """
        c = self.control
        window = self.geometry.clip_log2 + 1
        by16 = register("by16", signed(WORD_BITS + 1))
        middle = register("middle", signed(min(WORD_BITS + 1, window + 17)))
        fine = register("fine", signed(min(WORD_BITS + 1, window + 5)))
        by4, by1 = register("by4", signed(len(middle))), register("by1", signed(len(fine)))
        shifts = [register(f"shift{stage}", bits) for stage, bits in enumerate((4, 4, 2, 2))]
        m.d.sync += [
            by16.eq(Cat(Const(0, 1), self.grad_read).as_signed() >> (c.shift[4:] << 4)),
            shifts[0].eq(c.shift[:4]),
            middle.eq(saturate(by16, len(middle))[0]),
            shifts[1].eq(shifts[0]),
            by4.eq(middle >> (shifts[1][2:] << 2)),
            shifts[2].eq(shifts[1][:2]),
            fine.eq(saturate(by4, len(fine))[0]),
            shifts[3].eq(shifts[2]),
            by1.eq(fine >> shifts[3]),
        ]
        # clip(v + r) with v in the window's bits and r the bit below: C = 2**clip_log2 is (C - 1) + 1.
        sign, too_large = by1[-1], ~fits(by1[1:], window)
        step, step_round = register("step", signed(window)), register("step_round", 1)
        m.d.sync += [
            step.eq(Mux(too_large, Cat((~sign).replicate(window - 1), sign), by1[1:])),
            step_round.eq(Mux(too_large, ~sign, by1[0])),
        ]
        down = ~c.u_add
        m.d.sync += self.update_sum.eq(add(self.weight, step ^ down.replicate(window).as_signed(), step_round ^ down))
        theta, clipped = saturate(self.update_sum, 18)
        m.d.comb += self.theta.eq(theta)
        lost = Signal()
        m.d.comb += lost.eq(clipped)
        return lost
