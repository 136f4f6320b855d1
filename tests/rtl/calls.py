"""Functions that the tests of the host port have called inside a simulator."""

from __future__ import annotations

from typing import Any

import numpy as np

from rtl.hls import Command
from rtl.hls.plan.registers import Address
from rtl.host.driver import Driver
from rtl.host.transactions import command_requests, read, write
from testbench.array import ArrayPort
from testbench.session import SimulatedPort
from tests.rtl.hls.cases import scheduled

UNKNOWN = (0x06, 0x0F, 0x13, 0x21, 0x7FFF, 0x8000, 0xFFFF)
"""Addresses that nothing answers from: holes, and the control store."""


async def registers(port: SimulatedPort, *, stalls: int) -> dict[str, Any]:
    """Reads of constants and of nothing, many and mixed, after writes that change nothing."""
    await port.reset()
    port.stall(stalls, stalls, 5)
    writes = [
        write(addr, 0xFFFFFFFF) for addr in (Address.IDENTITY, Address.STATUS, Address.SHAPE, Address.IDLE, 0x7FFF)
    ]
    order = np.random.default_rng(2).choice([Address.IDENTITY, Address.SHAPE, *UNKNOWN], 200)
    answers = await port.play(np.concatenate([*writes, *(read(int(addr)) for addr in order)]))
    return {"order": order, "answers": answers}


async def status(port: SimulatedPort, *, sizes: tuple[int, int, int]) -> dict[str, Any]:
    """STATUS and the counters before, during and after a command."""
    schedule = scheduled("linear", *sizes)
    array = ArrayPort(port, schedule)
    await array.start()
    await port.wait(100)
    poll = np.concatenate([read(Address.STATUS), read(Address.CYCLES)])
    before = await port.play(poll)
    command = Command("clear", 20)
    during = await port.play(np.concatenate([command_requests(schedule, [command]), poll]))
    idle = await port.play(read(Address.IDLE))
    after = await port.play(poll)
    cleared = await port.play(np.concatenate([write(Address.CYCLES, 7), read(Address.CYCLES), read(Address.STALLS)]))
    found = {"before": before, "during": during, "idle": idle, "after": after, "cleared": cleared}
    return found | {"predicted": command.cycles(schedule)}


async def alone(port: SimulatedPort, *, sizes: tuple[int, int, int]) -> dict[str, Any]:
    """Commands given one by one to an idle array; `ArrayPort.play` checks the cycles of each."""
    schedule = scheduled("linear", *sizes)
    array = ArrayPort(port, schedule)
    await array.start()
    for segment in ("clear", "update", "clear", "clear", "update"):
        await array.play([Command(segment)])
        await port.wait(100)
    return {"cycles": array.cycles, "predicted": array.predicted, "stalls": array.stalls}


async def waiting(port: SimulatedPort, *, sizes: tuple[int, int, int], cycles: int) -> dict[str, Any]:
    """A command whose words come late, and one whose answers are fetched late."""
    schedule = scheduled("linear", *sizes)
    array, driver = ArrayPort(port, schedule), Driver(schedule)
    await array.start()
    q = np.arange(sizes[0]) * 1001 - 9000
    late = [*driver.load_state(q, -q)]
    script = command_requests(schedule, late)
    await port.play(script[:3])
    await port.wait(cycles)
    await port.play(script[3:])
    counters = np.concatenate([read(Address.IDLE), read(Address.STALLS), write(Address.CYCLES, 0)])
    loaded = await port.play(counters)
    sent = driver.read_state()
    script = command_requests(schedule, sent)
    commits = script >> np.uint64(48) == 1
    await port.play(script[commits])
    await port.wait(cycles)
    words = await port.play(script[~commits])
    fetched = await port.play(counters)
    bits = schedule.geometry.chain_bits
    found = (words.astype(np.int64) << (64 - bits)) >> (64 - bits)
    q_found, p_found = driver.state(found.tolist())
    return {
        "right": bool((q_found == q).all() and (p_found == -q).all()),
        "loaded": loaded,
        "loaded_predicted": driver.cycles(late),
        "fetched": fetched,
        "fetched_predicted": driver.cycles(sent),
    }


async def fill(port: SimulatedPort, *, addr: int, count: int) -> dict[str, Any]:
    """Writes words for which no command has asked."""
    await port.reset()
    await port.play(write(addr, np.arange(count)), budget_cycles=300)
    return {"sent": count}


async def ask(port: SimulatedPort) -> dict[str, Any]:
    """Reads a word that no command has sent; a write behind it waits too."""
    await port.reset()
    await port.play(np.concatenate([read(Address.IDENTITY), read(Address.WORD)]), budget_cycles=300)
    return {}


async def many(port: SimulatedPort, *, sizes: tuple[int, int, int], count: int) -> dict[str, Any]:
    """More commands than the queue holds, at once."""
    schedule = scheduled("linear", *sizes)
    array, driver = ArrayPort(port, schedule), Driver(schedule)
    await array.start()
    commands = driver.load_state(np.full(sizes[0], 5), np.zeros(sizes[0], np.int64))
    await array.play(commands)
    words = await array.play([Command("read_flags")] * count + driver.read_position())
    return {
        "words": words[-sizes[0] :],
        "cycles": array.cycles,
        "predicted": array.predicted,
        "stalls": array.stalls,
    }


async def queued(port: SimulatedPort, *, sizes: tuple[int, int, int], count: int) -> dict[str, Any]:
    """Different commands that no answer separates, so that the host runs ahead as far as the array lets it."""
    schedule = scheduled("linear", *sizes)
    array = ArrayPort(port, schedule)
    await array.start()
    await array.play([Command(("clear", "update")[k % 2], 1 + k % 3) for k in range(count)])
    return {"cycles": array.cycles, "predicted": array.predicted, "stalls": array.stalls}


async def interrupted(port: SimulatedPort, *, sizes: tuple[int, int, int]) -> dict[str, Any]:
    """A reset in the middle of a command, with words in every queue; then a run from the start."""
    schedule = scheduled("linear", *sizes)
    array, driver = ArrayPort(port, schedule), Driver(schedule)
    await array.start()
    q = np.arange(sizes[0]) * 77
    await array.play(driver.load_state(q, q))
    script = command_requests(schedule, [*driver.read_state(), *driver.forward(np.ones((50, sizes[2]), np.int64))])
    await port.play(script[script >> np.uint64(48) == 1][:40])
    await port.reset()
    counters = await port.play(np.concatenate([read(Address.CYCLES), read(Address.STALLS)]))
    await array.start()
    words = await array.play([*driver.load_state(q, -q), *driver.read_state()])
    found = driver.state(words.tolist())
    return {"counters": counters, "right": bool((found[0] == q).all() and (found[1] == -q).all())}
