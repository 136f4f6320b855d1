"""A learner from sequences, as the trainer sees it: forward, echo with a nudge, update.

The trainer (`golden.training.sequences`) is a generator that yields requests and is sent their answers. Whoever runs it
decides which learner answers, in which manner: the golden model (`GoldenLearner`), float64
(`golden.training.float_learner`), the array in a simulator (asynchronously), or several side by side, compared after
every request. All share the trainer's code.

    conversation = training.conversation()
    result = drive(conversation, learner)               # a learner of this module
    result = await drive_async(conversation, learner)   # a learner whose methods are coroutines
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from golden.arithmetic.rounding import Words
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.program import Program
from golden.training import update

__all__ = ["Conversation", "Echo", "Forward", "GoldenLearner", "Learner", "Request", "Update", "drive", "drive_async"]


class Learner(Protocol):
    """What answers requests. Arrays are raw words (float64 in `golden.training.float_learner`); ... is () or the axis
    of seeds, (S,).

    Members
    -------
    forward(inputs) : from q = p = 0 through T steps; inputs (T, ..., m) -> q_T (..., n). Leaves the state at T
    echo(inputs, nudge) : the twin echo from that state, inputs of the forward pass in their forward order; nudge e
        (..., n): p -= e in context 0, p += e in context 1, then T inverse steps. Gradients add up in the learner
    update(shift) : theta -= clip(G >> shift) with n_base = shift (...), gradients cleared
    parameters() : name -> words as stored, copies
    flags : names of the sticky flags that were raised, such as "p_overflow"
    """

    def forward(self, inputs: Any) -> Any: ...

    def echo(self, inputs: Any, nudge: Any) -> Any: ...

    def update(self, shift: Any) -> Any: ...

    def parameters(self) -> Any: ...

    @property
    def flags(self) -> list[str]: ...


@dataclass(frozen=True)
class Forward:
    """Run the sequence; answered by q_T."""

    inputs: Any

    def ask(self, learner: Learner) -> Any:
        return learner.forward(self.inputs)


@dataclass(frozen=True)
class Echo:
    """Nudge and run back; answered by None."""

    inputs: Any
    nudge: Any

    def ask(self, learner: Learner) -> Any:
        return learner.echo(self.inputs, self.nudge)


@dataclass(frozen=True)
class Update:
    """Step the parameters; answered by None."""

    shift: Any

    def ask(self, learner: Learner) -> Any:
        return learner.update(self.shift)


Request = Forward | Echo | Update
Conversation = Generator[Request, Any, dict[str, Any]]


def drive(conversation: Conversation, learner: Learner) -> dict[str, Any]:
    """Answer every request with the learner; the conversation's result."""
    answer = None
    while True:
        try:
            request = conversation.send(answer)
        except StopIteration as end:
            return dict(end.value)
        answer = request.ask(learner)


async def drive_async(conversation: Conversation, learner: Any) -> dict[str, Any]:
    """`drive` for a learner whose methods are coroutines."""
    answer = None
    while True:
        try:
            request = conversation.send(answer)
        except StopIteration as end:
            return dict(end.value)
        answer = await request.ask(learner)


class GoldenLearner:
    """The golden model: `golden.dynamics.integrator.Integrator` and `golden.training.update`.

    Parameters
    ----------
    program : of the system
    theta_raw : name -> words, shape () + declared or (S,) + declared: S learners side by side, bit for bit as S alone
    """

    def __init__(self, program: Program, theta_raw: Mapping[str, Words]) -> None:
        self.program = program
        self.integrator = Integrator(program, theta_raw)
        self._theta = {name: np.array(words, np.int64) for name, words in theta_raw.items()}
        name, shape = program.parameters[0]
        batch = self._theta[name].shape[: self._theta[name].ndim - len(shape)]
        self.gradients = self.integrator.zero_gradients(batch)
        self._start = np.zeros((*batch, program.n), np.int64)
        self._state = self._start, self._start

    def forward(self, inputs: Words) -> Words:
        self._state = self.integrator.forward_many(self._start, self._start, inputs)
        return self._state[0]

    def echo(self, inputs: Words, nudge: Words) -> None:
        last = len(inputs) - 1
        self.integrator.echo_many(
            *twin(*self._state), inputs, self.gradients, lambda t, q: nudge if t == last else None
        )

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

    def parameters(self) -> dict[str, Words]:
        return {name: words.copy() for name, words in self._theta.items()}

    @property
    def flags(self) -> list[str]:
        raised = self.integrator.flags
        return [str(flag.name).lower() for flag in Flags if flag in raised]
