"""Agreement of the integer echo with back-propagation over many eps and seeds, in one batch of integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import Words, power_of_two
from golden.checks.cases import COSTS, Case, problem, reference
from golden.checks.comparison import compare
from golden.checks.gradcheck import names_of
from golden.compiler import compile_system
from golden.dynamics.integrator import Integrator, quadratic_nudge, twin
from golden.problems.problem import Problem
from golden.program import Program

__all__ = ["Row", "sweep"]


@dataclass(frozen=True)
class Row:
    """One (format, eps) of a sweep: medians over the seeds.

    Members
    -------
    eps_log2 : log2 of eps
    loss : median of 1 - cosine
    error : median relative error
    worst : largest 1 - cosine
    flags : names of the flags raised by any eps or seed of the sweep
    """

    eps_log2: int
    loss: float
    error: float
    worst: float
    flags: tuple[str, ...]


def sweep(
    case: Case,
    formats: Formats,
    *,
    seeds: Sequence[int] = range(5),
    eps_log2: Sequence[int] = range(-9, 4),
    program: Program | None = None,
) -> list[Row]:
    """Agreement at every eps, all eps and seeds in one batch of integers. `program` replaces the compiled one.

    >>> row, = sweep(Case("linear", 3, 1, 20), Formats(), seeds=[0, 1], eps_log2=[0])
    >>> row.eps_log2, row.loss < 1e-6, row.flags
    (0, True, ())
    """
    program = program or compile_system(case.build(), formats)
    problems = [problem(case, seed, formats.operand_bits, formats.step) for seed in seeds]
    integrator, grads, weak = _echo(case, formats, program, problems, eps_log2)
    wanted = [reference(case, seed, formats.operand_bits, formats.step)[0] for seed in seeds]
    rows = []
    for i, e in enumerate(eps_log2):
        pairs = []
        for s in range(len(seeds)):
            found = {}
            for name, _ in program.parameters:
                sign, log2 = program.gradient_log2(name)
                found[name] = sign * formats.step * np.ldexp(grads[name][i, s].astype(np.float64), log2 - 1 - e - weak)
            pairs.append(compare(found, wanted[s], found))
        losses = [1.0 - cosine for cosine, _ in pairs]
        errors = [error for _, error in pairs]
        rows.append(
            Row(e, float(np.median(losses)), float(np.median(errors)), max(losses), tuple(names_of(integrator.flags)))
        )
    return rows


def _echo(
    case: Case, formats: Formats, program: Program, problems: Sequence[Problem], eps_log2: Sequence[int]
) -> tuple[Integrator, dict[str, Words], int]:
    """The integrator after its passes, gradient words (eps, seeds, ...), and log2 of the cost's own strength."""
    theta = {name: np.stack([formats.theta.raw(one.theta[name]) for one in problems]) for name, _ in program.parameters}
    integrator = Integrator(program, theta)
    inputs = formats.u.raw(np.stack([one.inputs for one in problems], axis=-2))
    wanted = np.stack([one.targets for one in problems], axis=-2)
    q0, p0 = (np.stack([getattr(one, name) for one in problems]) for name in ("q0", "p0"))
    q, p = integrator.forward_many(formats.q.raw(q0), formats.p.raw(p0), inputs)
    batch, targets = (len(eps_log2), len(problems)), formats.q.raw(wanted)
    meter = COSTS[case.cost]().start(n=program.n, steps=case.steps, targets=wanted)
    weak = power_of_two(meter.strength, "strength")
    q, p = (np.broadcast_to(state, batch + state.shape[-1:]) for state in (q, p))

    def nudge(t: int, q: Words) -> Words | None:
        if case.cost == "final" and t < case.steps - 1:
            return None
        y = targets if case.cost == "final" else targets[t]
        return np.stack([quadratic_nudge(program, q[:, i], y, e + weak) for i, e in enumerate(eps_log2)], axis=1)

    grads = integrator.zero_gradients(batch)
    integrator.echo_many(*twin(q, p), inputs, grads, nudge)
    return integrator, grads, weak
