"""The cycle model beside the RTL: every architectural register of every element at every recorded clock.

A recording is first looked at as a whole (`rtl.hls.cycle_model.over_time`): it is the model's way if each clock follows
from the one before. Only one that is not is gone through clock by clock, for the words that differ and the first of
them; so is every one of elements with several banks, whose model knows one clock at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rtl.hls import Command, Schedule
from rtl.hls.cycle_model.clocked import SETTLE
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.cycle_model.over_time import follows
from rtl.hls.plan.debug_bus import debug_bus_bits, debug_bus_layout
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.width import Width
from rtl.hls.schedule.command import columns, resolve
from rtl.hls.wide.cycle_model import WideCycleModel
from testbench.mismatch import of_registers
from testbench.script import Recording
from testbench.waves import STEPS, Waves

__all__ = ["Followed", "Follower", "last_commands", "last_iterations", "model_of"]

Words = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Followed:
    """What the comparison of one recording found.

    Members
    -------
    clocks : compared
    words, mismatches : compared, and of those the ones that differ
    first : the first mismatch (`testbench.mismatch`), or None
    """

    clocks: int
    words: int
    mismatches: int
    first: dict[str, Any] | None = None


def model_of(geometry: Geometry) -> CycleModel | WideCycleModel:
    """The cycle model of an array, at power-up."""
    return CycleModel(geometry) if geometry.banks == 1 else WideCycleModel(geometry, Width.of(geometry))


class Follower:
    """A cycle model that takes the commands which the array takes; what was recorded goes into `waves`, too."""

    def __init__(
        self, schedule: Schedule, model: CycleModel | WideCycleModel | None = None, waves: Waves | None = None
    ) -> None:
        self.schedule, self.waves = schedule, waves
        self.model = model or model_of(schedule.geometry)

    def unrecorded(self, commands: Sequence[Command]) -> None:
        """The model takes commands that nobody watches."""
        for command in last_commands(self.schedule, commands):
            for fields, imm in resolve(self.schedule, last_iterations(self.schedule, command)):
                self.model.step(fields, imm)
        self._settle()

    def recorded(self, commands: Sequence[Command], recording: Recording, place: tuple[str, int]) -> Followed:
        """The model takes commands, compared with what was recorded while the array took them.

        `place` is the pass and the first step of the commands.
        """
        g, layout = self.model.geometry, debug_bus_layout(self.model.geometry)
        stride = debug_bus_bits(g)
        issued = recording.field(stride * g.elements, 1)
        found, lsb = {}, 0
        for name, bits in layout.items():
            found[name] = recording.field(lsb, bits, count=g.elements, stride=stride)
            lsb += bits
        fields, imm = self._over_time(commands, issued)
        if self.waves is not None:
            self.waves.record(recording.cycles, found, commands, issued, fields, place)
        mismatches, first = 0, None
        if isinstance(self.model, WideCycleModel) or not follows(self.model, fields, imm, found):
            mismatches, first = self._step_by_step(fields, imm, found)
        self._settle()
        if first is not None:
            row = first["row"]
            where = self._place(commands, issued, row - 1)
            step = place[1] + (-1 if where["segment"] == "echo" else 1) * where.pop("step")
            first = {"cycle": int(recording.cycles[row]), "pass": place[0], "step": step, **first, **where}
        return Followed(len(issued), len(issued) * len(layout) * g.elements, mismatches, first)

    def _place(self, commands: Sequence[Command], issued: Words, row: int) -> dict[str, Any]:
        """The control word in the elements in a recorded clock: its segment, iteration, number and fields."""
        nothing: dict[str, Any] = {"segment": "", "control_word": None, "step": 0, "control": {}}
        if row < 0 or not issued[row]:
            return nothing
        index, steps = int(np.count_nonzero(issued[:row])), 0
        for command in commands:
            words = self.schedule.fields(command.segment)
            if index < command.iterations * len(words):
                iteration, word = divmod(index, len(words))
                fields = {name: value for name, value in words[word].items() if value}
                step = steps + iteration if command.segment in STEPS else 0
                return {"segment": command.segment, "control_word": word, "step": step, "control": fields}
            index -= command.iterations * len(words)
            steps += command.iterations if command.segment in STEPS else 0
        return nothing

    def _over_time(self, commands: Sequence[Command], issued: Words) -> tuple[dict[str, Words], Words]:
        """Fields and broadcast words of every recorded clock; those in which the array waited have none."""
        parts = [columns(self.schedule, command) for command in commands]
        clocks = np.flatnonzero(issued)
        assert len(clocks) == sum(len(imm) for _, imm in parts), "the array issued other words than were scheduled"

        def spread(words: Sequence[Words]) -> Words:
            row = np.zeros(len(issued), np.int64)
            row[clocks] = np.concatenate([*words, np.zeros(0, np.int64)])
            return row

        names = parts[0][0] if parts else {}
        return {name: spread([fields[name] for fields, _ in parts]) for name in names}, spread(
            [imm for _, imm in parts]
        )

    def _step_by_step(
        self, fields: dict[str, Words], imm: Words, found: dict[str, Words]
    ) -> tuple[int, dict[str, Any] | None]:
        """How many words differ; of the first row with one, its number and what differs (`testbench.mismatch`)."""
        model, layout = self.model, debug_bus_layout(self.model.geometry)
        right = {name: np.zeros_like(words) for name, words in found.items()}
        told = zip(*(column.tolist() for column in fields.values()), imm.tolist(), strict=True)
        for row, (*values, word) in enumerate(told):
            for name, words in model.debug_bus().items():
                right[name][row] = words & ((1 << layout[name]) - 1)
            model.step(dict(zip(fields, values, strict=True)), word)
        wrong = {name: np.argwhere(words != found[name]) for name, words in right.items()}
        row = min((int(at[0, 0]) for at in wrong.values() if len(at)), default=-1)
        if row < 0:
            return 0, None
        different = {
            name: [(int(k), int(right[name][row, k]), int(found[name][row, k])) for at_row, k in at if at_row == row]
            for name, at in wrong.items()
        }
        different = {name: rows for name, rows in different.items() if rows}
        return sum(map(len, wrong.values())), {"row": row, **of_registers(different, model.geometry)}

    def _settle(self) -> None:
        self.model.settle()
        self.model.pushed.clear()


def last_commands(schedule: Schedule, commands: Sequence[Command]) -> Sequence[Command]:
    """Commands that leave behind in the array what the given ones do: of such as only read, the last ones."""
    segments = [schedule.segments[command.segment] for command in commands]
    if not all(segment.sends and segment.name != "read_flags" for segment in segments):
        return commands
    at, words = len(commands), 0
    while at and words < SETTLE:
        at -= 1
        words += commands[at].iterations * len(segments[at].words)
    return commands[at:]


def last_iterations(schedule: Schedule, command: Command) -> Command:
    """A command that leaves behind in the array what the given one does, in fewer iterations where it only reads.

    Iterations that read differ in their address alone and write no memory: what is in the pipeline and the host chain
    afterwards comes from the last ones.
    """
    segment = schedule.segments[command.segment]
    enough = -(-SETTLE // len(segment.words))
    if not segment.sends or command.iterations <= enough:
        return command
    return replace(command, iterations=enough, base=command.base + command.iterations - enough)
