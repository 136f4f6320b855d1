"""A command: a segment, how often, from which base address, with which shift; and the control words it becomes.

`columns` is what the sequencer does, field by field, and `resolve` the same word by word: the cycle model runs on it
(`rtl.hls.cycle_model.play`), and the co-simulation compares the words that reach the elements with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rtl.hls.plan.control import ADDRESSES, MAX_SHIFT, Fields, ImmSource
from rtl.hls.schedule.schedule import Schedule

__all__ = ["MAX_ITERATIONS", "Command", "columns", "resolve"]

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


def columns(schedule: Schedule, command: Command) -> tuple[dict[str, Words], Words]:
    """Element fields by name and broadcast words of all issued control words, in order; each of shape (words,)."""
    g, widths, n = schedule.geometry, schedule.widths, command.iterations
    decoded = schedule.fields(command.segment)
    stored = {name: np.array([f[name] for f in decoded], np.int64) for name in widths}
    fields = {name: np.tile(column, n) for name, column in stored.items()}
    source, index, relative = (fields.pop(name) for name in ("imm_src", "u_index", "relative"))
    iteration = np.repeat(np.arange(n), len(decoded))
    for name in ADDRESSES:
        base = (command.base + iteration) & ((1 << widths[name]) - 1)
        fields[name] = np.where(relative, fields[name] | base, fields[name])
    offset = np.where(fields["shift"] & 32, fields["shift"] - 64, fields["shift"])
    fields["shift"] = np.clip(offset + command.shift, 0, MAX_SHIFT)
    imm = np.where(source == ImmSource.ONE, g.one, 0)
    given = source == ImmSource.WORD
    imm[given] = command.words[: given.sum()]
    given = source == ImmSource.INPUT
    imm[given] = command.inputs[iteration[given], index[given]]
    return fields, imm


def resolve(schedule: Schedule, command: Command) -> Iterator[tuple[Fields, int]]:
    """(element fields, broadcast word) of each issued control word, in order."""
    fields, imm = columns(schedule, command)
    rows = zip(*(column.tolist() for column in fields.values()), strict=True)
    for row, word in zip(rows, imm.tolist(), strict=True):
        yield dict(zip(fields, row, strict=True)), word
