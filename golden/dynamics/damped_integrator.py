"""The damped leapfrog in integers, and its exact inverse from the bits the contractions lose.

    forward step t    p <- C(p, o_2t);   [step of golden.dynamics.integrator];            p <- C(p, o_2t+1)
    inverse step t    p <- E(p, o_2t+1); [inverse step of golden.dynamics.integrator];    p <- E(p, o_2t)

C and E are `golden.arithmetic.contraction`'s, c = 1 - 2^-d; o_j is the j-th dither. Prose: docs/dissipation.md, section
3. Twin of `golden.dynamics.damped_leapfrog.DampedLeapfrog` at g = -(2/h) ln c.
"""

from __future__ import annotations

import math

import numpy as np

from golden.arithmetic.contraction import MAX_LOG2, BitStack, contract, expand, offset
from golden.arithmetic.rounding import Words, wrap
from golden.dynamics.integrator import Integrator, twin
from golden.errors import HelError

__all__ = ["DampedIntegrator"]


class DampedIntegrator:
    """Runs a program in time with damping; all state is passed in and returned.

    Parameters
    ----------
    integrator : `golden.dynamics.integrator.Integrator`
    log2_loss : d >= 1; half a step multiplies the momentum by c = 1 - 2^-d

    Members
    -------
    damping : g = -(2/h) ln c, per unit of time
    bits_per_step : that one word's two contractions store on average, 2^(2-d); the least possible is `information`
    information : -2 log2 c, what two contractions remove from a word

    >>> from golden.compiler import compile_system
    >>> from golden.systems import get
    >>> system = get("dense", n=3, m=1)
    >>> program = compile_system(system)
    >>> theta = {name: program.formats.theta.raw(value) for name, value in system.initial(0).items()}
    >>> damped = DampedIntegrator(Integrator(program, theta), 6)
    >>> round(damped.damping, 4), damped.bits_per_step, round(damped.information, 4)
    (0.252, 0.0625, 0.0454)
    >>> q, p, inputs = np.array([1 << 20, 0, 0]), np.zeros(3, np.int64), np.full((100, 1), 4096)
    >>> bits = BitStack()
    >>> end = damped.forward_many(q, p, inputs, bits)
    >>> back = damped.inverse_many(*end, inputs, bits)
    >>> bool((back[0] == q).all() and (back[1] == p).all()), len(bits)
    (True, 0)
    """

    def __init__(self, integrator: Integrator, log2_loss: int) -> None:
        if not (isinstance(log2_loss, int | np.integer) and log2_loss is not True and 1 <= log2_loss <= MAX_LOG2):
            raise HelError(f"the loss of a contraction is 2**-d with 1 <= d <= {MAX_LOG2}, got d = {log2_loss!r}")
        self.integrator, self.log2_loss = integrator, int(log2_loss)

    @property
    def factor(self) -> float:
        """c."""
        return 1.0 - 2.0**-self.log2_loss

    @property
    def damping(self) -> float:
        return -2.0 * math.log(self.factor) / self.integrator.program.formats.step

    @property
    def bits_per_step(self) -> float:
        return 2.0 ** (2 - self.log2_loss)

    @property
    def information(self) -> float:
        return -2.0 * math.log2(self.factor)

    def forward_many(
        self, q: Words, p: Words, inputs: Words, bits: BitStack | None = None, first: int = 0
    ) -> tuple[Words, Words]:
        """T steps, numbers `first`, first + 1, ... of the run, with inputs (T, ..., m).

        q, p (..., n). The bits lost go on the stack; None: they are lost.
        """
        for t, u in enumerate(inputs, start=first):
            p = self._contract(p, 2 * t, bits)
            q, p = self.integrator.forward(q, p, u)
            p = self._contract(p, 2 * t + 1, bits)
        return q, p

    def inverse_many(
        self, q: Words, p: Words, inputs: Words, bits: BitStack | None = None, first: int = 0
    ) -> tuple[Words, Words]:
        """Undoes forward_many(..., inputs, bits, first): exactly with its bits, to about e^{g t / 2} LSB without."""
        for t in range(first + len(inputs) - 1, first - 1, -1):
            p = self.expand(p, 2 * t + 1, bits)
            # An echo has two contexts; without a nudge they are the same.
            (q, _), (p, _) = self.integrator.echo(*twin(q, p), inputs[t - first])
            p = self.expand(p, 2 * t, bits)
        return q, p

    def _contract(self, p: Words, count: int, bits: BitStack | None) -> Words:
        p, lost = contract(self._checked(p), self.log2_loss, offset(count, self.log2_loss))
        if bits is not None:
            bits.push(lost)
        return p

    def expand(self, p: Words, count: int, bits: BitStack | None) -> Words:
        """p before contraction number `count`: its inverse, wrapped to the word."""
        wide = expand(self._checked(p), self.log2_loss, offset(count, self.log2_loss), bits)
        return wrap(wide, self.integrator.program.formats.p.width)

    def _checked(self, p: Words) -> Words:
        p = np.asarray(p)
        if p.dtype.kind not in "iu":
            raise HelError(f"p holds integer words, got {p.dtype}; use formats.p.raw(...)")
        return self.integrator.program.formats.p.check(p.astype(np.int64, copy=False), "p")
