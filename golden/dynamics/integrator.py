"""The integer leapfrog, its exact inverse, and the twin echo that accumulates gradients: the golden model of the array.

    forward step    q += p;  p -= K(q, u);  q += p
    echo step       [nudge] ;  q -= p;  [G += half_up((r y)_minus - (r y)_plus, g_cut)] ;  p += K(q, u);  q -= p

on raw words; q has k + 1 more fraction bits than p, so the drift is exact; every write wraps, with a sticky flag where
the exact value did not fit. The echo step inverts the forward step bit for bit: each line undoes one line, and K is the
same integer because it is computed from the same q and u. In the echo, context 0 carries +eps (p -= e), context 1
carries -eps (p += e). Prose: docs/numerics.md, sections 4 and 5.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

import numpy as np

from golden.arithmetic.rounding import Words, half_up
from golden.dynamics.accumulator import Gradients
from golden.dynamics.flags import Flags
from golden.dynamics.stepper import EchoWork, MakeSteps, Observe, Steps, numpy_steps
from golden.errors import HelError
from golden.program import Program
from golden.program.execute import check_theta

__all__ = ["Flags", "Gradients", "Integrator", "quadratic_nudge", "twin"]


def twin(q: Words, p: Words) -> tuple[Words, Words]:
    """The two contexts of an echo, both at (q, p): arrays of shape (2, ..., n)."""
    return np.stack([q, q]), np.stack([p, p])


def quadratic_nudge(program: Program, q: Words, target: Words, eps_log2: int) -> Words:
    """e = eps * dc/dq in p's raw format for c = |q - y|^2 / 2 and eps = 2**eps_log2: half_up(q - y, k + 1 - eps_log2).

    `q` and `target` are raw words in q's format; a negative shift is an exact left shift.
    """
    return half_up(np.subtract(q, target), program.nudge_shift - eps_log2)


class Integrator:
    """Runs a program in time. All state is passed in and returned; the object keeps parameters, buffers and flags.

    Shapes: q, p (..., n); u (..., m); in an echo q, p are (2, ..., n). Parameters may have one leading axis (S,),
    several seeds at once; the batch then ends with S. Words are int64 raw values; one out of range raises HelError.
    `steps` makes what runs the steps: NumPy, the reference, or `golden.native.NativeSteps`, compiled code.

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> system = get("dense", n=3, m=1)
    >>> program = compile_system(system)
    >>> theta = {name: program.formats.theta.raw(value) for name, value in system.initial(0).items()}
    >>> integrator = Integrator(program, theta)
    >>> q, p, u = np.array([1 << 20, 0, 0]), np.zeros(3, np.int64), np.array([4096])
    >>> q1, p1 = integrator.forward(q, p, u)
    >>> q0, p0 = integrator.echo(*twin(q1, p1), u)
    >>> bool((q0 == q).all() and (p0 == p).all()), integrator.flags
    (True, <Flags: 0>)
    """

    def __init__(self, program: Program, theta_raw: Mapping[str, Words], steps: MakeSteps = numpy_steps) -> None:
        self.program, self._make = program.verify(), steps
        self._theta = {name: np.array(theta_raw[name], np.int64) for name in theta_raw}
        check_theta(program, theta_raw)
        self._steppers: dict[tuple[Any, ...], Steps] = {}
        self._flags = Flags(0)
        self._clamped: set[str] = set()
        self._clipped: set[str] = set()

    def load(self, theta_raw: Mapping[str, Words]) -> None:
        """Takes new parameter words of the same shapes; much cheaper than a new Integrator."""
        if check_theta(self.program, theta_raw) != check_theta(self.program, self._theta):
            raise HelError("new parameter words have the batch axis of the old ones; make a new Integrator")
        self._theta = {name: np.array(theta_raw[name], np.int64) for name in theta_raw}
        for stepper in self._steppers.values():
            stepper.load(self._theta)

    def zero_gradients(self, batch: tuple[int, ...] = ()) -> Gradients:
        """Cleared gradient words for a batch; the fastest `grads` of an echo."""
        return Gradients(self.program, batch)

    @property
    def flags(self) -> Flags:
        """Sticky flags of everything since the last `clear_flags`."""
        for stepper in self._steppers.values():
            self._flags |= stepper.flags
        return self._flags

    @property
    def argument_clamped(self) -> frozenset[str]:
        """Names of the arguments that went beyond a steep end of their table since `clear_flags`; of sin and cos,
        |z| >= 8. `golden.program.flagged.clamped` has them in the user's words. The flag argument_clamped is raised if
        there is one; the hardware has the flag, without the names.
        """
        for stepper in self._steppers.values():
            self._clamped |= stepper.clamped
        return frozenset(self._clamped)

    @property
    def operand_clipped(self) -> frozenset[str]:
        """Names of the cuts that saturated since `clear_flags`, likewise (`golden.program.flagged.clipped`)."""
        for stepper in self._steppers.values():
            self._clipped |= stepper.clipped
        return frozenset(self._clipped)

    def raise_flag(self, flag: Flags) -> None:
        """Sets a flag from outside (the update's theta_clipped)."""
        self._flags |= flag

    def clear_flags(self) -> None:
        self._flags = Flags(0)
        self._clamped, self._clipped = set(), set()
        for stepper in self._steppers.values():
            stepper.clear_flags()

    def forward(self, q: Words, p: Words, u: Words) -> tuple[Words, Words]:
        """One step."""
        return self.forward_many(q, p, np.asarray(u)[None])

    def forward_many(self, q: Words, p: Words, inputs: Words, observe: Observe = None) -> tuple[Words, Words]:
        """T steps with inputs (T, ..., m). observe(t, q) is called after step t with its buffer: copy to keep.

        An int64 array (T, ..., n) instead of a function receives the positions after every step.
        """
        q, p, inputs = self._check(q, p, inputs)
        batch = np.broadcast_shapes(q.shape[:-1], inputs.shape[1:-1])
        if isinstance(observe, np.ndarray) and (
            observe.shape != (len(inputs), *batch, self.program.n) or observe.dtype != np.int64
        ):
            raise HelError(
                f"positions go into an int64 array (T, ..., n) = {(len(inputs), *batch, self.program.n)}, got "
                f"{observe.dtype} {observe.shape}; make it with np.empty(shape, np.int64)"
            )
        return self._stepper(batch, (), EchoWork()).forward(q, p, inputs, observe)

    def echo(
        self,
        q: Words,
        p: Words,
        u: Words,
        grads: MutableMapping[str, Words] | None = None,
        nudge: Words | None = None,
        input_difference: Words | None = None,
        one_sided: bool = False,
    ) -> tuple[Words, Words]:
        """One inverse step of both contexts.

        Parameters
        ----------
        q, p : (2, ..., n), context 0 is +eps
        u : (..., m), the input of the forward step being undone
        grads : name -> int64 array (..., *shape), updated in place; best from `zero_gradients`
        nudge : e in p's raw format, (..., n) for both contexts or (2, ..., n) each its own: p[0] -= e, p[1] += e, first
        input_difference : int64 (..., m), receives dV/du of context 1 minus that of context 0, exact, in the fraction
            of ``program.types[program.input_gradient]``
        one_sided : leave context 1 without nudge: it retraces the forward pass
        """
        work = EchoWork(
            grads,
            None if nudge is None else lambda t, q: nudge,
            None if input_difference is None else input_difference[None],
            one_sided,
        )
        return self._echo(q, p, np.asarray(u)[None], work)

    def echo_many(
        self,
        q: Words,
        p: Words,
        inputs: Words,
        grads: MutableMapping[str, Words] | None = None,
        nudge: Callable[[int, Words], Words | None] | Words | None = None,
        input_differences: Words | None = None,
        one_sided: bool = False,
    ) -> tuple[Words, Words]:
        """Undoes the T steps of forward_many(..., inputs), last one first. See `echo`.

        nudge(t, q) is called before step t is undone, t = T-1 .. 0, with the contexts' own q (2, ..., n) after step t
        (a buffer: do not keep it), and returns e or None; words instead of a function are e before the first of these
        steps, and none before the others. Those of `golden.dynamics.nudges` are known to compiled code.
        input_differences has shape (T, ..., m).
        """
        return self._echo(q, p, inputs, EchoWork(grads, nudge, input_differences, one_sided))

    def _echo(self, q: Words, p: Words, inputs: Words, work: EchoWork) -> tuple[Words, Words]:
        q, p, inputs = self._check(q, p, inputs)
        if q.shape[0] != 2 or q.ndim < 2:
            raise HelError(
                f"an echo has two contexts, q of shape (2, ..., n); got {q.shape}; use golden.dynamics.integrator.twin"
            )
        batch = np.broadcast_shapes(q.shape[1:-1], inputs.shape[1:-1])
        return self._stepper(batch, (2,), work).echo(q, p, inputs, work)

    def _check(self, q: Words, p: Words, inputs: Words) -> tuple[Words, Words, Words]:
        formats = self.program.formats
        found = []
        for name, words, size, word in (
            ("q", q, self.program.n, formats.q),
            ("p", p, self.program.n, formats.p),
            ("u", inputs, self.program.m, formats.u),
        ):
            words = np.asarray(words)
            if words.dtype.kind not in "iu" or words.ndim < 1 or words.shape[-1] != size:
                raise HelError(f"{name} holds integer words of shape (..., {size}), got {words.dtype} {words.shape}")
            found.append(word.check(words.astype(np.int64, copy=False), name))
        return found[0], found[1], found[2]

    def _stepper(self, batch: tuple[int, ...], contexts: tuple[int, ...], work: EchoWork) -> Steps:
        gradients, inputs = work.grads is not None, work.input_differences is not None
        key = (batch, contexts, gradients, inputs)
        if key not in self._steppers:
            self._steppers[key] = self._make(self.program, self._theta, batch, contexts, gradients, inputs)
        return self._steppers[key]
