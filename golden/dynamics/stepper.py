"""The integer leapfrog's time loops: each step is a flat list of calls on buffers that are made once.

The steps are those of `golden.dynamics.integrator`, which checks shapes and words and keeps one stepper a shape.
"""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from golden.arithmetic.rounding import Words, wrap
from golden.dynamics.accumulator import Accumulator
from golden.dynamics.flags import Flags
from golden.program import Program
from golden.program.execute import Call, Executable

__all__ = ["EchoWork", "MakeSteps", "Observe", "Stepper", "Steps", "numpy_steps"]


Observe = Callable[[int, Words], object] | Words | None
"""What sees the positions of a forward pass: observe(t, q), after step t with the buffer of q; or an array (T, ..., n)
that receives them."""


@dataclass(frozen=True)
class EchoWork:
    """What an echo does besides undoing steps; nothing by default.

    Members
    -------
    grads : name -> int64 array (..., *shape), the gradients it adds to, in place
    nudge : nudge(t, q) -> e in p's raw format or None, before step t is undone; or e of the first one alone. Compiled
        code runs without a return to Python where it is one of `golden.dynamics.nudges`
    input_differences : int64 (T, ..., m), receives dV/du of context 1 minus that of context 0
    one_sided : context 1 is left without nudge
    """

    grads: MutableMapping[str, Words] | None = None
    nudge: Callable[[int, Words], Words | None] | Words | None = None
    input_differences: Words | None = None
    one_sided: bool = False


class Steps(Protocol):
    """What runs a program in time, for one batch shape; `golden.dynamics.integrator` checks what it is given.

    Members
    -------
    load : takes new parameter words
    forward, echo : the steps of inputs (T, ..., m) and of their undoing; see `Stepper`
    flags : sticky flags of everything since `clear_flags`
    clamped, clipped : names of arguments beyond a steep end of a table, and of cuts that saturated, likewise
    """

    def load(self, theta_raw: Mapping[str, Words]) -> None: ...

    def forward(self, q: Words, p: Words, inputs: Words, observe: Observe) -> tuple[Words, Words]: ...

    def echo(self, q: Words, p: Words, inputs: Words, work: EchoWork) -> tuple[Words, Words]: ...

    @property
    def flags(self) -> Flags: ...

    @property
    def clamped(self) -> set[str]: ...

    @property
    def clipped(self) -> set[str]: ...

    def clear_flags(self) -> None: ...


class MakeSteps(Protocol):
    """Makes steps: of parameter words () or (S,) + shape, a batch, contexts () or (2,), and what echoes compute."""

    def __call__(
        self,
        program: Program,
        theta_raw: Mapping[str, Words],
        batch: tuple[int, ...],
        contexts: tuple[int, ...],
        gradients: bool,
        inputs: bool,
    ) -> Steps: ...


def numpy_steps(
    program: Program,
    theta_raw: Mapping[str, Words],
    batch: tuple[int, ...],
    contexts: tuple[int, ...],
    gradients: bool,
    inputs: bool,
) -> Steps:
    """The reference."""
    return Stepper(Executable(program, theta_raw, batch, contexts), gradients, inputs)


