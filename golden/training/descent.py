"""The steps of every optimiser, in integers and in float64: docs/numerics.md, section 5, *Optimisers*.

    v = v + clip(half_up(G, n + beta + J - X), -P, P)     at every sample, P = 2^(16 - beta - J), X = 16 - clip_log2
    z = half_up(v, X)                                     after the last sample of a minibatch
    v = v - half_up(v, J) if J else v - (z << X)
    theta = theta - sign step,   step = z, or 2^s of its sign

Without memory z = clip(half_up(G, n), -C, C). In float64 the same without roundings, so that a comparison is one of
arithmetic alone. Twin in C: golden/native/update.h.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import EllipsisType
from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words, half_up
from golden.cost_functions.float_readout import CLIP
from golden.dynamics.integrator import Flags
from golden.language.graph import Array
from golden.program import Program
from golden.systems.ranges import LIMIT
from golden.training import update
from golden.training.optimiser import Optimiser

__all__ = ["VELOCITY_BITS", "Descent", "FloatDescent"]

VELOCITY_BITS = 18
"""Of a word v. It holds twice the clip, so that no v leaves it."""

HALF_LSB = 2.0**-17
"""Of a parameter: a smaller z is 0 in integers, and moves nothing by its sign."""


class Descent:
    """An optimiser at work on words.

    Parameters
    ----------
    program : of the system
    optimiser : what to do
    lead : () or (S,), of S learners side by side

    Members
    -------
    velocity : name -> words v, lead + declared; empty without memory
    """

    def __init__(self, program: Program, optimiser: Optimiser, lead: tuple[int, ...] = ()) -> None:
        self.program, self.optimiser = program, optimiser
        self.extra = 16 - program.formats.clip_log2
        self.velocity: dict[str, Words] = {}
        if optimiser.keeps:
            self.velocity = {name: np.zeros(lead + shape, np.int64) for name, shape in program.parameters}

    def step(
        self,
        theta_raw: Mapping[str, Words],
        grads: Mapping[str, Words],
        base: int,
        rate: int,
        last: bool,
        at: tuple[int | EllipsisType, ...] = (...,),
    ) -> tuple[dict[str, Words], Flags]:
        """Takes the gradients of a sample; new parameter words, and flags, as `golden.training.update.apply`.

        Parameters
        ----------
        base : n_base of this sample's eps, at `Optimiser.gradient_rate`
        rate : r, log2 of the inverse learning rate
        last : whether a minibatch ends
        at : which of the learners side by side
        """
        fresh: dict[str, Words] = {}
        flags = Flags(0)
        for name, _ in self.program.parameters:
            share = self.optimiser.share(name)
            seen = 0 if self.optimiser.threshold is not None else share
            n = update.shift(self.program, name, base + seen)
            if self.optimiser.keeps:
                v = self.velocity[name][at]
                v += self._part(grads[name], n)
                if not last:
                    fresh[name] = theta_raw[name]
                    continue
                z = self._mean(v)
            else:
                z = self._clipped(half_up(np.asarray(grads[name]), n), self.program.formats.clip_log2)
            fresh[name], raised = update.moved(self.program, name, theta_raw[name], self._signed(z, rate + share))
            flags |= raised
        return fresh, flags

    def _part(self, grads: Words, n: int) -> Words:
        """What a sample adds to v. A shift to the left is clipped before it, too: the same, in any width of G."""
        share = self.optimiser.batch_log2 + self.optimiser.momentum
        shift, limit = n + share - self.extra, 16 - share
        grads = np.asarray(grads) if shift > 0 else self._clipped(grads, limit)
        return self._clipped(half_up(grads, shift), limit)

    def _mean(self, v: Words) -> Words:
        """z of v, which keeps what momentum or rounding leave of it."""
        z = half_up(v, self.extra)
        v -= half_up(v, self.optimiser.momentum) if self.optimiser.momentum else z << self.extra
        return z

    def _signed(self, z: Words, rate: int) -> Words:
        if self.optimiser.threshold is None:
            return z
        return np.sign(z) << min(max(16 - rate - self.optimiser.threshold, 0), self.program.formats.clip_log2)

    @staticmethod
    def _clipped(words: Words, log2: int) -> Words:
        return np.clip(words, -(1 << log2), 1 << log2)


class FloatDescent:
    """The same on float64, of theta in place.

    Parameters
    ----------
    theta : name -> values, of the declared shape or with an axis of seeds before it
    ranges : name -> (lowest, highest) of those that have a range
    clip : no parameter moves by more than this at once
    """

    def __init__(
        self,
        theta: dict[str, Array],
        ranges: Mapping[str, tuple[float, float]],
        optimiser: Optimiser,
        clip: float = CLIP,
    ) -> None:
        self.theta, self.ranges, self.optimiser, self.clip = theta, ranges, optimiser, clip
        self.velocity = {name: np.zeros_like(value) for name, value in theta.items()}

    def step(self, grads: Mapping[str, Array], shift: Any, rate: int, last: bool) -> None:
        """grads are eps times the gradients, 2**-shift the rate at which they are looked at over eps."""
        scale = 2.0 ** -(self.optimiser.batch_log2 + self.optimiser.momentum)
        for name, value in self.theta.items():
            share, v = self.optimiser.share(name), self.velocity[name]
            seen = 0 if self.optimiser.threshold is not None else share
            wide = np.reshape(shift, np.shape(shift) + (1,) * (value.ndim - np.ndim(shift)))
            v += scale * np.clip(np.exp2(-(wide + seen)) * grads[name], -self.clip, self.clip)
            if not last:
                continue
            step = v.copy()
            v -= v * 2.0**-self.optimiser.momentum
            if self.optimiser.threshold is not None:
                size = min(2.0 ** -(rate + share + self.optimiser.threshold), self.clip)
                step = np.where(np.abs(step) >= HALF_LSB, np.sign(step) * size, 0.0)
            value -= step
            np.clip(value, *self.ranges.get(name, (-LIMIT, LIMIT)), out=value, where=step != 0.0)
