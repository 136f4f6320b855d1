"""Commands as requests of the host port: what a board, a simulator or a test writes and reads to play them.

A request is one 64-bit word, ``data | addr << 32 | write << 48``, the layout of `rtl.streams.host_request.HostRequest`.

Example
-------
>>> [hex(int(word)) for word in write(0x20, [1, -1])]
['0x1002000000001', '0x10020ffffffff']
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from golden.errors import HelError
from rtl.hls.plan.registers import Address, Streams
from rtl.hls.plan.stored_word import store_parts
from rtl.hls.schedule.command import Command
from rtl.hls.schedule.schedule import Schedule

__all__ = ["Requests", "command_requests", "packed", "read", "store_requests", "write"]

Requests = npt.NDArray[np.uint64]


def packed(addr: npt.ArrayLike, data: npt.ArrayLike, write: npt.ArrayLike) -> Requests:
    """Request words of addresses, data (taken modulo 2**32) and write bits, which broadcast.

    >>> hex(int(packed(0x20, -1, 1)))
    '0x10020ffffffff'
    """
    words = np.asarray(data).astype(np.int64).astype(np.uint64) & np.uint64(0xFFFFFFFF)
    addresses, writes = (np.asarray(part).astype(np.uint64) for part in (addr, write))
    return np.asarray(words | addresses << np.uint64(32) | writes << np.uint64(48))


def write(addr: int, data: npt.ArrayLike) -> Requests:
    """Writes of all data, in order, to one address (two's complement, 32 bits)."""
    return packed(addr, np.atleast_1d(data), 1)


def read(addr: int, count: int = 1) -> Requests:
    """So many reads of one address."""
    return packed(np.full(count, addr), 0, 0)


def store_requests(schedule: Schedule) -> Requests:
    """Loads the control store."""
    count = store_parts(schedule.geometry)
    parts = [
        write(Address.STORE + index * count + part, (word >> (32 * part)) & 0xFFFFFFFF)
        for index, word in enumerate(schedule.words)
        for part in range(count)
    ]
    return np.concatenate(parts)


def command_requests(schedule: Schedule, commands: Sequence[Command]) -> Requests:
    """Queues each command, then gives it its inputs or words, then reads what it sends."""
    requests = []
    for command in commands:
        segment = schedule.segments[command.segment]
        if not 1 <= command.iterations < 1 << 16:
            raise HelError(f"a command repeats 1 to 65535 times, got {command.iterations}; split it")
        streams = Streams.INPUTS * segment.inputs | Streams.LOADS * segment.loads | Streams.SENDS * segment.sends
        requests += [
            write(Address.SEGMENT, segment.start | len(segment.words) << 16),
            write(Address.REPEAT, command.iterations | command.base << 16),
            write(Address.COMMIT, command.shift & 127 | streams << 8),
        ]
        if segment.inputs:
            requests.append(write(Address.INPUT, command.inputs.reshape(-1)))
        if segment.loads:
            requests.append(write(Address.WORD, command.words))
        requests.append(read(Address.WORD, command.replies(schedule)))
    return np.concatenate(requests) if requests else np.zeros(0, np.uint64)
