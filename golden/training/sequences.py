"""Training on a task with Hamiltonian echo learning alone: batch 1, plain clipped descent.

One sample: forward through T steps -> q_T -> readout: errors, nudge e, n_base -> twin echo -> update of the system ->
update of the readout. `Training.conversation` writes that down once, for every learner (`golden.training.learner`) and
both arithmetics.

Seeds: parameters of the system from `system.initial(seed)`, the readout's weights and the order of the samples from
generators of [seed, 1] and [seed, 2]. Several seeds train side by side, bit for bit as each alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from golden import systems, tasks
from golden.arithmetic.formats import Formats
from golden.compiler.compile import compiled, described
from golden.costs.float_readout import FloatReadout
from golden.costs.readout import Readout
from golden.errors import HelError
from golden.language.graph import topological
from golden.tasks import Split, Task
from golden.training import update
from golden.training.float_learner import FloatLearner
from golden.training.learner import Conversation, Echo, Forward, GoldenLearner, Learner, Update, drive

__all__ = ["TRAINABLE", "Recipe", "Training", "train"]

TRAINABLE = ("dense", "hru", "linear")
"""Built-in systems whose every neuron sees the inputs; a system of a file must see them somewhere."""

CURVE_POINTS = 10
"""Points of the learning curve an epoch."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Recipe:
    """Hyper-parameters. They were chosen on the validation part of digits (docs/results/digits_selection.json).

    Members
    -------
    log2_inverse_rate : the learning rate starts at 2**-this and is halved at 1/4, 1/2 and 3/4 of training
    log2_eps0 : the largest nudge of a sample is at most 2**this
    readout_deviation : standard deviation of the readout's initial weights
    clip_log2 : no parameter word moves by more than 2**this raw units (2**-16 each) at once
    """

    log2_inverse_rate: int = 6
    log2_eps0: int = -2
    readout_deviation: float = 0.3
    clip_log2: int = 9

    def rate(self, sample: int, total: int) -> int:
        """log2 of the inverse learning rate of the sample-th of `total` updates.

        >>> [Recipe().rate(k, 8) for k in range(8)]
        [6, 6, 7, 7, 8, 8, 9, 9]
        """
        return self.log2_inverse_rate + 4 * sample // total


