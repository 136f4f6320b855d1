"""The compiled learner: whole samples, readout and updates included, without a return to Python.

Word for word and flag for flag what `golden.training.learner.GoldenLearner` makes of the trainer's requests; seeds run
on threads of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words
from golden.cost_functions.readout import Readout
from golden.dynamics.flags import Flags
from golden.dynamics.integrator import Integrator
from golden.native import Machines, NativeSteps, at
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
    readout : its weights and bias change as they are learnt
    optimiser, samples : the choices of the training, and how many samples it meets in all

    Raises
    ------
    golden.native.Unavailable : no C compiler works on this machine.
    """

    def __init__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        readout: Readout,
        optimiser: Optimiser | None = None,
        samples: int = 0,
    ) -> None:
        self.program, self.readout = program.verify(), readout
        self.machines = Machines(program, theta_raw, gradients=True)
        self.lead = readout.bias.shape[:-1]
        self.descent = NativeDescent(self.machines, readout, optimiser or Optimiser(), samples)

    def learn(self, inputs: Words, labels: Words, order: Words, rates: Words) -> Words:
        """Meets samples one after the other; returns the readout's errors (count, ..., classes).

        Parameters
        ----------
        inputs, labels : of all samples, (samples, T, m) and (samples,)
        order : ([S,] count), which samples
        rates : (count,), log2 of the inverse learning rate at each
        """
        seeds, count = len(self.machines.all), order.shape[-1]
        classes, n = self.readout.weights.shape[-2:]
        inputs, labels, rates, order = (np.ascontiguousarray(a, np.int64) for a in (inputs, labels, rates, order))
        order = order.reshape(seeds, count)
        weights = np.array(self.readout.weights, np.int64).reshape(seeds, classes, n)
        bias = np.array(self.readout.bias, np.int64).reshape(seeds, classes)
        errors = np.zeros((seeds, count, classes), np.int64)
        theta = self.machines.theta

        self.descent.meet(count)

        def one(s: int) -> None:
            machine = self.machines.all[s]
            machine.call.learn(
                machine.address, count, at(order[s]), at(rates), inputs.shape[1], at(inputs), at(labels), at(theta[s]),
                classes, at(weights[s]), at(bias[s]), self.readout.log2_eps0, at(errors[s]),
            )  # fmt: skip

        _on_threads(one, seeds)
        self.readout.weights = weights.reshape(self.readout.weights.shape)
        self.readout.bias = bias.reshape(self.readout.bias.shape)
        return np.moveaxis(errors, 0, 1).reshape(count, *self.lead, classes)

    def logits(self, inputs: Words) -> Words:
        """Of sequences (count, T, m): (count, ..., classes)."""
        seeds, count = len(self.machines.all), len(inputs)
        classes, n = self.readout.weights.shape[-2:]
        inputs = np.ascontiguousarray(inputs, np.int64)
        weights = np.ascontiguousarray(self.readout.weights).reshape(seeds, classes, n)
        bias = np.ascontiguousarray(self.readout.bias).reshape(seeds, classes)
        found = np.zeros((seeds, count, classes), np.int64)

        def one(s: int) -> None:
            machine = self.machines.all[s]
            words = at(weights[s]), at(bias[s]), at(found[s])
            machine.call.read_out(machine.address, count, inputs.shape[1], at(inputs), classes, *words)

        _on_threads(one, seeds)
        return np.moveaxis(found, 0, 1).reshape(count, *self.lead, classes)

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


def _on_threads(one: Callable[[int], Any], seeds: int) -> None:
    """one(s) for all seeds: the C code runs without Python's lock."""
    if seeds == 1:
        one(0)
        return
    with ThreadPoolExecutor(min(seeds, os.cpu_count() or 1)) as pool:
        list(pool.map(one, range(seeds)))
