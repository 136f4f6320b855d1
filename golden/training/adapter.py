"""A learnt model goes on learning: one sample at a time, the whole of it, or its readout alone over a frozen system.

    learner = Adapter(training)                     # at the training's first parameters, or at those of a `Model`
    learner.learn(played, order, rates)             # errors of every sample, as it was before it learnt from it
    readout = ReadoutAdapter(training, learner.model)
    readout.learn(positions(training, learner.model, played), played.answers, order, rates)

The words are those of `golden.training.sequences.Training`: a training is an adapter that goes on from the start, with
its orders and its rates. Integers alone, a label a sequence, one seed, plain descent.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.rounding import Words
from golden.cost_functions.readout import Readout
from golden.errors import HelError
from golden.native import COMPILED, executor_of, steps_by
from golden.training.arithmetics import FixedPoint
from golden.training.compiled_learner import CompiledLearner
from golden.training.conversation import drive, learnt_from
from golden.training.learner import GoldenLearner
from golden.training.played import Played
from golden.training.readout_descent import ReadoutDescent
from golden.training.sequences import Training

__all__ = ["Adapter", "Model", "ReadoutAdapter", "positions"]


@dataclass(frozen=True)
class Model:
    """What was learnt: raw words.

    Members
    -------
    theta : name -> words of the declared shape
    weights, bias : (classes, n) and (classes,), of the readout
    """

    theta: Mapping[str, Words]
    weights: Words
    bias: Words

    def readout(self, like: Readout) -> Readout:
        """A readout of these words, with the formats and the nudge of another one."""
        found = copy(like)
        found.weights, found.bias = self.weights.copy(), self.bias.copy()
        return found


class Adapter:
    """System and readout learn.

    Parameters
    ----------
    training : whose program, cost and nudge; in integers, of one seed, of labels
    model : where to go on from; None: the first parameters of the training
    executor : "compiled" or "numpy", the same words; None: compiled code

    >>> training = Training("digits", neurons=8, epochs=1, samples=30, validation=True)
    >>> adapter, played = Adapter(training), training.played(training.part)
    >>> adapter.learn(played, training.orders, np.full(30, 6)).shape, adapter.classes(played).shape
    ((30, 10), (30,))
    """

    def __init__(self, training: Training, model: Model | None = None, executor: str | None = None) -> None:
        self._arithmetic = _integers(training)
        model = model or Model(training.theta, training.readout.weights, training.readout.bias)
        self._readout = model.readout(training.readout)
        self._descent = ReadoutDescent(self._readout, training.recipe.optimiser)
        self._learner: CompiledLearner | GoldenLearner
        chosen = executor_of(training.program, executor)
        if chosen == COMPILED:
            self._learner = CompiledLearner(training.program, model.theta, self._readout, cost=training.task.cost)
        else:
            self._learner = self._arithmetic.golden(steps_by(chosen), model.theta)

    def learn(self, played: Played, order: Words, rates: Words) -> Words:
        """Meets the samples of these indices, one after the other.

        Parameters
        ----------
        rates : (count,), log2 of the inverse learning rate at each, of the system and of the readout

        Returns
        -------
        (count, classes), the readout's errors: softmax - onehot(label) before the sample was learnt from
        """
        if isinstance(self._learner, CompiledLearner):
            return self._learner.learn(
                played.inputs, played.answers, np.asarray(order), np.asarray(rates), played.steps
            )
        how = self._readout, self._descent, self._arithmetic
        found = [
            drive(learnt_from(*how, *played[index], int(rate), True), self._learner)
            for index, rate in zip(order, rates, strict=True)
        ]
        return np.reshape(found, (len(found), -1))

    def classes(self, played: Played) -> Words:
        """What it takes each sample for: (samples,)."""
        if isinstance(self._learner, CompiledLearner):
            return np.asarray(self._learner.logits(played.inputs, played.steps).argmax(-1))
        forward = self._learner.forward
        found = [self._readout.cut_x(forward(played[index][0])) for index in range(len(played))]
        return np.asarray(self._readout.logits(np.stack(found)).argmax(-1))

    @property
    def model(self) -> Model:
        """What it has learnt, copies."""
        return Model(self._learner.parameters(), self._readout.weights.copy(), self._readout.bias.copy())

    @property
    def flags(self) -> list[str]:
        """Names of the sticky flags that were raised."""
        return self._learner.flags


class ReadoutAdapter:
    """The readout learns, over the `positions` of a system that stays as it is. Arguments as `Adapter`."""

    def __init__(self, training: Training, model: Model) -> None:
        _integers(training)
        self._readout = model.readout(training.readout)

    def learn(self, x: Words, answers: Words, order: Words, rates: Words) -> Words:
        """Meets samples by their positions x (samples, n) and labels (samples,); returns errors as `Adapter` does."""
        found = np.zeros((len(order), len(self._readout.bias)), np.int64)
        for done, (index, rate) in enumerate(zip(order, rates, strict=True)):
            found[done] = self._readout.errors(x[index], answers[index])
            self._readout.update(found[done], x[index], int(rate))
        return found

    def classes(self, x: Words) -> Words:
        """What it takes positions (samples, n) for: (samples,)."""
        return np.asarray(self._readout.logits(x).argmax(-1))

    def model(self, theta: Mapping[str, Words]) -> Model:
        """What it has learnt, with the words of the system."""
        return Model(theta, self._readout.weights.copy(), self._readout.bias.copy())


def positions(training: Training, model: Model, played: Played, executor: str | None = None) -> Words:
    """What the readout sees of every sample, as operands: (samples, n); of an averaged cost the mean energies."""
    learner = _integers(training).golden(steps_by(executor_of(training.program, executor)), model.theta)
    if training.task.cost == "final" and (played.steps == played.inputs.shape[1]).all():  # side by side
        rest = np.zeros((len(played), training.system.n), np.int64)
        q, _ = learner.integrator.forward_many(rest, rest, np.moveaxis(played.inputs, 1, 0))
        return np.asarray(training.readout.cut_x(q))
    seen = [training.readout.cut_x(learner.forward(played[index][0])) for index in range(len(played))]
    return np.stack(seen)


def _integers(training: Training) -> FixedPoint:
    """The arithmetic of a training that can go on."""
    one = isinstance(training.seed, int)
    if training.task.kind != "classification" or not isinstance(training.arithmetic, FixedPoint) or not one:
        asked = f"a {training.task.kind} in {training.arithmetic.name} arithmetic, seed {training.seed}"
        raise HelError(f"what adapts is a classification in fixed arithmetic, of one seed; got {asked}; change that")
    optimiser = training.recipe.optimiser
    if not optimiser.plain or optimiser.rates:  # a rate of the readout alone counts as plain, for the array has none
        raise HelError(f"what adapts steps plainly, at one rate, got {optimiser}; leave the optimiser out")
    return training.arithmetic
