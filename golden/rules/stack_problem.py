"""The arguments of a stack's learning rules, checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost, FinalCost, Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers, positive
from golden.stacks.stack import Stack

__all__ = ["PerLayer", "StackProblem", "per_layer", "pose_stack"]

PerLayer = float | Sequence[float]
"""One number for all layers, or one per layer from the bottom up."""


@dataclass(frozen=True)
class StackProblem:
    """Checked arguments: theta by part, inputs (T, *batch, m), q0 and p0 per layer (*batch, n_l), cost and targets."""

    stack: Stack
    theta: dict[str, dict[str, Array]]
    inputs: Array
    targets: Array
    q0: list[Array]
    p0: list[Array]
    cost: Cost
    steps_h: list[float]

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


def pose_stack(
    stack: Stack,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    q0: ArrayLike | None,
    p0: ArrayLike | None,
    cost: Cost | None,
    step: PerLayer,
) -> StackProblem:
    """Checks shapes and fills in the defaults: q0 = p0 = 0, final half squared error.

    Raises
    ------
    HelError : what is wrong, the shape found and the shape wanted.
    """
    if not isinstance(stack, Stack):
        raise HelError(f"this rule takes a golden.stacks.Stack, got {stack!r}; one system alone: golden.rules.rhel")
    parts = stack.check(theta)
    steps_h = per_layer(step, len(stack.layers), "the step h", "0.125")
    driven = numbers(inputs, "inputs")
    if driven.ndim < 2 or driven.shape[-1] != stack.m or driven.shape[0] < 1:
        raise HelError(f"inputs of {stack!r} have shape (T, ..., {stack.m}) with T >= 1, got {driven.shape}")
    batch = driven.shape[1:-1]
    starts = []
    for name, start in (("q0", q0), ("p0", p0)):
        value = np.zeros(stack.n) if start is None else numbers(start, name)
        try:
            starts.append(np.broadcast_to(value, (*batch, stack.n)))
        except ValueError:
            sizes = " + ".join(str(system.n) for system, _ in stack.layers)
            raise HelError(
                f"{name} has shape {(*batch, stack.n)} or ({stack.n},), the {sizes} neurons of the layers; "
                f"got {value.shape}"
            ) from None
    wanted = numbers(targets, "targets")
    cost = FinalCost() if cost is None else cost
    if not isinstance(cost, Cost):
        raise HelError(f"a cost is one of golden.costs, for instance FinalCost(); got {cost!r}")
    samples = wanted.shape[1 if cost.per_step else 0 : -1]
    if samples not in ((), batch):
        raise HelError(
            f"targets have the batch axes {batch} of the inputs, got {samples}; their shape is {wanted.shape}"
        )
    _probe(cost, stack, wanted)
    q, p = (stack.split(start) for start in starts)
    return StackProblem(stack, parts, driven, wanted, q, p, cost, steps_h)


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
