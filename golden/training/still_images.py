"""Training on a static task with equilibrium propagation alone: minibatches, momentum, float64.

One minibatch: relax to the free states (each from where it came to rest the epoch before) -> softmax readout: errors e
-> relax under the nudges +-eps R^T e -> update. A nudge is held fixed while the state relaxes, so the nudged energy
V +- eps (R^T e) . q has a minimum wherever V has one. The slopes of V are `golden.rules.ep`'s, the readout's are
e q^T and e. The state at rest and these local products are all that is used: no derivative is propagated.

Seeds as in `golden.training.sequences`: the system's `initial(seed)`, readout and order from generators of [seed, 1]
and [seed, 2].
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from golden import systems, tasks
from golden.costs import FinalCost, projection
from golden.costs.float_readout import FloatReadout
from golden.errors import HelError
from golden.rules.ep import Landscape
from golden.systems.base import LIMIT
from golden.tasks import Split, Task

__all__ = ["FLOOR", "TRAINABLE", "StaticRecipe", "StaticTraining", "train"]

TRAINABLE = ("dense", "hru", "linear")
"""Systems whose energy has a minimum while the parameter al (linear: a) is positive."""

FLOOR = 0.125
"""al and a are kept at least this large, so that it stays so."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class StaticRecipe:
    """Hyper-parameters, chosen on the validation part of digits-static (docs/results/ep_digits_selection.json).

    Members
    -------
    rate, momentum : v <- momentum v - rate G, theta <- theta + v, G the mean over the batch; the rate is halved at
        1/4, 1/2 and 3/4 of training
    longest : a gradient whose norm, over all parameters, is larger is shortened to this
    batch : samples of a minibatch
    eps : strength of the nudges
    tolerance : of every relaxation
    readout_deviation : standard deviation of the readout's initial weights
    frozen : leave the system as it was drawn and train the readout alone (a control, not a recipe)
    """

    rate: float = 0.1
    momentum: float = 0.9
    longest: float = 1.0
    batch: int = 16
    eps: float = 0.125
    tolerance: float = 1e-3
    readout_deviation: float = 0.3
    frozen: bool = False


class StaticTraining:
    """One run; arguments as `train`.

    Members
    -------
    theta : the system's parameters, changed by `run`
    readout : `golden.costs.float_readout.FloatReadout`
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
        self.task = tasks.get(task) if isinstance(task, str) else task
        if self.task.steps != 1:
            raise HelError(
                f"equilibrium propagation learns still images, and {self.task.name} has {self.task.steps} steps; "
                "use the task digits-static"
            )
        if system not in TRAINABLE:
            raise HelError(f"systems that train at rest are {', '.join(TRAINABLE)}, got {system!r}; choose one of them")
        if epochs < 1:
            raise HelError(f"training takes at least 1 epoch, got {epochs}")
        if samples is not None and samples < 1:
            raise HelError(f"training takes at least 1 sample, got {samples}")
        recipe = recipe or StaticRecipe()
        for name in ("rate", "batch", "eps", "tolerance"):
            if not getattr(recipe, name) > 0:
                raise HelError(
                    f"rate, batch, eps and tolerance of a recipe are positive, got {name} {getattr(recipe, name)}"
                )
        self.epochs, self.seed, self.validation, self.progress = epochs, seed, validation, progress
        self.recipe = recipe
        self.system = systems.get(system, n=neurons, m=self.task.channels)
        part, self.evaluation = self.task.parts(validation)
        self.part = part.first(samples)
        self.theta = {name: value.copy() for name, value in self.system.initial(seed).items()}
        weights = np.random.default_rng([seed, 1]).normal(
            0.0, self.recipe.readout_deviation, (self.task.classes, neurons)
        )
        self.readout = FloatReadout(weights, np.zeros(self.task.classes))
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
        inputs, labels, size = _images(self.part), self.part.labels, len(self.part)
        recipe, order = self.recipe, np.random.default_rng([self.seed, 2])
        total, done, start_s = size * self.epochs, 0, time.monotonic()
        costs, hits = np.zeros(total), np.zeros(total)
        rest = np.zeros((size, self.system.n))
        words = {**self.theta, "R": self.readout.weights, "c": self.readout.bias}
        velocity = {name: np.zeros_like(value) for name, value in words.items()}
        for _ in range(self.epochs):
            shuffled = order.permutation(size)
            for first in range(0, size, recipe.batch):
                rate = recipe.rate * 2.0 ** -(4 * done // total)
                index = shuffled[first : first + recipe.batch]
                grads, rest[index], errors = self.gradient(inputs[index], labels[index], rest[index])
                rate /= max(1.0, math.sqrt(sum(float(np.sum(grad**2)) for grad in grads.values())) / recipe.longest)
                for name, grad in grads.items():
                    velocity[name] = recipe.momentum * velocity[name] - rate * grad
                    words[name] += velocity[name]
                    np.clip(words[name], FLOOR if name in ("al", "a") else -LIMIT, LIMIT, out=words[name])
                now = slice(done, done + len(index))
                p = errors + (np.arange(self.task.classes) == labels[index][:, None])
                costs[now] = -np.log(np.maximum(p[np.arange(len(index)), labels[index]], 2.0**-52))
                hits[now] = p.argmax(1) == labels[index]
                done += len(index)
                if self.progress:
                    recent = slice(max(0, done - 100), done)
                    text = f"cost {costs[recent].mean():.3f}, accuracy {hits[recent].mean():.3f}"
                    self.progress(done, total, f"epoch {(done - 1) // size + 1}, {text}")
        speed = total / (time.monotonic() - start_s)
        accuracy = self.accuracy(self.evaluation)
        return {
            "task": self.task.name,
            "system": self.system.name,
            "arithmetic": "float",
            "rule": "ep",
            "neurons": self.system.n,
            "epochs": self.epochs,
            "seed": self.seed,
            "training_samples": size,
            "recipe": asdict(recipe),
            "test_accuracy": None if self.validation else accuracy,
            "validation_accuracy": accuracy if self.validation else None,
            "cost": float(costs[-size:].mean()),
            "history": _means(costs, hits, size),
            "curve": _means(costs, hits, max(1, size // 10)),
            "samples_per_s": speed,
            "iterations_per_batch": self.iterations / self.batches,
            "flags": [],
        }

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
    return StaticTraining(task, system, **options).run()


def _images(split: Split) -> Any:
    """(samples, m): the one frame of each."""
    return split.inputs[:, 0]


def _means(costs: Any, hits: Any, block: int) -> list[dict[str, Any]]:
    """Means over whole blocks of samples."""
    return [
        {
            "samples": stop,
            "cost": float(costs[stop - block : stop].mean()),
            "training_accuracy": float(hits[stop - block : stop].mean()),
        }
        for stop in range(block, len(costs) + 1, block)
    ]
