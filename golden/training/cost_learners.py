"""Learners by another cost than the final one: what their forward pass answers, and what a nudge is to their echo.

==========  ==========================================  =============================================================
cost        forward answers                             the echo's nudge
==========  ==========================================  =============================================================
final       q_T (..., n)                                e (..., n), one kick before the first step back
averaged    m = (1/T) sum_t x_t^2 (..., n)              eps dC/dm (..., n), latched: e_t = x_t d of each context's x_t
per-step    q_t after every step (T, ..., n)            e_t (T, ..., n), a kick before every step back
==========  ==========================================  =============================================================

In integers m is rounded to a word in q's format: half_up(S 2^fq / (T 2^2fx)) of the exact sum S of squares of operands
(a readout holds it at 16), and d is `golden.cost_functions.latch` of (2/T) eps dC/dm. The state that an averaged cost
keeps is one vector, whatever T is; a per-step cost keeps the errors of the forward pass, and the positions until its
readout has learnt.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words
from golden.cost_functions import AveragedCost, SummedCost, projection
from golden.cost_functions.latch import Latch, position_operand
from golden.dynamics.integrator import twin
from golden.dynamics.nudges import Listed
from golden.language.graph import Array
from golden.problems.problem import Problem
from golden.training.float_learner import FloatLearner
from golden.training.learner import GoldenLearner

__all__ = ["FLOAT_LEARNERS", "LEARNERS", "AveragedLearner", "FloatAveragedLearner", "FloatPerStepLearner",
           "PerStepLearner"]  # fmt: skip


class AveragedLearner(GoldenLearner):
    """The golden model by an averaged cost."""

    def forward(self, inputs: Words) -> Words:
        """m in q's raw format."""
        formats = self.program.formats
        x = position_operand(formats, self._positions(inputs))
        energies = np.multiply(x, x, out=x).sum(0)
        left = formats.q.fraction_bits - 2 * formats.x.fraction_bits
        steps = len(inputs) << max(-left, 0)
        return np.asarray(((energies << (max(left, 0) + 1)) + steps) // (2 * steps))

    def echo(self, inputs: Words, nudge: Words) -> None:
        """nudge: eps dC/dm in p's raw format."""
        formats = self.program.formats
        latch = Latch(formats, np.ldexp(nudge * (2.0 / len(inputs)), -formats.fraction_bits))
        self.integrator.echo_many(*twin(*self._state), inputs, self.gradients, latch.nudges(0))


class PerStepLearner(GoldenLearner):
    """The golden model by a per-step cost."""

    def forward(self, inputs: Words) -> Words:
        """q after every step."""
        return self._positions(inputs)

    def echo(self, inputs: Words, nudge: Words) -> None:
        """nudge: a kick a step, in p's raw format."""
        self.integrator.echo_many(*twin(*self._state), inputs, self.gradients, Listed(nudge))


class FloatAveragedLearner(FloatLearner):
    """float64 by an averaged cost."""

    def forward(self, inputs: Array) -> Array:
        """m, the mean of q^2."""
        q = p = energies = np.zeros((*inputs.shape[1:-1], self.system.n))
        for u in inputs:
            q, p = self.leapfrog.forward(q, p, u)
            energies = energies + q * q
        return energies / len(inputs)

    def echo(self, inputs: Array, nudge: Array) -> None:
        self._learn(inputs, nudge, AveragedCost(projection))

    def _learn(self, inputs: Array, targets: Array, cost: Any) -> None:
        self.grads, _, _ = self.gradient(Problem(self.system, self.theta, inputs, targets, cost=cost, step=self.step))


class FloatPerStepLearner(FloatAveragedLearner):
    """float64 by a per-step cost."""

    def forward(self, inputs: Array) -> Array:
        """q after every step."""
        q = p = np.zeros((*inputs.shape[1:-1], self.system.n))
        found = np.zeros((len(inputs), *q.shape))
        for t, u in enumerate(inputs):
            q, p = self.leapfrog.forward(q, p, u)
            found[t] = q
        return found

    def echo(self, inputs: Array, nudge: Array) -> None:
        self._learn(inputs, nudge, SummedCost(projection))


LEARNERS: dict[str, type[GoldenLearner]] = {
    "final": GoldenLearner,
    "averaged": AveragedLearner,
    "per-step": PerStepLearner,
}
FLOAT_LEARNERS: dict[str, type[FloatLearner]] = {
    "final": FloatLearner,
    "averaged": FloatAveragedLearner,
    "per-step": FloatPerStepLearner,
}
