"""Commands as requests: read back by a plain interpreter of the address map, they are the commands again."""

from __future__ import annotations

import numpy as np
import pytest

from rtl.design import Design
from rtl.hls import Command, Schedule
from rtl.hls.plan.registers import Address, Streams
from rtl.hls.plan.stored_word import store_parts
from rtl.host.driver import Driver
from rtl.host.transactions import Requests, command_requests, read, store_requests, write
from rtl.streams.host_request import HostRequest
from tests.rtl.hls.cases import scheduled

SCHEDULE = scheduled("dense", 6, 2, 3)
WIDE = Design("random-1061", neurons=7, elements=1, inputs=1).schedule
"""Its control words have more than 128 bits."""


def signed(word: int, bits: int) -> int:
    return (word & (1 << bits) - 1) - (word >> (bits - 1) << bits & (1 << bits))


def interpret(schedule: Schedule, requests: Requests) -> list[Command]:
    """The commands that an array would run, by the table in rtl.hls.plan.registers."""
    names = {s.start: s for s in schedule.segments.values()}
    segment = repeat = 0
    found: list[tuple[str, int, int, int]] = []
    inputs: list[list[int]] = []
    words: list[list[int]] = []
    replies: list[int] = []
    for request in requests.tolist():
        addr, data, is_write = request >> 32 & 0xFFFF, request & 0xFFFFFFFF, request >> 48
        if is_write and addr == Address.SEGMENT:
            segment = data
        elif is_write and addr == Address.REPEAT:
            repeat = data
        elif is_write and addr == Address.COMMIT:
            s = names[segment & 0xFFFF]
            assert segment >> 16 == len(s.words)
            streams = Streams.INPUTS * s.inputs | Streams.LOADS * s.loads | Streams.SENDS * s.sends
            assert data >> 8 == streams
            found.append((s.name, repeat & 0xFFFF, repeat >> 16, signed(data & 127, 7)))
            inputs.append([])
            words.append([])
            replies.append(0)
        elif is_write:
            assert addr in (Address.INPUT, Address.WORD)
            (inputs if addr == Address.INPUT else words)[-1].append(signed(data, 32))
        else:
            assert addr == Address.WORD
            replies[-1] += 1
    commands = []
    for (name, iterations, base, shift), u, w, sent in zip(found, inputs, words, replies, strict=True):
        rows = np.array(u, np.int64).reshape(iterations, -1)
        command = Command(name, iterations, base, shift, rows, np.array(w, np.int64))
        assert command.replies(schedule) == sent
        commands.append(command)
    return commands


def content(command: Command) -> tuple[str, int, int, int, list[int], list[int]]:
    c = command
    return c.segment, c.iterations, c.base, c.shift, c.inputs.reshape(-1).tolist(), c.words.tolist()


def test_requests_mean_the_commands() -> None:
    random, d = np.random.default_rng(0), Driver(SCHEDULE)
    theta = {n: random.integers(-(1 << 17), 1 << 17, s) for n, s in (("al", 6), ("W", (6, 6)), ("B", (6, 3)), ("b", 6))}
    q, p, u = (random.integers(-(1 << 20), 1 << 20, s) for s in (6, 6, (4, 3)))
    commands = [*d.load_table(), *d.load_parameters(theta), *d.load_state(q, p), *d.forward(u >> 4), *d.nudge(p)]
    commands += [*d.echo(u >> 4), *d.update(-28), *d.update(63), *d.clear(), *d.read_state(), *d.read_gradients()]
    commands += [*d.read_parameters(), *d.read_flags(), *d.read_position()]
    found = interpret(SCHEDULE, command_requests(SCHEDULE, commands))
    assert [content(c) for c in found] == [content(c) for c in commands]


@pytest.mark.parametrize("schedule, parts", [(SCHEDULE, 4), (WIDE, 8)])
def test_the_store_is_loaded_word_by_word(schedule: Schedule, parts: int) -> None:
    """The last part commits, so it comes last."""
    assert store_parts(schedule.geometry) == parts
    store = [0] * len(schedule.words)
    for index, request in enumerate(store_requests(schedule).tolist()):
        addr, data = request >> 32 & 0xFFFF, request & 0xFFFFFFFF
        assert request >> 48 == 1 and addr == Address.STORE + index
        store[(addr - Address.STORE) // parts] |= data << 32 * ((addr - Address.STORE) % parts)
    assert tuple(store) == schedule.words


def test_a_request_is_laid_out_as_the_port() -> None:
    layout = {name: field.offset for name, field in HostRequest}
    assert layout == {"data": 0, "addr": 32, "write": 48}
    assert write(0x8001, -2).tolist() == [1 << 48 | 0x8001 << 32 | 0xFFFFFFFE]
    assert read(0x22, 2).tolist() == [0x22 << 32] * 2


def test_no_command_is_no_request() -> None:
    assert command_requests(SCHEDULE, []).tolist() == []


@pytest.mark.parametrize("iterations", [0, 1 << 16])
def test_repetitions_beyond_the_counter(iterations: int) -> None:
    with pytest.raises(ValueError, match=f"^a command repeats 1 to 65535 times, got {iterations}; split it$"):
        command_requests(SCHEDULE, [Command("clear", iterations)])
