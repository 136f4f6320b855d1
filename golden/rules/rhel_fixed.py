"""RHEL on integer words: the gradient the array computes, in the interface of the float rules.

Parameters, inputs, initial state and targets are rounded to their words, then golden.dynamics.integrator runs forwards
and echoes::

    p -+ e,  e = half_up(q - y, k + 1 - log2 eps) per context, for the half squared error
             e = half_up(x d, ...) with one latched vector d, for an averaged cost (golden.cost_functions.latch)
             e = floor(eps dC/dq 2^f + 1/2) with dC/dq in float64, for any other cost
    dC/dtheta = sign 2^-j (h / 2 eps) G 2^-(F - g_cut)
    dC/du_t   = (h / 2 eps) [dV/du_minus - dV/du_plus]
    dC/dq_0   = (p- - p+) / (2 eps),   dC/dp_0 = (q+ - q-) / (2 eps)

One-sided: the minus context gets no nudge. It then retraces the free forward pass bit for bit, so this is the estimator
that takes the free operands from the forward pass: d = free - plus, with eps for 2 eps. Twin of golden.rules.rhel.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import Formats, checked
from golden.arithmetic.rounding import Words, power_of_two
from golden.compiler import compile_system
from golden.cost_functions import AveragedCost, FinalCost, SummedCost, half_squared_error
from golden.cost_functions.latch import Latch, position_operand
from golden.dynamics.integrator import Flags, Integrator, twin
from golden.dynamics.nudges import Towards
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import shortened
from golden.native import NUMPY, executor_of, steps_by
from golden.problems.problem import Problem
from golden.problems.report import Gradients, Report, collapse
from golden.program import Program, flagged
from golden.rules.input_gradient import undriven
from golden.rules.words import array_words, theta_words

__all__ = ["FixedReport", "formats_at", "gradient", "gradients_by_eps", "log2_eps", "return_error"]

MAX_EPS_LOG2 = 30
"""A stronger nudge would leave int64 before it wraps, a weaker one is always zero."""

_KEPT_WORDS = 1 << 20
"""Positions kept at once in a forward pass whose cost reads every step: 8 MB."""

_LARGEST_NUDGE = 2.0**61
"""Of a cost whose slope has no bound: it wraps, with the flag that says so, and does not leave int64."""


def log2_eps(eps: float) -> int:
    """log2 of a nudge's strength; HelError when it is no power of two, or one that no word can hold."""
    eps_log2 = power_of_two(eps)
    if not -MAX_EPS_LOG2 <= eps_log2 <= MAX_EPS_LOG2:
        raise HelError(
            f"eps lies between 2**-{MAX_EPS_LOG2} and 2**{MAX_EPS_LOG2}, got 2**{eps_log2}; use for instance 2**-4"
        )
    return eps_log2


@dataclass(frozen=True)
class FixedReport(Report):
    """A Report of an integer run.

    Members
    -------
    flags : sticky flags of all passes
    argument_clamped, operand_clipped : arguments beyond their table, and cuts that saturated, by their lines
        (`golden.program.flagged`)
    return_error_lsb : largest difference of any word of q_0, p_0 after an echo without nudge, in LSB: 0
    executor : who ran the program (`golden.native.executor_of`)
    """

    flags: Flags = Flags(0)
    return_error_lsb: int = 0
    argument_clamped: tuple[str, ...] = ()
    operand_clipped: tuple[str, ...] = ()
    executor: str = NUMPY


def gradient(
    problem: Problem,
    *,
    formats: Formats | None = None,
    eps: float = 2.0**-4,
    symmetric: bool = True,
    self_test: bool = True,
    program: Program | None = None,
    executor: str | None = None,
) -> tuple[Gradients, float, FixedReport]:
    """The gradient of a cost by Hamiltonian echo learning in integers; results as `golden.rules.rhel.gradient`.

    Parameters
    ----------
    problem : its step is a power of two, that of the formats
    formats : default the reference format at the problem's step
    eps : a power of two, the nudge strength of the whole run
    self_test : run one more echo, without nudge, for `return_error_lsb` (the one-sided estimator contains it)
    program : the system's, if not the one of golden.compiler.compile_system; its formats are the formats
    executor : "compiled" or "numpy", the same words; None: compiled code for long runs (`golden.native.executor_of`)

    Raises
    ------
    HelError : a word out of range, eps or step not a power of two, formats of another step.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> grads, cost, report = gradient(problem, eps=1.0)
    >>> sorted(grads), report.passes, report.return_error_lsb, report.flags
    (['B', 'a', 'p0', 'q0', 'u'], 3, 0, <Flags: 0>)
    """
    eps_log2 = log2_eps(eps)
    return _Run(problem, _program(problem, formats, program), symmetric, executor).gradient(eps_log2, self_test)


