"""One update of a training in JAX, a scan of them, and what is judged: pure functions of arrays, jitted.

Parameters are a tree {"theta": name -> array, "readout": {"weights", "bias"}}; those of `Updates.epochs` and `judge`
have a first axis of trainings side by side, and so have memory, order and rates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from golden.cost_functions.float_readout import CLIP as READOUT_CLIP
from golden.cost_functions.float_readout import LIMIT as READOUT_LIMIT
from golden.cost_functions.squared_error import kappa
from golden.errors import HelError
from golden.language.validate import shortened
from golden.peers.extra import jax
from golden.peers.gradients import RULES
from golden.peers.jax_readout import errors_of, largest_log2, logits_of, readout_gradient, slope_at
from golden.peers.jax_system import JaxSystem
from golden.peers.optimisers import OPTIMISERS, first
from golden.systems.ranges import LIMIT, checked_ranges
from golden.training.played import Played
from golden.training.sequences import Training

__all__ = ["Updates"]


class Updates:
    """Of the setting of one training; parameters as `golden.peers.jax_training.JaxTrainer`. Made and called within
    `golden.peers.extra.precision`.

    Members
    -------
    epochs, judge : `epoch` and `judged`, jitted, of trainings side by side
    ranges, clips : `golden.peers.optimisers.Optimiser`; the system's clip is that of the training's formats
    """

    def __init__(self, training: Training, rule: str, optimiser: str, batch: int, dtype: str, eps: float = 1.0) -> None:
        for what, one, known in (("rule", rule, RULES), ("optimiser", optimiser, OPTIMISERS)):
            if one not in known:
                have = ", ".join(known)
                raise HelError(f"a training in JAX knows the {what}s {have}, got {shortened(one)}; choose one of them")
        self.rule, self.optimiser, self.batch, self.eps = rule, optimiser, batch, eps
        self.kind, self.cost, self.dtype = training.task.kind, training.task.cost, dtype
        self.warm_up = training.task.warm_up * training.task.hold
        self.log2_eps0 = training.recipe.log2_eps0
        self.masked = training.part.lengths is not None or training.evaluation.lengths is not None
        self.model = JaxSystem(training.system, training.formats.step)
        ranges = checked_ranges(training.system)
        ends = (-READOUT_LIMIT, READOUT_LIMIT)
        self.ranges = {
            "theta": {name: ranges.get(name, (-LIMIT, LIMIT)) for name in training.system.parameters},
            "readout": {"weights": ends, "bias": ends},
        }
        self.clips = {
            "theta": 2.0 ** (training.formats.clip_log2 - training.formats.theta.fraction_bits),
            "readout": READOUT_CLIP,
        }
        across = jax().vmap(self.epoch, in_axes=(0, 0, None, 0, None, 0))
        self.epochs: Any = jax().jit(across)
        self.judge: Any = jax().jit(jax().vmap(self.judged, in_axes=(0, None, None)))

    def parameters(self, trainings: Sequence[Training]) -> Any:
        """The initial ones of trainings, side by side."""
        numpy = jax().numpy

        def stacked(arrays: Sequence[Any]) -> Any:
            return numpy.asarray(np.stack(arrays), self.dtype)

        names = trainings[0].system.parameters
        return {
            "theta": {name: stacked([each.theta[name] for each in trainings]) for name in names},
            "readout": {
                "weights": stacked([each.readout.weights for each in trainings]),
                "bias": stacked([each.readout.bias for each in trainings]),
            },
        }

    def first(self, params: Any) -> Any:
        """The optimiser's memory to begin with, of trainings side by side."""
        return jax().vmap(partial(first, self.optimiser))(params)

    def data(self, played: Played) -> dict[str, Any]:
        """A split on the device."""
        numpy = jax().numpy
        answers = played.answers
        made = {
            "inputs": numpy.asarray(played.inputs, self.dtype),
            "answers": numpy.asarray(answers, np.int32 if self.kind == "classification" else self.dtype),
        }
        if self.masked:
            made["steps"] = numpy.asarray(played.steps, np.int32)
        if self.cost == "per-step":
            made["kappa"] = numpy.asarray([kappa(int(steps) - self.warm_up) for steps in played.steps], np.int32)
        return made

    def leaves(self, tree: Any) -> list[Any]:
        return list(jax().tree.leaves(tree))

    def sample(self, data: dict[str, Any], which: Any) -> dict[str, Any]:
        """The sequences (T, ..., m) and answers of an index, or of one of each of a minibatch."""
        numpy = jax().numpy
        found = {name: values[which] for name, values in data.items()}
        found["inputs"] = numpy.moveaxis(found["inputs"], -2, 0)
        if self.cost == "per-step":
            found["answers"] = numpy.moveaxis(found["answers"], -2, 0)
            times = numpy.arange(found["inputs"].shape[0]).reshape(-1, *(1,) * np.ndim(which))
            counts = (times >= self.warm_up) & (times < found["steps"]) if self.masked else times >= self.warm_up
            found["counts"] = numpy.broadcast_to(counts, found["inputs"].shape[:-1])
        return found

    def gradient(self, params: Any, sample: dict[str, Any], share: Any) -> tuple[Any, Any]:
        """Gradients of the sum of costs, each times its `share` (...), and the readout's errors."""
        readout, kappas = params["readout"], sample.get("kappa", 0)

        def slopes(x: Any) -> tuple[Any, Any, Any]:
            errors = errors_of(self.kind, readout, x, sample["answers"], sample.get("counts"))
            y = slope_at(readout, errors)
            if self.rule == "bptt":
                return y, jax().numpy.ldexp(share, -kappas), (errors, x)
            m = largest_log2(y, (0, -1) if self.cost == "per-step" else (-1,)) - self.log2_eps0
            ldexp = jax().numpy.ldexp
            return ldexp(y, -(m + kappas)[..., None]), ldexp(share, m), (errors, x)

        rule: Callable[..., Any] = RULES[self.rule]
        theta, (errors, x) = rule(
            self.model, params["theta"], sample["inputs"], sample.get("steps"), self.cost, slopes, self.eps
        )
        own = readout_gradient(errors, x, jax().numpy.broadcast_to(jax().numpy.ldexp(share, -kappas), x.shape[:-1]))
        return {"theta": theta, "readout": own}, errors

    def update(self, params: Any, memory: Any, sample: dict[str, Any], share: Any, rate: Any) -> tuple[Any, Any]:
        """One step of the optimiser: ((parameters, memory), errors as they were met)."""
        grads, errors = self.gradient(params, sample, share)
        return OPTIMISERS[self.optimiser](params, self.ranges, self.clips, grads, rate, memory), errors

    def epoch(self, params: Any, memory: Any, data: Any, order: Any, real: Any, rates: Any) -> tuple[Any, Any]:
        """Updates in their order (updates, batch); what was met (updates, batch, ...)."""
        numpy = jax().numpy

        def one(carried: Any, now: Any) -> Any:
            which, real, rate = now
            share = real.astype(self.dtype) / real.sum().astype(self.dtype)
            if self.batch == 1:  # no axis of samples at all
                which, share = which[0], share[0]
            sample = self.sample(data, which)
            params, memory = carried
            carried, errors = self.update(params, memory, sample, share, rate)
            met = self._met(errors, sample)
            return carried, met[None] if self.batch == 1 else met

        real = numpy.asarray(real)
        return jax().lax.scan(one, (params, memory), (order, real, rates))  # type: ignore[no-any-return]

    def _met(self, errors: Any, sample: dict[str, Any]) -> Any:
        """Errors (..., classes), or squared errors (...), over time the mean of what counts."""
        if self.kind == "classification":
            return errors
        squares = (errors**2).sum(-1)
        return squares.sum(0) / sample["counts"].sum(0) if self.cost == "per-step" else squares

    def judged(self, params: Any, data: Any, which: Any) -> Any:
        """Of each sample (count,): 1 where the label is right, or the squared error."""
        sample, numpy = self.sample(data, which), jax().numpy
        x, _ = self.model.run(params["theta"], sample["inputs"], sample.get("steps"), self.cost)
        outputs = logits_of(params["readout"], x)
        if self.kind == "classification":
            return (outputs.argmax(-1) == sample["answers"]).astype(self.dtype)
        errors = outputs - sample["answers"]
        if self.cost == "per-step":
            errors = numpy.where(sample["counts"][..., None], errors, 0.0)
        return self._met(errors, sample)
