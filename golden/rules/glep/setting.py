"""One boundary problem with its arguments checked: system, theta, inputs, end data, cost, lattice, counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from golden.costs import Cost, Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import numbers as finite
from golden.rules.glep.boundary import DATA, Condition, Held
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import Lattice, lattice
from golden.rules.glep.motion import Motion
from golden.rules.problem import pose
from golden.systems.base import System

__all__ = ["Setting", "set_up"]


@dataclass(frozen=True)
class Setting:
    """Checked arguments of one sample.

    Members
    -------
    numbers : what may be moved: each parameter, ``"u"`` (rows, m), and the end data given, (n,) each
    guess : (2n,), where a solver starts
    """

    system: System
    condition: Condition
    lattice: Lattice
    numbers: Mapping[str, Array]
    targets: Array
    guess: Array
    cost: Cost
    held: Held
    held_nudged: Held
    counts: Counts = field(default_factory=Counts)

    @property
    def steps(self) -> int:
        return self.lattice.steps

    @property
    def parameters(self) -> dict[str, Array]:
        return {name: self.numbers[name] for name in self.system.parameters}

    def meter(self) -> Meter:
        """A fresh meter."""
        return self.cost.start(n=self.system.n, steps=self.steps, targets=self.targets)

    def values(self, moved: Mapping[str, Array] | None = None) -> Array:
        """What the free trajectory holds, (copies, 2n)."""
        data = {name: np.zeros((1, self.system.n)) for name in DATA}
        data |= {name: self.numbers[name][None] for name in self.condition.given}
        return self.held.values({**data, **(moved or {})})

    def motion(self) -> Motion:
        """The motion of the one problem; its copies run side by side."""
        return Motion(self.system, self.lattice, self.parameters, self.numbers["u"], self.counts)

    def moved(self, name: str, copies: Array) -> tuple[Motion, Array]:
        """The motion and the held values where `name` is replaced by copies (copies, *shape)."""
        theta, inputs, values = self.parameters, self.numbers["u"], self.values()
        if name in theta:
            theta[name] = copies
        elif name == "u":
            inputs = copies.swapaxes(0, 1)
        else:
            values = self.values({name: copies})
        values = np.broadcast_to(values, (len(copies), values.shape[-1]))
        return Motion(self.system, self.lattice, theta, inputs, self.counts, apart=True), values


def set_up(
    system: System,
    theta: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    condition: Condition,
    data: Mapping[str, ArrayLike | None],
    cost: Cost | None,
    step: float,
    scheme: str,
) -> Setting:
    """Checks what `golden.rules.problem.pose` checks, and what is particular to boundary problems.

    Raises
    ------
    HelError : what is wrong, and the way out.
    """
    condition.check()
    for name, value in data.items():
        if name in ("qT", "pT") and (value is None) == (name in condition.given):
            holds = ", ".join(condition.given) or "no given numbers"
            verb = f"give {name}=" if value is None else f"drop {name}="
            raise HelError(f"{condition.name} holds {holds}; {verb}")
    clash = {"qT", "pT"} & set(system.parameters)
    if clash:
        raise HelError(f"gradients are named u, q0, p0, qT and pT; rename the parameter {', '.join(sorted(clash))}")
    problem = pose(system, theta, inputs, targets, q0=data["q0"], p0=data["p0"], cost=cost, step=step)
    if problem.q0.ndim > 1 or not problem.leapfrog.shared:
        raise HelError(
            f"glep takes one sample at a time, inputs (T, {system.m}) and theta without batch axes; "
            f"got the batch {problem.q0.shape[:-1]}; call it once for each sample"
        )
    n, nodes = system.n, lattice(scheme, rows=len(problem.inputs), step=problem.leapfrog.step)
    numbers: dict[str, Array] = {**problem.theta, "u": problem.inputs, "q0": problem.q0, "p0": problem.p0}
    for name in ("qT", "pT"):
        value = np.zeros(n) if data[name] is None else finite(data[name], name)
        if value.shape != (n,):
            raise HelError(f"{name} has shape {(n,)}, got {value.shape}")
        numbers[name] = value
    if condition.periodic and scheme == "verlet" and not np.array_equal(problem.inputs[0], problem.inputs[-1]):
        raise HelError(
            f"{condition.name} wants periodic inputs, u[0] = u[T], got a difference of "
            f"{np.abs(problem.inputs[0] - problem.inputs[-1]).max():g}; repeat the first row at the end"
        )
    kept = {name: value for name, value in numbers.items() if name not in DATA or name in condition.given}
    return Setting(
        system=system,
        condition=condition,
        lattice=nodes,
        numbers=kept,
        targets=problem.targets,
        guess=np.concatenate([problem.q0, problem.p0]),
        cost=problem.cost,
        held=Held(condition, n),
        held_nudged=Held(condition, n, nudged=True),
    )
