"""The gradient words and the parameter update.

    G     += half_up(product_1 - product_0, g_cut)     the twins' difference before any cut; wraps at 36 bits
    theta -= clip(half_up(G, shift), -C, C)            saturated to 18 bits; or += where the density is negative
    theta  = clip(theta, low, high)                    of a parameter with a range, where the step is not 0

C = 2**clip_log2; shifts go from 0 to 35, another one in every cycle if need be. A word written by a control word is
read by those after it; no control word may read the address that it writes.

Latency: from the control word with the gradient's address to its word 4, a read-modify-write 4; from the products to
the sum with that word 3; from the address to the new parameter 11, 12 in an array with ranges
(the stages are `rtl.hls.plan.timing.UPDATE`).
Golden twins: golden.dynamics.accumulator, golden.training.update.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed
from amaranth.lib import data

from rtl.element.arithmetic import add, fits, register, saturate
from rtl.hls.plan.geometry import GRADIENT_BITS as WORD_BITS
from rtl.hls.plan.geometry import Geometry
from rtl.primitives.memory import GradientMemory

__all__ = ["Gradient"]


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
    flags : g_overflow in the cycle after g_we, theta_clipped in the cycle of the parameter's write
    """

    def __init__(self, geometry: Geometry, control: data.View[data.StructLayout], technology: str) -> None:
        self.geometry, self.control, self.technology = geometry, control, technology
        self.product = [Signal(signed(geometry.product_bits)) for _ in range(2)]
        self.weight = Signal(signed(18))
        self.grad_read = register("grad_read", signed(WORD_BITS))
        self.difference = register("difference", signed(geometry.density_bits + 1))
        self.grad_sum = register("grad_sum", signed(geometry.gradient_sum_bits))
        self.update_sum = register("update_sum", signed(19))
        self.theta = Signal(signed(18))
        self.flags = Signal(2)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        c, cut = self.control, self.geometry.g_cut
        m.submodules.memory = memory = GradientMemory(technology=self.technology)
        carried = Signal.like(self.difference, name="carried")
        rounding = carried[cut - 1] if cut else Const(0, 1)
        twins = [product[: self.geometry.density_bits].as_signed() for product in self.product]
        m.d.sync += [
            # A register between the block RAM and the adder: the memory's output is slow enough by itself.
            self.grad_read.eq(memory.r_data),
            self.difference.eq(twins[1] - twins[0]),
            # And one on the way from the multipliers to that memory, which may lie far from them.
            carried.eq(self.difference),
            self.grad_sum.eq(add(self.grad_read, (carried >> cut).as_signed(), rounding)),
        ]
        # Clearing takes the place of the sum that would be written: the memory's controls are a cycle late for it.
        r_addr, w_addr, w_en = register("g_r_addr", 9), register("g_w_addr", 9), register("g_w_en", 1)
        m.d.sync += [r_addr.eq(c.g_raddr), w_addr.eq(c.g_waddr), w_en.eq(c.g_we)]
        with m.If(c.g_clear):
            m.d.sync += self.grad_sum.eq(0)
        m.d.comb += [
            memory.r_addr.eq(r_addr),
            memory.w_addr.eq(w_addr),
            memory.w_en.eq(w_en),
            memory.w_data.eq(self.grad_sum[:WORD_BITS]),
        ]
        clipped = self._update(m)
        overflow = w_en & ~fits(self.grad_sum, WORD_BITS)
        m.d.comb += self.flags.eq(Cat(overflow, c.we_b & c.w_theta & clipped))
        return m

    def _update(self, m: Module) -> Signal:
        """Shift, with one bit below for the rounding, then clip; returns whether theta saturated.

        Shifts by 32 or 16, by 8, 4, 2 and 1, a cycle each. What lies beyond the reach of the shifts that remain is
        clipped in any case: each stage keeps the bits that those can still bring back, and a flag tells that others
        counted. The sign goes beside the word, for the flagged word has lost it.
        """
        c = self.control
        window = self.geometry.clip_log2 + 1
        doubled = Cat(Const(0, 1), self.grad_read).as_signed()
        word, shift = register("by16", signed(WORD_BITS + 1)), register("shift8", 4)
        m.d.sync += [
            word.eq(Mux(c.shift[5], doubled >> 32, Mux(c.shift[4], doubled >> 16, doubled))),
            shift.eq(c.shift[:4]),
        ]
        sign, flags = word[-1], [Const(0, 1)]
        reach = window + 1 + 16
        for amount in (8, 4, 2, 1):
            bits = min(len(word), window + 1 + amount)
            by, by_sign = register(f"by{amount}", signed(bits)), register(f"sign{amount}", 1)
            beyond, kept, far = (register(f"{name}{amount}", 1) for name in ("beyond", "kept", "far"))
            m.d.sync += [
                by.eq(Mux(shift[-1], word >> amount, word)),
                by_sign.eq(sign),
                beyond.eq(~fits(word, reach)),
                kept.eq(~shift[-1] & ~fits(word[:reach], bits)),
                far.eq(Cat(*flags).any()),
            ]
            if amount > 1:
                remaining = register(f"shift{amount // 2}", len(shift) - 1)
                m.d.sync += remaining.eq(shift[:-1])
                shift = remaining
            word, sign, flags, reach = by, by_sign, [beyond, kept, far], bits
        # clip(v + r) with v in the window's bits and r the bit below: C = 2**clip_log2 is (C - 1) + 1.
        too_large = Cat(*flags).any() | (sign ^ word[window])
        step, step_round = register("step", signed(window)), register("step_round", 1)
        m.d.sync += [
            step.eq(Mux(too_large, Cat((~sign).replicate(window - 1), sign), word[1:])),
            step_round.eq(Mux(too_large, ~sign, word[0])),
        ]
        down, weight = ~c.u_add, register("update_weight", signed(18))
        m.d.sync += [
            weight.eq(self.weight),
            self.update_sum.eq(add(weight, step ^ down.replicate(window).as_signed(), step_round ^ down)),
        ]
        theta, clipped = saturate(self.update_sum, 18)
        lost = Signal()
        if self.geometry.ranges:
            moves = register("update_moves", 1)
            m.d.sync += moves.eq(step.as_unsigned() != step_round.replicate(window))
            self._keep(m, moves, theta, clipped, lost)
        else:
            m.d.comb += [self.theta.eq(theta), lost.eq(clipped)]
        return lost

    def _keep(self, m: Module, moves: Signal, theta: Value, clipped: Value, lost: Signal) -> None:
        """A stage more: on which side of its range the new word lies, then the end of that side, or the word.

        The ends of the word itself are seen to: a range that ends there needs no comparison.
        """
        limit = 1 << 17
        kept, number = register("update_kept", signed(18)), register("update_range", 2)
        below, above, left = (register(f"update_{name}", 1) for name in ("below", "above", "lost"))
        which = self.control.range
        m.d.sync += [kept.eq(theta), number.eq(which), below.eq(0), above.eq(0), left.eq(clipped & (which == 0))]
        m.d.comb += [self.theta.eq(kept), lost.eq(left)]
        for each, (low, high) in enumerate(self.geometry.ranges, 1):
            if low > -limit:
                with m.If(which == each):
                    m.d.sync += below.eq(moves & (self.update_sum < low))
                with m.If(below & (number == each)):
                    m.d.comb += self.theta.eq(low)
            if high < limit - 1:
                with m.If(which == each):
                    m.d.sync += above.eq(moves & (self.update_sum > high))
                with m.If(above & (number == each)):
                    m.d.comb += self.theta.eq(high)
