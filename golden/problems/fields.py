"""The fields that problems share, each checked by one function: theta, starts, costs and targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np

from golden.cost_functions import Cost
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers, shortened
from golden.systems.base import System

__all__ = [
    "RESERVED",
    "ByName",
    "again",
    "at_rest",
    "batch_axes",
    "check_targets",
    "checked_theta",
    "members",
    "read_only",
    "start",
]

_Made = TypeVar("_Made")

RESERVED = ("u", "q0", "p0")
"""Names of gradients that are not parameters'."""


def at_rest() -> Array:
    """One zero, which stands for a state of zeros of any shape."""
    return np.zeros(())


class ByName(Mapping[str, Array]):
    """Arrays by name, which nobody can replace; `|` and `copy` give a dict.

    >>> theta = ByName({"a": np.ones(2)})
    >>> theta["a"].shape, theta | {"b": np.zeros(1)}
    ((2,), {'a': array([1., 1.]), 'b': array([0.])})
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._arrays = dict(arrays)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return repr(self._arrays)

    def __or__(self, other: Mapping[str, Array]) -> dict[str, Array]:
        return self._arrays | dict(other)

    def __ror__(self, other: Mapping[str, Array]) -> dict[str, Array]:
        return dict(other) | self._arrays

    def copy(self) -> dict[str, Array]:
        """A dict of the same arrays."""
        return dict(self._arrays)


def members(problem: Any) -> dict[str, Any]:
    """The arguments that a problem, a frozen dataclass, is made with."""
    return {each.name: getattr(problem, each.name) for each in fields(problem) if each.init}


def again(made: type[_Made], arguments: Mapping[str, Any]) -> _Made:
    """A problem of its arguments; what a pickle calls."""
    return made(**arguments)


def read_only(array: Array) -> Array:
    """A view that cannot be written.

    >>> read_only(np.ones(2)).flags.writeable
    False
    """
    view = array.view()
    view.flags.writeable = False
    return view


def checked_theta(system: System, theta: Mapping[str, Any]) -> ByName:
    """theta by name as finite float64 arrays, each of its declared shape or with batch axes before it; read-only.

    Raises
    ------
    HelError : no System or no theta by name, a reserved name, a wrong name or shape, a matrix that is not symmetric.
    """
    if not isinstance(system, System) or not isinstance(theta, Mapping):
        raise HelError(
            f"a rule takes a golden.systems.System and a theta by name, got {shortened(system)} and "
            f"{'dict' if isinstance(theta, Mapping) else type(theta).__name__}; {_way_out(system)}"
        )
    words = [name for name in theta if not isinstance(name, str)]
    if words:
        have = ", ".join(system.parameters)
        raise HelError(f"theta is arrays by the names of parameters, got the key {shortened(words[0])}; give {have}")
    reserved = set(RESERVED) & set(system.parameters)
    if reserved:
        raise HelError(f"gradients are named u, q0 and p0; rename the parameter {', '.join(sorted(reserved))}")
    checked = system.check({name: read_only(numbers(value, name).copy()) for name, value in theta.items()})
    for name in system.symmetric:
        if not np.array_equal(checked[name], checked[name].swapaxes(-1, -2)):
            raise HelError(f"parameter {name} of {system!r} is a symmetric matrix; give it as (W + W.T) / 2")
    return ByName(checked)


def _way_out(system: object) -> str:
    if isinstance(system, str):
        return f'write golden.systems.get("{system}", n=...), or for a stack: golden.rules.stack'
    if isinstance(system, type) and issubclass(system, System):
        return f"write {system.__name__}(n, m)"
    return "theta is a dict of arrays" if isinstance(system, System) else "for a stack: golden.rules.stack"


def batch_axes(system: System, theta: Mapping[str, Array], inputs: tuple[int, ...]) -> tuple[int, ...]:
    """The batch axes of the inputs and of a checked theta together.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> batch_axes(linear, linear.initial(0), (3, 5))
    (3, 5)
    """
    ranks = {name: len(shape) for name, shape in system.parameters.items()}
    batches = [value.shape[: value.ndim - ranks[name]] for name, value in theta.items()]
    try:
        found = np.broadcast_shapes(inputs, *batches)
    except ValueError:
        raise HelError(f"batch axes of the inputs {inputs} and of theta {batches} do not agree") from None
    if 0 in found:
        raise HelError(f"a batch has at least one sample, got batch axes {found} of theta; leave an empty batch out")
    return found


def start(value: Any, name: str, shape: tuple[int, ...]) -> Array:
    """An initial q or p of `shape` (..., n) from one for all samples, or one each; None is zero. Read-only.

    >>> start([1.0, 2.0], "q0", (2, 2)).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    given = at_rest() if value is None else numbers(value, name)
    try:
        full = np.array(np.broadcast_to(given, shape))
    except ValueError:
        all_samples = f" or {shape[-1:]}" if len(shape) > 1 else ""
        raise HelError(f"{name} has shape {shape}{all_samples}, got {given.shape}; give one number a neuron") from None
    return read_only(full)


def check_targets(cost: Cost, targets: Array, batch: tuple[int, ...]) -> None:
    """Refuses what is no cost, and targets of other batch axes than `batch` or none."""
    if not isinstance(cost, Cost):
        raise HelError(f"a cost is one of golden.cost_functions, for instance FinalCost(); got {cost!r}")
    samples = targets.shape[1 if cost.per_step else 0 : -1]
    if samples not in ((), batch):
        raise HelError(
            f"targets have the batch axes {batch} of the inputs, got {samples}; their shape is {targets.shape}, the "
            f"cost {cost!r}"
        )
