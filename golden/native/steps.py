"""`golden.dynamics.stepper.Steps` by compiled code, word for word and flag for flag those of NumPy."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.rounding import Words
from golden.cost_functions.latch import Latched
from golden.dynamics.accumulator import Gradients, check_gradients, split
from golden.dynamics.flags import Flags
from golden.dynamics.nudges import Listed, Towards
from golden.dynamics.stepper import EchoWork, Observe
from golden.native.library import Machine, at, library_of
from golden.native.structures import LATCHED, LISTED, TOWARDS, Nudges
from golden.program import Program
from golden.program.execute import check_theta

__all__ = ["Machines", "NativeSteps", "steps_at_once"]


def steps_at_once(program: Program) -> int:
    """So many steps end in a fraction of a second: between two calls Python can be interrupted."""
    return max(1, (1 << 28) // (program.n + 64) ** 2)


_OVERFLOWS = (Flags.Q_OVERFLOW, Flags.P_OVERFLOW, Flags.G_OVERFLOW, Flags.THETA_CLIPPED)


class Machines:
    """A machine for every seed of parameters () or (S,) + shape.

    Members
    -------
    all : `golden.native.library.Machine`, one a seed
    theta : (S, total) words, those of all parameters one after the other
    """

    def __init__(
        self, program: Program, theta_raw: Mapping[str, Words], gradients: bool = False, inputs: bool = False
    ) -> None:
        self.program, self.lead = program, check_theta(program, theta_raw)
        found = library_of(program)
        self.all = [Machine(found, gradients, inputs) for _ in range(self.lead[0] if self.lead else 1)]
        self.load(theta_raw)

    def load(self, theta_raw: Mapping[str, Words]) -> None:
        """Takes new parameter words of the same shapes."""
        rows = [np.asarray(theta_raw[name], np.int64).reshape(len(self.all), -1) for name, _ in self.program.parameters]
        self.theta = np.ascontiguousarray(np.concatenate(rows, axis=1))
        for machine, words in zip(self.all, self.theta, strict=True):
            machine.load(words)

    def parameters(self) -> dict[str, Words]:
        """name -> words, copies."""
        found, start = {}, 0
        for name, shape in self.program.parameters:
            stop = start + int(np.prod(shape))
            found[name] = self.theta[:, start:stop].reshape(self.lead + shape).copy()
            start = stop
        return found

    @property
    def _raised(self) -> tuple[NDArray[np.bool_], set[str], set[str]]:
        """The four flags without a name, the names of the cuts that saturated, and those of the arguments beyond."""
        raised, found = np.any([machine.flags() for machine in self.all], axis=0), self.all[0].library
        names = [name for name, there in zip((*found.clipped, *found.beyond), raised[4:], strict=True) if there]
        return raised[:4], set(names) & set(found.clipped), set(names) & set(found.beyond)

    @property
    def flags(self) -> Flags:
        raised, clipped, clamped = self._raised
        flags = (Flags.OPERAND_CLIPPED if clipped else Flags(0)) | (Flags.ARGUMENT_CLAMPED if clamped else Flags(0))
        for flag, there in zip(_OVERFLOWS, raised, strict=True):
            flags |= flag if there else Flags(0)
        return flags & ~Flags.Q_OVERFLOW if self.program.angular else flags

    @property
    def clipped(self) -> set[str]:
        """Names of cuts that saturated."""
        return self._raised[1]

    @property
    def clamped(self) -> set[str]:
        """Names of arguments beyond a steep end of their table."""
        return self._raised[2]

    def clear_flags(self) -> None:
        for machine in self.all:
            machine.flags(clear=True)


@dataclass(frozen=True)
class Kicks:
    """Nudges on the way as compiled code takes them; words (steps or 1, samples, seeds, n), shifts (samples, seeds)."""

    kind: int
    contexts: int
    words: Words
    shifts: Words

    def of(self, seed: int) -> Nudges:
        """Their struct; the words must outlive it."""
        steps, samples, seeds, n = self.words.shape
        return Nudges(
            kind=self.kind,
            contexts=self.contexts,
            words=at(self.words[:, :, seed]),
            step=samples * seeds * n if steps > 1 else 0,
            sample=seeds * n,
            shifts=at(self.shifts[:, seed]),
            shift_sample=seeds,
        )


class NativeSteps:
    """Steps of one batch shape; arguments as `golden.dynamics.stepper.numpy_steps`."""

    def __init__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        batch: tuple[int, ...],
        contexts: tuple[int, ...],
        gradients: bool,
        inputs: bool,
    ) -> None:
        if inputs and not program.input_gradient:
            raise program.without_inputs
        self.program, self.batch = program, batch
        self.shape = (*contexts, *batch, program.n)
        self.machines = Machines(program, theta_raw, gradients, inputs)
        self.seeds = len(self.machines.all)
        self.each = int(np.prod(batch)) // self.seeds
        self.at_once = max(1, steps_at_once(program) // max(1, self.each))

    def load(self, theta_raw: Mapping[str, Words]) -> None:
        self.machines.load(theta_raw)

    @property
    def flags(self) -> Flags:
        return self.machines.flags

    @property
    def clamped(self) -> set[str]:
        return self.machines.clamped

    @property
    def clipped(self) -> set[str]:
        return self.machines.clipped

    def clear_flags(self) -> None:
        self.machines.clear_flags()

    def forward(self, q: Words, p: Words, inputs: Words, observe: Observe) -> tuple[Words, Words]:
        q, p, u = self._state(q), self._state(p), self._inputs(inputs)
        seen = observe if isinstance(observe, np.ndarray) else None
        kept = None if seen is None else np.require(seen, requirements="C")
        stride = 1 if callable(observe) else self.at_once
        for t in range(0, len(u), stride):
            now = slice(t, t + stride)
            self._forward(q, p, u[now], None if kept is None else kept[now])
            if callable(observe):
                observe(t, q)
        if seen is not None and kept is not None and kept is not seen:
            np.copyto(seen, kept)
        return q, p

    def echo(self, q: Words, p: Words, inputs: Words, work: EchoWork) -> tuple[Words, Words]:
        q, p, u = self._state(q), self._state(p), self._inputs(inputs)
        grads, given = work.grads, work.input_differences
        flat = None if grads is None else self._flat(grads)
        differences = None if given is None else np.zeros(u.shape, np.int64)
        known = work.nudge if isinstance(work.nudge, Listed | Towards | Latched) else None
        stride = 1 if callable(work.nudge) and known is None else self.at_once
        for stop in range(len(u), 0, -stride):
            now = slice(max(0, stop - stride), stop)
            there = None if differences is None else differences[now]
            e: Words | None = None
            if callable(work.nudge):
                e = None if known is not None else work.nudge(stop - 1, q)
            elif stop == len(u):
                e = work.nudge
            way = None if known is None else self._on_the_way(known, now, work.one_sided)
            self._echo(q, p, u[now], e, work.one_sided, flat, there, way)
        if grads is not None and flat is not None and flat is not getattr(grads, "flat", None):
            for name, words in split(self.program, flat).items():
                np.copyto(grads[name], words)
        if given is not None and differences is not None:
            np.copyto(given, differences)
        return q, p

    def _state(self, words: Words) -> Words:
        return np.array(np.broadcast_to(words, self.shape), np.int64, order="C")

    def _inputs(self, inputs: Words) -> Words:
        """(T, ..., m) to (T, *batch, m); axes of the batch that inputs have not are in front of theirs."""
        steps, *own = inputs.shape
        wide = inputs.reshape(steps, *(1,) * (len(self.batch) + 1 - len(own)), *own)
        return np.ascontiguousarray(np.broadcast_to(wide, (steps, *self.batch, own[-1])), np.int64)

    def _on_the_way(self, known: Listed | Towards | Latched, now: slice, one_sided: bool) -> Kicks:
        """Of the steps `now`."""
        latched, n = isinstance(known, Latched), self.program.n
        words = self._inputs(known.words[None] if latched else known.words[now]).reshape(-1, self.each, self.seeds, n)
        shifts = np.zeros(self.batch, np.int64)
        if not isinstance(known, Listed):
            shifts[...] = known.shift[..., 0]
        kind = LATCHED if latched else TOWARDS if isinstance(known, Towards) else LISTED
        return Kicks(kind, 1 if one_sided else 2, words, shifts.reshape(-1, self.seeds))

    def _flat(self, grads: Mapping[str, Words]) -> Words:
        """The words of all parameters side by side: those of `Gradients` themselves, of others a copy."""
        check_gradients(self.program, self.batch, grads)
        if isinstance(grads, Gradients) and grads.flat.shape[:-1] == self.batch:
            return grads.flat
        own = Gradients(self.program, self.batch)
        for name, words in own.items():
            np.copyto(words, grads[name])
        return own.flat

    def _forward(self, q: Words, p: Words, u: Words, seen: Words | None) -> None:
        n, m, steps = self.program.n, self.program.m, len(u)
        rows = None if seen is None else seen.reshape(steps, -1, self.seeds, n)
        q, p, u = (words.reshape(-1, self.seeds, size) for words, size in ((q, n), (p, n), (u, m)))
        for s, machine in enumerate(self.machines.all):
            step, sample = self.each * self.seeds * m, self.seeds * m
            here = at(u[:, s]), step, sample, at(q[:, s]), at(p[:, s]), self.seeds * n
            kept = None if rows is None else at(rows[:, :, s])
            machine.call.forward(machine.address, self.each, steps, *here, kept, self.each * self.seeds * n)

    def _echo(
        self,
        q: Words,
        p: Words,
        u: Words,
        e: Words | None,
        one_sided: bool,
        g: Words | None,
        du: Words | None,
        way: Kicks | None,
    ) -> None:
        n, m, steps, seeds = self.program.n, self.program.m, len(u), self.seeds
        plus = minus = None
        if e is not None:
            both = np.ndim(e) == len(self.shape)
            plus, minus = (
                np.ascontiguousarray(np.broadcast_to(e[c] if both else e, self.shape[1:]), np.int64).reshape(
                    -1, seeds, n
                )
                for c in (0, 1)
            )
        for s, machine in enumerate(self.machines.all):
            own = [
                None if words is None else words.reshape(-1, seeds, words.shape[-1])[:, s] for words in (u, q, p, g, du)
            ]
            inputs = at(own[0]), self.each * seeds * m, seeds * m
            state = at(own[1]), at(own[2]), seeds * n, self.each * seeds * n
            nudges = None if plus is None else at(plus[:, s]), None if minus is None or one_sided else at(minus[:, s])
            total = 0 if g is None else seeds * g.shape[-1]
            on_the_way = None if way is None else ctypes.byref(way.of(s))
            machine.call.echo(
                machine.address, self.each, steps, *inputs, *state, *nudges, at(own[3]), total, at(own[4]), on_the_way
            )
