"""The golden model: exact integers, a sample an update; compiled on one thread or on one a seed, or by NumPy."""

from __future__ import annotations

import numpy as np

from golden.native import NUMPY
from golden.training.adapter import Adapter
from golden.training.compiled_learner import CompiledLearner
from hel.bench.contestant import Who
from hel.bench.setting import SAMPLES, Setting

__all__ = ["Compiled", "Interpreted"]

RATE = 9
"""log2 of the inverse learning rate of every sample."""


class Compiled:
    """`golden.training.compiled_learner`; `seeds` of them on as many threads count together.

    Raises golden.native.Unavailable where there is no C compiler.
    """

    def __init__(self, setting: Setting, seeds: int = 1, block: int = 64) -> None:
        training = setting.training("fixed", 0 if seeds == 1 else list(range(seeds)))
        self.who = Who("golden compiled", how="" if seeds == 1 else f"{seeds} seeds")
        self.samples = seeds * block
        self._learner = CompiledLearner(training.program, training.theta, training.readout)
        self._inputs, self._labels = training.encode(training.part), training.part.labels
        lead = () if seeds == 1 else (seeds,)
        self._order = np.broadcast_to(np.arange(block) % SAMPLES, (*lead, block)).copy()
        self._rates = np.full(block, RATE)

    @property
    def input_bytes(self) -> int:
        return int(self._inputs.nbytes)

    def learn(self) -> None:
        self._learner.learn(self._inputs, self._labels, self._order, self._rates)


class Interpreted:
    """The golden model by NumPy, a sample at a time as the trainer's conversation goes."""

    def __init__(self, setting: Setting, block: int = 2) -> None:
        training = setting.training("fixed")
        self.who, self.samples = Who("golden NumPy"), block
        self._adapter = Adapter(training, executor=NUMPY)
        self._played = training.played(training.part)

    def learn(self) -> None:
        self._adapter.learn(self._played, np.arange(self.samples), np.full(self.samples, RATE))
