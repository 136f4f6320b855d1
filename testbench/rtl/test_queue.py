"""The queue against the obvious model, at random, and its latency and capacity."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import pytest
from amaranth.sim import Simulator

from rtl.queue import Queue

SEED = 3


def simulate(queue: Queue, process: Any) -> None:
    simulator = Simulator(queue)
    simulator.add_clock(1e-6)
    simulator.add_testbench(process)
    simulator.run()


@pytest.mark.parametrize("depth", [2, 4, 16])
@pytest.mark.parametrize(("put", "get"), [(0.5, 0.5), (0.9, 0.2), (0.2, 0.9), (1, 1)], ids=str)
def test_equal_to_a_deque_in_every_cycle(depth: int, put: float, get: float) -> None:
    """A word is visible the cycle after it came; a full queue takes none, also while one leaves."""
    queue, model = Queue(8, depth), deque[int]()
    source = random.Random(SEED)

    async def process(ctx: Any) -> None:
        for _ in range(400):
            word, offer, take = source.getrandbits(8), source.random() < put, source.random() < get
            ctx.set(queue.i.payload, word)
            ctx.set(queue.i.valid, offer)
            ctx.set(queue.o.ready, take)
            assert ctx.get(queue.o.valid) == (len(model) > 0)
            assert ctx.get(queue.i.ready) == (len(model) < depth)
            if model:
                assert ctx.get(queue.o.payload) == model[0]
            room = len(model) < depth
            if take and model:
                model.popleft()
            if offer and room:
                model.append(word)
            await ctx.tick()

    simulate(queue, process)


def test_one_word_in_and_one_out_every_cycle() -> None:
    queue, received = Queue(16, 2), []

    async def process(ctx: Any) -> None:
        ctx.set(queue.i.valid, 1)
        ctx.set(queue.o.ready, 1)
        for word in range(50):
            ctx.set(queue.i.payload, word)
            assert ctx.get(queue.i.ready)
            if ctx.get(queue.o.valid):
                received.append(ctx.get(queue.o.payload))
            await ctx.tick()

    simulate(queue, process)
    assert received == list(range(49))
