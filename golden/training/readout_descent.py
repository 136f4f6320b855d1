"""The readout's steps in a training: after every sample, or after a minibatch by the exact sum of its products."""

from __future__ import annotations

from typing import Any

from golden.training.optimiser import READOUT, Optimiser

__all__ = ["ReadoutDescent"]


class ReadoutDescent:
    """Rule 9 of `golden.cost_functions.readout` at the readout's rate.

    Parameters
    ----------
    readout : a readout of either arithmetic; its weights change
    optimiser : whose minibatch and whose rate of `READOUT` hold

    >>> import numpy as np
    >>> from golden.cost_functions.float_readout import FloatReadout
    >>> readout = FloatReadout(np.zeros((2, 1)), np.zeros(2))
    >>> descent = ReadoutDescent(readout, Optimiser(batch=2))
    >>> descent.met(np.array([0.25, -0.25]), np.ones(1), rate=6, last=False)
    >>> descent.met(np.array([0.75, -0.75]), np.ones(1), rate=6, last=True)
    >>> readout.weights[:, 0] * 2**6
    array([-0.5,  0.5])
    """

    def __init__(self, readout: Any, optimiser: Optimiser) -> None:
        self.readout, self.optimiser = readout, optimiser
        self._sums: tuple[Any, Any] | None = None
        self._spread = 0

    def met(self, errors: Any, x: Any, rate: int, last: bool) -> None:
        """Takes a sample's errors and positions; `last`: a minibatch ends with it."""
        rate += self.optimiser.share(READOUT)
        if self.optimiser.batch == 1:
            self.readout.update(errors, x, rate)
            return
        spread = self.readout.spread(errors)
        both = self.readout.products(errors, x)
        if self._sums is None:
            self._sums, self._spread = both, spread
        else:
            widest = max(spread, self._spread)
            old, new = 2 ** (widest - self._spread), 2 ** (widest - spread)
            weights, bias = (old * summed + new * one for summed, one in zip(self._sums, both, strict=True))
            self._sums, self._spread = (weights, bias), widest
        if last:
            self.readout.move(*self._sums, rate + self._spread + self.optimiser.batch_log2)
            self._sums = None
