"""JAX in float32, `golden.peers`: the echo and BPTT, on whatever JAX finds; what is compiled is compiled before.

An update is HEL's own: clipped descent of system and readout. Batches are one jitted scan over updates; a single sample
is so too, and besides, as most would write it, one jitted call from Python for every sample.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.peers.extra import jax
from golden.peers.jax_training import JaxTrainer
from hel.bench.contestant import Who
from hel.bench.setting import SAMPLES, Setting

__all__ = ["NAMES", "Called", "Scanned", "devices"]

NAMES = {"hel": "JAX HEL", "bptt": "JAX BPTT"}
RATE = 2.0**-9


def devices() -> dict[str, Any]:
    """Kind -> the first device of that kind: the CPU, and another where there is one.

    >>> list(devices())[0]
    'cpu'
    """
    found = {"cpu": jax().devices("cpu")[0]}
    return found | {device.platform: device for device in reversed(jax().devices())}


class _OnDevice:
    """Parameters, data and the functions of one update, on a device."""

    def __init__(self, setting: Setting, rule: str, batch: int, device: str) -> None:
        self._device = devices()[device]
        training = setting.training("float")
        with jax().default_device(self._device):
            trainer = JaxTrainer(training, rule=rule, batch=batch)
            self.updates, self._data = trainer.updates, trainer.seen
            first = trainer.updates.parameters([training])
            self._params = jax().tree.map(lambda array: array[0], first)
            self._memory = self.updates.first(first)

    @property
    def input_bytes(self) -> int:
        return int(self._data["inputs"].nbytes)


class Scanned(_OnDevice):
    """`block` updates in one call."""

    def __init__(self, setting: Setting, rule: str, batch: int = 1, device: str = "cpu", block: int = 0) -> None:
        super().__init__(setting, rule, batch, device)
        block = block or max(1, 64 // batch)
        self.who, self.samples = Who(NAMES[rule], batch, device=device), block * batch
        order = (np.arange(self.samples, dtype=np.int32) % SAMPLES).reshape(block, batch)
        self._asked = order, np.ones((block, batch), bool), np.full(block, RATE, np.float32)
        with jax().default_device(self._device):
            function: Any = jax().jit(self.updates.epoch)
            self._call = function.lower(self._params, self._memory, self._data, *self._asked).compile()

    @property
    def temporary_bytes(self) -> int:
        """What XLA sets aside for the call, beside arguments and results."""
        return int(self._call.memory_analysis().temp_size_in_bytes)

    def learn(self) -> None:
        (self._params, self._memory), _ = jax().block_until_ready(
            self._call(self._params, self._memory, self._data, *self._asked)
        )


class Called(_OnDevice):
    """One sample a call."""

    def __init__(self, setting: Setting, rule: str, device: str = "cpu", block: int = 64) -> None:
        super().__init__(setting, rule, 1, device)
        self.who, self.samples = Who(NAMES[rule], how="call a sample", device=device), block

        def update(params: Any, memory: Any, data: Any, which: Any) -> Any:
            sample = self.updates.sample(data, which)
            return self.updates.update(params, memory, sample, jax().numpy.float32(1.0), RATE)[0]

        with jax().default_device(self._device):
            function: Any = jax().jit(update)
            self._call = function.lower(self._params, self._memory, self._data, np.int32(0)).compile()

    def learn(self) -> None:
        for index in range(self.samples):
            which = np.int32(index % SAMPLES)
            self._params, self._memory = self._call(self._params, self._memory, self._data, which)
        jax().block_until_ready(self._params)
