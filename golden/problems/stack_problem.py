"""A problem of a stack: what the rules for stacks differentiate, checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from golden.cost_functions import Cost, FinalCost, Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers, positive
from golden.problems.fields import at_rest, check_targets
from golden.stacks.stack import Stack

__all__ = ["PerLayer", "StackProblem", "per_layer"]

PerLayer = float | Sequence[float]
"""One number for all layers, or one per layer from the bottom up."""


@dataclass(frozen=True, eq=False)
class StackProblem:
    """A cost of T steps of a stack. It is no `golden.problems.problem.Problem`: sizes, names and steps are the layers'.

    Members
    -------
    stack, theta : theta has the names and shapes of ``stack.parameters``
    inputs : v, shape (T, ..., m); ... are batch axes
    targets : (..., k'), or (T, ..., k') for a summed cost
    q0, p0 : initial state (..., n) of the layers side by side, bottom first; default zero
    cost : a `golden.cost_functions.Cost` of the readout z (..., k), default the final half squared error
    step : h > 0, one number, or one per layer from the bottom up
    parts : theta once more, by part and name
    steps_h : h of each layer

    Raises
    ------
    HelError : what is wrong, the shape found and the shape wanted.

    >>> from golden.systems import get
    >>> from golden.stacks import TanhMixing
    >>> stack = Stack([(get("hru", n=3, m=2), TanhMixing(3, 2)), (get("hru", n=4, m=2), TanhMixing(4, 2))], 1, 5)
    >>> problem = StackProblem(stack, stack.initial(0), np.ones((10, 1)), np.ones(5), step=[0.125, 0.25])
    >>> problem.steps, problem.q0.shape, problem.steps_h, sorted(problem.parts)[-2:]
    (10, (7,), [0.125, 0.25], ['mixing2', 'readout'])
    """

    stack: Stack
    theta: Mapping[str, Array]
    inputs: Array
    targets: Array
    _: KW_ONLY
    q0: Array = field(default_factory=at_rest)
    p0: Array = field(default_factory=at_rest)
    cost: Cost = field(default_factory=FinalCost)
    step: PerLayer = 0.125
    parts: dict[str, dict[str, Array]] = field(init=False, repr=False)
    steps_h: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        stack = self.stack
        if not isinstance(stack, Stack):
            raise HelError(f"this rule takes a golden.stacks.Stack, got {stack!r}; one system alone: golden.rules.rhel")
        parts = stack.check(self.theta)
        steps_h = per_layer(self.step, len(stack.layers), "the step h", "0.125")
        driven = numbers(self.inputs, "inputs")
        if driven.ndim < 2 or driven.shape[-1] != stack.m or driven.shape[0] < 1:
            raise HelError(f"inputs of {stack!r} have shape (T, ..., {stack.m}) with T >= 1, got {driven.shape}")
        if not driven.size:
            raise HelError(f"a batch has at least one sample, got inputs of shape {driven.shape}; leave it out")
        batch = driven.shape[1:-1]
        q0, p0 = (_start(stack, getattr(self, name), name, batch) for name in ("q0", "p0"))
        targets = numbers(self.targets, "targets")
        check_targets(self.cost, targets, batch)
        _probe(self.cost, stack, targets)
        theta = {f"{part}.{name}": value for part, own in parts.items() for name, value in own.items()}
        checked = {"theta": theta, "inputs": driven, "targets": targets, "q0": q0, "p0": p0}
        for name, value in (checked | {"parts": parts, "steps_h": steps_h}).items():
            object.__setattr__(self, name, value)  # the one moment in which a frozen problem is written

    @property
    def steps(self) -> int:
        return len(self.inputs)

    def meter(self) -> Meter:
        return self.cost.start(n=self.stack.k, steps=self.steps, targets=self.targets)

    def check_finite(self, cost: float, grads: Mapping[str, Array]) -> None:
        """Raises HelError where a run ended in inf or nan."""
        if not all(np.all(np.isfinite(value)) for value in (np.asarray(cost), *grads.values())):
            raise HelError(
                f"the run diverged within {self.steps} steps of h = {self.steps_h}; "
                "take a smaller step, smaller parameters or another eps"
            )


def per_layer(value: Any, layers: int, what: str, example: str) -> list[float]:
    """`layers` positive numbers from one or from a sequence of them.

    >>> per_layer(0.5, 2, "the step h", "0.125"), per_layer([0.5, 0.25], 2, "the step h", "0.125")
    ([0.5, 0.5], [0.5, 0.25])
    """
    given: list[Any] = list(value) if np.ndim(value) and not isinstance(value, str) else [value] * layers
    if len(given) != layers:
        raise HelError(f"{what} is one number, or one for each of the {layers} layers; got {len(given)}")
    given = [number.item() if isinstance(number, np.ndarray) and number.ndim == 0 else number for number in given]
    for number in given:
        positive(number, what, example)
    return [float(number) for number in given]


def _start(stack: Stack, value: Any, name: str, batch: tuple[int, ...]) -> Array:
    """An initial q or p (*batch, n) of the layers side by side; None is zero."""
    given = at_rest() if value is None else numbers(value, name)
    try:
        return np.broadcast_to(given, (*batch, stack.n))
    except ValueError:
        sizes = " + ".join(str(system.n) for system, _ in stack.layers)
        one = f" or ({stack.n},)" if batch else ""
        raise HelError(
            f"{name} has shape {(*batch, stack.n)}{one}, the {sizes} neurons of the layers; got {given.shape}"
        ) from None


def _probe(cost: Cost, stack: Stack, targets: Array) -> None:
    """One target and a readout of zeros must agree, or the cost's own error would come from deep inside."""
    if not targets.size or targets.ndim < 1 + cost.per_step:
        return  # the meter says what is wrong
    one = targets.reshape(-1, targets.shape[-1])[0]
    try:
        with np.errstate(all="ignore"):
            cost.function(np.zeros(stack.k), one)
    except HelError:
        raise
    except ValueError as error:
        raise HelError(
            f"the cost cannot compare the {stack.k} outputs of the readout with targets of {len(one)} numbers: {error}"
        ) from None
