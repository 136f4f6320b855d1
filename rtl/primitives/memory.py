"""The block RAMs of an element: weights (1024 x 18 or more, two ports), gradients (512 x 36 or more, one reads, one
writes)."""

from __future__ import annotations

from functools import reduce
from operator import or_

from amaranth.hdl import ClockSignal, Const, Elaboratable, Instance, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from rtl.hls.plan.geometry import GRADIENT_BITS, GRADIENT_DEPTHS, PARAMETER_WORDS, WEIGHT_WORDS
from rtl.primitives.technology import bus, check_technology

__all__ = ["WeightMemory", "GradientMemory"]


class WeightMemory(wiring.Component):
    """1024, 2048 or 4096 words of 18 bits: port A reads, port B reads or writes.

    Latency `latency` = 2 cycles (array register, output register): an address presented in cycle n shows its word in
    cycle n + 2. Throughput: one access a cycle on each port. A word written by port B in cycle n is seen by reads
    presented from cycle n + 1 on. A cycle that writes on port B presents no read: the array register of port B holds
    (WRITEMODE NORMAL), so b_data in cycle n + 2 repeats what b_data is in cycle n + 1.

    Never let port A read, in the same cycle, the address that port B writes: the word that A gets is not defined by
    the device (the behavioural form gives the old word, the cell model gives X in Icarus). The schedule checker
    forbids it.

    Contents and output registers are zero at power-up. There is no reset.

    Parameters
    ----------
    technology : "behavioural" or "ecp5" (DP16KD, OUTREG on both ports: one, or banks of one).
    depth : words; addresses have a = 10, 11 or 12 bits
    sliced : 2048 words lie in two cells of 9 bits instead of two of 1024 words: no choice behind them, no logic

    Members
    -------
    a_addr : In(a);  a_data : Out(18)
    b_addr : In(a);  b_data : Out(18);  b_we : In(1);  b_wdata : In(18)

    Source: FPGA-TN-02204 (ECP5 memory usage guide), true dual port RAM.

    >>> WeightMemory.latency
    2
    """

    latency = 2

    def __init__(self, technology: str = "behavioural", depth: int = WEIGHT_WORDS, *, sliced: bool = False) -> None:
        self.technology, self.depth, self.sliced = check_technology(technology), depth, sliced
        bits = (depth - 1).bit_length()
        super().__init__(
            {
                "a_addr": In(bits), "a_data": Out(18),
                "b_addr": In(bits), "b_data": Out(18), "b_we": In(1), "b_wdata": In(18),
            }
        )  # fmt: skip

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        if self.technology == "ecp5" and self.depth == WEIGHT_WORDS:
            m.submodules.ram = self._cell(self.a_addr, self.b_addr, self.a_data, self.b_data, self.b_we)
            return m
        if self.technology == "ecp5" and self.sliced and self.depth == 2 * WEIGHT_WORDS:
            for index in range(2):
                part = slice(9 * index, 9 * index + 9)
                m.submodules[f"ram{index}"] = _dp16kd(
                    9,
                    i_WEA=0,
                    i_WEB=self.b_we,
                    **_address("A", Const(0, 4), self.a_addr),
                    **_address("B", Const(0, 4), self.b_addr),
                    **bus("i", "DIA", Const(0, 9)),
                    **bus("i", "DIB", self.b_wdata[part]),
                    **bus("o", "DOA", self.a_data[part]),
                    **bus("o", "DOB", self.b_data[part]),
                )
            return m
        if self.technology == "ecp5":
            self._banks(m)
            return m
        m.submodules.array = array = Memory(shape=18, depth=self.depth, init=[])
        write = array.write_port()
        m.d.comb += [write.en.eq(self.b_we), write.addr.eq(self.b_addr), write.data.eq(self.b_wdata)]
        _read(m, array, self.a_addr, self.a_data, hold=Const(0))
        _read(m, array, self.b_addr, self.b_data, hold=self.b_we)
        return m

    def _banks(self, m: Module) -> None:
        """The upper address bits go along with the words. In a cycle that writes, all array registers of port B hold:
        banks that are not written are not enabled, and the choice of the bank holds, too."""
        words = []
        for index in range(self.depth // WEIGHT_WORDS):
            data = Signal(18, name=f"a_data{index}"), Signal(18, name=f"b_data{index}")
            words.append(data)
            here = self.b_addr[10:] == index
            m.submodules[f"ram{index}"] = self._cell(
                self.a_addr[:10], self.b_addr[:10], *data, self.b_we & here, i_CEB=~self.b_we | here
            )
        for port, (addr, data, hold) in enumerate(
            ((self.a_addr, self.a_data, Const(0)), (self.b_addr, self.b_data, self.b_we))
        ):
            bank = Signal(len(addr) - 10, name=f"bank{port}", reset_less=True)
            chosen = Signal.like(bank, name=f"chosen{port}", reset_less=True)
            with m.If(~hold):
                m.d.sync += bank.eq(addr[10:])
            m.d.sync += chosen.eq(bank)
            m.d.comb += data.eq(reduce(or_, (Mux(chosen == index, word[port], 0) for index, word in enumerate(words))))

    def _cell(
        self, a_addr: Value, b_addr: Value, a_data: Signal, b_data: Signal, b_we: Value, **pins: Value
    ) -> Instance:
        # address bits 0 and 1 enable the two 9-bit bytes of an 18-bit write; the word address starts at bit 4
        return _dp16kd(
            18,
            i_WEA=0,
            i_WEB=b_we,
            **_address("A", Const(0b0011, 4), a_addr),
            **_address("B", Const(0b0011, 4), b_addr),
            **bus("i", "DIA", Const(0, 18)),
            **bus("i", "DIB", self.b_wdata),
            **bus("o", "DOA", a_data),
            **bus("o", "DOB", b_data),
            **pins,
        )


class GradientMemory(wiring.Component):
    """512, 1024 or 2048 words of 36 bits: one port reads, the other writes, both in every cycle.

    Latency `latency` = 2 cycles, as WeightMemory: an address presented in cycle n shows its word in cycle n + 2. A word
    written in cycle n is seen by reads presented from cycle n + 1 on.

    Never read, in the same cycle, the address that is written: the word is not defined by the device (the behavioural
    form gives the old word, the cell model gives X in Icarus). The schedule checker forbids it.

    Contents and output registers are zero at power-up. There is no reset.

    Parameters
    ----------
    technology : "behavioural" or "ecp5" (OUTREG; one DP16KD in its 36-bit pseudo dual port mode, or two of 18 bits or
        four of 9 bits, slices of the word)
    depth : words; addresses have a = 9, 10 or 11 bits

    Members
    -------
    r_addr : In(a);  r_data : Out(36)
    w_addr : In(a);  w_data : In(36);  w_en : In(1)

    Source: FPGA-TN-02204 (ECP5 memory usage guide), pseudo dual port RAM; the order of the halves is that of yosys's
    techlibs/lattice/brams_map_16kd.v, which is known to work on boards.

    >>> GradientMemory.latency
    2
    """

    latency = 2
    width = GRADIENT_BITS

    def __init__(self, technology: str = "behavioural", depth: int = PARAMETER_WORDS) -> None:
        assert depth in GRADIENT_DEPTHS, depth
        self.technology, self.depth = check_technology(technology), depth
        bits = (depth - 1).bit_length()
        super().__init__(
            {"r_addr": In(bits), "r_data": Out(self.width), "w_addr": In(bits), "w_data": In(self.width), "w_en": In(1)}
        )

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        if self.technology == "ecp5" and self.depth == PARAMETER_WORDS:
            m.submodules.ram = self._cell()
            return m
        if self.technology == "ecp5":
            count = self.depth // PARAMETER_WORDS
            for index in range(count):
                m.submodules[f"ram{index}"] = self._slice(index, self.width // count)
            return m
        m.submodules.array = array = Memory(shape=self.width, depth=self.depth, init=[])
        write = array.write_port()
        m.d.comb += [write.en.eq(self.w_en), write.addr.eq(self.w_addr), write.data.eq(self.w_data)]
        _read(m, array, self.r_addr, self.r_data, hold=Const(0))
        return m

    def _cell(self) -> Instance:
        # In this mode port A's address writes and port B's reads; data pins, in and out, carry the low half on A, the
        # high half on B. Bits 0 to 3 of the write address enable the four bytes and so gate the write; the word address
        # starts at bit 5. (The PDPW16KD primitive names the same pins otherwise: its DO0..17 are the HIGH half.)
        return _dp16kd(
            self.width,
            i_WEA=1,
            i_WEB=0,
            **_address("A", self.w_en.replicate(4), self.w_addr),
            **_address("B", Const(0, 4), self.r_addr),
            **bus("i", "DIA", self.w_data[:18]),
            **bus("i", "DIB", self.w_data[18:]),
            **bus("o", "DOA", self.r_data[:18]),
            **bus("o", "DOB", self.r_data[18:]),
        )

    def _slice(self, index: int, bits: int) -> Instance:
        """Port A writes, port B reads; bits 0 and 1 of the write address enable the bytes of 18 bits."""
        part = slice(bits * index, bits * index + bits)
        return _dp16kd(
            bits,
            i_WEA=self.w_en,
            i_WEB=0,
            **_address("A", Const(0b0011 if bits == 18 else 0, 4), self.w_addr),
            **_address("B", Const(0b0011 if bits == 18 else 0, 4), self.r_addr),
            **bus("i", "DIA", self.w_data[part]),
            **bus("i", "DIB", Const(0, bits)),
            **bus("o", "DOB", self.r_data[part]),
        )


def _read(m: Module, array: Memory, addr: Value, data: Signal, *, hold: Value) -> None:
    """A read port with its array register, which keeps its word while `hold`, and its output register.

    The array register is a signal of its own: that of a synchronous read port of Amaranth starts as X in Icarus.
    """
    port = array.read_port(domain="comb")
    word = Signal.like(data, reset_less=True)
    output = Signal.like(data, reset_less=True)
    m.d.comb += [port.addr.eq(addr), data.eq(output)]
    m.d.sync += output.eq(word)
    with m.If(~hold):
        m.d.sync += word.eq(port.data)


def _address(port: str, low: Value, word: Value) -> dict[str, Value]:
    """Address pins of one port: 4 low bits (byte enables or 0), zeros, then the word address up to bit 13."""
    pins = {f"i_AD{port}{bit}": low[bit] for bit in range(4)}
    first = 14 - len(word)
    pins |= {f"i_AD{port}{bit}": Const(0) for bit in range(4, first)}
    return pins | {f"i_AD{port}{first + bit}": word[bit] for bit in range(len(word))}


def _dp16kd(width: int, **pins: Value | int | str) -> Instance:
    """A DP16KD with both output registers on, always enabled if no pin says otherwise, on one clock; contents zero."""
    clock = {"i_CLKA": ClockSignal(), "i_CLKB": ClockSignal()}
    for port in "AB":
        enabled = {f"i_CE{port}": pins.get(f"i_CE{port}", 1), f"i_OCE{port}": 1, f"i_RST{port}": 0}
        pins |= enabled | {f"i_CS{port}{k}": 0 for k in range(3)}
        pins |= {
            f"p_DATA_WIDTH_{port}": width,
            f"p_REGMODE_{port}": "OUTREG",
            f"p_CSDECODE_{port}": "0b000",
            f"p_WRITEMODE_{port}": "NORMAL",
            f"p_CLK{port}MUX": f"CLK{port}",
        }
    return Instance("DP16KD", p_GSR="DISABLED", p_RESETMODE="SYNC", p_ASYNC_RESET_RELEASE="SYNC", **clock, **pins)
