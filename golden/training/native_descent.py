"""What the compiled learner's optimiser is given: its numbers, and the words that it keeps between calls."""

from __future__ import annotations

import numpy as np

from golden.cost_functions.readout import Readout
from golden.native import Machines, at
from golden.training.optimiser import READOUT, Optimiser

__all__ = ["NativeDescent"]


class NativeDescent:
    """Velocities and the readout's sums of every machine, as golden/native/update.h has them.

    Parameters
    ----------
    machines : a machine a seed
    readout : whose shape the sums have
    optimiser : plain, as the array has it, needs nothing of this
    samples : of the training; a minibatch ends with the last
    """

    def __init__(self, machines: Machines, readout: Readout, optimiser: Optimiser, samples: int) -> None:
        self.machines, self.met = machines, 0
        program = machines.program
        self.usual = optimiser.plain and not optimiser.share(READOUT)
        numbers = [
            int(optimiser.threshold is not None),
            optimiser.threshold or 0,
            optimiser.momentum,
            optimiser.batch_log2,
            samples,
            16 - program.formats.clip_log2,
            optimiser.share(READOUT),
            *(optimiser.share(name) for name, _ in program.parameters),
        ]
        self.how = np.array(numbers, np.int64)
        self.velocity = np.zeros_like(machines.theta)
        *_, classes, n = readout.weights.shape
        self.sums = np.zeros((len(machines.all), classes, n + 1), np.int64)

    def meet(self, count: int) -> None:
        """Before the machines learn from so many samples more."""
        if self.usual:
            return
        for machine, velocity, sums in zip(self.machines.all, self.velocity, self.sums, strict=True):
            machine.call.optimise(machine.address, at(self.how), at(velocity), at(sums), self.met)
        self.met += count
