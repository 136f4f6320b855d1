"""Free trajectories with one number moved at a time, solved again from the unmoved one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from golden.language.graph import Array
from golden.problems.validity import chosen
from golden.rules.glep.boundary import DATA
from golden.rules.glep.motion import Motion
from golden.rules.glep.setting import Setting
from golden.rules.glep.solver import Solution, solve

__all__ = ["Read", "moved", "wanted"]

Read = Callable[[Motion, Solution], tuple[Array, ...]]
_CHUNK = 64


def moved(setting: Setting, free: Solution, name: str, delta: float, read: Read) -> tuple[Array, ...]:
    """d/d lambda of what `read` returns, (numbers of `name`, ...): central differences over +delta and -delta.

    The copies of a chunk run as one batch; they are counted as runs that follow one another.
    """
    base = setting.numbers[name]
    found: list[tuple[Array, ...]] = []
    for first in range(0, base.size, _CHUNK):
        which = np.arange(first, min(first + _CHUNK, base.size))
        copies = np.tile(base.ravel(), (2 * which.size, 1))
        copies[np.arange(which.size), which] += delta
        copies[which.size + np.arange(which.size), which] -= delta
        motion, values = setting.moved(name, copies.reshape(-1, *base.shape))
        solution = solve(motion, setting.held, values, free.state, jacobian=free.jacobian)
        halves = [np.split(part, 2) for part in read(motion, solution)]
        found.append(tuple((plus - minus) / (2 * delta) for plus, minus in halves))
    return tuple(np.concatenate(parts) for parts in zip(*found, strict=True))


def wanted(setting: Setting, names: Iterable[str] | None) -> list[str]:
    """The gradients asked for, default all there are.

    Raises
    ------
    HelError : a name there is no gradient of.
    """
    known = [*setting.parameters, "u", *(name for name in DATA if name in setting.condition.given)]
    return chosen(names, known)
