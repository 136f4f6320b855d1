"""One bank: a weight memory, two multiply-accumulate lanes, a gradient memory with its accumulation.

    product = floor(weight / 2**(18 - w)) * v << alignment      or r for the weight, r for v
    acc     = (0, acc or the sum that comes) +- product         in two halves; it is cleared in a slot of its own
    G      += half_up(product_1 - product_0, g_cut)

Lane 0 reads port A of the weight memory, lane 1 port B. `v` is the element's rotating or broadcast word, which goes
from bank to bank. Latencies are those of `rtl.element.lanes` and `rtl.element.gradient`, less a register before each
multiplier and one behind the difference: `rtl.hls.plan.wide_timing`.
"""

from __future__ import annotations

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Elaboratable, Module, Mux, Signal, Value, signed

from rtl.element.arithmetic import add, fits, pair, register
from rtl.element.wide.control import bank_layout
from rtl.hls.plan.geometry import GRADIENT_BITS, Geometry
from rtl.hls.plan.timing import MULTIPLY
from rtl.hls.plan.width import Width
from rtl.primitives.adder import Adder
from rtl.primitives.memory import GradientMemory, WeightMemory
from rtl.primitives.multiplier import Multiplier

__all__ = ["Bank"]


class Bank(Elaboratable):
    """See the module's text.

    Inputs
    ------
    word_i, v_i : control word and second factors, as the bank before this one had them
    stationary : a lane: what r may load
    acc_i : a lane: the sum that comes
    wdata : a parameter or the host's word
    entry : address of a table's lower word (first bank)

    Outputs
    -------
    word, v : registers, for the next bank
    acc, product : registers, a lane
    held : registers, a lane: the last row sum that was taken, from the width's first bit on
    weight, gradient : registers, 0 while another bank is heard alone
    overflow : g_overflow, in this cycle
    """

    def __init__(self, geometry: Geometry, width: Width, index: int, technology: str) -> None:
        g = geometry
        self.geometry, self.width, self.index, self.technology = g, width, index, technology
        layout = bank_layout(g, width)
        self.word_i, self.word = Signal(layout), Signal(layout, name="word", reset_less=True)
        self.v_i, self.v = [Signal(signed(18)) for _ in range(2)], pair("v", signed(18))
        self.stationary = [Signal(signed(18)) for _ in range(2)]
        self.acc_i = [Signal(signed(g.accumulator_bits)) for _ in range(2)]
        self.wdata = Signal(signed(18))
        self.entry: Value | None = None
        self.acc, self.product = pair("acc", signed(g.accumulator_bits)), pair("product", signed(self.product_bits))
        self.first_bit = width.first_bit(g)
        self.held = pair("held", signed(g.accumulator_bits - self.first_bit))
        self.weight, self.gradient = register("weight", signed(18)), register("grad_read", signed(GRADIENT_BITS))
        self.overflow = Signal()

    @property
    def product_bits(self) -> int:
        """Width of an aligned product of this bank."""
        return self.geometry.product_bits if self.width.scales(self.index) else 36

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.sync += [self.word.eq(self.word_i), *(v.eq(v_i) for v, v_i in zip(self.v, self.v_i, strict=True))]
        a, b = self._weights(m)
        self._multiply(m, (a, b))
        for lane in range(2):
            self._accumulate(m, lane)
        self._learn(m)
        m.d.sync += self.weight.eq(Mux(self._silent, 0, a))
        return m

    @property
    def _silent(self) -> Value:
        return self.word.alone & (self.word.bank != self.index)

    def _weights(self, m: Module) -> tuple[Signal, Signal]:
        c, entry = self.word, self.entry
        m.submodules.weights = weights = WeightMemory(
            self.technology, self.geometry.bank_words(self.index), sliced=True
        )
        bits = self.geometry.weight_address_bits
        addr_a, addr_b, we_b = register("addr_a", bits), register("addr_b", bits), register("we_b", 1)
        m.d.sync += [
            addr_a.eq(c.addr_a if entry is None else Mux(c.lookup, entry, c.addr_a)),
            addr_b.eq(c.addr_b if entry is None else Mux(c.lookup, entry + 1, c.addr_b)),
            we_b.eq(c.we_b & (c.bank == self.index)),
        ]
        m.d.comb += [
            weights.a_addr.eq(addr_a[: len(weights.a_addr)]),
            weights.b_addr.eq(addr_b[: len(weights.b_addr)]),
            weights.b_we.eq(we_b),
            weights.b_wdata.eq(self.wdata),
        ]
        words = Signal(signed(18), name="weight_a"), Signal(signed(18), name="weight_b")
        m.d.comb += [words[0].eq(weights.a_data), words[1].eq(weights.b_data)]
        return words

    def _multiply(self, m: Module, weights: Sequence[Signal]) -> None:
        c, g = self.word, self.geometry
        shifts = g.alignments if self.width.scales(self.index) else (0,)
        opa, opb = self._choices(m)
        for lane in range(2):
            r = register(f"r{lane}", signed(18))
            with m.If(c.r_en):
                m.d.sync += r.eq(self.stationary[lane])
            m.submodules[f"multiplier{lane}"] = multiplier = Multiplier(technology=self.technology)
            # Straight into its own registers: flip-flops are what a large array runs out of first.
            m.d.comb += [
                multiplier.a.eq(Mux(opa, r, weights[lane] >> (18 - g.operand_bits))),
                multiplier.b.eq(Mux(opb, r, self.v[lane])),
            ]
            aligned = Signal(signed(self.product_bits), name=f"aligned{lane}")
            if len(shifts) > 1:
                with m.Switch(c.scale):
                    for index, shift in enumerate(shifts):
                        with m.Case(index) if index + 1 < len(shifts) else m.Default():
                            m.d.comb += aligned.eq(multiplier.p << shift)
            else:
                m.d.comb += aligned.eq(multiplier.p << shifts[0])
            product = aligned ^ c.negate.replicate(len(aligned)).as_signed() if self.width.negates else aligned
            m.d.sync += self.product[lane].eq(product)

    def _choices(self, m: Module) -> tuple[Value, Value]:
        """Whether a factor is what stays. A look-up takes its own two in any case: the local bank may square meanwhile,
        where that is another one."""
        c = self.word
        if self.entry is None or self.index == self.width.local_bank:
            return c.opa, c.opb
        looks = register("looks", MULTIPLY)
        m.d.sync += looks.eq(Cat(c.lookup, looks))
        return c.opa & ~looks[-1], c.opb & ~looks[-1]

    def _accumulate(self, m: Module, lane: int) -> None:
        """The low half, and one cycle later the high half with the controls of the low one."""
        c, g = self.word, self.geometry
        low, high = g.low_bits, g.accumulator_bits - g.low_bits
        acc, incoming, product = self.acc[lane], self.acc_i[lane], self.product[lane]
        begins = self.width.chain and self.index < self.width.local_bank
        clear = c.acc_clear | c.first_clear if begins else c.acc_clear
        late = {
            name: register(f"{name}{lane}", 1) for name in ("high_en", "high_prev", "high_clear", "carry", "negated")
        }
        addend = register(f"addend{lane}", signed(high))
        m.d.sync += [
            late["high_en"].eq(c.acc_en[lane]),
            late["high_prev"].eq(c.acc_prev),
            late["high_clear"].eq(clear),
            late["negated"].eq(c.negate if self.width.negates else 0),
            addend.eq(product >> low),
        ]
        halves = (
            ("low", slice(low), product[:low], late["negated"], c.acc_prev, c.acc_en[lane], clear),
            (
                "high",
                slice(low, None),
                addend[:high],
                late["carry"],
                *(late[f"high_{n}"] for n in ("prev", "en", "clear")),
            ),
        )
        for name, part, word, carry, prev, enable, clears in halves:
            m.submodules[f"{name}{lane}"] = adder = Adder(len(word), "select", self.technology)
            m.d.comb += [
                adder.a.eq(word),
                adder.b.eq(incoming[part]),
                adder.d.eq(acc[part]),
                adder.choice.eq(prev),
                adder.carry.eq(carry),
            ]
            target = Cat(acc[part], late["carry"]) if name == "low" else acc[part]
            with m.If(clears):
                m.d.sync += target.eq(0)
            with m.Elif(enable):
                m.d.sync += target.eq(adder.total[: len(target)])
        taken = register(f"taken{lane}", 1)
        m.d.sync += taken.eq(c.take[lane])
        kept = max(0, low - self.first_bit)
        with m.If(c.take[lane]):
            m.d.sync += self.held[lane][:kept].eq(acc[self.first_bit : low])
        with m.If(taken):
            m.d.sync += self.held[lane][kept:].eq(acc[self.first_bit + kept :])

    def _learn(self, m: Module) -> None:
        """As `rtl.element.gradient`: a register on the way to the adder, and clearing in place of the sum."""
        c, g = self.word, self.geometry
        cut = g.g_cut
        m.submodules.memory = memory = GradientMemory(self.technology, g.gradient_words)
        difference = register("difference", signed(g.density_bits + 1))
        total = register("grad_sum", signed(g.gradient_sum_bits))
        twins = [product[: g.density_bits].as_signed() for product in self.product]
        m.d.sync += [
            self.gradient.eq(Mux(self._silent, 0, memory.r_data)),
            difference.eq(twins[1] - twins[0]),
            total.eq(add(self.gradient, (difference >> cut).as_signed(), difference[cut - 1] if cut else Const(0, 1))),
        ]
        bits = g.gradient_address_bits
        r_addr, w_addr, w_en = register("g_r_addr", bits), register("g_w_addr", bits), register("g_w_en", 1)
        wanted = c.g_we & ~self._silent & (1 if self.index == self.width.local_bank else ~c.g_local)
        m.d.sync += [r_addr.eq(c.g_raddr), w_addr.eq(c.g_waddr), w_en.eq(wanted)]
        with m.If(c.g_clear):
            m.d.sync += total.eq(0)
        m.d.comb += [
            memory.r_addr.eq(r_addr),
            memory.w_addr.eq(w_addr),
            memory.w_en.eq(w_en),
            memory.w_data.eq(total[:GRADIENT_BITS]),
            self.overflow.eq(w_en & ~fits(total, GRADIENT_BITS)),
        ]
