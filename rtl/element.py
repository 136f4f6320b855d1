"""One element of the ring: weights, state and learning of the neurons it holds.

Function: two multiply-accumulate lanes on one weight memory, an element-wise unit for two contexts of state, a table, a
gradient memory and the parameter update. Which of them does what in a cycle is said by the control word
(`rtl.hls.control`). Lane m serves context m in the twin echo, and output block b + m in the forward pass.

Latencies, from the cycle in which a control field acts (the scheduler's `rtl.hls.timing` names them):
address -> weight 3, -> product 8, -> accumulator 9; state address -> read register 1, -> operand x 2; table look-up:
z -> s written 13; drift or kick: read, add, write: 3. Throughput: two products a cycle.

Golden twin: `golden.fixed`; cycle twin: `rtl.hls.machine`.

Members
-------
control : In, one control word, registered on entry
imm : In, broadcast word, registered on entry
x0_i, x1_i / x0_o, x1_o : lanes from the previous and to the next element
acc0_i, acc1_i / acc0_o, acc1_o : accumulators likewise
io_i / io_o : host chain likewise
trace : Out, all architectural registers (only with ``trace=True``)
"""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Shape, Signal, Value, signed, unsigned
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from rtl.hls.control import (
    ELEMENT_FIELDS,
    AccSource,
    IoOp,
    IoSource,
    KickSelect,
    KickSource,
    OpA0,
    OpA1,
    OpB,
    StationarySource,
    ZTake,
)
from rtl.hls.geometry import MAX_FOLD, TABLE_BASE, Geometry
from rtl.hls.trace import trace_bits, trace_layout
from rtl.primitives.memory import GradientMemory, WeightMemory
from rtl.primitives.multiplier import Multiplier

__all__ = ["ControlWord", "Element"]

ControlWord = data.StructLayout({name: unsigned(width) for name, width in ELEMENT_FIELDS.items()})
"""The broadcast part of a control word as a signal layout."""

FLAG_NAMES = ("q_overflow", "p_overflow", "operand_clipped", "g_overflow", "theta_clipped")


def _register(name: str, shape: Shape | int) -> Signal:
    """A data register: no reset, so that no reset net is routed to it."""
    return Signal(shape, name=name, reset_less=True)


def _shift_right(value: Value, amount: int) -> Value:
    """Arithmetic right shift by a constant, left for a negative one."""
    return (value >> amount).as_signed() if amount >= 0 else Cat(Const(0, -amount), value).as_signed()


def _saturate(value: Value, bits: int) -> tuple[Value, Value]:
    """Value clipped to a signed word, and whether it was."""
    value = value.as_signed()
    if len(value) <= bits:
        return value, Const(0, 1)
    upper = value[bits - 1 :]
    clipped = upper.any() & ~upper.all()
    sign = value[-1]
    return Mux(clipped, Cat((~sign).replicate(bits - 1), sign), value[:bits]).as_signed(), clipped


def _fits(value: Value, bits: int) -> Value:
    """Whether a signed value fits a word of so many bits."""
    upper = value[bits - 1 :]
    return upper.all() | ~upper.any()


def _add(a: Value, b: Value, carry: Value, *, signed: bool = True) -> Value:
    """a + b + carry, one bit wider, as one adder: the carry enters below the lowest bit."""
    left, right = Cat(Const(1, 1), a), Cat(carry, b)
    return (left.as_signed() + right.as_signed())[1:].as_signed() if signed else (left + right)[1:]


