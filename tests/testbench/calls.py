"""Functions that the tests have called inside a simulator."""

import os
import time

import numpy as np

from golden.errors import HelError
from testbench.script import read, write
from tests.testbench.standin import ELEMENT_BITS


async def memory(port, *, seed, request=0, response=0):
    """Writes the whole memory in a random order and reads it back in another; the words that differ."""
    random = np.random.default_rng(seed)
    data, order = random.integers(-(2**31), 2**31, 256), random.permutation(256)
    port.stall(request, response, seed)
    got = await port.play(np.concatenate([write(order, data[order]), read(np.arange(256))]))
    return {"mismatches": np.count_nonzero(got != data.astype(np.uint32)), "words": got.size, "spent": port.spent}


async def accumulate(port, *, rounds):
    """Plays `rounds` scripts, each made from the responses to the one before."""
    word = 1
    for _ in range(rounds):
        await port.play([(1, 5, 3 * word + 1)])
        (word,) = await port.play([(0, 5, 0)])
        print("word", word)
    return {"word": word}


async def registers(port, *, cycles, elements):
    """The registers of every element in each of `cycles` busy cycles."""
    script = np.concatenate([write(0x100, cycles), read(0x100)])
    (total,) = await port.play(script, recorded=True)
    fields = ((0, 18), (18, 18), (36, 36), (72, 24))
    rows = [port.recording.field(lsb, width, count=elements, stride=ELEMENT_BITS) for lsb, width in fields]
    whole = [word & (1 << ELEMENT_BITS) - 1 for word in port.recording.words()]
    return {"total": total, "rows": np.stack(rows, axis=2), "cycles": port.recording.cycles, "whole": whole}


async def counted(port, *, cycles):
    """Clock cycles that commands take."""
    await port.wait(cycles)
    waited, before = port.spent, port.cycles
    await port.play(write(0x100, cycles))
    await port.play(read(0x100))
    return {"waited": waited, "played": port.spent, "total": port.cycles - before}


async def reset(port):
    """A reset ends a hang, and keeps the memory."""
    await port.play(np.concatenate([write(7, 9), write(0x101, 0)]))
    await port.reset()
    (word,) = await port.play(read(7))
    return {"word": word}


async def hang(port, *, transactions, budget_cycles=200):
    """Plays what does not end."""
    await port.play([tuple(row) for row in transactions], budget_cycles=budget_cycles)
    return {}


async def raises(port, *, kind):
    """Raises what it is told to."""
    errors = {"hel": HelError("the rule, 7; the way out"), "assert": AssertionError("q differs"), "key": KeyError("W")}
    raise errors[kind]


async def unrecorded(port):
    """Asks for a recording of a build that has none."""
    await port.play(read(0), recorded=True)
    return {}


async def number(port):
    """Returns no dict."""
    return 3


def plain_function(port):
    """Is not async."""
    return {}


async def dies(port):
    """Ends the whole process."""
    os._exit(3)


async def sleeps(port):
    """Tells its process id and never returns."""
    print("pid", os.getpid())
    while True:
        time.sleep(0.05)


async def many(port, *, count):
    """Plays a script of `count` transactions."""
    script = np.concatenate([write(0, np.arange(256)), np.tile(read(0, 256), count // 256)])
    began = time.monotonic()
    got = await port.play(script)
    return {"sum": int(got.sum(dtype=np.int64)), "spent": port.spent, "seconds": time.monotonic() - began}
