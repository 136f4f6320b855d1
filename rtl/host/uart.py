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

from __future__ import annotations

from dataclasses import dataclass

from amaranth.hdl import Cat, Elaboratable, Module, Mux, Signal, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from golden.errors import HelError
from rtl.streams.host_request import HostRequest

__all__ = ["UartBridge", "UartReceiver", "UartTransmitter", "divisor"]

WRITE, READ, ACKNOWLEDGE = b"WRk"
MAX_BAUD_ERROR = 0.02
MIN_DIVISOR = 8


def divisor(clock_hz: float, baud: float) -> int:
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
    """Bits of `rx` to bytes. Latency: a byte appears in the middle of its stop bit, 5 cycles after the line.

    Members
    -------
    rx : In(1), any phase to the clock
    byte : Out(8), until the first bit of the next one; valid : Out(1) for one cycle a byte; broken : Out(1), for one
        cycle, for a byte whose stop bit was 0
    """

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        super().__init__({"rx": In(1), "byte": Out(8), "valid": Out(1), "broken": Out(1)})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        rx = Signal(init=1)
        m.submodules.synchronizer = FFSynchronizer(self.rx, rx, init=1)
        timer = Signal(range(self.divisor + self.divisor // 2))
        sample, last, ended = Signal(), Signal(), Signal()
        frame = Signal(9, reset_less=True)  # the newest bit is highest: at the end, the stop bit
        bits = Signal(range(10))
        m.d.comb += self.byte.eq(frame[:8])
        m.d.sync += [
            ended.eq(sample & last),
            self.valid.eq(ended & frame[8]),
            self.broken.eq(ended & ~frame[8]),
            last.eq(bits == 8),
            sample.eq(0),
        ]
        with m.If(sample):
            m.d.sync += frame.eq(Cat(frame[1:], rx))
        with m.FSM():
            with m.State("IDLE"):
                # the next sample is in the middle of data bit 0
                m.d.sync += [timer.eq(self.divisor + self.divisor // 2 - 2), bits.eq(0)]
                with m.If(~rx):
                    m.next = "BITS"
            with m.State("BITS"):
                m.d.sync += [timer.eq(Mux(sample, self.divisor - 2, timer - 1)), sample.eq((timer == 0) & ~sample)]
                with m.If(sample):
                    m.d.sync += bits.eq(bits + 1)
                    with m.If(last):
                        m.next = "END"
            with m.State("END"):
                with m.If(rx):
                    m.next = "IDLE"
        return m


class UartTransmitter(wiring.Component):
    """Bytes to bits of `tx`. A byte takes 10 * divisor + 2 cycles; the stream is ready when the line is free.

    Members
    -------
    i : In(stream of 8 bits);  tx : Out(1), 1 when idle
    """

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        super().__init__({"i": In(stream.Signature(8)), "tx": Out(1, init=1)})

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        line = Signal(9, init=-1)  # what follows the bit on the line: bits of the byte, then the line at rest
        timer = Signal(range(self.divisor), init=self.divisor - 2)
        bits = Signal(range(10))
        busy, shift, last = Signal(), Signal(), Signal()
        m.d.comb += self.i.ready.eq(~busy)
        m.d.sync += [
            shift.eq(busy & (timer == 0) & ~shift),
            last.eq(bits == 9),
            timer.eq(Mux(shift | ~busy, self.divisor - 2, timer - 1)),
        ]
        with m.If(~busy):
            m.d.sync += [line.eq(Cat(self.i.payload, 1)), bits.eq(0)]
            m.d.sync += [busy.eq(self.i.valid), self.tx.eq(~self.i.valid)]
        with m.Elif(shift):
            m.d.sync += [Cat(self.tx, line).eq(Cat(line, 1)), bits.eq(bits + 1), busy.eq(~last)]
        return m


@dataclass(frozen=True)
class _Seen:
    """What the bridge looks at; all but `left` is one cycle late.

    Members
    -------
    fresh, broken : a byte has come, or one without stop bit
    is_write, is_read : which opcode the byte would be
    left, none, single : bytes still to come, or to go; whether 0, or 1
    """

    fresh: Signal
    broken: Signal
    is_write: Signal
    is_read: Signal
    left: Signal
    none: Signal
    single: Signal


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

    def __init__(self, divisor: int) -> None:
        self.divisor = divisor
        super().__init__(
            {
                "rx": In(1),
                "tx": Out(1, init=1),
                "requests": Out(stream.Signature(HostRequest)),
                "responses": In(stream.Signature(unsigned(32))),
            }
        )

    def elaborate(self, platform: object) -> Elaboratable:
        m = Module()
        m.submodules.receiver = receiver = UartReceiver(self.divisor)
        m.submodules.transmitter = transmitter = UartTransmitter(self.divisor)
        m.d.comb += [receiver.rx.eq(self.rx), self.tx.eq(transmitter.tx)]
        # The clock is the array's, which is fast, and there are hundreds of cycles a byte: what is decided in one cycle
        # is done in the next.
        write = Signal()
        seen = self._look(m, receiver)
        take, arguments = self._arguments(m, receiver)
        response, waiting, gone = self._response(m)
        m.d.comb += [
            transmitter.i.payload.eq(Mux(write, ACKNOWLEDGE, response[24:])),
            self.requests.payload.write.eq(write),
            self.requests.payload.addr.eq(Mux(write, arguments[32:], arguments[:16])),
            self.requests.payload.data.eq(arguments[:32]),
        ]
        with m.If(self.requests.ready):
            m.d.sync += self.requests.valid.eq(0)
        with m.FSM():
            self._receive(m, seen, write, take)
            self._answer(m, seen, write, waiting, gone, transmitter.i)
        return m

    def _look(self, m: Module, receiver: UartReceiver) -> _Seen:
        """What came, and how much is left, a cycle later."""
        left, none, single = Signal(range(7)), Signal(), Signal()
        fresh, broken, is_write, is_read = Signal(), Signal(), Signal(), Signal()
        m.d.sync += [
            fresh.eq(receiver.valid),
            broken.eq(receiver.broken),
            is_write.eq(receiver.byte == WRITE),
            is_read.eq(receiver.byte == READ),
            none.eq(left == 0),
            single.eq(left == 1),
        ]
        return _Seen(fresh, broken, is_write, is_read, left, none, single)

    def _arguments(self, m: Module, receiver: UartReceiver) -> tuple[Signal, Signal]:
        """(take, arguments): bytes after the opcode, the newest lowest."""
        arguments = Signal(48, reset_less=True)
        take = Signal()
        m.d.sync += take.eq(0)
        with m.If(take):
            m.d.sync += arguments.eq(Cat(receiver.byte, arguments))
        return take, arguments

    def _response(self, m: Module) -> tuple[Signal, Signal, Signal]:
        """(response, waiting, gone): a response waits here, its next byte highest; `waiting` until it has come."""
        response, waiting, gone = Signal(32, reset_less=True), Signal(), Signal()
        m.d.comb += self.responses.ready.eq(waiting)
        m.d.sync += gone.eq(0)
        with m.If(waiting):
            m.d.sync += [response.eq(self.responses.payload), waiting.eq(~self.responses.valid)]
        with m.Elif(gone):
            m.d.sync += response.eq(response << 8)
        return response, waiting, gone

    def _receive(self, m: Module, seen: _Seen, write: Signal, take: Signal) -> None:
        """States from an opcode to a request."""
        with m.State("OPCODE"):
            m.d.sync += [write.eq(seen.is_write), seen.left.eq(Mux(seen.is_write, 6, 2))]
            with m.If(seen.fresh & (seen.is_write | seen.is_read)):
                m.next = "ARGUMENTS"
        with m.State("ARGUMENTS"):
            with m.If(seen.broken):
                m.next = "OPCODE"
            with m.Elif(seen.fresh):
                m.d.sync += [take.eq(1), seen.left.eq(seen.left - 1)]
                m.next = "TAKEN"
        with m.State("TAKEN"):
            m.next = "COUNTED"
        with m.State("COUNTED"):
            m.next = "ARGUMENTS"
            with m.If(seen.none):
                m.d.sync += self.requests.valid.eq(1)
                m.next = "REQUEST"

    def _answer(
        self, m: Module, seen: _Seen, write: Signal, waiting: Signal, gone: Signal, line: stream.Interface
    ) -> None:
        """States from a request to the last byte of its answer."""
        with m.State("REQUEST"):
            m.d.sync += seen.left.eq(Mux(write, 1, 4))
            with m.If(~self.requests.valid):
                m.next = "ANSWER"
                with m.If(~write):
                    m.d.sync += waiting.eq(1)
                    m.next = "RESPONSE"
        with m.State("RESPONSE"):
            with m.If(~waiting):
                m.next = "ANSWER"
        with m.State("ANSWER"):
            m.d.comb += line.valid.eq(1)
            with m.If(line.ready):
                m.d.sync += [gone.eq(1), seen.left.eq(seen.left - 1)]
                m.next = "OPCODE"
                with m.If(~seen.single):
                    m.next = "GONE"
        with m.State("GONE"):
            m.next = "SHIFTED"
        with m.State("SHIFTED"):
            m.next = "ANSWER"
