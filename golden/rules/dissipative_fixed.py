"""The damped echo on integer words: `golden.rules.dissipative` for the step of docs/dissipation.md, section 3.

The two nudged contexts do not use the bits that the forward pass lost: those belong to the free trajectory, and a
nudged one meets other ambiguous words. Their contractions are undone by rounding::

    p <- wrap(p + rint(p / (2^d - 1)))                            rint: half away from zero

and both drift away from the forward pass together. With `keep_bits` a free context runs beside them, exact by its
bits, and a nudged momentum y is expanded as its difference from the free one::

    x = wrap(x_free + delta + rint(delta / (2^d - 1))),  delta = wrap(y - y_free)

which is the free run, bit for bit, without a nudge. That costs a pass and the bits and is a self-test; the gradient is
as good without (docs/dissipation.md, section 5: what limits it is the nudge at the end against one LSB).

Nudges are e = floor(eps c^{-2 (T - t)} dC/dq_t 2^f + 1/2), t = 1..T, with dC/dq in float64 on the context's own q; the
slopes of step t, exact integer differences, are weighted by c^{2 (T - t) + 1} in float64. eps is the size of the
disturbance at the start, as in the float rule: nudges are weaker by the power of two next to c^T (c^{2T} where every
step is nudged).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.contraction import BitStack
from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import Words, power_of_two, wrap
from golden.compiler import compile_system
from golden.cost_functions import FinalCost
from golden.dynamics.damped_integrator import DampedIntegrator
from golden.dynamics.integrator import Integrator, twin
from golden.errors import HelError
from golden.language.validate import flag
from golden.problems.problem import Problem
from golden.problems.report import Gradients, collapse
from golden.rules.input_gradient import undriven
from golden.rules.rhel_fixed import FixedReport, formats_at, log2_eps
from golden.rules.words import array_words, theta_words

__all__ = ["DissipativeReport", "gradient"]


@dataclass(frozen=True)
class DissipativeReport(FixedReport):
    """A FixedReport of a damped run; `return_error_lsb` is that of the free context (0), or of the pair's mean.

    Members
    -------
    stored_bits : lost bits held at the end of the forward pass, beside `stored_words`
    """

    stored_bits: int = 0


def gradient(
    problem: Problem,
    *,
    log2_loss: int,
    formats: Formats | None = None,
    eps: float = 2.0**-4,
    keep_bits: bool = False,
) -> tuple[Gradients, float, DissipativeReport]:
    """The gradient of a cost of a damped integer trajectory, symmetric; results as `golden.rules.rhel_fixed.gradient`.

    Parameters
    ----------
    problem, formats, eps : as `golden.rules.rhel_fixed.gradient`
    log2_loss : d; half a step multiplies the momentum by c = 1 - 2^-d, that is g = -(2/h) ln c
    keep_bits : run a free context beside the nudged ones, exact by the bits the contractions lose

    Raises
    ------
    HelError : a word out of range, formats of another step, an eps that is no power of two, nudges below one LSB.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((40, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem, log2_loss=6, keep_bits=True)
    >>> sorted(grads), report.passes, report.return_error_lsb
    (['B', 'a', 'p0', 'q0', 'u'], 4, 0)
    """
    eps_log2, keep_bits = log2_eps(eps), flag(keep_bits, "keep_bits")
    formats = formats_at(problem.step, formats)
    program = compile_system(problem.system, formats)
    integrator = Integrator(program, theta_words(problem, formats))
    run = _Run(problem, DampedIntegrator(integrator, log2_loss), eps_log2, keep_bits)
    run.forward()
    return run.back()


class _Run:
    """One call of `gradient`."""

    def __init__(self, problem: Problem, damped: DampedIntegrator, eps_log2: int, keep_bits: bool) -> None:
        self.problem, self.damped = problem, damped
        self.program = damped.integrator.program
        formats = self.program.formats
        self.q0, self.p0, self.inputs = (array_words(problem, formats, name) for name in ("q0", "p0", "inputs"))
        self.meter = problem.meter()
        self.bits = BitStack() if keep_bits else None
        once = isinstance(problem.cost, FinalCost)
        growth = -problem.steps * math.log2(damped.factor) * (1 if once else 2)
        self.eps_log2 = eps_log2 + power_of_two(self.meter.strength, "strength") - math.ceil(growth)
        if self.eps_log2 < -formats.fraction_bits:
            raise HelError(
                f"the first nudge, 2**{self.eps_log2}, is below one LSB of p, 2**-{formats.fraction_bits}; use fewer "
                "steps, a larger log2_loss (less damping), a larger eps or more fraction bits"
            )

    def forward(self) -> None:
        """From (q0, p0) to the end, filling the stack."""
        formats, q, p = self.program.formats, self.q0, self.p0
        for t, u in enumerate(self.inputs):
            q, p = self.damped.forward_many(q, p, u[None], self.bits, first=t)
            self.meter.observe(t, formats.q.value(q))
        self.end, self.total = (q, p), float(np.sum(self.meter.total()))
        self.stored = 0 if self.bits is None else len(self.bits)

    def back(self) -> tuple[Gradients, float, DissipativeReport]:
        formats, steps = self.program.formats, self.problem.steps
        (q, p), free = twin(*self.end), self.end
        scale = 1.0 / 2.0 ** (self.eps_log2 + 1)
        batch = self.q0.shape[:-1]
        sums = {name: np.zeros(batch + tuple(shape)) for name, shape in self.program.parameters}
        grads: Gradients = {}
        driven = bool(self.program.input_gradient)
        fraction = self.program.types[self.program.input_gradient].fraction if driven else 0
        pushed = np.zeros(self.inputs.shape)
        for t in reversed(range(steps)):
            slope = self.meter.nudge(t, formats.q.value(q))
            if slope is not None:
                weight = self.damped.factor ** (-2.0 * (steps - 1 - t))
                e = np.floor(np.ldexp(weight * slope, formats.fraction_bits + self.eps_log2) + 0.5).astype(np.int64)
                p = wrap(np.add(p, np.stack([-e[0], e[1]])), formats.p.width)
            step = self.damped.integrator.zero_gradients(batch)
            difference = np.zeros(self.inputs.shape[1:], np.int64) if driven else None
            p, free = self._expand(p, free, 2 * t + 1)
            q, p = self.damped.integrator.echo(q, p, self.inputs[t], grads=step, input_difference=difference)
            if self.bits is not None:
                ends = self.damped.integrator.echo(*twin(*free), self.inputs[t])
                free = ends[0][0], ends[1][0]
            p, free = self._expand(p, free, 2 * t)
            weight = self.damped.factor ** (2.0 * (steps - 1 - t) + 1.0)
            for name, words in step.items():
                sums[name] += weight * words
            if difference is not None:
                pushed[t] = np.ldexp(weight * formats.step * scale * difference, -fraction)
        for name, value in self.problem.theta.items():
            sign, log2 = self.program.gradient_log2(name)
            grads[name] = collapse(np.asarray(np.ldexp(sums[name] * (sign * formats.step * scale), log2)), value.shape)
        start = self.damped.factor ** (2.0 * steps)
        grads["q0"] = start * scale * formats.p.value(p[1] - p[0])
        grads["p0"] = start * scale * formats.q.value(q[0] - q[1])
        if driven:
            grads["u"] = pushed
        else:
            grads = undriven(grads, pushed.shape, self.program, self.problem.system)
        back = free if self.bits is not None else ((q[0] + q[1]) // 2, (p[0] + p[1]) // 2)
        return grads, self.total, self._report(back)

    def _expand(self, p: Words, free: tuple[Words, Words], count: int) -> tuple[Words, tuple[Words, Words]]:
        """The nudged momenta, and the free state, before contraction `count`."""
        width, divisor = self.program.formats.p.width, (1 << self.damped.log2_loss) - 1
        if self.bits is None:
            return wrap(p + _nearest(p, divisor), width), free
        delta = wrap(p - free[1], width)
        before = self.damped.expand(free[1], count, self.bits)
        return wrap(before + delta + _nearest(delta, divisor), width), (free[0], before)

    def _report(self, back: tuple[Words, Words]) -> DissipativeReport:
        contexts = 2 if self.bits is None else 3
        return DissipativeReport(
            rule="dissipative fixed",
            steps=self.problem.steps,
            passes=1 + contexts,
            stored_words=contexts * 2 * self.q0.size + self.meter.words,
            force_evaluations=self.problem.steps * (1 + contexts),
            flags=self.damped.integrator.flags,
            return_error_lsb=int(max(np.abs(back[0] - self.q0).max(), np.abs(back[1] - self.p0).max())),
            stored_bits=self.stored,
        )


def _nearest(x: Words, divisor: int) -> Words:
    """x / divisor, rounded to nearest, half away from zero."""
    half = (2 * np.abs(x) + divisor) // (2 * divisor)
    return np.asarray(np.where(x < 0, -half, half))
