"""Nudges that are known before an echo begins: functions nudge(t, q) of `golden.dynamics.integrator`, and data.

NumPy calls them like any function; compiled code takes their words, and runs the whole echo without a return to Python.
The nudge of an averaged cost is `golden.cost_functions.latch.Latched`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golden.arithmetic.rounding import Words, half_up_each

__all__ = ["Listed", "Towards"]


@dataclass(frozen=True)
class Listed:
    """A nudge for every step, the same in both contexts.

    Members
    -------
    words : e (T, ..., n) in p's raw format
    """

    words: Words

    def __call__(self, t: int, q: Words) -> Words:
        return np.asarray(self.words[t])


@dataclass(frozen=True)
class Towards:
    """eps dc/dq of c = |q - y_t|^2 / 2 at every step: e = half_up(q - y_t, shift), from each context's own q.

    Members
    -------
    words : targets y (T, ..., n) in q's raw format
    shift : of each sample, (..., 1), as `golden.dynamics.integrator.quadratic_nudge` has it

    >>> import numpy as np
    >>> Towards(np.array([[0], [8]]), np.array([2]))(1, np.array([[10], [16]])).tolist()
    [[1], [2]]
    """

    words: Words
    shift: Words

    def __call__(self, t: int, q: Words) -> Words:
        return half_up_each(q - self.words[t], self.shift)
