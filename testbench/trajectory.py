"""Positions on the way forward and on the way back, as the RTL held them in the run without nudges.

The echo without a nudge goes back through the very words of the forward pass; `return_error_lsb` says how far it was
off, over all neurons, positions and momenta, in both contexts. At t = 0 the forward state is the one that was loaded,
at the last t the echo's is the one that it began with; all others were read from the array.

>>> found = Trajectory(neurons=1, fraction_bits=18)
>>> for t in (0, 1):
...     found.forward(t, np.full((2, 2, 1), 5 + t))
...     found.back(t, np.full((2, 2, 1), 5 + 2 * t))
>>> found.report()["forward"], found.report()["back"], found.report()["return_error_lsb"]
([[5], [6]], [[5], [7]], 1)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["SHOWN", "Trajectory"]

Words = npt.NDArray[np.int64]

SHOWN = 4
"""Neurons in a report, the first ones."""


class Trajectory:
    """States of shape (2, 2, N): (q, p) of both contexts, by the number of steps that lie behind them."""

    def __init__(self, neurons: int, fraction_bits: int) -> None:
        self.neurons, self.fraction_bits = neurons, fraction_bits
        self._forward: dict[int, Words] = {}
        self._back: dict[int, Words] = {}

    def forward(self, t: int, state: Words) -> None:
        """The state after t steps."""
        self._forward[t] = state

    def back(self, t: int, state: Words) -> None:
        """The state when t steps are left to go back."""
        self._back[t] = state

    def report(self) -> dict[str, Any]:
        """As JSON.

        Returns
        -------
        neurons (the first four at most), fraction_bits (of q), steps (t of each row), forward and back (a row of words
        of q a step, in the same order, of context 0), return_error_lsb
        """
        steps = sorted(self._forward)
        shown = list(range(min(SHOWN, self.neurons)))
        off = [int(np.abs(self._forward[t] - self._back[t]).max()) for t in steps]
        return {
            "neurons": shown,
            "fraction_bits": self.fraction_bits,
            "steps": steps,
            "forward": [self._forward[t][0, 0, shown].tolist() for t in steps],
            "back": [self._back[t][0, 0, shown].tolist() for t in steps],
            "return_error_lsb": max(off),
        }
