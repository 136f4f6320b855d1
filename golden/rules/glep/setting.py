"""One problem under a boundary condition as the rule works on it: numbers, held data, lattice, counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from golden.cost_functions import Cost, Meter
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import shortened
from golden.problems.problem import Problem
from golden.rules.glep.boundary import DATA, Condition, Held
from golden.rules.glep.counts import Counts
from golden.rules.glep.lattice import Lattice, lattice
from golden.rules.glep.motion import Motion
from golden.rules.glep.pinned import Boundary
from golden.systems.base import System

__all__ = ["Setting", "set_up"]


@dataclass(frozen=True)
class Setting:
    """One sample; `set_up` makes it.

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


def set_up(problem: Problem, boundary: Boundary) -> Setting:
    """The working form of a problem under a boundary condition, its counters at 0.

    Raises
    ------
    HelError : no Boundary, a batch, end data of a wrong shape, inputs that do not suit the scheme or the condition.
    """
    if not isinstance(boundary, Boundary):
        raise HelError(
            f"glep is told what pins a trajectory by a golden.rules.glep.Boundary, got {shortened(boundary)}; "
            'write for instance Boundary("pfvp")'
        )
    system, condition = problem.system, boundary.held
    clash = {"qT", "pT"} & set(system.parameters)
    if clash:
        raise HelError(f"gradients are named u, q0, p0, qT and pT; rename the parameter {', '.join(sorted(clash))}")
    if problem.batch or not problem.shared:
        raise HelError(
            f"glep takes one sample at a time, inputs (T, {system.m}) and theta without batch axes; "
            f"got the batch {problem.batch}; call it once for each sample"
        )
    data = boundary.data(problem.q0, problem.p0)
    for name, value in data.items():
        if value.shape != (system.n,):
            raise HelError(f"{name} has shape {(system.n,)}, got {value.shape}")
    nodes = lattice(boundary.scheme, rows=len(problem.inputs), step=problem.step)
    if condition.periodic and boundary.scheme == "verlet" and not np.array_equal(problem.inputs[0], problem.inputs[-1]):
        raise HelError(
            f"{condition.name} wants periodic inputs, u[0] = u[T], got a difference of "
            f"{np.abs(problem.inputs[0] - problem.inputs[-1]).max():g}; repeat the first row at the end"
        )
    return Setting(
        system=system,
        condition=condition,
        lattice=nodes,
        numbers={**problem.theta, "u": problem.inputs, **data},
        targets=problem.targets,
        guess=np.concatenate([problem.q0, problem.p0]),
        cost=problem.cost,
        held=Held(condition, system.n),
        held_nudged=Held(condition, system.n, nudged=True),
    )
