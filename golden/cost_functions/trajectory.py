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

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.autodiff import gradient
from golden.language.evaluate import Evaluator
from golden.language.graph import Array
from golden.language.trace import trace_function
from golden.language.validate import shortened

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


_OURS = (half_squared_error, projection)
_LARGE = 1e30  # beyond, a run has diverged, and nan says nothing about the cost


class Cost(ABC):
    """A cost of a trajectory.

    Parameters
    ----------
    function : c(q, target) of ONE sample in the vocabulary of `golden.language.trace`; its gradient is derived
    gradient : where c is outside that vocabulary: dc/dq(q, target). Then both functions are used as given and must
        accept leading axes: q (..., n), target (..., k) -> c (...), dc/dq (..., n). q may have more of them than
        the target: the two contexts of an echo, the two sides of a finite difference

    Raises
    ------
    HelError : what is no function of (q, target); in `start` and `check` targets that the function cannot take; in a
        run what a function of one's own returns that is neither c nor dc/dq (`call`).

    >>> meter = SummedCost().start(n=2, steps=1, targets=np.array([[1.0, 1.0]]))
    >>> meter.observe(0, np.array([1.0, 3.0]))
    >>> float(meter.total()), meter.nudge(0, np.array([1.0, 3.0]))
    (2.0, array([0., 2.]))
    """

    per_step = False
    """True where targets have a leading axis of steps."""

    def __init__(self, function: CostFunction = half_squared_error, *, gradient: CostFunction | None = None) -> None:
        self.function = _of_two(function, "function")
        self.gradient = None if gradient is None else _of_two(gradient, "gradient")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.function, '__name__', type(self.function).__name__)})"

    def start(self, *, n: int, steps: int, targets: Array) -> Meter:
        """A meter for one gradient: n neurons, T = `steps`, targets as above."""
        targets = np.asarray(targets, dtype=np.float64)
        return self._meter(steps, targets, *self._functions(n, steps, targets))

    def _functions(self, n: int, steps: int, targets: Array) -> tuple[CostFunction, CostFunction]:
        """c and dc/dq, on batches."""
        self.check_shape(n, steps, targets)
        k = targets.shape[-1]
        if self.gradient is not None:
            value = _kept(self.function, n, k)[0] if self.function in _OURS else partial(self.call, "c")
            return value, partial(self.call, "dc/dq")
        # A user's function may read arrays that change between calls, so only traces of our own are kept.
        traced = _kept if self.function in _OURS else _traced
        try:
            return traced(self.function, n, k)
        except HelError as error:
            raise HelError(f"{error} [{self._asked((n,), (k,))}]") from None
        except Exception as error:
            raise self._raised(error, (n,), (k,)) from error

    def check_shape(self, n: int, steps: int, targets: Array) -> None:
        """Refuses targets that are not one, or one a step; of the half squared error those of another shape than q."""
        if targets.ndim < 1 or not targets.shape[-1]:
            raise HelError(
                f"targets need a last axis of at least one number, got shape {targets.shape}; "
                f"{self!r} compares them with q of shape ({n},)"
            )
        if self.per_step and (targets.ndim < 2 or targets.shape[0] != steps):
            raise HelError(
                f"a summed cost needs one target per step, ({steps}, ..., k); got shape {targets.shape} for targets of "
                f"{self!r}, q has shape ({n},)"
            )
        if self.function is half_squared_error and targets.shape[-1] != n:
            axes = f"({steps}, ..., {n})" if self.per_step else f"(..., {n})"
            raise HelError(
                f"targets of {self!r} have the shape of q in each sample, for q and the target got ({n},) and "
                f"({targets.shape[-1]},); give targets of shape {axes}, got {targets.shape}, or a cost function of "
                "your own"
            )

    def check(self, n: int, steps: int, targets: Array) -> None:
        """Refuses targets that no meter could be started with; n neurons, targets as `start`. Calls no function."""
        self._functions(n, steps, targets)

    def call(self, what: str, q: Array, target: Array) -> Array:
        """ "c" or "dc/dq" of a cost with a gradient as its own functions give it, looked at: (...) or (..., n).

        Raises
        ------
        HelError : what they raise, no real numbers, another shape, nan for a finite q. A slope may lack leading axes:
            that of a linear cost does not depend on q.
        """
        function, wanted = (self.function, q.shape[:-1]) if what == "c" else (self.gradient, q.shape)
        assert function is not None
        try:
            found = np.asarray(function(q, target))
        except HelError:
            raise
        except Exception as error:
            raise self._raised(error, q.shape, target.shape) from error
        asked = self._asked(q.shape, target.shape)
        if found.dtype.kind not in "buif":
            raise HelError(f"{what} is real numbers, got {found.dtype} [{asked}]; correct the function")
        if found.shape != wanted:
            if what == "c" or found.shape[-1:] != wanted[-1:] or not _spreads(found.shape, wanted):
                raise HelError(
                    f"{what} has shape {wanted}, got {found.shape} [{asked}]; functions of a cost with a gradient take"
                    " leading axes: of the batch, and before them the two contexts of an echo, which targets have not"
                )
            found = np.broadcast_to(found, wanted)
        if np.isnan(found).any() and np.all(np.abs(q) < _LARGE):
            raise HelError(f"{what} is nan where q is finite [{asked}]; correct the function or the targets")
        return found

    def _asked(self, q: tuple[int, ...], target: tuple[int, ...]) -> str:
        return f"{self!r} of q {q} and a target {target}"

    def _raised(self, error: Exception, q: tuple[int, ...], target: tuple[int, ...]) -> HelError:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return HelError(f"{self._asked(q, target)} raised {said}; correct the targets or the function")

    @abstractmethod
    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter: ...


