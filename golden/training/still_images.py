"""Training on a static task with equilibrium propagation alone: minibatches, momentum, float64.

One minibatch: relax to the free states (each from where it came to rest the epoch before) -> softmax readout: errors e
-> relax under the nudges +-eps R^T e -> update. A nudge is held fixed while the state relaxes, so the nudged energy
V +- eps (R^T e) . q has a minimum wherever V has one. The slopes of V are `golden.rules.ep`'s, the readout's are
e q^T and e. The state at rest and these local products are all that is used: no derivative is propagated.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from golden import systems
from golden.cost_functions import FinalCost, projection
from golden.cost_functions.float_readout import FloatReadout
from golden.errors import HelError
from golden.language.validate import known_options, shortened, whole
from golden.rules.landscape import Landscape
from golden.systems.ranges import LIMIT
from golden.tasks import Split, Task
from golden.training.momentum import Momentum
from golden.training.recipe import StaticRecipe, halvings, recipe_of
from golden.training.report import Progress, Report, judged
from golden.training.samples import Samples, named
from golden.training.seeds import first_readout, sample_order

__all__ = ["FLOOR", "TRAINABLE", "StaticTraining", "train"]

TRAINABLE = ("dense", "hru", "linear")
"""Systems whose energy has a minimum while the parameter al (linear: a) is positive."""

FLOOR = 0.125
"""al and a are kept at least this large, so that it stays so."""

LEAST = 2.0**-52
"""The smallest probability that a cost is told of."""


class StaticTraining:
    """One run; arguments as `train`.

    Members
    -------
    theta : the system's parameters, changed by `run`
    readout : `golden.cost_functions.float_readout.FloatReadout`
    """

    def __init__(
        self,
        task: str | Task,
        system: str = "dense",
        *,
        neurons: int = 32,
        epochs: int = 20,
        seed: int = 0,
        samples: int | None = None,
        validation: bool = False,
        recipe: StaticRecipe | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.task = named(task)
        if self.task.kind != "classification":
            raise HelError(
                f"equilibrium propagation learns labels, and {self.task.name} is a {self.task.kind}; learn it in time"
            )
        if self.task.steps != 1:
            raise HelError(
                f"equilibrium propagation learns still images, and {self.task.name} has {self.task.steps} steps; "
                "use the task digits-static"
            )
        if not isinstance(system, str) or system not in TRAINABLE:
            kinds = ", ".join(TRAINABLE)
            raise HelError(f"systems that train at rest are {kinds}, got {shortened(system)}; choose one of them")
        self.samples = Samples.of(self.task, epochs=epochs, first=samples, validation=validation)
        self.part, self.evaluation = self.samples.part, self.samples.evaluation
        self.recipe = recipe_of(recipe, StaticRecipe).checked()
        self.seed, self.progress = whole(seed, "the seed", 0), progress
        self.system = systems.get(system, n=neurons, m=self.task.channels)
        self.theta = {name: value.copy() for name, value in self.system.initial(self.seed).items()}
        self.readout = FloatReadout(
            **first_readout(self.seed, self.task.classes, self.system.n, self.recipe.readout_deviation)
        )
        self.iterations = self.batches = 0

    def landscape(self, inputs: Any) -> Landscape:
        """The energy at the present parameters."""
        return Landscape(self.system, self.theta, inputs, tolerance=self.recipe.tolerance)

    def gradient(self, inputs: Any, labels: Any, start: Any) -> tuple[dict[str, Any], Any, Any]:
        """Mean gradient of -log p over a minibatch, by parameter, with "R" and "c" of the readout.

        Also gives the free states, and the errors softmax - onehot (batch, classes).
        """
        landscape, eps = self.landscape(inputs), self.recipe.eps
        free = landscape.settle(start)
        errors = self.readout.errors(free.q, labels)
        grads = {"R": errors.T @ free.q / len(labels), "c": errors.mean(0)}
        self.iterations, self.batches = self.iterations + free.iterations, self.batches + 1
        if not self.recipe.frozen:
            meter = FinalCost(projection).start(n=self.system.n, steps=1, targets=errors @ self.readout.weights)
            rest = landscape.settle_nudged(free, meter, (eps, -eps))
            self.iterations += 2 * rest.iterations
            slopes = landscape.slopes(rest.q, contexts=1)
            grads |= {name: (slopes[name][0] - slopes[name][1]) / (2 * eps * len(labels)) for name in self.theta}
        return grads, free.q, errors

    def run(self) -> dict[str, Any]:
        """Trains, evaluates once; the result of `train`."""
        report, descent = Report(self.samples, progress=self.progress), self._descent()
        rest = np.zeros((len(self.part), self.system.n))
        for order in sample_order(self.seed, len(self.part), self.samples.epochs):
            for first in range(0, len(order), self.recipe.batch):
                index = order[first : first + self.recipe.batch]
                rate = self.recipe.rate * 2.0 ** -halvings(report.done, self.samples.total)
                inputs, labels = _images(self.part)[index], self.part.labels[index]
                grads, rest[index], errors = self.gradient(inputs, labels, rest[index])
                descent.step(grads, rate)
                report.add(*judged(errors, labels, least=LEAST))
        asked = report.asked(self.system, self.seed, self.recipe, arithmetic="float", rule="ep")
        found = report.result(self.accuracy(self.evaluation))
        return {**asked, **found, "iterations_per_batch": self.iterations / self.batches, "flags": []}

    def _descent(self) -> Momentum:
        """Of the system's parameters and, as "R" and "c", of the readout's."""
        theta = {**self.theta, "R": self.readout.weights, "c": self.readout.bias}
        ranges = {name: (FLOOR if name in ("al", "a") else -LIMIT, LIMIT) for name in theta}
        return Momentum(theta, momentum=self.recipe.momentum, longest=self.recipe.longest, ranges=ranges)

    def accuracy(self, split: Split) -> float:
        """Share of a split classified rightly, every state relaxed from zero."""
        rest = self.landscape(_images(split)).settle(np.zeros((len(split), self.system.n)))
        return float(np.mean(self.readout.logits(rest.q).argmax(-1) == split.labels))


def train(task: str | Task = "digits-static", system: str = "dense", **options: Any) -> dict[str, Any]:
    """Train on a static task with equilibrium propagation and evaluate once.

    Parameters
    ----------
    task, system : names, or a `Task` of one step
    neurons, epochs, seed : n, passes over the training set, one integer
    samples : train on the first so many only
    validation : evaluate on the validation part and leave the test set unread
    recipe : `StaticRecipe`
    progress : called with (samples done, samples in all, text)

    Returns
    -------
    The keys of `golden.training.sequences.train`, and iterations_per_batch: relaxation iterations of all contexts, a
    minibatch.

    >>> result = train(neurons=8, epochs=1, samples=64, validation=True)
    >>> result["training_samples"], result["test_accuracy"], len(result["history"])
    (64, None, 1)
    """
    known = [name for name in inspect.signature(StaticTraining).parameters if name not in ("task", "system")]
    known_options(options, known, "training at rest")
    return StaticTraining(task, system, **options).run()


def _images(split: Split) -> Any:
    """(samples, m): the one frame of each."""
    return split.inputs[:, 0]