class Stepper:
    """One executable made into steps: flat lists of calls on its buffers.

    Parameters
    ----------
    executable : of the program, for one batch; of two contexts for an echo
    gradients : an echo adds up the parameters' gradients
    inputs : an echo computes dV/du
    """

    def __init__(self, executable: Executable, gradients: bool, inputs: bool) -> None:
        program = executable.program
        self.executable, self.program = executable, program
        self.q, self.p = executable.q, np.zeros_like(executable.q)
        self.scratch = np.zeros_like(executable.q)
        self.lost_q, self.lost_p = np.zeros_like(executable.q), np.zeros_like(executable.q)
        kick_calls = executable.compile([program.kick])
        kick = executable.ints[program.kick]
        q_word, p_word = program.formats.q.width, program.formats.p.width
        to_q = partial(wrap, self.scratch, q_word, self.q, self.lost_q)
        to_p = partial(wrap, self.scratch, p_word, self.p, self.lost_p)
        self.wrap_p = to_p
        drift, undrift = (partial(f, self.q, self.p, self.scratch) for f in (np.add, np.subtract))
        kicked, unkicked = (partial(f, self.p, kick, self.scratch) for f in (np.subtract, np.add))
        self.forward_calls: list[Call] = [drift, to_q, *kick_calls, kicked, to_p, drift, to_q]
        self.before: list[Call] = [undrift, to_q, *kick_calls]
        self.after: list[Call] = [unkicked, to_p, undrift, to_q]
        self.input_value: Any = None
        if inputs:
            if not program.input_gradient:
                raise program.without_inputs
            self.before += executable.compile([program.input_gradient])
            given = program.input_gradient
            self.input_value = executable.ints.get(given, executable.floats.get(given))
        # Last, for what it shares with dV/du has to be there before dV/du is.
        self.accumulator = Accumulator(executable) if gradients else None

    def load(self, theta_raw: Mapping[str, Words]) -> None:
        """Takes new parameter words of the same shapes."""
        self.executable.load(theta_raw)

    @property
    def clamped(self) -> set[str]:
        """Names of arguments that went beyond a steep end of their table since `clear_flags`."""
        return self.executable.clamped

    @property
    def clipped(self) -> set[str]:
        """Names of cuts that saturated since `clear_flags`."""
        return self.executable.clipped

    @property
    def flags(self) -> Flags:
        """Of everything since `clear_flags`."""
        flags = Flags(0)
        if self.lost_q.any() and not self.executable.program.angular:
            flags |= Flags.Q_OVERFLOW
        if self.lost_p.any():
            flags |= Flags.P_OVERFLOW
        if self.executable.clipped:
            flags |= Flags.OPERAND_CLIPPED
        if self.accumulator is not None and self.accumulator.overflow:
            flags |= Flags.G_OVERFLOW
        if self.executable.clamped:
            flags |= Flags.ARGUMENT_CLAMPED
        return flags

    def clear_flags(self) -> None:
        seen = (*self.executable.arguments.values(), *self.executable.beyond.values())
        for lost in (self.lost_q, self.lost_p, *self.executable.lost.values(), *seen):
            lost[...] = 0
        if self.accumulator is not None:
            self.accumulator.clear()

    def forward(self, q: Words, p: Words, inputs: Words, observe: Observe) -> tuple[Words, Words]:
        """The steps of `inputs` (T, ..., m)."""
        np.copyto(self.q, q)
        np.copyto(self.p, p)
        u, calls, copy = self.executable.u, self.forward_calls, np.copyto
        for t, word in enumerate(inputs):
            copy(u, word)
            for call in calls:
                call()
            if callable(observe):
                observe(t, self.q)
            elif observe is not None:
                copy(observe[t], self.q)
        return self.q.copy(), self.p.copy()

    def echo(self, q: Words, p: Words, inputs: Words, work: EchoWork) -> tuple[Words, Words]:
        """Undoes the steps of `inputs`, last one first."""
        np.copyto(self.q, q)
        np.copyto(self.p, p)
        middle: list[Call] = []
        if self.accumulator is not None:
            assert work.grads is not None
            middle = [*self.accumulator.calls, *self.accumulator.into(work.grads)]
        calls = [*self.before, *middle, *self.after]
        u, copy = self.executable.u, np.copyto
        nudge, differences, one_sided = work.nudge, work.input_differences, work.one_sided
        for t in range(len(inputs) - 1, -1, -1):
            if callable(nudge):
                self._nudge(nudge(t, self.q), one_sided)
            elif t == len(inputs) - 1:
                self._nudge(nudge, one_sided)
            copy(u, inputs[t])
            for call in calls:
                call()
            if differences is not None:
                np.copyto(differences[t], self.input_value[1] - self.input_value[0], casting="unsafe")
        return self.q.copy(), self.p.copy()

    def _nudge(self, e: Words | None, one_sided: bool) -> None:
        if e is None:
            return
        plus, minus = (e[0], e[1]) if np.ndim(e) == self.p.ndim else (e, e)
        np.subtract(self.p[0], plus, self.scratch[0])
        np.add(self.p[1], 0 if one_sided else minus, self.scratch[1])
        self.wrap_p()
