"""Commands on the cycle model: what an array would do with them, and what it would send, when no stream makes it wait.

Example
-------
>>> from rtl.hls.cycle_model.cycle_model import CycleModel
>>> import numpy as np
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> array = compile_array(compile_system(get("linear", n=4, m=2)), elements=2)
>>> commands = [Command("load_weight", base=1, words=np.array([7, 8])), Command("read_weight", base=1)]
>>> play(array, CycleModel(array.geometry), commands)
[7, 8]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from rtl.hls.schedule.command import Command, resolve
from rtl.hls.schedule.schedule import Schedule

__all__ = ["Model", "play"]


class Model(Protocol):
    """A cycle model: `CycleModel`, or that of elements with several banks."""

    pushed: list[int]

    def step(self, c: Mapping[str, int], imm: int = 0) -> None:
        """One clock edge."""


def play(schedule: Schedule, model: Model, commands: Iterable[Command]) -> list[int]:
    """Runs commands on a cycle model, without stalls; returns the words it sends, oldest first."""
    for command in commands:
        for fields, imm in resolve(schedule, command):
            model.step(fields, imm)
    sent, model.pushed = model.pushed, []
    return sent
