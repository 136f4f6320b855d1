"""Agreement of the integer echo with back-propagation over many eps and seeds, in one batch of integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from golden.arithmetic.formats import Formats
from golden.checks.cases import Case, problem, reference
from golden.checks.comparison import compare
from golden.checks.gradcheck import names_of
from golden.compiler import compile_system
from golden.problems.problem import Problem
from golden.program import Program
from golden.rules import rhel_fixed

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
    grads, _, report = rhel_fixed.gradients_by_eps(_stacked(problems), [2.0**e for e in eps_log2], program=program)
    wanted = [reference(case, seed, formats.operand_bits, formats.step)[0] for seed in seeds]
    rows = []
    for e, found in zip(eps_log2, grads, strict=True):
        pairs = [compare({name: found[name][s] for name in found}, one, found) for s, one in enumerate(wanted)]
        losses = [1.0 - cosine for cosine, _ in pairs]
        errors = [error for _, error in pairs]
        rows.append(
            Row(e, float(np.median(losses)), float(np.median(errors)), max(losses), tuple(names_of(report.flags)))
        )
    return rows


def _stacked(problems: Sequence[Problem]) -> Problem:
    """Problems of one case as one batch, each with its own parameters."""
    first = problems[0]
    return replace(
        first,
        theta={name: np.stack([one.theta[name] for one in problems]) for name in first.theta},
        inputs=np.stack([one.inputs for one in problems], axis=-2),
        targets=np.stack([one.targets for one in problems], axis=-2),
        q0=np.stack([one.q0 for one in problems]),
        p0=np.stack([one.p0 for one in problems]),
    )
