"""Equilibrium propagation on integer words: relaxation by the kick of the compiled program, gradients by differences.

No momentum and no time: the same kick K of docs/numerics.md, section 3, taken at a position that descends::

    q <- wrap(q - half_up(K(q, u) + e, n - 2k - 1))          a = 2^-n per unit of force; e = 0 in the free phase
    e = +-half_up(q - y, 2k + 1 - log2 eps)                  per context, for the half squared error; for any other
        cost floor(eps dC/dq 2^(f-k) + 1/2) with dC/dq in float64

The free phase relaxes one context, the nudged phase two, from there. K is a function of the cut position x, so there is
in general no word with K = 0: the state ends in a small cycle about the minimum, of about one step of x. A phase is at
rest when the largest |K + e| of `WINDOW` iterations is no smaller than that of the window before. The gradient is the
mean over the next N iterations, which resolves the cycle finer than one word can::

    dC/dtheta = -sign 2^-j / (2 eps N) G 2^-(F - g_cut),     G = sum over N of half_up((r y)_minus - (r y)_plus, g_cut)

Twin of `golden.rules.ep`. Source for EP: Scellier & Bengio 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import Words, half_up, wrap
from golden.compiler import compile_system
from golden.cost_functions import half_squared_error
from golden.dynamics.integrator import Flags, Integrator, quadratic_nudge, twin
from golden.errors import HelError
from golden.language.graph import Array
from golden.problems.report import Gradients, collapse
from golden.problems.static_problem import StaticProblem
from golden.program import Program
from golden.rules.ep import EpReport
from golden.rules.input_gradient import undriven
from golden.rules.rhel_fixed import log2_eps
from golden.rules.words import array_words, theta_words

__all__ = ["FORMATS", "WINDOW", "EpFixedReport", "gradient"]

FORMATS = Formats(log2_inverse_step=0)
"""The reference format at h = 1: the kick is the force itself, with f fraction bits."""

WINDOW = 64

_REST = 6
"""A force of 2**_REST steps of x or more is no rest."""


@dataclass(frozen=True)
class EpFixedReport(EpReport):
    """An EpReport of an integer run; `residual` is in units of force.

    Members
    -------
    flags : sticky flags of all phases
    """

    flags: Flags = Flags(0)


def gradient(
    problem: StaticProblem,
    *,
    formats: Formats = FORMATS,
    eps: float = 2.0**-6,
    symmetric: bool = True,
    log2_inverse_rate: int = 3,
    average: int = 256,
    max_iterations: int = 20_000,
) -> tuple[Gradients, float, EpFixedReport]:
    """The gradient of a cost of the state at rest, in integers; results as `golden.rules.ep.gradient`.

    Parameters
    ----------
    problem : see `golden.problems.static_problem.StaticProblem`
    formats : default `FORMATS`
    eps : a power of two
    log2_inverse_rate : n of the descent's a = 2^-n; a must stay below 2 over the largest curvature
    average : N >= 1, iterations of the nudged phase that the gradient is averaged over

    Raises
    ------
    HelError : a word out of range, no rest within max_iterations, a descent that diverges.

    >>> from golden.systems import get
    >>> dense = get("dense", n=3)
    >>> grads, cost, report = gradient(StaticProblem(dense, dense.initial(0), np.ones(1), np.ones(3)))
    >>> sorted(grads), report.passes, report.residual < 0.01, report.flags
    (['B', 'W', 'al', 'b', 'u'], 3, True, <Flags: 0>)
    """
    eps_log2 = log2_eps(eps)
    for name, value, low in (("average", average, 1), ("max_iterations", max_iterations, 2 * WINDOW)):
        if not (isinstance(value, int | np.integer) and value >= low):
            raise HelError(f"{name} is a whole number >= {low}, got {value!r}")
    if not (isinstance(log2_inverse_rate, int | np.integer) and -8 <= log2_inverse_rate <= 24):
        raise HelError(
            f"log2_inverse_rate is a whole number from -8 to 24, got {log2_inverse_rate!r}; use for example 3"
        )
    run = _Run(problem, compile_system(problem.system, formats), eps_log2, symmetric, int(log2_inverse_rate))
    return run.gradient(average, max_iterations)


class _Run:
    """One call of `gradient`: the words of the problem and an integrator."""

    def __init__(self, problem: StaticProblem, program: Program, eps_log2: int, symmetric: bool, rate: int) -> None:
        formats = program.formats
        self.problem, self.program, self.eps_log2, self.symmetric = problem, program, eps_log2, symmetric
        self.shift = rate - 2 * formats.log2_inverse_step - 1
        self.rest = 1 << max(0, formats.kick_fraction - formats.x.fraction_bits + _REST)
        self.inputs = array_words(problem, formats, "inputs")
        self.integrator = Integrator(program, theta_words(problem, formats))
        self.meter = problem.meter()
        self.quadratic = problem.cost.function is half_squared_error
        self.targets = array_words(problem, formats, "targets") if self.quadratic else np.zeros(0, np.int64)
        self.iterations = self.force_evaluations = 0
        self.residual = 0.0

    def nudge(self, q: Words) -> Words:
        """e of both contexts (2, ..., n), each from its own q: +, and - or none."""
        formats = self.program.formats
        if self.quadratic:
            e = quadratic_nudge(self.program, q, self.targets, self.eps_log2 - formats.log2_inverse_step)
        else:
            slope = self.meter.slope(formats.q.value(q), self.meter.targets)
            e = np.floor(np.ldexp(slope, formats.kick_fraction + self.eps_log2) + 0.5).astype(np.int64)
        return np.stack([e[0], -e[1] if self.symmetric else np.zeros_like(e[1])])

    def descend(self, q: Words, nudge: Callable[[Words], Words] | None, **collect: object) -> tuple[Words, int]:
        """One move of both contexts, and the largest |K + e| before it."""
        zero = np.zeros_like(q)
        _, kick = self.integrator.echo(q, zero, self.inputs, **collect)  # type: ignore[arg-type]
        force = kick if nudge is None else kick + nudge(q)
        self.iterations += 1
        self.force_evaluations += 1 if nudge is None else len(q)
        moved = wrap(q - half_up(force, self.shift), self.program.formats.q.width)
        return moved, int(np.abs(force).max(initial=0))

    def settle(self, q: Words, nudge: Callable[[Words], Words] | None, max_iterations: int, what: str) -> Words:
        """Descends until a window's largest force is no smaller than the last window's."""
        before, stop = None, self.iterations + max_iterations
        while True:
            largest = 0
            for _ in range(WINDOW):
                q, force = self.descend(q, nudge)
                largest = max(largest, force)
            value = float(np.ldexp(float(largest), -self.program.formats.kick_fraction))
            if before is not None and largest >= before:
                if largest >= self.rest:
                    raise HelError(
                        f"the {what} descent does not settle: residual {value:.2g}; raise log2_inverse_rate (a smaller "
                        "step), lower eps, or see whether the energy has a minimum (al > 0) within the words"
                    )
                self.residual = max(self.residual, value)
                return q
            if self.iterations >= stop:
                raise HelError(
                    f"the {what} descent did not come to rest: residual {value:.2g} after {max_iterations} iterations; "
                    "raise max_iterations, or lower log2_inverse_rate (a larger step)"
                )
            before = largest

    def gradient(self, average: int, max_iterations: int) -> tuple[Gradients, float, EpFixedReport]:
        formats = self.program.formats
        q, _ = twin(array_words(self.problem, formats, "q0"), np.zeros(0, np.int64))
        q = self.settle(q, None, max_iterations, "free")
        total = float(np.sum(self.meter.value(formats.q.value(q[0]), self.meter.targets)))
        q = self.settle(q, self.nudge, max_iterations, "nudged")
        words = self.integrator.zero_gradients(q.shape[1:-1])
        driven = bool(self.program.input_gradient)
        one = np.zeros(self.inputs.shape, np.int64) if driven else None
        inputs = np.zeros(self.inputs.shape, np.int64)
        for _ in range(average):
            q, _ = self.descend(q, self.nudge, grads=words, input_difference=one)
            inputs += 0 if one is None else one
        scale = -1.0 / ((2.0 if self.symmetric else 1.0) * 2.0**self.eps_log2 * average)
        grads: dict[str, Array] = {}
        for name, value in self.problem.theta.items():
            sign, log2 = self.program.gradient_log2(name)
            grads[name] = collapse(np.asarray(np.ldexp(words[name] * (sign * scale), log2)), value.shape)
        if driven:
            grads["u"] = np.ldexp(inputs * scale, -self.program.types[self.program.input_gradient].fraction)
        else:
            grads = undriven(grads, self.inputs.shape, self.program, self.problem.system)
        report = EpFixedReport(
            rule="ep fixed" if self.symmetric else "ep fixed one-sided",
            steps=1,
            passes=3 if self.symmetric else 2,
            stored_words=q.size,
            force_evaluations=self.force_evaluations,
            solver_iterations=self.iterations,
            residual=self.residual,
            flags=self.integrator.flags,
        )
        return grads, total, report