def gradients_by_eps(
    problem: Problem,
    eps: Sequence[float],
    *,
    formats: Formats | None = None,
    program: Program | None = None,
    executor: str | None = None,
) -> tuple[list[Gradients], float, FixedReport]:
    """The symmetric gradients at several nudge strengths: one forward pass, and all echoes in one batch of integers.

    Each is that of `gradient` at its eps, bit for bit, parameters alone. The report is of all passes together: its
    flags are those that any of them raised.

    >>> from golden.systems import get
    >>> linear = get("linear", n=2)
    >>> problem = Problem(linear, linear.initial(0), np.ones((10, 1)), np.ones(2))
    >>> (weak, strong), _, report = gradients_by_eps(problem, [0.25, 1.0])
    >>> bool((strong["a"] == gradient(problem, eps=1.0)[0]["a"]).all()), sorted(weak), report.passes
    (True, ['B', 'a'], 5)
    """
    strengths = [log2_eps(one) for one in eps]
    return _Run(problem, _program(problem, formats, program), True, executor).fan(strengths)


def _program(problem: Problem, formats: Formats | None, program: Program | None) -> Program:
    """`program`, or the system's own, at the problem's step."""
    if program is not None:
        if not isinstance(program, Program):
            raise HelError(
                f"a program is what golden.compiler.compile_system gives, got {shortened(program)}; leave it out"
            )
        if formats not in (None, program.formats):
            raise HelError(f"a program has its own formats, {program.formats}; got {formats}; leave them out")
        formats = program.formats
    formats = formats_at(problem.step, formats)
    return program or compile_system(problem.system, formats)


def formats_at(step: float, formats: Formats | None) -> Formats:
    """`formats`, which must run at h = step; for None the reference format at that h.

    >>> formats_at(0.25, None).log2_inverse_step
    2
    """
    found = Formats(log2_inverse_step=-power_of_two(step, "step")) if formats is None else checked(formats)
    if step != found.step:
        raise HelError(
            f"formats with log2_inverse_step={found.log2_inverse_step} run at h = {found.step}, got {step}; "
            f"give the problem step={found.step}, or leave the formats out"
        )
    return found


def return_error(integrator: Integrator, q0: Words, p0: Words, inputs: Words) -> int:
    """Largest difference in LSB between (q0, p0) and what T steps forwards and an echo without nudge return."""
    q, p = integrator.echo_many(*twin(*integrator.forward_many(q0, p0, inputs)), inputs)
    return int(max(np.abs(q - q0).max(), np.abs(p - p0).max()))


