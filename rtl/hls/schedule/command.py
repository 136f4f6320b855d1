"""A command: a segment, how often, from which base address, with which shift; and the control words it becomes.

`resolve` is what the sequencer does, as a generator: the cycle model runs on it (`rtl.hls.cycle_model.play`), and the
co-simulation compares the words that reach the elements with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rtl.hls.plan.control import ADDRESSES, MAX_SHIFT, Fields, ImmSource
from rtl.hls.schedule.schedule import Schedule

__all__ = ["MAX_ITERATIONS", "Command", "resolve"]

Words = npt.NDArray[np.int64]

MAX_ITERATIONS = (1 << 16) - 1
"""Iterations of one command."""


@dataclass(frozen=True)
class Command:
    """One command of the sequencer.

    Members
    -------
    segment : name in the schedule
    iterations : how often; the base address rises by one each time
    base : first base address
    shift : added to the shift of update words, the result clipped to 0 .. 35
    inputs : shape (iterations, m), raw words, for segments that consume inputs
    words : host words in the order of their transfer, P an iteration, for segments that load
    """

    segment: str
    iterations: int = 1
    base: int = 0
    shift: int = 0
    inputs: Words = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    words: Words = field(default_factory=lambda: np.zeros(0, np.int64))

    def replies(self, schedule: Schedule) -> int:
        """Words the array sends for it."""
        return self.iterations * schedule.geometry.elements if schedule.segments[self.segment].sends else 0

    def cycles(self, schedule: Schedule) -> int:
        """Cycles it takes when no stream makes it wait."""
        return schedule.segments[self.segment].cycles(self.iterations)


def resolve(schedule: Schedule, command: Command) -> Iterator[tuple[Fields, int]]:
    """(element fields, broadcast word) of each issued control word, in order."""
    g = schedule.geometry
    words = iter(command.words.tolist())
    decoded, widths = schedule.fields(command.segment), schedule.widths
    for iteration in range(command.iterations):
        base = command.base + iteration
        for stored in decoded:
            f = dict(stored)
            source = ImmSource(f.pop("imm_src"))
            index = f.pop("u_index")
            if f.pop("relative"):
                for name in ADDRESSES:
                    f[name] |= base & ((1 << widths[name]) - 1)
            offset = f["shift"] - 64 if f["shift"] & 32 else f["shift"]
            f["shift"] = min(max(offset + command.shift, 0), MAX_SHIFT)
            if source is ImmSource.WORD:
                imm = int(next(words))
            elif source is ImmSource.INPUT:
                imm = int(command.inputs[iteration, index])
            else:
                imm = g.one if source is ImmSource.ONE else 0
            yield f, imm
