"""Trainings in JAX: an epoch is one jitted `lax.scan` over updates, a sample or a minibatch each.

The setting is a `golden.training.sequences.Training` in float: its task, system, initial parameters, readout, order of
samples and recipe. With the optimiser "own" at batch 1 it is golden's float training, sum for sum, with the clip of its
formats. Several trainings of one task and system, of
other seeds or rates, run side by side as one (`jax.vmap`), each as it would alone but for round-off.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.language.validate import known_options, positive, shortened, whole
from golden.peers.extra import precision
from golden.peers.updates import Updates
from golden.training.played import Played
from golden.training.report import Report
from golden.training.sequences import OPTIONS, Training

__all__ = ["JaxTrainer", "train"]

JUDGED = 128
"""Samples that are judged at once."""


class JaxTrainer:
    """Learns by `rule` as often as `run` is called; what was compiled is kept.

    Parameters
    ----------
    training : the setting, with its data, step and clip; of its recipe only log2_eps0 is used here, of its seed nothing
    rule : "hel" or "bptt"
    optimiser : of `golden.peers.optimisers`
    batch : samples of a minibatch, whose costs are averaged
    dtype : "float32" or "float64"
    eps : `golden.peers.gradients.hel`
    """

    def __init__(
        self,
        training: Training,
        *,
        rule: str = "hel",
        optimiser: str = "own",
        batch: int = 1,
        dtype: str = "float32",
        eps: float = 1.0,
    ) -> None:
        self.batch, self.dtype = whole(batch, "the samples of a minibatch", 1), dtype
        self.training = training
        with precision(dtype):
            self.updates = Updates(training, rule, optimiser, self.batch, dtype, eps)
            self.seen = self.updates.data(_floats(training, training.part))
            self.judged = self.updates.data(_floats(training, training.evaluation))
        self._compiled: dict[Any, Any] = {}

    def run(self, trainings: Sequence[Training], rates: Sequence[float | None] = ()) -> list[dict[str, Any]]:
        """The result of each, keys as those of `golden.training.sequences.train`, and "parameters".

        Parameters
        ----------
        trainings : of this trainer's data and system, one seed each, in float, not yet trained
        rates : the learning rate that each begins with, halved at 1/4, 1/2 and 3/4; default: its recipe's
        """
        rates = rates or [None] * len(trainings)
        if len(rates) != len(trainings):
            raise HelError(f"a rate belongs to each training, got {len(rates)} for {len(trainings)}; give as many")
        for each in trainings:
            if _setting(each) != _setting(self.training):
                raise HelError(
                    f"trainings run on the data and the system of their trainer, {_setting(self.training)}, got"
                    f" {_setting(each)}; make another trainer"
                )
        epochs = sorted({each.samples.epochs for each in trainings})
        if len(epochs) != 1:
            raise HelError(f"trainings side by side have as many epochs as each other, got {epochs}; run them apart")
        with precision(self.dtype):
            return self._run(trainings, rates)

    def _run(self, trainings: Sequence[Training], rates: Sequence[float | None]) -> list[dict[str, Any]]:
        updates, total = self.updates, trainings[0].samples.total
        params = updates.parameters(trainings)
        memory = updates.first(params)
        order, real = _batches(np.stack([each.orders for each in trainings]), self.batch)
        rate = np.stack([_rates(each, one, self.batch) for each, one in zip(trainings, rates, strict=True)])
        block = -(-len(trainings[0].part) // self.batch)  # about an epoch
        todo = [slice(first, first + block) for first in range(0, rate.shape[1], block)]
        args = [(order[:, now], real[now], rate[:, now].astype(self.dtype)) for now in todo]
        for each in args:  # compiled before the clock starts
            self._compile("epoch", updates.epochs, params, memory, self.seen, *each)
        reports = [Report(each.samples, (), each.progress, each.measure.name) for each in trainings]
        start = time.monotonic()
        for now, each in zip(todo, args, strict=True):
            (params, memory), met = self._call("epoch", params, memory, self.seen, *each)
            met = np.asarray(met).reshape(len(trainings), -1, *met.shape[3:])
            met = met[:, : min(total, now.stop * self.batch) - now.start * self.batch]
            for k, report in enumerate(reports):
                labels = trainings[k].orders[report.done : report.done + met.shape[1]]
                report.add(*_told(trainings[k], met[k], labels))
        seconds = time.monotonic() - start
        measured = self._judge(params, trainings[0])
        return [
            self._result(training, report, found, k, params, rates[k], seconds / len(trainings))
            for k, (training, report, found) in enumerate(zip(trainings, reports, measured, strict=True))
        ]

    def _result(
        self, training: Training, report: Report, found: float, k: int, params: Any, rate: float | None, seconds: float
    ) -> dict[str, Any]:
        updates = self.updates
        result = report.asked(training.system, training.seed, training.recipe, arithmetic=self.dtype)
        result |= {"rule": updates.rule, "optimiser": updates.optimiser, "batch": self.batch, "rate": rate}
        result |= report.result(found) | {"samples_per_s": report.done / seconds}
        theta = {name: np.asarray(value[k], np.float64) for name, value in params["theta"].items()}
        readout = {name: np.asarray(value[k], np.float64) for name, value in params["readout"].items()}
        return result | {"parameters": theta, "readout": readout}

    def _judge(self, params: Any, training: Training) -> list[float]:
        """The measure of each training on the evaluation part."""
        count, found = len(training.evaluation), np.zeros(())
        for first in range(0, count, JUDGED):
            order = np.arange(first, min(first + JUDGED, count))
            self._compile("judge", self.updates.judge, params, self.judged, order)
            found = found + np.asarray(self._call("judge", params, self.judged, order), np.float64).sum(-1)
        scale = count if training.measure.name == "accuracy" else count * training.measure.judged  # type: ignore[attr-defined]
        return [float(one) for one in found / scale]

    def _compile(self, what: str, function: Any, *args: Any) -> None:
        key = what, *(np.shape(leaf) for leaf in self.updates.leaves(args))
        if key not in self._compiled:
            self._compiled[key] = function.lower(*args).compile()

    def _call(self, what: str, *args: Any) -> Any:
        return self._compiled[what, *(np.shape(leaf) for leaf in self.updates.leaves(args))](*args)


def _setting(training: Training) -> str:
    """What trainings side by side have in common, in words."""
    samples, formats = training.samples, training.formats
    judged = "the validation part" if samples.validation else "the test set"
    data = f"{samples.task.name} ({samples.task.cost}), {len(samples.part)} samples, {judged}"
    return f"{data}, {training.system!r}, h = {formats.step:g}, clip_log2 = {formats.clip_log2}"


def _floats(training: Training, split: Any) -> Played:
    return Played(training.task, split, lambda values: values)


def _batches(orders: Any, batch: int) -> tuple[Any, Any]:
    """Orders (S, total) as (S, updates, batch), the last one filled up, and which are real (updates, batch)."""
    seeds, total = orders.shape
    updates = -(-total // batch)
    full = np.zeros((seeds, updates * batch), np.int32)
    full[:, :total] = orders
    return full.reshape(seeds, updates, batch), (np.arange(updates * batch) < total).reshape(updates, batch)


def _rates(training: Training, rate: float | None, batch: int) -> Any:
    """The learning rate of every update."""
    total = training.samples.total
    logs = np.array([training.recipe.rate(done, total) for done in range(0, total, batch)])
    if rate is None:
        return np.exp2(-logs)
    positive(rate, "a learning rate", "0.01")
    return rate * np.exp2(training.recipe.log2_inverse_rate - logs)


def _told(training: Training, met: Any, order: Any) -> tuple[Any, Any]:
    """Cost and measure of samples as they were met: of their errors, or of their squared errors."""
    if training.measure.name == "accuracy":
        return training.measure.met(met, training.part.labels[order], 1.0)
    return met / 2, met / training.measure.seen  # type: ignore[attr-defined]


def train(
    task: Any,
    system: Any = "dense",
    *,
    rule: str = "hel",
    optimiser: str = "own",
    batch: int = 1,
    rate: float | None = None,
    dtype: str = "float32",
    **options: Any,
) -> dict[str, Any]:
    """Trains in JAX and evaluates once; `options` as `golden.training.sequences.Training`, the rest as `JaxTrainer`.

    >>> result = train("digits", neurons=8, epochs=1, samples=64, validation=True, batch=16)
    >>> result["training_samples"], result["batch"], result["test_accuracy"], len(result["history"])
    (64, 16, None, 1)
    """
    known_options(options, [name for name in OPTIONS if name not in ("cuts", "program")], "training in JAX")
    training = Training(task, system, arithmetic="float", **options)
    if not isinstance(training.seed, int):
        raise HelError(f"train takes one seed, got {shortened(training.seed)}; run them by JaxTrainer.run side by side")
    trainer = JaxTrainer(training, rule=rule, optimiser=optimiser, batch=batch, dtype=dtype)
    return trainer.run([training], [rate])[0]