class _Run:
    """One call of `gradient`: the words of the problem and an integrator."""

    def __init__(self, problem: Problem, program: Program, symmetric: bool, executor: str | None) -> None:
        formats = program.formats
        self.problem, self.program, self.symmetric = problem, program, symmetric
        self.q0, self.p0, self.inputs = (array_words(problem, formats, name) for name in ("q0", "p0", "inputs"))
        work = self.inputs.size // program.m if program.m else problem.steps
        self.executor = executor_of(program, executor, work)
        self.integrator = Integrator(program, theta_words(problem, formats), steps_by(self.executor))
        self.meter = problem.meter()
        self.weak = power_of_two(self.meter.strength, "strength")
        cost = problem.cost
        self.quadratic = cost.function is half_squared_error and isinstance(cost, FinalCost | SummedCost)
        self.targets = array_words(problem, formats, "targets") if self.quadratic else np.zeros(0, np.int64)
        self.averaged = isinstance(cost, AveragedCost)

    def forward(self) -> tuple[Words, Words]:
        """The forward pass, with the cost read off; a final cost asks for no step but the last.

        Positions are kept of so many steps at once that Python is not in the way, and no more.
        """
        formats, steps, meter = self.program.formats, self.problem.steps, self.meter
        if isinstance(self.problem.cost, FinalCost):
            q, p = self.integrator.forward_many(self.q0, self.p0, self.inputs)
            meter.observe(steps - 1, formats.q.value(q))
            return q, p
        q, p = self.q0, self.p0
        rows = max(1, min(steps, _KEPT_WORDS // max(1, q.size)))
        for first in range(0, steps, rows):
            inputs = self.inputs[first : first + rows]
            seen = np.empty((len(inputs), *q.shape), np.int64)
            q, p = self.integrator.forward_many(q, p, inputs, seen)
            read = formats.x.value(position_operand(formats, seen)) if self.averaged else formats.q.value(seen)
            meter.observe_many(first, read)
        return q, p

    def nudges(self, q: Words, eps_log2: Words) -> Callable[[int, Words], Words | None] | Words:
        """Those of an echo from positions q (2, ..., n): of each step, or the only one of a final cost.

        eps_log2 : of one nudge, (), or (strengths,) where the strengths are the first axis of the batch
        """
        eps = np.reshape(eps_log2, np.shape(eps_log2) + (1,) * self.q0.ndim)
        if self.averaged:
            slope = self.meter.nudge(0, np.ones(self.q0.shape))  # 2/T dc/dm
            assert slope is not None
            return Latch(self.program.formats, slope).nudges(eps_log2)
        if self.quadratic and self.problem.cost.per_step:
            return Towards(self.targets, self.program.nudge_shift - eps)
        if isinstance(self.problem.cost, FinalCost):
            found = self.nudge(self.problem.steps - 1, q, eps)
            assert found is not None
            return found
        return lambda t, q: self.nudge(t, q, eps)

    def nudge(self, t: int, q: Words, eps_log2: Words) -> Words | None:
        """e of both contexts, each from its own q; `eps_log2` is of this one nudge."""
        formats = self.program.formats
        if self.quadratic:
            return Towards(self.targets[None], self.program.nudge_shift - eps_log2)(0, q)
        value = formats.q.value(q)
        if value.ndim > self.q0.ndim + 1:  # of several strengths
            each = [self.meter.nudge(t, value[:, k]) for k in range(len(eps_log2))]
            slopes = [one for one in each if one is not None]
            slope = np.stack(slopes, axis=1) if slopes else None
        else:
            slope = self.meter.nudge(t, value)
        if slope is None:
            return None
        exact = np.floor(np.ldexp(slope, formats.fraction_bits + eps_log2) + 0.5)
        return np.clip(exact, -_LARGEST_NUDGE, _LARGEST_NUDGE).astype(np.int64)

    def gradient(self, eps_log2: int, self_test: bool) -> tuple[Gradients, float, FixedReport]:
        """At one strength of the whole run, with the gradients of inputs and initial state."""
        run = self.integrator
        eps_log2 += self.weak
        q, p = self.forward()
        words = run.zero_gradients(q.shape[:-1])
        driven = bool(self.program.input_gradient)
        differences = np.zeros(self.inputs.shape, np.int64) if driven else None
        both = twin(q, p)
        nudges = self.nudges(both[0], np.asarray(eps_log2))
        q, p = run.echo_many(*both, self.inputs, words, nudges, differences, one_sided=not self.symmetric)
        if not self.symmetric:
            error = int(max(np.abs(q[1] - self.q0).max(), np.abs(p[1] - self.p0).max()))
        else:
            error = return_error(run, self.q0, self.p0, self.inputs) if self_test else 0
        formats, double = self.program.formats, self._double(eps_log2)
        grads = self._parameters(words, eps_log2)
        grads["q0"] = formats.p.value(p[1] - p[0]) / double
        grads["p0"] = formats.q.value(q[0] - q[1]) / double
        if differences is None:
            grads = undriven(grads, self.inputs.shape, self.program, self.problem.system)
        else:
            fraction = self.program.types[self.program.input_gradient].fraction
            grads["u"] = np.ldexp(differences * (formats.step / double), -fraction)
        return grads, self._total, self._report(echoes=2 if self.symmetric else 1, error=error)

    def fan(self, eps_log2: Sequence[int]) -> tuple[list[Gradients], float, FixedReport]:
        """At every one of the strengths of the whole run, on an axis before those of the batch."""
        run, strengths = self.integrator, [one + self.weak for one in eps_log2]
        q, p = self.forward()
        words = run.zero_gradients((len(strengths), *q.shape[:-1]))
        spread = [np.broadcast_to(one, (len(strengths), *one.shape)) for one in (q, p)]
        both = twin(*spread)
        run.echo_many(*both, self.inputs, words, self.nudges(both[0], np.asarray(strengths)))
        grads = [self._parameters({name: words[name][k] for name in words}, one) for k, one in enumerate(strengths)]
        return grads, self._total, self._report(echoes=2 * len(strengths))

    @property
    def _total(self) -> float:
        return float(np.sum(self.meter.total()))

    def _report(self, echoes: int, error: int = 0) -> FixedReport:
        return FixedReport(
            rule="rhel fixed" if self.symmetric else "rhel fixed one-sided",
            steps=self.problem.steps,
            passes=1 + echoes,
            stored_words=echoes * 2 * self.q0.size + self.meter.words,
            force_evaluations=self.problem.steps * (1 + echoes),
            flags=self.integrator.flags,
            return_error_lsb=error,
            argument_clamped=tuple(flagged.clamped(self.program, self.integrator.argument_clamped)),
            operand_clipped=tuple(flagged.clipped(self.program, self.integrator.operand_clipped)),
            executor=self.executor,
        )

    def _double(self, eps_log2: int) -> float:
        """2 eps, or eps for the one-sided estimator."""
        return float(np.ldexp(2.0 if self.symmetric else 1.0, eps_log2))

    def _parameters(self, words: Mapping[str, Words], eps_log2: int) -> Gradients:
        """Gradients of the parameters from their words."""
        step, double = self.program.formats.step, self._double(eps_log2)
        grads: dict[str, Array] = {}
        for name, value in self.problem.theta.items():
            sign, log2 = self.program.gradient_log2(name)
            full = np.ldexp(words[name] * (sign * step / double), log2)
            grads[name] = collapse(np.asarray(full), value.shape)
        return grads
