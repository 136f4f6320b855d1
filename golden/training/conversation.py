"""The conversation between a trainer and a learner: the requests, and who puts them to the learner.

The trainer (`golden.training.sequences`) is a generator that yields requests and is sent their answers. Whoever runs it
decides which learner answers, in which manner: the golden model, float64, the array in a simulator (asynchronously), or
several side by side, compared after every request. All share the trainer's code.

    result = drive(training.conversation(), learner)               # a `golden.training.learner.Learner`
    result = await drive_async(training.conversation(), learner)   # a learner whose methods are coroutines
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from golden.training.arithmetics import Arithmetic
from golden.training.learner import Learner
from golden.training.readout_descent import ReadoutDescent

__all__ = ["Conversation", "Descend", "Echo", "Forward", "Request", "Update", "drive", "drive_async", "learnt_from"]


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


@dataclass(frozen=True)
class Descend:
    """Step the parameters by another optimiser than the array's; answered by None."""

    shift: Any
    rate: int
    last: bool

    def ask(self, learner: Any) -> Any:
        return learner.descend(self.shift, self.rate, self.last)


Request = Forward | Echo | Update | Descend
_Result = TypeVar("_Result")
Conversation = Generator[Request, Any, _Result]


def learnt_from(
    readout: Any, descent: ReadoutDescent, arithmetic: Arithmetic, sequence: Any, answer: Any, rate: int, last: bool
) -> Conversation[Any]:
    """One sample: forward, nudge, echo, a step of the system and of the readout; the readout's errors before it.

    Parameters
    ----------
    descent : of this readout; its optimiser is that of the system, too
    sequence, answer : of `golden.training.played.Played`
    rate : log2 of the inverse learning rate
    last : whether a minibatch ends
    """
    optimiser = descent.optimiser
    x = readout.cut_x((yield Forward(sequence)))
    errors = readout.errors(x, answer)
    nudge, m = readout.nudge(errors)
    yield Echo(sequence, nudge)
    shift = arithmetic.shift(m, optimiser.gradient_rate(rate))
    yield Update(shift) if optimiser.plain else Descend(shift, rate, last)
    descent.met(errors, x, rate, last)
    return errors


def drive(conversation: Conversation[_Result], learner: Learner) -> _Result:
    """Answer every request with the learner; the conversation's result."""
    answer = None
    while True:
        try:
            request = conversation.send(answer)
        except StopIteration as end:
            return cast("_Result", end.value)
        answer = request.ask(learner)


async def drive_async(conversation: Conversation[_Result], learner: Any) -> _Result:
    """`drive` for a learner whose methods are coroutines."""
    answer = None
    while True:
        try:
            request = conversation.send(answer)
        except StopIteration as end:
            return cast("_Result", end.value)
        answer = await request.ask(learner)