class Training:
    """One training run, of one seed or of several side by side.

    Parameters
    ----------
    task, system : names
    arithmetic : "fixed" (integers, any learner of that interface) or "float"
    neurons, epochs : n and passes over the training set
    seed : an integer, or a sequence of S integers: every array gets an axis (S,)
    samples : train on the first so many only
    validation : evaluate on the validation part and leave the test set unread
    formats : default: the reference format with the step of the task
    cuts : of the integer program, a word of `golden.compiler.compile`
    progress : called with (samples done, samples in all, text)

    Members
    -------
    theta : initial parameters, raw words (fixed) or float64
    program : the integer program (fixed)
    readout : `Readout` or `FloatReadout`
    """

    def __init__(
        self,
        task: str | Task,
        system: str = "dense",
        *,
        arithmetic: str = "fixed",
        neurons: int = 32,
        epochs: int = 4,
        seed: int | Sequence[int] = 0,
        samples: int | None = None,
        validation: bool = False,
        recipe: Recipe | None = None,
        formats: Formats | None = None,
        cuts: str = "default",
        progress: Progress | None = None,
    ) -> None:
        self.task = tasks.get(task) if isinstance(task, str) else task
        if system not in TRAINABLE and not systems.load.is_file(system):
            raise HelError(
                f"systems that train on a task are {', '.join(TRAINABLE)}, got {system!r};"
                " choose one of them, or name path/to/file.py:Class"
            )
        if arithmetic not in ("float", "fixed"):
            raise HelError(f"the arithmetic is float or fixed, got {arithmetic!r}")
        if epochs < 1:
            raise HelError(f"training takes at least 1 epoch, got {epochs}")
        self.system = systems.get(system, n=neurons, m=self.task.channels)
        if not any(node.name == "u" for node in topological(self.system.graph.outputs.values())):
            raise HelError(f"a system that trains must see its inputs, the potential of {system} has no u; add it")
        if arithmetic != "fixed" and cuts != "default":
            raise HelError(f"cuts are those of fixed-point arithmetic, got {cuts} for {arithmetic}; leave them out")
        self.arithmetic, self.epochs, self.seed, self.validation = arithmetic, epochs, seed, validation
        self.cuts = cuts
        self.recipe = recipe or Recipe()
        self.progress = progress
        part, self.evaluation = self.task.parts(validation)
        self.part = part.first(samples)
        self.formats = formats or Formats(
            log2_inverse_step=self.task.log2_inverse_step, clip_log2=self.recipe.clip_log2
        )
        initial = self._seeded(lambda s: self.system.initial(s))
        weights = self._seeded(self._initial_readout)
        self.orders = self._seeded(lambda s: {"order": self._order(s)})["order"]
        if arithmetic == "fixed":
            self.program = compiled(self.system, self.formats, cuts)
            self.theta: dict[str, Any] = {k: self.formats.theta.raw(v, saturating=True) for k, v in initial.items()}
            self.readout: Any = Readout(self.formats, **weights, log2_eps0=self.recipe.log2_eps0)
        else:
            self.theta = initial
            self.readout = FloatReadout(**weights, log2_eps0=self.recipe.log2_eps0)

    def _seeded(self, make: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
        if isinstance(self.seed, int):
            return make(self.seed)
        made = [make(seed) for seed in self.seed]
        return {name: np.stack([each[name] for each in made]) for name in made[0]}

    def _initial_readout(self, seed: int) -> dict[str, Any]:
        shape = (self.task.classes, self.system.n)
        weights = np.random.default_rng([seed, 1]).normal(0.0, self.recipe.readout_deviation, shape)
        return {"weights": weights, "bias": np.zeros(self.task.classes)}

    def _order(self, seed: int) -> Any:
        """(epochs * samples,) indices: a permutation of the training samples for every epoch."""
        rng = np.random.default_rng([seed, 2])
        return np.concatenate([rng.permutation(len(self.part)) for _ in range(self.epochs)])

    def encode(self, split: Split) -> Any:
        """Inputs (samples, T, m): raw words, or float64, every frame held."""
        held = np.repeat(split.inputs, self.task.hold, axis=1)
        return self.formats.u.raw(held) if self.arithmetic == "fixed" else held

    def shift(self, m: Any, log2_inverse_rate: int) -> Any:
        """What an update shifts gradients by, for eps = 2**-m: n_base, or in float just the two powers of two."""
        if self.arithmetic == "fixed":
            return update.n_base(self.program, -log2_inverse_rate, -m)
        return log2_inverse_rate - m

    def learner(self, rule: str = "hel") -> Learner:
        """The golden learner of this arithmetic at the initial parameters; `rule` "hel" or, in float, "bptt"."""
        if self.arithmetic == "fixed":
            if rule != "hel":
                raise HelError(f"fixed-point training knows the rule hel, got {rule!r}; use float arithmetic")
            return GoldenLearner(self.program, self.theta)
        from golden.rules import bptt, rhel

        gradients = {"hel": partial(rhel.gradient, eps=1.0), "bptt": bptt.gradient}
        if rule not in gradients:
            raise HelError(f"rules are {', '.join(gradients)}, got {rule!r}")
        return FloatLearner(self.system, self.theta, self.formats.step, gradients[rule])

    def conversation(self) -> Conversation:
        """The run as requests and answers; returns the result of `train`."""
        inputs, labels = self.encode(self.part), self.part.labels
        total, size = self.orders.shape[-1], len(self.part)
        start_s = time.monotonic()
        costs, hits = np.zeros((total, *self.orders.shape[:-1])), np.zeros((total, *self.orders.shape[:-1]))
        for done in range(total):
            index = self.orders[..., done]
            rate = self.recipe.rate(done, total)
            sequence, label = np.moveaxis(inputs[index], -2, 0), labels[index]
            x = self.readout.cut_x((yield Forward(sequence)))
            errors = self.readout.errors(x, label)
            nudge, m = self.readout.nudge(errors)
            yield Echo(sequence, nudge)
            yield Update(self.shift(m, rate))
            self.readout.update(errors, x, rate)
            costs[done], hits[done] = self._judge(errors, label)
            if self.progress:
                recent = slice(max(0, done - 99), done + 1)
                text = f"epoch {done // size + 1}, cost {costs[recent].mean():.3f}, accuracy {hits[recent].mean():.3f}"
                self.progress(done + 1, total, text)
        speed = total / (time.monotonic() - start_s)
        accuracy = yield from self._evaluate()
        return self._result(accuracy, costs, hits, speed)

    def _evaluate(self) -> Any:
        """Accuracy (...) on the evaluation part: forward passes only, one sample at a time on the learner itself."""
        hits = np.zeros(self.orders.shape[:-1])
        for sequence, label in zip(self.encode(self.evaluation), self.evaluation.labels, strict=True):
            shape = (sequence.shape[0], *hits.shape, sequence.shape[1])
            wide = np.broadcast_to(sequence.reshape(sequence.shape[0], *(1,) * hits.ndim, -1), shape)
            logits = self.readout.logits(self.readout.cut_x((yield Forward(wide))))
            hits = hits + (logits.argmax(-1) == label)
        return hits / len(self.evaluation)

    def _judge(self, errors: Any, label: Any) -> tuple[Any, Any]:
        """-log p_label and whether the label is the most probable class. For people: the learner does not need them."""
        lsb = 2.0 ** (1 - self.formats.operand_bits) if self.arithmetic == "fixed" else 1.0
        hit = np.arange(errors.shape[-1]) == np.asarray(label)[..., None]
        p = errors * lsb + hit
        return -np.log(np.maximum((p * hit).sum(-1), 2.0**-18)), p.argmax(-1) == label

    def _result(self, accuracy: Any, costs: Any, hits: Any, samples_per_s: float) -> dict[str, Any]:
        size = len(self.part)
        history = _means(costs, hits, size)
        formats: dict[str, Any] = {}
        if self.arithmetic == "fixed":
            formats = {"formats": str(self.formats), **described(self.program, self.system, self.cuts)}
        return {
            "task": self.task.name,
            "system": self.system.name,
            "arithmetic": self.arithmetic,
            "neurons": self.system.n,
            "epochs": self.epochs,
            "seed": self.seed if isinstance(self.seed, int) else list(self.seed),
            "training_samples": size,
            "recipe": asdict(self.recipe),
            **formats,
            "test_accuracy": None if self.validation else accuracy.tolist(),
            "validation_accuracy": accuracy.tolist() if self.validation else None,
            "cost": history[-1]["cost"],
            "history": history,
            "curve": _means(costs, hits, max(1, size // CURVE_POINTS)),
            "samples_per_s": samples_per_s * max(1, int(np.size(accuracy))),
        }


def _means(costs: Any, hits: Any, block: int) -> list[dict[str, Any]]:
    """Means over blocks of samples, whole blocks only."""
    rows = []
    for stop in range(block, len(costs) + 1, block):
        part = slice(stop - block, stop)
        cost, hit = costs[part].mean(0), hits[part].mean(0)
        rows.append({"samples": stop, "cost": cost.tolist(), "training_accuracy": hit.tolist()})
    return rows


def train(
    task: str | Task, system: str = "dense", *, arithmetic: str = "fixed", rule: str = "hel", **options: Any
) -> dict[str, Any]:
    """Train on the golden model and evaluate once; `options` as `Training`.

    Returns
    -------
    test_accuracy : share of the test set (None with validation=True; then validation_accuracy)
    history : per epoch cost (mean -log p of the label) and training_accuracy, both as the samples were met
    curve : the same ten times an epoch
    cost : of the last epoch
    samples_per_s : training samples per second, all seeds together
    flags : sticky flags raised on the way
    argument_clamped : expressions whose angles went beyond the table of sin (fixed)
    and what was asked for. With several seeds, accuracies and costs are lists.

    >>> result = train("digits", neurons=8, epochs=1, samples=50, validation=True)
    >>> result["training_samples"], result["test_accuracy"], len(result["history"])
    (50, None, 1)
    """
    training = Training(task, system, arithmetic=arithmetic, **options)
    learner = training.learner(rule)
    result = {**drive(training.conversation(), learner), "rule": rule, "flags": learner.flags}
    if isinstance(learner, GoldenLearner):
        result["argument_clamped"] = learner.integrator.argument_clamped
    return result