class Element(wiring.Component):
    """See the module's text.

    Parameters
    ----------
    geometry : sizes and shifts
    technology : "behavioural" or "ecp5", see rtl.primitives
    trace : add the `trace` port
    """

    def __init__(self, geometry: Geometry, technology: str = "behavioural", trace: bool = False) -> None:
        self.geometry = geometry
        self.technology = technology
        members = {
            "control": In(ControlWord),
            "imm": In(signed(geometry.chain_bits)),
            "io_i": In(signed(geometry.chain_bits)),
            "io_o": Out(signed(geometry.chain_bits)),
        }
        for lane in range(2):
            members[f"x{lane}_i"] = In(signed(18))
            members[f"x{lane}_o"] = Out(signed(18))
            members[f"acc{lane}_i"] = In(signed(geometry.accumulator_bits))
            members[f"acc{lane}_o"] = Out(signed(geometry.accumulator_bits))
        self._traced: list[tuple[str, Value]] = []
        self._has_trace = trace
        if trace:
            members["trace"] = Out(trace_bits(geometry))
        super().__init__(members)

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        g = self.geometry
        c = Signal(ControlWord, name="word", reset_less=True)
        imm = _register("imm_leaf", signed(g.chain_bits))
        m.d.sync += [c.eq(self.control), imm.eq(self.imm)]

        io = _register("io", signed(g.chain_bits))
        stationary = [_register(f"r{i}", signed(18)) for i in range(2)]
        x = [_register(f"x{i}", signed(18)) for i in range(2)]
        acc = [_register(f"acc{i}", signed(g.accumulator_bits)) for i in range(2)]

        # Weight memory and its addresses.
        m.submodules.weights = weights = WeightMemory(technology=self.technology)
        index = _register("index", 9)
        addr_a, addr_b = _register("addr_a", 10), _register("addr_b", 10)
        we_b, wdata = _register("we_b", 1), _register("wdata", signed(18))
        m.d.sync += [
            addr_a.eq(Mux(c.lookup, TABLE_BASE | index, c.addr_a)),
            addr_b.eq(Mux(c.lookup, (TABLE_BASE | index) + 1, c.addr_b)),
            we_b.eq(c.we_b),
        ]
        m.d.comb += [
            weights.a_addr.eq(addr_a),
            weights.b_addr.eq(addr_b),
            weights.b_we.eq(we_b),
            weights.b_wdata.eq(wdata),
        ]
        weight_a = Signal(signed(18))
        weight_b = Signal(signed(18))
        m.d.comb += [weight_a.eq(weights.a_data), weight_b.eq(weights.b_data)]
        cut = 18 - g.operand_bits

        # Multipliers: 0 and 1.
        op_a = [_register(f"op_a{i}", signed(18)) for i in range(2)]
        op_b = [_register(f"op_b{i}", signed(18)) for i in range(2)]
        product = [_register(f"product{i}", signed(40)) for i in range(2)]
        m.d.sync += op_a[0].eq(Mux(c.opa0 == OpA0.R, stationary[0], weight_a >> cut))
        with m.Switch(c.opa1):
            with m.Case(OpA1.WEIGHT_A):
                m.d.sync += op_a[1].eq(weight_a >> cut)
            with m.Case(OpA1.WEIGHT_B):
                m.d.sync += op_a[1].eq(weight_b >> cut)
            with m.Default():
                m.d.sync += op_a[1].eq(stationary[1])
        for lane in range(2):
            m.submodules[f"multiplier{lane}"] = multiplier = Multiplier(technology=self.technology)
            m.d.comb += [multiplier.a.eq(op_a[lane]), multiplier.b.eq(op_b[lane])]
            with m.Switch(c.opb):
                with m.Case(OpB.X):
                    m.d.sync += op_b[lane].eq(x[lane])
                with m.Case(OpB.R):
                    m.d.sync += op_b[lane].eq(stationary[lane])
                with m.Default():
                    m.d.sync += op_b[lane].eq(imm)
            # A negated product is its complement here and gets its last place in the accumulator's carry.
            m.d.sync += product[lane].eq(
                Mux(c.scale, multiplier.p << 4, multiplier.p) ^ c.negate.replicate(40).as_signed()
            )

        # Accumulators: a row sum that stays, or a partial sum that travels. The high half follows one cycle later.
        low, high = g.low_bits, g.accumulator_bits - g.low_bits
        acc_low = [value[:low] for value in acc]
        acc_high = [value[low:] for value in acc]
        negated, high_en, high_src = _register("negated", 1), _register("high_en", 2), _register("high_src", 2)
        m.d.sync += [negated.eq(c.negate), high_en.eq(c.acc_en), high_src.eq(c.acc_src)]
        for lane, incoming in enumerate((self.acc0_i, self.acc1_i)):
            carry = _register(f"carry{lane}", 1)
            addend = _register(f"addend{lane}", signed(high))
            base_low = Signal(low, name=f"base_low{lane}")
            base_high = Signal(high, name=f"base_high{lane}")
            for source, base, own, prev in (
                (c.acc_src, base_low, acc_low[lane], incoming[:low]),
                (high_src, base_high, acc_high[lane], incoming[low:]),
            ):
                with m.Switch(source):
                    with m.Case(AccSource.OWN):
                        m.d.comb += base.eq(own)
                    with m.Case(AccSource.PREV):
                        m.d.comb += base.eq(prev)
            m.d.sync += addend.eq(product[lane] >> low)
            with m.If(c.acc_en[lane]):
                m.d.sync += Cat(acc_low[lane], carry).eq(_add(base_low, product[lane][:low], negated, signed=False))
            with m.If(high_en[lane]):
                m.d.sync += acc_high[lane].eq(_add(base_high, addend[:high], carry, signed=False))

        # State: position and momentum of both contexts.
        s_addr = (c.s_addr0, c.s_addr1)
        pos_read = [_register(f"pos_read{i}", signed(g.position_bits)) for i in range(2)]
        mom_read = [_register(f"mom_read{i}", signed(g.momentum_bits)) for i in range(2)]
        pos_sum = [_register(f"pos_sum{i}", signed(g.position_bits + 1)) for i in range(2)]
        mom_sum = [_register(f"mom_sum{i}", signed(g.kick_bits + 2)) for i in range(2)]
        # The kick register keeps one bit below its last place, for the rounding.
        kick = [_register(f"kick{i}", signed(g.kick_bits + 1)) for i in range(2)]
        kick_low = max(0, min(low - (g.kick_shift - 1), g.kick_bits + 1))
        take_kick = _register("take_kick", 1)
        m.d.sync += take_kick.eq(c.k_src == KickSource.ACC)
        impulse = [_register(f"impulse{i}", signed(g.kick_bits)) for i in range(2)]
        impulse_carry = [_register(f"impulse_carry{i}", 1) for i in range(2)]
        operand = [_register(f"operand{i}", signed(18)) for i in range(2)]
        operand_clip = [_register(f"operand_clip{i}", 1) for i in range(2)]
        table_s = []
        for lane in range(2):
            m.submodules[f"position{lane}"] = position = Memory(
                shape=signed(g.position_bits), depth=MAX_FOLD, init=[], attrs={"ram_style": "distributed"}
            )
            m.submodules[f"momentum{lane}"] = momentum = Memory(
                shape=signed(g.momentum_bits), depth=MAX_FOLD, init=[], attrs={"ram_style": "distributed"}
            )
            m.submodules[f"table_s{lane}"] = s_memory = Memory(
                shape=signed(18), depth=MAX_FOLD, init=[], attrs={"ram_style": "distributed"}
            )
            position_r, position_w = position.read_port(domain="comb"), position.write_port()
            momentum_r, momentum_w = momentum.read_port(domain="comb"), momentum.write_port()
            s_r, s_w = s_memory.read_port(domain="comb"), s_memory.write_port()
            table_s.append((s_r, s_w))
            m.d.comb += [
                position_r.addr.eq(s_addr[lane]),
                momentum_r.addr.eq(s_addr[lane]),
                s_r.addr.eq(s_addr[lane]),
                position_w.addr.eq(c.w_addr),
                position_w.en.eq(c.we_q),
                position_w.data.eq(pos_sum[lane][: g.position_bits]),
                momentum_w.addr.eq(c.w_addr),
                momentum_w.en.eq(c.we_p),
                momentum_w.data.eq(mom_sum[lane][: g.momentum_bits]),
            ]
            m.d.sync += [
                pos_read[lane].eq(Mux(c.q_io, io[: g.position_bits], position_r.data)),
                mom_read[lane].eq(Mux(c.p_zero, 0, momentum_r.data)),
            ]
            # Drift, exact: the extra fraction bits of q make (h/2) p an integer of its last place.
            drift = mom_read[lane] ^ c.q_sub.replicate(g.momentum_bits).as_signed()
            m.d.sync += pos_sum[lane].eq(_add(pos_read[lane], drift, c.q_sub))
            # Kick: half-up rounding rides on the carry: -(v + r) = ~v + !r.
            subtract = c.p_sub[lane]
            for select, source in ((KickSelect.OWN, lane), (KickSelect.LANE0, 0), (KickSelect.LANE1, 1)):
                with m.If(c.k_sel == select):
                    m.d.sync += [
                        impulse[lane].eq(kick[source][1:].as_signed() ^ subtract.replicate(g.kick_bits).as_signed()),
                        impulse_carry[lane].eq(kick[source][0] ^ subtract),
                    ]
            m.d.sync += mom_sum[lane].eq(_add(mom_read[lane], impulse[lane], impulse_carry[lane]))
            force = (acc[lane] >> (g.kick_shift - 1)).as_signed()
            with m.If(c.k_src == KickSource.IO):
                m.d.sync += kick[lane].eq(Cat(Const(0, 1), io[: g.momentum_bits]).as_signed())
            with m.If(c.k_src == KickSource.ACC):
                m.d.sync += kick[lane][:kick_low].eq(force[:kick_low])
            with m.If(take_kick):
                m.d.sync += kick[lane][kick_low:].eq(force[kick_low:].as_signed())
            clipped, did_clip = _saturate(_shift_right(pos_read[lane], g.operand_shift), g.operand_bits)
            m.d.sync += [operand[lane].eq(clipped), operand_clip[lane].eq(did_clip)]

        # Table: clamp, split, look up both neighbours, interpolate on the two multipliers.
        fraction = _register("fraction", 12)
        sign = [_register(f"sign{i}", 1) for i in range(2)]
        z_low, z_high = _register("z_low", low), _register("z_high", signed(high))
        take_z = _register("take_z", 2)
        m.d.sync += take_z.eq(c.z_take)
        for lane, take in enumerate((ZTake.ACC0, ZTake.ACC1)):
            with m.If(c.z_take == take):
                m.d.sync += z_low.eq(acc_low[lane])
            with m.If(take_z == take):
                m.d.sync += z_high.eq(acc_high[lane])
        z = _shift_right(Cat(z_low, z_high).as_signed(), g.z_shift)
        z_bits = max(len(z), 23)
        z = Cat(z, z[-1].replicate(z_bits - len(z)))
        magnitude = Signal(z_bits - 1)
        beyond = Signal()
        m.d.comb += [
            magnitude.eq(z[:-1] ^ z[-1].replicate(z_bits - 1)),
            beyond.eq(magnitude[21:].any()),
        ]
        with m.If(c.z_en):
            m.d.sync += [
                Cat(fraction, index).eq(magnitude[:21] | beyond.replicate(21)),
            ]
            for lane in range(2):
                with m.If(c.z_lane == lane):
                    m.d.sync += sign[lane].eq(z[-1])
        interpolated = _register("interpolated", signed(31))
        m.d.sync += interpolated.eq(product[0][:31].as_signed() + product[1][:31].as_signed())
        negative = Mux(c.s_lane, sign[1], sign[0])
        s_word = _register("s_word", signed(18))
        flipped = interpolated[12:30].as_signed() ^ negative.replicate(18).as_signed()
        m.d.sync += s_word.eq(flipped + (interpolated[11] ^ negative))
        for lane, (_s_r, s_w) in enumerate(table_s):
            m.d.comb += [s_w.addr.eq(c.s_waddr), s_w.en.eq(c.s_we[lane]), s_w.data.eq(s_word)]

        # Rotating lanes and stationary operands.
        for lane, incoming in enumerate((self.x0_i, self.x1_i)):
            with m.If(c.x_en):
                m.d.sync += x[lane].eq(Mux(c.x_load, operand[lane], incoming))
        weights_of_fraction = ((4096 - fraction).as_signed(), Cat(fraction, Const(0, 1)).as_signed())
        for lane in range(2):
            with m.Switch(c.r_src):
                with m.Case(StationarySource.S):
                    m.d.sync += stationary[lane].eq(table_s[lane][0].data)
                with m.Case(StationarySource.X):
                    m.d.sync += stationary[lane].eq(operand[lane])
                with m.Case(StationarySource.FRACTION):
                    m.d.sync += stationary[lane].eq(weights_of_fraction[lane])

        # Gradient: difference of the twins before any cut, then one rounding into the accumulator.
        m.submodules.gradients = gradients = GradientMemory(technology=self.technology)
        # A register between the block RAM and the adder: the memory's output is slow enough by itself.
        grad_read = _register("grad_read", signed(36))
        m.d.sync += grad_read.eq(gradients.r_data)
        difference = _register("difference", signed(37))
        grad_sum = _register("grad_sum", signed(37))
        rounding = difference[g.g_cut - 1] if g.g_cut else Const(0, 1)
        m.d.sync += [
            difference.eq(product[1][:36].as_signed() - product[0][:36].as_signed()),
            grad_sum.eq(_add(grad_read, (difference >> g.g_cut).as_signed(), rounding)),
        ]
        m.d.comb += [
            gradients.r_addr.eq(c.g_raddr),
            gradients.w_addr.eq(c.g_waddr),
            gradients.w_en.eq(c.g_we),
            gradients.w_data.eq(Mux(c.g_clear, 0, grad_sum[:36])),
        ]

        # Update: shift by 16s, 4s and 1s, with one bit below for the rounding, then clip. What lies beyond the reach of
        # the remaining shifts is clipped in any case: each stage saturates to what the next can still bring back.
        window = g.clip_log2 + 1
        shift1, shift2 = _register("shift1", 4), _register("shift2", 2)
        coarse = _register("coarse", signed(37))
        middle = _register("middle", signed(min(37, window + 17)))
        fine = _register("fine", signed(min(37, window + 5)))
        update_sum = _register("update_sum", signed(19))
        m.d.sync += [
            coarse.eq(Cat(Const(0, 1), grad_read).as_signed() >> (c.shift[4:] << 4)),
            shift1.eq(c.shift[:4]),
            middle.eq(_saturate(coarse, len(middle))[0] >> (shift1[2:] << 2)),
            shift2.eq(shift1[:2]),
            fine.eq(_saturate(middle, len(fine))[0] >> shift2),
        ]
        too_large = ~_fits(fine[1:], window)
        step = _register("step", signed(window))
        step_round = _register("step_round", 1)
        m.d.sync += [
            step.eq(Mux(too_large, Cat((~fine[-1]).replicate(window - 1), fine[-1]), fine[1:])),
            step_round.eq(Mux(too_large, ~fine[-1], fine[0])),
        ]
        downward = ~c.u_add
        m.d.sync += update_sum.eq(_add(weight_a, step ^ downward.replicate(window).as_signed(), step_round ^ downward))
        theta, theta_clip = _saturate(update_sum, 18)
        m.d.sync += wdata.eq(Mux(c.w_theta, theta, io[:18].as_signed()))

        # Host chain.
        captured = _register("captured", signed(g.chain_bits))
        flags = _register("flags", len(FLAG_NAMES))
        sources: dict[IoSource, Value] = {
            IoSource.POS0: pos_read[0],
            IoSource.POS1: pos_read[1],
            IoSource.MOM0: mom_read[0],
            IoSource.MOM1: mom_read[1],
            IoSource.WEIGHT: weight_a,
            IoSource.GRAD_LOW: grad_read[:18],
            IoSource.GRAD_HIGH: grad_read[18:],
            IoSource.FLAGS: flags,
        }
        with m.Switch(c.io_src):
            for source, value in sources.items():
                with m.Case(source):
                    m.d.sync += captured.eq(value)
        with m.If(c.io_op == IoOp.SHIFT):
            m.d.sync += io.eq(self.io_i)
        with m.If(c.io_op == IoOp.CAPTURE):
            m.d.sync += io.eq(captured)
        raised = Signal(len(FLAG_NAMES))
        uses_operand = (c.x_en & c.x_load) | (c.r_src == StationarySource.X)
        q_bad = [~_fits(pos_sum[i], g.position_bits) for i in range(2)]
        p_bad = [~_fits(mom_sum[i], g.momentum_bits) for i in range(2)]
        m.d.comb += raised.eq(
            Cat(
                c.we_q & (q_bad[0] | q_bad[1]),
                c.we_p & (p_bad[0] | p_bad[1]),
                uses_operand & (operand_clip[0] | operand_clip[1]),
                c.g_we & ~c.g_clear & ~_fits(grad_sum, 36),
                c.we_b & c.w_theta & theta_clip,
            )
        )
        m.d.sync += flags.eq(Mux(c.flags_clear, 0, flags) | raised)

        m.d.comb += [
            self.x0_o.eq(x[0]),
            self.x1_o.eq(x[1]),
            self.acc0_o.eq(acc[0]),
            self.acc1_o.eq(acc[1]),
            self.io_o.eq(io),
        ]
        if self._has_trace:
            registers: dict[str, Value] = {
                "x0": x[0], "x1": x[1], "r0": stationary[0], "r1": stationary[1], "acc0": acc[0], "acc1": acc[1],
                "product0": product[0], "product1": product[1],
                "pos_read0": pos_read[0], "pos_read1": pos_read[1], "mom_read0": mom_read[0], "mom_read1": mom_read[1],
                "pos_sum0": pos_sum[0], "pos_sum1": pos_sum[1], "mom_sum0": mom_sum[0], "mom_sum1": mom_sum[1],
                "kick0": kick[0], "kick1": kick[1],
                "operand0": operand[0], "operand1": operand[1], "z_low": z_low, "z_high": z_high,
                "index": index, "fraction": fraction, "interpolated": interpolated, "s_word": s_word,
                "difference": difference, "grad_sum": grad_sum, "update_sum": update_sum,
                "addr_a": addr_a, "addr_b": addr_b, "we_b": we_b, "wdata": wdata, "io": io, "flags": flags,
            }  # fmt: skip
            layout = trace_layout(g)
            assert {name: len(value) for name, value in registers.items()} == layout
            m.d.comb += self.trace.eq(Cat(*registers.values()))
        return m
