"""Trainings side by side, each on samples of its own: seeds, and draws of a training and a test set, under one `vmap`.

The updates are those of `golden.peers.updates`, besides: Adam's gradient, of all parameters together, is shortened
to 1; a GRU may stand in the system's place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from golden.errors import HelError
from golden.peers.extra import jax, precision
from golden.peers.gru import Gru
from golden.peers.optimisers import OPTIMISERS
from golden.peers.updates import Updates
from golden.training.played import Played
from golden.training.recipe import halvings
from golden.training.sequences import Training

__all__ = ["judged_samples"]

JUDGED = 64
"""Samples of each training that are judged at once."""
LONGEST = 1.0


class _Updates(Updates):
    """Of a training; `model` in the system's place, whose parameters are free."""

    def __init__(self, training: Training, rule: str, optimiser: str, batch: int, model: Gru | None) -> None:
        super().__init__(training, rule, optimiser, batch, "float32")
        if model is not None:
            self.model: Any = model
            free = (-np.inf, np.inf)
            self.ranges = {"theta": dict.fromkeys(model.initial(0), free), "readout": {"weights": free, "bias": free}}
        self.own_epochs: Any = jax().jit(jax().vmap(self.epoch, in_axes=(0, 0, 0, 0, None, None)))
        self.own_judge: Any = jax().jit(jax().vmap(self.judged, in_axes=(0, 0, None)))

    def update(self, params: Any, memory: Any, sample: dict[str, Any], share: Any, rate: Any) -> tuple[Any, Any]:
        """See `Updates.update`."""
        numpy, tree = jax().numpy, jax().tree
        grads, errors = self.gradient(params, sample, share)
        if self.optimiser == "adam":
            norm = numpy.sqrt(sum(numpy.sum(grad**2) for grad in tree.leaves(grads)))
            grads = tree.map(lambda grad: numpy.nan_to_num(grad / numpy.maximum(1.0, norm / LONGEST)), grads)
        return OPTIMISERS[self.optimiser](params, self.ranges, self.clips, grads, rate, memory), errors

    def stacked(self, trees: Sequence[Any]) -> Any:
        """Trees of arrays with an axis of trainings."""
        return jax().tree.map(lambda *each: jax().numpy.stack(each), *trees)


def judged_samples(
    trainings: Sequence[Training], *, rule: str, optimiser: str, batch: int, rate: float, gru: bool = False
) -> Any:
    """Trains all side by side, in float32; of each the samples it is judged on (trainings, samples).

    1 where a label is right, else 0; of targets the squared error.

    Parameters
    ----------
    trainings : of one task, system, recipe and number of samples, in float, one seed each
    rule : "hel" or "bptt"
    optimiser : of `golden.peers.optimisers`
    batch : samples of a minibatch; what does not fill the last one of an epoch is left out of that epoch
    rate : the first one, halved at 1/4, 1/2 and 3/4
    gru : a GRU of the system's size instead of the system
    """
    if len({(len(one.part), len(one.evaluation)) for one in trainings}) != 1:
        raise HelError("trainings side by side have as many samples each, got several numbers; train them apart")
    with precision("float32"):
        first = trainings[0]
        model = Gru(first.system.n, first.system.m) if gru else None
        updates = _Updates(first, rule, optimiser, batch, model)
        params = updates.parameters(trainings)
        if model is not None:
            made = [model.initial(_seed(each)) for each in trainings]
            params["theta"] = jax().tree.map(lambda value: value.astype(np.float32), updates.stacked(made))
        seen, judged = (
            updates.stacked([updates.data(Played(each.task, part, _as_they_are)) for each, part in parts])
            for parts in (
                [(each, each.part) for each in trainings],
                [(each, each.evaluation) for each in trainings],
            )
        )
        samples = len(first.part)
        whole = samples // batch * batch
        order = np.stack([each.orders.reshape(-1, samples)[:, :whole].reshape(-1, batch) for each in trainings])
        count = order.shape[1]
        rates = np.array([rate * 2.0 ** -halvings(k, count) for k in range(count)], np.float32)
        real = np.ones((count, batch), bool)
        memory = updates.first(params)
        (params, _), _ = updates.own_epochs(params, memory, seen, order.astype(np.int32), real, rates)
        total = len(first.evaluation)
        found = [
            np.asarray(updates.own_judge(params, judged, np.arange(start, min(start + JUDGED, total))), np.float64)
            for start in range(0, total, JUDGED)
        ]
    return np.concatenate(found, axis=1)


def _as_they_are(values: Any) -> Any:
    return values


def _seed(training: Training) -> int:
    assert isinstance(training.seed, int)
    return training.seed
