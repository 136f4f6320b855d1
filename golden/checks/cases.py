"""Seeded problems whose numbers words hold exactly, and their reference gradients in float64."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from golden import systems
from golden.checks.own_cost import COSTS, cost_of
from golden.cost_functions import Cost
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.rules import bptt

__all__ = ["Case", "problem", "reference"]


@dataclass(frozen=True)
class Case:
    """A problem family: the system, its size, T, the cost, and its targets.

    Members
    -------
    system : a name, or a `golden.systems.System`
    neurons, inputs : N and m; of a `System` always its own
    steps : T
    cost : a word of `golden.checks.own_cost.COSTS`, `file.py:function`, or a `golden.cost_functions.Cost`
    targets : numbers in a target; 0: as many as positions

    >>> Case("dense").steps, Case(systems.Hru(8, 2)).neurons
    (1000, 8)
    """

    system: str | systems.System = "dense"
    neurons: int = 16
    inputs: int = 4
    steps: int = 1000
    cost: str | Cost = "final"
    targets: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.system, systems.System):
            object.__setattr__(self, "neurons", self.system.n)
            object.__setattr__(self, "inputs", self.system.m)

    @property
    def name(self) -> str:
        """Of the system, as a result says it."""
        return self.system if isinstance(self.system, str) else self.system.name

    @property
    def target_size(self) -> int:
        """Numbers in a target."""
        return self.targets or self.neurons

    def build(self) -> systems.System:
        if isinstance(self.system, systems.System):
            return self.system
        return systems.get(self.system, n=self.neurons, m=1 if self.system == "springs" else self.inputs)


def problem(case: Case, seed: int, operand_bits: int = 18, step: float = 0.125) -> Problem:
    """A random problem of the case; its numbers are floats that formats with these operands hold exactly.

    That holds from w = 12 and f = 8 on; below, the fixed-point figures also contain the rounding of what is given.

    theta: the system's own initial(seed) on the operand grid. q0, p0 normal(0, 1/2) on 2**-8; inputs normal(0, 1/2) on
    2**-7; targets normal(0, 1) on 2**-8, one a step for a summed cost, as many numbers as the case says.

    >>> problem(Case(neurons=3, steps=5, cost="summed"), 0).targets.shape
    (5, 3)
    """
    system, cost = case.build(), cost_of(case.cost)
    rng = np.random.default_rng([seed, 1])

    def grid(values: Array, bits: int) -> Array:
        return np.asarray(np.ldexp(np.rint(np.ldexp(values, bits)), -bits))

    top = 2.0 - 2.0 ** (2 - operand_bits)
    inputs = grid(rng.normal(0.0, 0.5, (case.steps, system.m)), 7)
    q0, p0 = (grid(rng.normal(0.0, 0.5, system.n), 8) for _ in range(2))
    targets = grid(rng.normal(0.0, 1.0, (*((case.steps,) if cost.per_step else ()), case.target_size)), 8)
    theta = {k: np.clip(grid(v, operand_bits - 2), -2.0, top) for k, v in system.initial(seed).items()}
    return Problem(system, theta, inputs, targets, q0=q0, p0=p0, cost=cost, step=step)


def reference(case: Case, seed: int, operand_bits: int, step: float) -> tuple[Mapping[str, Array], float]:
    """BPTT's parameter gradients and the cost; of a built-in system and cost kept, since a user's own may change."""
    named = isinstance(case.system, str) and not systems.load.is_file(case.system) and case.cost in COSTS
    return (_kept if named else _computed)(case, seed, operand_bits, step)


def _computed(case: Case, seed: int, operand_bits: int, step: float) -> tuple[Mapping[str, Array], float]:
    grads, cost, _ = bptt.gradient(problem(case, seed, operand_bits, step))
    return grads, cost


_kept = lru_cache(maxsize=256)(_computed)
