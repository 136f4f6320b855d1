"""The byte protocol against a register file behind the host port; the line is driven and read bit by bit."""

import random
from functools import partial

import pytest
from amaranth.hdl import Module
from amaranth.sim import Simulator

from golden.errors import HelError
from rtl.host.uart import UartBridge, divisor

SEED = 5
DIVISOR = 8


class Link:
    """A bridge, a register file behind it that stalls at random, and both ends of the serial line."""

    def __init__(self, script):
        """`script`: coroutine function of (link, simulator context); see `send` and `expect`."""
        random.seed(SEED)
        self.registers, self.requests, self.received = {}, [], []
        self.bridge = UartBridge(DIVISOR)
        m = Module()
        m.submodules.bridge = self.bridge
        simulator = Simulator(m)
        simulator.add_clock(1e-6)
        simulator.add_testbench(self._registers, background=True)
        simulator.add_testbench(self._listen, background=True)
        simulator.add_testbench(partial(script, self))
        simulator.run()

    async def _registers(self, ctx):
        bridge = self.bridge
        while True:
            await self._pause(ctx, random.randrange(1, 40))
            ctx.set(bridge.requests.ready, 1)
            while not ctx.get(bridge.requests.valid):
                await ctx.tick()
            request = ctx.get(bridge.requests.payload)
            await ctx.tick()
            ctx.set(bridge.requests.ready, 0)
            self.requests.append((request.write, request.addr, request.data if request.write else None))
            if request.write:
                self.registers[request.addr] = request.data
                continue
            await self._pause(ctx, random.randrange(1, 40))
            ctx.set(bridge.responses.payload, self.registers.get(request.addr, 0))
            ctx.set(bridge.responses.valid, 1)
            while not ctx.get(bridge.responses.ready):
                await ctx.tick()
            await ctx.tick()
            ctx.set(bridge.responses.valid, 0)

    async def _listen(self, ctx):
        tx = self.bridge.tx
        while True:
            while ctx.get(tx):
                await ctx.tick()
            byte = 0
            await self._pause(ctx, DIVISOR // 2)
            for bit in range(8):
                await self._pause(ctx, DIVISOR)
                byte |= ctx.get(tx) << bit
            await self._pause(ctx, DIVISOR)
            assert ctx.get(tx) == 1, "the stop bit is missing"
            self.received.append(byte)

    async def _pause(self, ctx, cycles):
        for _ in range(cycles):
            await ctx.tick()

    async def send(self, ctx, text, *, stop=1):
        """Bytes without a pause; with stop=0 each of them lacks its stop bit and the line rests after it."""
        for byte in text:
            for bit in (0, *(byte >> k & 1 for k in range(8)), stop):
                ctx.set(self.bridge.rx, bit)
                await ctx.tick().repeat(DIVISOR)
            ctx.set(self.bridge.rx, 1)
            if not stop:
                await ctx.tick().repeat(2 * DIVISOR)

    async def expect(self, ctx, text):
        """Waits for as many bytes as `text` has, then compares all that came since the last call."""
        for _ in range(3000):
            if len(self.received) >= len(text):
                break
            await ctx.tick()
        await ctx.tick().repeat(12 * DIVISOR)
        assert bytes(self.received) == text
        self.received.clear()


def write(addr, word):
    return b"W" + addr.to_bytes(2, "big") + word.to_bytes(4, "big")


def read(addr):
    return b"R" + addr.to_bytes(2, "big")


def test_words_written_are_read_back():
    async def script(link, ctx):
        ctx.set(link.bridge.rx, 1)
        await ctx.tick().repeat(20)
        words = {random.getrandbits(16): random.getrandbits(32) for _ in range(8)} | {0: 2**32 - 1, 0xFFFF: 1}
        for addr, word in words.items():
            await link.send(ctx, write(addr, word))
            await link.expect(ctx, b"k")
        assert link.registers == words
        for addr, word in words.items():
            await link.send(ctx, read(addr))
            await link.expect(ctx, word.to_bytes(4, "big"))

    Link(script)


def test_writes_may_follow_each_other_without_waiting():
    async def script(link, ctx):
        ctx.set(link.bridge.rx, 1)
        await ctx.tick().repeat(20)
        await link.send(ctx, b"".join(write(addr, 3 * addr) for addr in range(12)) + read(7))
        await link.expect(ctx, b"k" * 12 + (21).to_bytes(4, "big"))
        assert link.requests == [(1, addr, 3 * addr) for addr in range(12)] + [(0, 7, None)]

    Link(script)


def test_unknown_opcodes_do_nothing():
    async def script(link, ctx):
        ctx.set(link.bridge.rx, 1)
        await ctx.tick().repeat(20)
        await link.send(ctx, bytes(byte for byte in range(256) if byte not in b"WR"))
        assert not link.requests
        await link.send(ctx, write(1, 2))
        await link.expect(ctx, b"k")
        assert link.requests == [(1, 1, 2)]

    Link(script)


@pytest.mark.parametrize("sent", range(1, 7))
def test_a_break_forgets_half_a_command(sent):
    async def script(link, ctx):
        ctx.set(link.bridge.rx, 1)
        await ctx.tick().repeat(20)
        await link.send(ctx, write(1, 2)[:sent])
        await link.send(ctx, b"\0", stop=0)
        await link.send(ctx, write(3, 4))
        await link.expect(ctx, b"k")
        assert link.requests == [(1, 3, 4)]

    Link(script)


@pytest.mark.parametrize("clock_hz, baud", [(25e6, 25e6), (25e6, 10e6), (10e6, 1.05e6)])
def test_baud_rates_that_the_clock_does_not_divide_are_refused(clock_hz, baud):
    with pytest.raises(HelError, match="the baud rate must divide the clock by 8 or more within 2 %"):
        divisor(clock_hz, baud)
