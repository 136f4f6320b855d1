"""How well the echo's gradient agrees with back-propagation: one check in float64 and in fixed point.

The reference is always float64 BPTT at the very numbers that the words hold: parameters on the operands' grid, inputs,
initial state and targets on coarse grids, so that only the arithmetic in time differs. Cosine and relative error are
over all parameters together: g.r / |g||r| and |g - r| / |r|.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden.arithmetic.formats import Formats
from golden.checks.cases import COSTS, Case, problem, reference
from golden.checks.comparison import compare
from golden.compiler.compile import compile_system, described
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.language.graph import Array
from golden.problems.validity import LARGE
from golden.rules import rhel, rhel_fixed

__all__ = ["gradcheck", "names_of"]


def gradcheck(
    system: str,
    *,
    steps: int = 100,
    neurons: int = 16,
    inputs: int = 4,
    eps: float = 2.0**-5,
    seed: int = 0,
    formats: Formats | None = None,
    cost: str = "final",
    cuts: str = "default",
) -> dict[str, Any]:
    """HEL against BPTT, in float64 and in fixed point, on one random problem of `golden.checks.cases.problem`.

    Returns the keys cosine_float, relative_error_float, cosine_fixed, relative_error_fixed, return_error_lsb, and the
    arguments with the cost's value, the flags raised, the angles beyond sin's table (`argument_clamped`) and the cuts
    of the program (`golden.compiler.compile`). Raises HelError for an unknown system or cost, an eps that is no power
    of two, and cuts that a calibration does not find.

    >>> result = gradcheck("linear", steps=50, neurons=4, eps=1.0)
    >>> result["cosine_fixed"] > 0.999999, result["return_error_lsb"], result["flags"]
    (True, 0, [])
    """
    rhel_fixed.log2_eps(eps)
    if steps < 1:
        raise HelError(f"the number of steps must be at least 1, got {steps}; use for example 1000")
    if cost not in COSTS:
        raise HelError(f"the cost is one of {', '.join(COSTS)}, got {cost}")
    formats = formats or Formats()
    case = Case(system, neurons, inputs, steps, cost)
    if not case.build().parameters:
        raise HelError(f"gradients of parameters are compared, {system} has none; declare one")
    program = compile_system(case.build(), formats, cuts)
    posed = problem(case, seed, formats.operand_bits, formats.step)
    wanted, value = _finite_reference(case, seed, formats)
    names = list(case.build().parameters)
    in_float, _, float_report = rhel.gradient(posed, eps=eps)
    in_fixed, _, report = rhel_fixed.gradient(posed, eps=eps, program=program)
    cosine_float, error_float = compare(in_float, wanted, names)
    cosine_fixed, error_fixed = compare(in_fixed, wanted, names)
    return {
        "system": system,
        "neurons": neurons,
        "steps": steps,
        "eps": eps,
        "seed": seed,
        "cost_kind": cost,
        "fraction_bits": formats.fraction_bits,
        "operand_bits": formats.operand_bits,
        "integer_bits": formats.integer_bits,
        "cost": value,
        "cosine_float": cosine_float,
        "relative_error_float": error_float,
        "asymmetry": float_report.asymmetry,
        "cosine_fixed": cosine_fixed,
        "relative_error_fixed": error_fixed,
        "return_error_lsb": report.return_error_lsb,
        "flags": names_of(report.flags),
        "argument_clamped": list(report.argument_clamped),
        **described(program, case.build(), cuts),
    }


def _finite_reference(case: Case, seed: int, formats: Formats) -> tuple[Mapping[str, Array], float]:
    """The reference; refuses one that grew without bound."""
    with np.errstate(all="ignore"):
        wanted, value = reference(case, seed, formats.operand_bits, formats.step)
    if not all(np.all(np.abs(one) < LARGE) for one in (np.asarray(value), *wanted.values())):
        raise HelError(
            f"a trajectory must stay finite, that of {case.system} grows without bound in {case.steps} steps; use a "
            "smaller --step or fewer --steps, or smaller forces in the potential"
        )
    return wanted, value


def names_of(flags: Flags) -> list[str]:
    """The flags raised, by name.

    >>> names_of(Flags.Q_OVERFLOW)
    ['q_overflow']
    """
    return [flag.name.lower() for flag in flags if flag.name]
