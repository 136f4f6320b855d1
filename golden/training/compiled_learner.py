"""The compiled learner: whole samples, readout and updates included, without a return to Python.

By any cost, of labels and of targets, on sequences of any length: word for word and flag for flag what the learners of
`golden.training.cost_learners` make of the trainer's requests. Seeds run on threads of their own.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from golden.arithmetic.rounding import Words
from golden.cost_functions.readout import Readout
from golden.cost_functions.squared_error import PerStepReadout, SquaredReadout
from golden.dynamics.flags import Flags
from golden.dynamics.integrator import Integrator
from golden.errors import HelError
from golden.language.validate import shortened
from golden.native import Machines, NativeSteps, at
from golden.native.structures import COSTS, Lesson
from golden.program import Program
from golden.training.native_descent import NativeDescent
from golden.training.optimiser import Optimiser

__all__ = ["CompiledLearner"]


class CompiledLearner:
    """Parameters and readout of one seed, or of S side by side.

    Parameters
    ----------
    program : of the system
    theta_raw : name -> words, shape () + declared or (S,) + declared
    readout : its weights and bias change as they are learnt; its class says what is learnt: labels, targets at the end
        (`SquaredReadout`), targets at every step (`PerStepReadout`)
    cost : "final", "averaged" or, of a `PerStepReadout`, "per-step"
    optimiser, samples : the choices of the training, and how many samples it meets in all

    Raises
    ------
    golden.native.Unavailable : no C compiler works on this machine.
    HelError : a cost that does not fit the readout; in `learn` and `logits`, lengths that sequences cannot have.
    """

    def __init__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        readout: Readout,
        cost: str = "final",
        optimiser: Optimiser | None = None,
        samples: int = 0,
    ) -> None:
        if cost not in COSTS or isinstance(readout, PerStepReadout) != (cost == "per-step"):
            raise HelError(
                f"a cost is {', '.join(COSTS)}, the last one that of a PerStepReadout, got {shortened(cost)} for a "
                f"{type(readout).__name__}; choose one that fits"
            )
        self.program, self.readout, self.cost = program.verify(), readout, cost
        self.machines = Machines(program, theta_raw, gradients=True)
        self.seeds, self.lead = len(self.machines.all), readout.bias.shape[:-1]
        self.descent = NativeDescent(self.machines, readout, optimiser or Optimiser(), samples)

    def learn(self, inputs: Words, answers: ArrayLike, order: Words, rates: Words, steps: Words | None = None) -> Words:
        """Meets samples one after the other; returns the readout's errors (count, ..., outputs).

        Those of a per-step cost have an axis of steps, (count, T, ..., outputs), 0 behind the end of a sequence.

        Parameters
        ----------
        inputs, answers : of all samples, (samples, T, m), and labels (samples,) or targets (samples, [T,] k)
        order : ([S,] count), which samples
        rates : (count,), log2 of the inverse learning rate at each
        steps : how long each sequence is, (samples,); what lies behind is never read. None: T
        """
        order = np.ascontiguousarray(order, np.int64).reshape(self.seeds, -1)
        rates = np.ascontiguousarray(rates, np.int64)
        met = np.asarray(answers)[order]
        met = np.ascontiguousarray(
            self.readout.words(met) if isinstance(self.readout, SquaredReadout) else met, np.int64
        )
        lessons = _Lessons(self, inputs, steps)
        errors = lessons.room(order.shape[1])
        theta = self.machines.theta

        self.descent.meet(order.shape[1])

        def one(s: int) -> None:
            machine = self.machines.all[s]
            machine.call.learn(
                machine.address, lessons.of(s, met[s]), order.shape[1], at(order[s]), at(rates), at(theta[s]),
                at(errors[s]),
            )  # fmt: skip

        _on_threads(one, self.seeds)
        self.readout.weights = lessons.weights.reshape(self.readout.weights.shape)
        self.readout.bias = lessons.bias.reshape(self.readout.bias.shape)
        return self._seeds_last(errors)

    def logits(self, inputs: Words, steps: Words | None = None) -> Words:
        """Of sequences (count, T, m): (count, ..., outputs), of a per-step cost (count, T, ..., outputs)."""
        lessons = _Lessons(self, inputs, steps)
        found = lessons.room(len(inputs))

        def one(s: int) -> None:
            machine = self.machines.all[s]
            machine.call.read_out(machine.address, lessons.of(s), 0, len(inputs), at(found[s]))

        _on_threads(one, self.seeds)
        return self._seeds_last(found)

    def _seeds_last(self, found: Words) -> Words:
        """(S, ..., outputs) to (..., [S,] outputs)."""
        moved = np.ascontiguousarray(np.moveaxis(found, 0, -2))
        return moved.reshape(*moved.shape[:-2], *self.lead, moved.shape[-1])

    def parameters(self) -> dict[str, Words]:
        """name -> words as stored, copies."""
        return self.machines.parameters()

    @property
    def flags(self) -> list[str]:
        """Names of the sticky flags that were raised."""
        raised = self.machines.flags
        return [str(flag.name).lower() for flag in Flags if flag in raised]

    @property
    def argument_clamped(self) -> frozenset[str]:
        """Arguments beyond a steep end of their table, as `golden.dynamics.integrator.Integrator` names them."""
        return frozenset(self.machines.clamped)

    @property
    def operand_clipped(self) -> frozenset[str]:
        """Cuts that saturated, likewise."""
        return frozenset(self.machines.clipped)

    def integrator(self) -> Integrator:
        """At the parameters reached, by compiled code as well."""
        return Integrator(self.program, self.parameters(), NativeSteps)


class _Lessons:
    """What C is told of one call: the sequences, and for every seed its readout and room for one sequence."""

    def __init__(self, learner: CompiledLearner, inputs: Words, steps: Words | None) -> None:
        self.inputs, readout, seeds = np.ascontiguousarray(inputs, np.int64), learner.readout, learner.seeds
        samples, longest = self.inputs.shape[:2]
        self.outputs, n = readout.weights.shape[-2:]
        self.steps = np.ascontiguousarray(np.full(samples, longest) if steps is None else steps, np.int64)
        if ((self.steps < 1) | (self.steps > longest)).any() or self.steps.shape != (samples,):
            raise HelError(
                f"every sequence has 1 to {longest} steps, got {shortened(self.steps.tolist())} for {samples} of them; "
                "leave them out, or give one length a sequence"
            )
        self.per_step = learner.cost == "per-step"
        self.weights = np.array(readout.weights, np.int64).reshape(seeds, self.outputs, n)
        self.bias = np.array(readout.bias, np.int64).reshape(seeds, self.outputs)
        self._room = np.empty((seeds, 2, longest if self.per_step else 1, n), np.int64)
        self._same = {
            "cost": COSTS.index(learner.cost),
            "warm_up": readout.warm_up if isinstance(readout, PerStepReadout) else 0,
            "targets": isinstance(readout, SquaredReadout),
            "outputs": self.outputs,
            "log2_eps0": readout.log2_eps0,
            "longest": longest,
            "steps": at(self.steps),
            "u": at(self.inputs),
        }

    def room(self, count: int) -> Words:
        """For errors or logits: (S, count, [T,] outputs)."""
        rows = (self.inputs.shape[1],) if self.per_step else ()
        return np.zeros((len(self.bias), count, *rows, self.outputs), np.int64)

    def of(self, seed: int, answers: Words | None = None) -> Any:
        """The struct of learn.h, by reference."""
        x, e = self._room[seed]
        own = {"answers": answers, "weights": self.weights[seed], "bias": self.bias[seed], "x": x, "e": e}
        return ctypes.byref(Lesson(**self._same, **{name: at(words) for name, words in own.items()}))


def _on_threads(one: Callable[[int], Any], seeds: int) -> None:
    """one(s) for all seeds: the C code runs without Python's lock."""
    if seeds == 1:
        one(0)
        return
    with ThreadPoolExecutor(min(seeds, os.cpu_count() or 1)) as pool:
        list(pool.map(one, range(seeds)))
