"""An adder whose carry cells choose one of its operands: the multiplexer before a sum costs nothing.

A carry cell of the ECP5 (CCU2C) adds two bits, and each of them comes out of a look-up table with four inputs, of which
a plain adder uses two. What is generated where nothing propagates is that table with its upper two inputs at 0. So both
of these fit into it, with `a` for what is generated:

    select    sum = a + (b if choice else d) + carry
    invert    sum = a + (b ^ choice) + carry

Synthesis does not find them: it sees a multiplexer, then an adder.
"""

from __future__ import annotations

from collections.abc import Callable

from amaranth.hdl import Cat, Const, Elaboratable, Instance, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.primitives.technology import check_technology

__all__ = ["Adder"]

_FUNCTIONS: dict[str, Callable[[int, int, int, int], int]] = {
    "select": lambda a, b, c, d: a ^ (b if c else d),
    "invert": lambda a, b, c, d: a ^ b ^ c if d else a,
}
"""What a cell's table holds, by its inputs A to D; with C = D = 0 it must be A."""


class Adder(wiring.Component):
    """Unsigned words of `bits`; the sum has one bit more. No register: latency 0.

    Parameters
    ----------
    bits : of the operands
    choice : "select" or "invert", see the module's text
    technology : "behavioural" or "ecp5" (CCU2C, two bits a cell)

    Members
    -------
    a, b : In(bits)
    d : In(bits), the other one of "select"
    choice : In(1)
    carry : In(1)
    total : Out(bits + 1)

    Source: FPGA-TN-02205 and the cell's model in yosys (techlibs/lattice/ccu2c_sim.vh).
    """

    def __init__(self, bits: int, choice: str = "select", technology: str = "behavioural") -> None:
        self.bits, self.kind, self.technology = bits, choice, check_technology(technology)
        assert choice in _FUNCTIONS
        members = {"a": In(bits), "b": In(bits), "choice": In(1), "carry": In(1), "total": Out(bits + 1)}
        super().__init__({**members, "d": In(bits)} if choice == "select" else members)

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        if self.technology == "ecp5":
            self._cells(m)
            return m
        other = Mux(self.choice, self.b, self.d) if self.kind == "select" else self.b ^ self.choice.replicate(self.bits)
        m.d.comb += self.total.eq(self.a + other + self.carry)
        return m

    def _cells(self, m: Module) -> None:
        """Below the lowest bit the carry, as the sum of itself and itself; above the highest one nothing."""
        select = self.kind == "select"
        lower, upper = (self.carry, self.carry, Const(1), Const(0)), (Const(0),) * 4
        if not select:
            lower, upper = (self.carry, self.carry, Const(0), Const(1)), (Const(0), Const(0), Const(0), Const(1))
        bits: list[tuple[Value, ...]] = [lower]
        for index in range(self.bits):
            last = self.d[index] if select else Const(1)
            bits.append((self.a[index], self.b[index], self.choice, last))
        bits.append(upper)
        bits += [upper] * (len(bits) % 2)
        table = _table(_FUNCTIONS[self.kind])
        sums, carry = Signal(len(bits)), Const(0)
        for first in range(0, len(bits), 2):
            out = Signal(name=f"carry{first // 2}")
            pins = {
                f"i_{pin}{half}": value
                for half in range(2)
                for pin, value in zip("ABCD", bits[first + half], strict=True)
            }
            m.submodules[f"cell{first // 2}"] = Instance(
                "CCU2C",
                p_INIT0=Const(table, 16),
                p_INIT1=Const(table, 16),
                p_INJECT1_0="NO",
                p_INJECT1_1="NO",
                i_CIN=carry,
                **pins,
                o_S0=sums[first],
                o_S1=sums[first + 1],
                o_COUT=out,
            )
            carry = out
        m.d.comb += self.total.eq(Cat(sums)[1 : self.bits + 2])


def _table(function: Callable[[int, int, int, int], int]) -> int:
    """Contents of a look-up table with A as its lowest input."""
    return sum(function(*(index >> k & 1 for k in range(4))) << index for index in range(16))
