"""The top module of a board: PLL, reset, serial line, and the array behind its host port."""

from __future__ import annotations

from typing import Any

from amaranth.hdl import Cat, ClockDomain, ClockSignal, Const, Instance, Module, ResetSignal, Signal
from amaranth.lib import wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from bitstreams.boards import Board
from bitstreams.pll import Pll
from rtl.convert import convert
from rtl.host.uart import UartBridge
from rtl.streams.host_request import HostRequest
from rtl.streams.queue import Slice

__all__ = ["ARRAY", "BoardTop", "top_verilog"]

ARRAY = "hel_array"
"""The module that is expected beside the top: clk, rst and the two streams of the host port."""
RESET_CYCLES = 16
ACTIVITY_BITS = 22


class BoardTop(wiring.Component):
    """Everything of a board's design that is not the array.

    The PLL makes the one clock `sync` from the oscillator. Reset is held until the PLL has locked and 16 cycles more.
    LED 0: locked; LED 1: lit for 2**21 cycles after a request; LED 2: the array lets the host wait; the others are off.

    Members: clk_in, uart_rx : In(1); uart_tx : Out(1); led : Out(number of LEDs); the board's ties : Out(1).
    """

    def __init__(self, board: type[Board], pll: Pll, divisor: int) -> None:
        self.board, self.pll, self.divisor = board, pll, divisor
        members: dict[str, Any] = {"clk_in": In(1), "uart_rx": In(1), "uart_tx": Out(1)}
        members |= {"led": Out(len(board.led_pins))} | {name: Out(1) for name in board.ties}
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.sync = ClockDomain("sync")
        locked, ready = Signal(), Signal()
        m.submodules.pll = Instance(
            "EHXPLLL",
            **{f"p_{name}": value for name, value in self.pll.parameters().items()},
            **{f"a_{name}": value for name, value in self.pll.attributes().items()},
            i_CLKI=self.clk_in,
            i_CLKFB=ClockSignal(),
            o_CLKOP=ClockSignal(),
            o_LOCK=locked,
            **{f"i_{name}": 0 for name in ("RST", "STDBY", "PHASESEL0", "PHASESEL1", "PLLWAKESYNC", "ENCLKOP")},
            **{f"i_{name}": 1 for name in ("PHASEDIR", "PHASESTEP", "PHASELOADREG")},
        )
        m.submodules.lock = FFSynchronizer(locked, ready, reset_less=True)
        held = Signal(RESET_CYCLES, init=-1, reset_less=True)
        m.d.sync += held.eq(Cat(~ready, held))
        m.d.comb += ResetSignal().eq(held[-1])

        m.submodules.bridge = bridge = UartBridge(self.divisor)
        # The bridge sits at the pins, the array where its memories are: both ways a register between them.
        m.submodules.outward = outward = Slice(HostRequest)
        m.submodules.homeward = homeward = Slice(32)
        wiring.connect(m, bridge.requests, outward.i)
        wiring.connect(m, homeward.o, bridge.responses)
        requests, responses = outward.o, homeward.i
        m.submodules.array = Instance(
            ARRAY,
            i_clk=ClockSignal(),
            i_rst=ResetSignal(),
            i_i__payload=requests.payload.as_value(),
            i_i__valid=requests.valid,
            o_i__ready=requests.ready,
            o_o__payload=responses.payload,
            o_o__valid=responses.valid,
            i_o__ready=responses.ready,
        )
        # The lamps look at registers of their own: no path of theirs reaches into the host port.
        active, seen, taken, waits = Signal(ACTIVITY_BITS), Signal(), Signal(), Signal()
        m.d.sync += [seen.eq(requests.valid), taken.eq(requests.ready), waits.eq(seen & ~taken)]
        with m.If(seen):
            m.d.sync += active.eq(-1)
        with m.Elif(active[-1]):
            m.d.sync += active.eq(active - 1)
        m.d.comb += [bridge.rx.eq(self.uart_rx), self.uart_tx.eq(bridge.tx)]
        lamps = Cat(ready, active[-1], waits, Const(0, len(self.led)))[: len(self.led)]
        m.d.comb += self.led.eq(lamps if self.board.led_lit else ~lamps)
        m.d.comb += [getattr(self, name).eq(Const(level, 1)) for name, (_, level) in self.board.ties.items()]
        return m


def top_verilog(board: type[Board], pll: Pll, divisor: int) -> str:
    """Verilog text of module `top` for a board; module `hel_array` is not in it."""
    return convert(BoardTop(board, pll, divisor), "top")
