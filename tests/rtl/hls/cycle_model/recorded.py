"""What a recording of an array that does all right would hold: made by stepping the cycle model, with waits between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rtl.hls import Command, Schedule
from rtl.hls.cycle_model.cycle_model import CycleModel
from rtl.hls.plan.debug_bus import debug_bus_layout
from rtl.hls.schedule.command import columns
from rtl.hls.wide.cycle_model import WideCycleModel
from tests.rtl.hls.cases import Case, Words


@dataclass(frozen=True)
class Recorded:
    """Control fields, broadcast words, whether a word was issued, and the registers' bits, of every clock."""

    fields: dict[str, Words]
    imm: Words
    issued: Words
    registers: dict[str, Words]


def recorded(
    schedule: Schedule, model: CycleModel | WideCycleModel, commands: Sequence[Command], seed: int = 0
) -> Recorded:
    """Takes the model through commands, with a random number of waiting clocks before each and after the last."""
    random, parts = np.random.default_rng(seed), []
    for command in commands:
        fields, imm = columns(schedule, command)
        gap = np.zeros(int(random.integers(0, 30)), np.int64)
        parts.append((dict.fromkeys(fields, gap), gap, gap))
        parts.append((fields, imm, np.ones_like(imm)))
    end = np.zeros(int(random.integers(1, 40)), np.int64)
    parts.append((dict.fromkeys(parts[0][0], end), end, end))
    fields = {name: np.concatenate([part[0][name] for part in parts]) for name in parts[0][0]}
    imm, issued = (np.concatenate([part[at] for part in parts]) for at in (1, 2))
    rows = []
    for row in range(len(imm)):
        rows.append(model.debug_bus())
        model.step({name: int(column[row]) for name, column in fields.items()}, int(imm[row]))
    layout = debug_bus_layout(model.geometry)
    registers = {name: np.stack([row[name] for row in rows]) & ((1 << bits) - 1) for name, bits in layout.items()}
    return Recorded(fields, imm, issued, registers)


def runs(schedule: Schedule, case: Case) -> list[list[Command]]:
    """Commands that use everything: loads, both passes with a nudge, the update, all reads."""
    from rtl.host.driver import Driver

    d = Driver(schedule)
    return [
        [*d.load_table(), *d.load_parameters(case.theta), *d.clear(), *d.load_state(case.q, case.p)],
        [*d.forward(case.u), *d.read_state()],
        [*d.nudge(case.e[0]), *d.echo(case.u[::-1]), *d.read_state()],
        [*d.update(6), *d.read_parameters(), *d.read_gradients(), *d.read_flags()],
    ]
