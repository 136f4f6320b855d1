"""Queue, slice and buffer at random: nothing is lost or doubled, in order, within their latency and capacity."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import pytest
from amaranth.hdl import Elaboratable
from amaranth.sim import Simulator

from rtl.streams.buffer import Buffer
from rtl.streams.queue import Queue, Slice

SEED = 3
RATES = [(0.5, 0.5), (0.9, 0.2), (0.2, 0.9), (1, 1)]


def simulate(component: Elaboratable, process: Any) -> None:
    simulator = Simulator(component)
    simulator.add_clock(1e-6)
    simulator.add_testbench(process)
    simulator.run()


@pytest.mark.parametrize("component", [Slice(8), Queue(8, 2), Queue(8, 16)], ids=["slice", "queue2", "queue16"])
@pytest.mark.parametrize(("put", "get"), RATES, ids=str)
def test_words_come_out_as_they_went_in(component: Slice | Queue, put: float, get: float) -> None:
    """An offered word stays until it is taken, on either side; what is in between is at most the capacity."""
    inside, taken = deque[int](), []
    capacity = component.depth + 1 if isinstance(component, Queue) else 1
    source = random.Random(SEED)
    most = 0

    async def process(ctx: Any) -> None:
        nonlocal most
        offered: int | None = None
        for _ in range(600):
            if offered is None and source.random() < put:
                offered = source.getrandbits(8)
            take = source.random() < get
            ctx.set(component.i.valid, offered is not None)
            ctx.set(component.i.payload, offered if offered is not None else source.getrandbits(8))
            ctx.set(component.o.ready, take)
            if ctx.get(component.o.valid):
                assert ctx.get(component.o.payload) == inside[0]
                if take:
                    taken.append(inside.popleft())
            if offered is not None and ctx.get(component.i.ready):
                inside.append(offered)
                offered = None
            most = max(most, len(inside))
            assert len(inside) <= capacity
            await ctx.tick()

    simulate(component, process)
    assert len(taken) > 60
    if put > get:
        assert most == capacity


def test_latency_of_a_queue() -> None:
    queue = Queue(8, 4)

    async def process(ctx: Any) -> None:
        await ctx.tick().repeat(3)
        ctx.set(queue.i.payload, 77)
        ctx.set(queue.i.valid, 1)
        assert ctx.get(queue.i.ready)
        for _ in range(queue.latency):
            assert not ctx.get(queue.o.valid)
            await ctx.tick()
            ctx.set(queue.i.valid, 0)
        assert ctx.get(queue.o.valid) and ctx.get(queue.o.payload) == 77

    simulate(queue, process)


@pytest.mark.parametrize("get", [0.1, 0.5, 1.0])
def test_a_counted_queue_takes_a_word_every_cycle(get: float) -> None:
    """As many as `left` and the depth allow."""
    queue, inside = Queue(8, 16, counted=True), deque[int]()
    source = random.Random(SEED)
    runs = []

    async def process(ctx: Any) -> None:
        room, run = queue.depth, 0
        for _ in range(600):
            give = room > 0 and (run > 0 or room >= 8)
            run = run + 1 if give else 0
            runs.append(run)
            word, take = source.getrandbits(8), source.random() < get
            ctx.set(queue.i.valid, give)
            ctx.set(queue.i.payload, word)
            ctx.set(queue.o.ready, take)
            if ctx.get(queue.o.valid):
                assert ctx.get(queue.o.payload) == inside[0]
                if take:
                    inside.popleft()
            assert ctx.get(queue.i.ready)
            if give:
                inside.append(word)
            room += ctx.get(queue.left) - give
            await ctx.tick()

    simulate(queue, process)
    assert max(runs) >= 8


@pytest.mark.parametrize(("depth", "step"), [(16, 1), (16, 5), (8, 8)])
def test_a_buffer_gives_the_words_it_is_asked_for(depth: int, step: int) -> None:
    """Any of the oldest `step` words, in any order, a word a cycle; then it drops them."""
    buffer = Buffer(8, depth, step)
    source = random.Random(SEED)
    stored, due = deque[int](), deque[int | None]([None] * Buffer.latency)
    compared = 0

    async def process(ctx: Any) -> None:
        nonlocal compared
        arrived, offered = deque[int](), None
        for _ in range(1500):
            if offered is None and source.random() < 0.7:
                offered = source.getrandbits(8)
            ctx.set(buffer.i.valid, offered is not None)
            ctx.set(buffer.i.payload, offered or 0)
            if (expected := due.popleft()) is not None:
                assert ctx.get(buffer.word) == expected
                compared += 1
            full = len(stored) >= step
            offset, drop = source.randrange(step), full and source.random() < 0.3
            ctx.set(buffer.offset, offset)
            ctx.set(buffer.drop, drop)
            due.append(stored[offset] if full else None)
            if drop:
                for _ in range(step):
                    stored.popleft()
            if ctx.get(buffer.stored):
                stored.append(arrived.popleft())
            if offered is not None and ctx.get(buffer.i.ready):
                arrived.append(offered)
                offered = None
            assert len(stored) + len(arrived) <= depth
            await ctx.tick()

    simulate(buffer, process)
    assert compared > 100