def _of_two(function: Any, what: str) -> CostFunction:
    """`function` itself, if it can be called with q and a target."""
    rule = f"the {what} of a cost is a function of (q, target)"
    if not callable(function):
        raise HelError(f"{rule}, got {shortened(function)}; write for instance lambda q, y: np.sum((q - y) ** 2)")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled functions have none
        return function  # type: ignore[no-any-return]
    try:
        signature.bind(None, None)
    except TypeError:
        name = getattr(function, "__name__", type(function).__name__)
        raise HelError(f"{rule}, got {name}{signature}; give it these two arguments") from None
    return function  # type: ignore[no-any-return]


def _traced(function: CostFunction, n: int, k: int) -> tuple[CostFunction, CostFunction]:
    """Batched c and dc/dq of a cost function, from its graph."""
    graph = trace_function(function, getattr(function, "__name__", "cost"), {"q": (n,), "target": (k,)}, output="cost")
    value, slope = Evaluator(graph), Evaluator(gradient(graph), ["q"])
    return (
        lambda q, y: value({"q": q, "target": y})["cost"],
        lambda q, y: slope({"q": q, "target": y})["q"],
    )


_kept = lru_cache(maxsize=16)(_traced)


def _spreads(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether an array of `shape` broadcasts to `wanted`."""
    ends = zip(reversed(shape), reversed(wanted), strict=False)
    return len(shape) <= len(wanted) and all(size in (1, full) for size, full in ends)


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

    def observe_many(self, first: int, q: Array) -> None:
        """Takes the positions (K, ..., n) after steps `first` to `first` + K - 1: `observe` of each."""
        for t, one in enumerate(q, first):
            self.observe(t, one)

    def total(self) -> Array:
        """C per sample, after the last step: shape of the batch."""
        return self._total

    @abstractmethod
    def nudge(self, t: int, q: Array) -> Array | None:
        """dC/dq_t on the position q (..., n) after step t, None where it is zero by definition."""


def _sum(so_far: Array | None, terms: Array) -> Array:
    """so_far + terms[0] + terms[1] + ..., one after the other: in how many parts they come does not matter."""
    if so_far is not None:
        terms = np.concatenate([so_far[None], terms])
    return np.asarray(np.add.accumulate(terms, axis=0)[-1])


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
        return _Summed(steps, targets, value, slope, together=self.gradient is None)


class _Summed(Meter):
    """`together`: c of many steps may be asked for at once, as of a batch; functions of a user's own see one step."""

    def __init__(
        self, steps: int, targets: Array, value: CostFunction, slope: CostFunction, together: bool = False
    ) -> None:
        super().__init__(steps, targets, value, slope)
        self.strength, self.together = 2.0 ** -math.ceil(math.log2(steps)), together

    def observe(self, t: int, q: Array) -> None:
        value = np.asarray(self.value(q, self.targets[t]))
        self._total = value if t == 0 else self._total + value

    def observe_many(self, first: int, q: Array) -> None:
        if not self.together:
            super().observe_many(first, q)
            return
        values = np.asarray(self.value(q, self.targets[first : first + len(q)]))
        self._total = _sum(None if first == 0 else self._total, values)

    def nudge(self, t: int, q: Array) -> Array | None:
        return np.asarray(self.slope(q, self.targets[t]))


class AveragedCost(Cost):
    """C = c(m, y) with the mean energy of each position, m = (1/T) sum_t q_t^2."""

    def _meter(self, steps: int, targets: Array, value: CostFunction, slope: CostFunction) -> Meter:
        return _Averaged(steps, targets, value, slope)


class _Averaged(Meter):
    def observe(self, t: int, q: Array) -> None:
        self.observe_many(t, q[None])

    def observe_many(self, first: int, q: Array) -> None:
        self._kept = _sum(None if first == 0 else self._kept, q**2 / self.steps)
        self.words = self._kept.size
        if first + len(q) == self.steps:
            self._total = np.asarray(self.value(self._kept, self.targets))
            self._kept = np.asarray(self.slope(self._kept, self.targets))  # from here on dc/dm, latched

    def nudge(self, t: int, q: Array) -> Array | None:
        return np.asarray(2.0 / self.steps * q * self._kept)
