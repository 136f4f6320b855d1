"""Signed 18 x 18 multiplier with all of its pipeline registers."""

from __future__ import annotations

from amaranth.hdl import ClockSignal, Elaboratable, Instance, Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.primitives.technology import bus, check_technology

__all__ = ["Multiplier"]


class Multiplier(wiring.Component):
    """p = a * b, exact, three cycles later.

    Latency `latency` = 3 cycles: operands presented in cycle n give the product in cycle n + 3 (input, pipeline and
    output registers, all inside the DSP cell). Throughput: one product a cycle. No reset: the registers hold 0 at
    power-up and are only ever overwritten.

    Parameters
    ----------
    technology : "behavioural" or "ecp5" (one MULT18X18D).

    Members
    -------
    a, b : In(signed(18))
    p : Out(signed(36)); -2**17 * -2**17 = 2**34 fits.

    Source: FPGA-TN-02205 (ECP5 sysDSP usage guide), MULT18X18D with its three register stages enabled.

    >>> Multiplier.latency
    3
    """

    latency = 3

    def __init__(self, technology: str = "behavioural") -> None:
        self.technology = check_technology(technology)
        super().__init__({"a": In(signed(18)), "b": In(signed(18)), "p": Out(signed(36))})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        if self.technology == "ecp5":
            m.submodules.dsp = self._cell()
            return m
        operand_a = Signal(signed(18), reset_less=True)
        operand_b = Signal(signed(18), reset_less=True)
        product = Signal(signed(36), reset_less=True)
        result = Signal(signed(36), reset_less=True)
        m.d.sync += [operand_a.eq(self.a), operand_b.eq(self.b), product.eq(operand_a * operand_b), result.eq(product)]
        m.d.comb += self.p.eq(result)
        return m

    def _cell(self) -> Instance:
        clock = {"i_CLK0": ClockSignal()} | {f"i_CLK{k}": 0 for k in (1, 2, 3)}
        enables = {f"i_CE{k}": 1 for k in range(4)} | {f"i_RST{k}": 0 for k in range(4)}
        return Instance(
            "MULT18X18D",
            # input, pipeline and output registers; nextpnr's timing ignores the pipeline register, silicon does not
            p_REG_INPUTA_CLK="CLK0",
            p_REG_INPUTB_CLK="CLK0",
            p_REG_PIPELINE_CLK="CLK0",
            p_REG_OUTPUT_CLK="CLK0",
            p_GSR="DISABLED",
            p_RESETMODE="SYNC",
            i_SIGNEDA=1,
            i_SIGNEDB=1,
            i_SOURCEA=0,
            i_SOURCEB=0,
            **clock,
            **enables,
            **bus("i", "A", self.a),
            **bus("i", "B", self.b),
            **bus("o", "P", self.p),
        )
