"""Costs of a trajectory, from a cost function of one position written in NumPy.

===============  =======================================  ==============================================
kind             C                                        dC/dq_t
===============  =======================================  ==============================================
`FinalCost`      c(q_T, y)                                dc/dq at t = T, nothing before
`SummedCost`     sum_t c(q_t, y_t), t = 1..T (plain sum)  dc/dq(q_t, y_t)
`AveragedCost`   c(m, y), m = (1/T) sum_t q_t^2           (2/T) q_t dc/dm, dc/dm fixed by the forward pass
===============  =======================================  ==============================================

Targets: y (..., k), for `SummedCost` one per step: (T, ..., k); ... are the batch axes of the inputs.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.language.trace import trace_function

__all__ = [
    "AveragedCost",
    "Cost",
    "CostFunction",
    "FinalCost",
    "Meter",
    "SummedCost",
    "half_squared_error",
    "projection",
]

CostFunction = Callable[[Any, Any], Any]


def half_squared_error(q: Any, target: Any) -> Any:
    """c = |q - y|^2 / 2 of one sample, dc/dq = q - y.

    >>> float(half_squared_error(np.array([1.0, 2.0]), np.array([1.0, 0.0])))
    2.0
    """
    return np.sum((q - target) ** 2) / 2


def projection(q: Any, e: Any) -> Any:
    """c = e . q of one sample, dc/dq = e wherever q is: a cost whose nudge is given.

    >>> float(projection(np.array([1.0, 2.0]), np.array([1.0, -1.0])))
    -1.0
    """
    return np.sum(q * e)


class Cost(ABC):
    """A cost of a trajectory.

    Parameters
    ----------
    function : c(q, target) of ONE sample in the vocabulary of `golden.language.trace`; its gradient is derived
    gradient : where c is outside that vocabulary: dc/dq(q, target). Then both functions are used as given and must
        accept leading batch axes: q (..., n), target (..., k) -> c (...), dc/dq (..., n)

    >>> meter = SummedCost().start(n=2, steps=1, targets=np.array([[1.0, 1.0]]))
    >>> meter.observe(0, np.array([1.0, 3.0]))
    >>> float(meter.total()), meter.nudge(0, np.array([1.0, 3.0]))
    (2.0, array([0., 2.]))
    """

    per_step = False
    """True where targets have a leading axis of steps."""

    def __init__(self, function: CostFunction = half_squared_error, *, gradient: CostFunction | None = None) -> None:
        self.function = function
        self.gradient = gradient

    def start(self, *, n: int, steps: int, targets: Array) -> Meter:
        """A meter for one gradient: n neurons, T = `steps`, targets as above."""
        targets = np.asarray(targets, dtype=np.float64)
        if targets.ndim < 1 or not targets.shape[-1]:
            raise HelError(f"targets need a last axis of at least one number, got shape {targets.shape}")
        if self.per_step and (targets.ndim < 2 or targets.shape[0] != steps):
            raise HelError(f"a summed cost needs one target per step, ({steps}, ..., k); got shape {targets.shape}")
        if self.gradient is not None:
            return self._meter(steps, targets, self.function, self.gradient)
        # A user's function may read arrays that change between calls, so only the default's trace is kept.
        traced = _kept if self.function is half_squared_error else _traced
        return self._meter(steps, targets, *traced(self.function, n, targets.shape[-1]))

    @abstractmethod
    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter: ...


def _traced(function: CostFunction, n: int, k: int) -> tuple[CostFunction, CostFunction]:
    """Batched c and dc/dq of a cost function, from its graph."""
    graph = trace_function(function, getattr(function, "__name__", "cost"), {"q": (n,), "target": (k,)}, output="cost")
    value, slope = Evaluator(graph), Evaluator(gradient(graph), ["q"])
    return (
        lambda q, y: value({"q": q, "target": y})["cost"],
        lambda q, y: slope({"q": q, "target": y})["q"],
    )


_kept = lru_cache(maxsize=16)(_traced)


class Meter(ABC):
    """Reads a cost off one forward pass, and then tells the nudge of every echo step.

    Steps are t = 0 .. T-1 here: q after step t is q_{t+1} of the formulas. `words` counts the numbers it keeps from
    one step to the next; it does not depend on T.
    """

    strength = 1.0
    """A power of two a learning rule multiplies its eps by, so that eps is the strength of the whole run's nudges:
    T nudges of one size weigh 2^-ceil(log2 T) each."""

    def __init__(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> None:
        self.steps, self.targets, self.value, self.slope = steps, targets, value, slope
        self.words = 0
        self._total: Array = np.zeros(())
        self._kept: Array = np.zeros(())

    @abstractmethod
    def observe(self, t: int, q: Array) -> None:
        """Takes the position after forward step t."""

    def total(self) -> Array:
        """C per sample, after the last step: shape of the batch."""
        return self._total

    @abstractmethod
    def nudge(self, t: int, q: Array) -> Array | None:
        """dC/dq_t on the position q (..., n) after step t, None where it is zero by definition."""


class FinalCost(Cost):
    """C = c(q_T, y)."""

    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter:
        return _Final(steps, targets, value, slope)


class _Final(Meter):
    def observe(self, t: int, q: Array) -> None:
        if t == self.steps - 1:
            self._total = np.asarray(self.value(q, self.targets))

    def nudge(self, t: int, q: Array) -> Array | None:
        return np.asarray(self.slope(q, self.targets)) if t == self.steps - 1 else None


class SummedCost(Cost):
    """C = sum over t = 1..T of c(q_t, y_t); targets (T, ..., k)."""

    per_step = True

    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter:
        return _Summed(steps, targets, value, slope)


class _Summed(Meter):
    def __init__(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> None:
        super().__init__(steps, targets, value, slope)
        self.strength = 2.0 ** -math.ceil(math.log2(steps))

    def observe(self, t: int, q: Array) -> None:
        value = np.asarray(self.value(q, self.targets[t]))
        self._total = value if t == 0 else self._total + value

    def nudge(self, t: int, q: Array) -> Array | None:
        return np.asarray(self.slope(q, self.targets[t]))


class AveragedCost(Cost):
    """C = c(m, y) with the mean energy of each position, m = (1/T) sum_t q_t^2."""

    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter:
        return _Averaged(steps, targets, value, slope)


class _Averaged(Meter):
    def observe(self, t: int, q: Array) -> None:
        self._kept = q**2 / self.steps if t == 0 else self._kept + q**2 / self.steps
        self.words = self._kept.size
        if t == self.steps - 1:
            self._total = np.asarray(self.value(self._kept, self.targets))
            self._kept = np.asarray(self.slope(self._kept, self.targets))  # from here on dc/dm, latched

    def nudge(self, t: int, q: Array) -> Array | None:
        return np.asarray(2.0 / self.steps * q * self._kept)
