"""A learner from sequences, as the trainer sees it: forward, echo with a nudge, update; and the golden one.

Others are float64's (`golden.training.float_learner`) and the array in a simulator, whose methods are coroutines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from golden.arithmetic.rounding import Words
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.dynamics.stepper import MakeSteps, numpy_steps
from golden.program import Program
from golden.training import update
from golden.training.descent import Descent
from golden.training.optimiser import Optimiser

__all__ = ["GoldenLearner", "Learner"]


class Learner(Protocol):
    """What answers the requests of `golden.training.conversation`.

    Arrays are raw words (float64 in `golden.training.float_learner`); ... is () or the axis of seeds, (S,).

    Members
    -------
    forward(inputs) : from q = p = 0 through T steps; inputs (T, ..., m) -> q_T (..., n). Leaves the state at T
    echo(inputs, nudge) : the twin echo from that state, inputs of the forward pass in their forward order; nudge e
        (..., n): p -= e in context 0, p += e in context 1, then T inverse steps. Gradients add up in the learner
    update(shift) : theta -= clip(G >> shift) with n_base = shift (...), gradients cleared
    descend(shift, rate, last) : the same by another optimiser, `golden.training.descent`, of those that have one
    parameters() : name -> words as stored, copies
    flags : names of the sticky flags that were raised, such as "p_overflow"
    """

    def forward(self, inputs: Any) -> Any: ...

    def echo(self, inputs: Any, nudge: Any) -> Any: ...

    def update(self, shift: Any) -> Any: ...

    def parameters(self) -> Any: ...

    @property
    def flags(self) -> list[str]: ...


class GoldenLearner:
    """The golden model: `golden.dynamics.integrator.Integrator` and `golden.training.update`.

    Parameters
    ----------
    program : of the system
    theta_raw : name -> words, shape () + declared or (S,) + declared: S learners side by side, bit for bit as S alone
    steps : who runs the program, `golden.dynamics.stepper`
    optimiser : of `descend`
    """

    def __init__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        steps: MakeSteps = numpy_steps,
        optimiser: Optimiser | None = None,
    ) -> None:
        self.program = program
        self.integrator = Integrator(program, theta_raw, steps)
        self._theta = {name: np.array(words, np.int64) for name, words in theta_raw.items()}
        name, shape = program.parameters[0]
        batch = self._theta[name].shape[: self._theta[name].ndim - len(shape)]
        self.gradients = self.integrator.zero_gradients(batch)
        self.descent = Descent(program, optimiser or Optimiser(), batch)
        self._start = np.zeros((*batch, program.n), np.int64)
        self._state = self._start, self._start

    def forward(self, inputs: Words) -> Words:
        self._state = self.integrator.forward_many(self._start, self._start, inputs)
        return self._state[0]

    def _positions(self, inputs: Words) -> Words:
        """The forward pass; q after every step, (T, ..., n)."""
        found = np.empty((len(inputs), *self._start.shape), np.int64)
        self._state = self.integrator.forward_many(self._start, self._start, inputs, found)
        return found

    def echo(self, inputs: Words, nudge: Words) -> None:
        self.integrator.echo_many(*twin(*self._state), inputs, self.gradients, nudge)

    def update(self, shift: Words) -> None:
        if np.ndim(shift) == 0:
            self._theta, flags = update.apply(self.program, self._theta, self.gradients, int(shift))
            self.integrator.raise_flag(flags)
        else:  # one shift a seed
            for s, base in enumerate(shift):
                theta, grads = ({k: v[s] for k, v in words.items()} for words in (self._theta, self.gradients))
                fresh, flags = update.apply(self.program, theta, grads, int(base))
                self.integrator.raise_flag(flags)
                for name, words in fresh.items():
                    self._theta[name][s] = words
        self.integrator.load(self._theta)
        self.gradients.clear()

    def descend(self, shift: Words, rate: int, last: bool) -> None:
        """A sample's step by the optimiser; theta moves where a minibatch ends.

        Parameters
        ----------
        shift : n_base (...) at `Optimiser.gradient_rate`
        rate : log2 of the inverse learning rate
        last : whether a minibatch ends
        """
        for s, base in np.ndenumerate(shift):
            at = (*s, ...)
            theta, grads = ({k: v[at] for k, v in words.items()} for words in (self._theta, self.gradients))
            fresh, flags = self.descent.step(theta, grads, int(base), rate, last, at)
            self.integrator.raise_flag(flags)
            for name, words in fresh.items():
                self._theta[name][at] = words
        if last:
            self.integrator.load(self._theta)
        self.gradients.clear()

    def parameters(self) -> dict[str, Words]:
        return {name: words.copy() for name, words in self._theta.items()}

    @property
    def flags(self) -> list[str]:
        raised = self.integrator.flags
        return [str(flag.name).lower() for flag in Flags if flag in raised]

    @property
    def argument_clamped(self) -> frozenset[str]:
        """See `golden.dynamics.integrator.Integrator`."""
        return self.integrator.argument_clamped

    @property
    def operand_clipped(self) -> frozenset[str]:
        """See `golden.dynamics.integrator.Integrator`."""
        return self.integrator.operand_clipped
