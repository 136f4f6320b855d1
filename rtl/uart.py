"""A serial line to the host port: receiver, transmitter, and the byte protocol between them.

Protocol, 8 data bits, no parity, one stop bit; words most significant byte first:

| host sends | bridge does | bridge answers |
|---|---|---|
| `W` addr16 data32 (7 bytes) | one write request | `k`, once the request is accepted |
| `R` addr16 (3 bytes) | one read request | the 32-bit response (4 bytes) |
| any other byte as an opcode | nothing | nothing |
| a byte without stop bit (a break) | forgets the bytes of the command so far | nothing |

Writes may follow each other without waiting for the answers: the bridge takes a request within one byte time unless the
array lets it wait. After `R`, wait for the response: a byte that arrives while the bridge is busy is lost.
All of it runs in the array's clock domain; the divisor is round(clock / baud).
"""

from amaranth.hdl import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from golden.errors import HelError
from rtl.array import HostRequest

__all__ = ["UartBridge", "UartReceiver", "UartTransmitter", "divisor"]

WRITE, READ, ACKNOWLEDGE = b"WRk"
MAX_BAUD_ERROR = 0.02
MIN_DIVISOR = 8


def divisor(clock_hz, baud):
    """Clock cycles a bit, rounded.

    Raises HelError when fewer than 8, or when the rounding is off by more than 2 %.

    >>> divisor(200e6, 1_000_000)
    200
    """
    cycles = round(clock_hz / baud)
    if cycles < MIN_DIVISOR or abs(cycles * baud / clock_hz - 1) > MAX_BAUD_ERROR:
        raise HelError(
            f"the baud rate must divide the clock by {MIN_DIVISOR} or more within 2 %, got {baud:g} baud at "
            f"{clock_hz:g} Hz; use 115200 or another lower rate"
        )
    return cycles


