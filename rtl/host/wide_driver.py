"""The driver of an array of B banks: parameters, gradients and the table by bank; all else as ever.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls.wide.schedule import compile_wide
>>> driver = WideDriver(compile_wide(compile_system(get("dense", n=8, m=2)), elements=2, banks=2))
>>> [(command.segment, command.iterations) for command in driver.read_parameters()]
[('read_weight0', 26), ('read_weight1', 26)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rtl.hls.plan.geometry import GRADIENT_BITS
from rtl.hls.schedule.command import Command
from rtl.hls.schedule.schedule import Schedule
from rtl.hls.wide.rotated import FIRST, LAST
from rtl.hls.wide.schedule import WideSchedule
from rtl.host.driver import Driver, chain, signed, unchain

__all__ = ["WideDriver", "driver_of"]

Words = npt.NDArray[np.int64]


class WideDriver(Driver):
    """Commands and answers for one scheduled array of B banks; tables lie in the first one."""

    loads_tables = "load_weight0"

    schedule: WideSchedule

    def __init__(self, schedule: WideSchedule) -> None:
        super().__init__(schedule)
        self.banks = schedule.geometry.banks
        self.loads_constants = f"load_weight{self.banks - 1}"

    def forward(self, inputs: Words) -> list[Command]:
        """One step for each row of inputs (T, m); in a rotated loop an iteration has the inputs of the next step."""
        if not self.schedule.rotated or not len(inputs):
            return super().forward(inputs)
        return [*self._steps(FIRST, inputs[:1]), *self._steps("forward", inputs[1:]), Command(LAST)]

    def load_parameters(self, theta: Mapping[str, Words]) -> list[Command]:
        """Parameter words (18 bits); gradients are left alone."""
        self.check_shapes(theta)
        memory = self.schedule.memory.pack(theta)[..., 1:]
        return [
            Command(f"load_weight{bank}", words.shape[1], 1, words=chain(words)) for bank, words in enumerate(memory)
        ]

    def _read(self, what: str) -> list[Command]:
        return [Command(f"read_{what}{bank}", self.schedule.memory.words, 1) for bank in range(self.banks)]

    def update(self, shift: int) -> list[Command]:
        """As ever, or as a loop."""
        return [replace(command, iterations=self.schedule.update_iterations) for command in super().update(shift)]

    def clear(self) -> list[Command]:
        """As ever, or as a loop."""
        if self.schedule.update_iterations == 1:
            return super().clear()
        return [Command("clear", self.schedule.memory.words, 1)]

    def read_parameters(self) -> list[Command]:
        """Parameter words; decode with `parameters`."""
        return self._read("weight")

    def parameters(self, words: Sequence[int]) -> dict[str, Words]:
        """theta by name."""
        return self._by_name(signed(np.asarray(words, np.int64), 18))

    def read_gradients(self) -> list[Command]:
        """Gradient words; decode with `gradients`."""
        return [*self._read("gradient_low"), *self._read("gradient_high")]

    def gradients(self, words: Sequence[int]) -> dict[str, Words]:
        """G by name."""
        low, high = np.asarray(words, np.int64).reshape(2, -1) & 0x3FFFF
        return self._by_name(signed(low | high << 18, GRADIENT_BITS))

    def _by_name(self, words: Words) -> dict[str, Words]:
        memory = np.stack([unchain(part, self.geometry.elements) for part in words.reshape(self.banks, -1)])
        return self.schedule.memory.unpack(np.pad(memory, ((0, 0), (0, 0), (1, 0))), self.shapes)


def driver_of(schedule: Schedule) -> Driver:
    """The driver of an array of any width."""
    return WideDriver(schedule) if isinstance(schedule, WideSchedule) else Driver(schedule)