class UartReceiver(wiring.Component):
    """Bits of `rx` to bytes. Latency: a byte appears in the middle of its stop bit, 2 cycles after the line.

    Members
    -------
    rx : In(1), any phase to the clock
    byte : Out(8), valid : Out(1) for one cycle a byte; broken : Out(1), for one cycle, for a byte whose stop bit was 0
    """

    def __init__(self, divisor):
        self.divisor = divisor
        super().__init__({"rx": In(1), "byte": Out(8), "valid": Out(1), "broken": Out(1)})

    def elaborate(self, platform):
        m = Module()
        rx = Signal(init=1)
        m.submodules.synchronizer = FFSynchronizer(self.rx, rx, init=1)
        timer = Signal(range(self.divisor + self.divisor // 2))
        bits = Signal(range(10))
        m.d.sync += [self.valid.eq(0), self.broken.eq(0)]
        with m.FSM():
            with m.State("IDLE"):
                # the next sample is in the middle of data bit 0
                m.d.sync += [timer.eq(self.divisor + self.divisor // 2 - 1), bits.eq(0)]
                with m.If(~rx):
                    m.next = "BITS"
            with m.State("BITS"):
                m.d.sync += timer.eq(timer - 1)
                with m.If(timer == 0):
                    m.d.sync += [timer.eq(self.divisor - 1), bits.eq(bits + 1)]
                    with m.If(bits == 8):
                        m.d.sync += [self.valid.eq(rx), self.broken.eq(~rx)]
                        m.next = "END"
                    with m.Else():
                        m.d.sync += self.byte.eq(Cat(self.byte[1:], rx))
            with m.State("END"):
                with m.If(rx):
                    m.next = "IDLE"
        return m


class UartTransmitter(wiring.Component):
    """Bytes to bits of `tx`. A byte takes 10 * divisor cycles; the stream is ready when the line is free.

    Members
    -------
    i : In(stream of 8 bits);  tx : Out(1), 1 when idle
    """

    def __init__(self, divisor):
        self.divisor = divisor
        super().__init__({"i": In(stream.Signature(8)), "tx": Out(1, init=1)})

    def elaborate(self, platform):
        m = Module()
        frame = Signal(9, init=-1)  # the stop bit and what is left of the byte
        timer = Signal(range(self.divisor))
        bits = Signal(range(10))
        m.d.comb += self.i.ready.eq((bits == 0) & (timer == 0))
        with m.If(timer != 0):
            m.d.sync += timer.eq(timer - 1)
        with m.Elif(bits != 0):
            m.d.sync += [Cat(self.tx, frame).eq(Cat(frame, 1)), bits.eq(bits - 1), timer.eq(self.divisor - 1)]
        with m.Elif(self.i.valid):
            m.d.sync += [self.tx.eq(0), frame.eq(Cat(self.i.payload, 1)), bits.eq(9), timer.eq(self.divisor - 1)]
        return m


class UartBridge(wiring.Component):
    """The protocol of this module between a serial line and a host port.

    Parameters
    ----------
    divisor : clock cycles a bit, see `divisor`.

    Members
    -------
    rx : In(1);  tx : Out(1)
    requests : Out(stream of HostRequest);  responses : In(stream of 32 bits)
    """

    def __init__(self, divisor):
        self.divisor = divisor
        super().__init__(
            {
                "rx": In(1),
                "tx": Out(1, init=1),
                "requests": Out(stream.Signature(HostRequest)),
                "responses": In(stream.Signature(unsigned(32))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.receiver = receiver = UartReceiver(self.divisor)
        m.submodules.transmitter = transmitter = UartTransmitter(self.divisor)
        m.d.comb += [receiver.rx.eq(self.rx), self.tx.eq(transmitter.tx)]
        write = Signal()
        left = Signal(range(7))  # bytes still to come, or to go
        arguments = Signal(48)  # the newest byte is lowest
        answer = Signal(32)
        # opcodes are decoded one cycle ahead: the clock is the array's, which is fast
        fresh, broken, is_write, is_read = Signal(), Signal(), Signal(), Signal()
        m.d.sync += [
            fresh.eq(receiver.valid),
            broken.eq(receiver.broken),
            is_write.eq(receiver.byte == WRITE),
            is_read.eq(receiver.byte == READ),
        ]
        # the array's valid and ready end in a register each, so that no path of the bridge goes through the array
        response, responded = Signal(32), Signal()
        m.d.comb += self.responses.ready.eq(~responded)
        with m.If(self.responses.ready):
            m.d.sync += [response.eq(self.responses.payload), responded.eq(self.responses.valid)]
        with m.If(self.requests.ready):
            m.d.sync += self.requests.valid.eq(0)
        m.d.comb += [
            self.requests.payload.write.eq(write),
            self.requests.payload.addr.eq(Mux(write, arguments[32:], arguments[:16])),
            self.requests.payload.data.eq(arguments[:32]),
        ]
        with m.FSM():
            with m.State("OPCODE"):
                m.d.sync += [write.eq(is_write), left.eq(Mux(is_write, 6, 2))]
                with m.If(fresh & (is_write | is_read)):
                    m.next = "ARGUMENTS"
            with m.State("ARGUMENTS"):
                with m.If(left == 0):
                    m.d.sync += self.requests.valid.eq(1)
                    m.next = "REQUEST"
                with m.Elif(broken):
                    m.next = "OPCODE"
                with m.Elif(fresh):
                    m.d.sync += [arguments.eq(Cat(receiver.byte, arguments)), left.eq(left - 1)]
            with m.State("REQUEST"):
                m.d.sync += [answer.eq(ACKNOWLEDGE << 24), left.eq(1)]
                with m.If(~self.requests.valid):
                    with m.If(write):
                        m.next = "ANSWER"
                    with m.Else():
                        m.next = "RESPONSE"
            with m.State("RESPONSE"):
                m.d.sync += [answer.eq(response), left.eq(4)]
                with m.If(responded):
                    m.d.sync += responded.eq(0)
                    m.next = "ANSWER"
            with m.State("ANSWER"):
                m.d.comb += [transmitter.i.valid.eq(1), transmitter.i.payload.eq(answer[24:])]
                with m.If(transmitter.i.ready):
                    m.d.sync += [answer.eq(answer << 8), left.eq(left - 1)]
                    with m.If(left == 1):
                        m.next = "OPCODE"
        return m
