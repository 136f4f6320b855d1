"""How well the echo's gradient agrees with back-propagation: one check in float64 and in fixed point.

The reference is always float64 BPTT at the very numbers that the words hold: parameters on the operands' grid, inputs,
initial state and targets on coarse grids, so that only the arithmetic in time differs. Cosine and relative error are
over all parameters together: g.r / |g||r| and |g - r| / |r|.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats, checked
from golden.checks.cases import COSTS, Case, problem, reference
from golden.checks.comparison import compare
from golden.compiler.compile import compile_system, described
from golden.dynamics.integrator import Flags
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import shortened, whole
from golden.problems.validity import LARGE
from golden.rules import rhel, rhel_fixed

__all__ = ["gradcheck", "names_of"]


def gradcheck(
    system: str | systems.System,
    *,
    steps: int = 100,
    neurons: int | None = None,
    inputs: int | None = None,
    eps: float = 2.0**-5,
    seed: int = 0,
    formats: Formats | None = None,
    cost: str = "final",
    cuts: str = "default",
) -> dict[str, Any]:
    """HEL against BPTT, in float64 and in fixed point, on one random problem of `golden.checks.cases.problem`.

    `system` is a name, with N = `neurons` (default 16) and m = `inputs` (default 4), or a `System` with its own.
    Returns the keys cosine_float, relative_error_float, cosine_fixed, relative_error_fixed, return_error_lsb, and the
    arguments with the cost's value, the flags raised, the angles beyond sin's table (`argument_clamped`) and the cuts
    of the program (`golden.compiler.compile`). Raises HelError for an unknown system or cost, an eps that is no power
    of two, and cuts that a calibration does not find; for any other argument that cannot be.

    >>> result = gradcheck("linear", steps=50, neurons=4, eps=1.0)
    >>> result["cosine_fixed"] > 0.999999, result["return_error_lsb"], result["flags"]
    (True, 0, [])
    >>> gradcheck(systems.Linear(4, 2), steps=50, eps=1.0)["neurons"]
    4
    """
    rhel_fixed.log2_eps(eps)
    steps, seed = whole(steps, "the number of steps", 1), whole(seed, "the seed", 0)
    if not isinstance(cost, str) or cost not in COSTS:
        got = cost if isinstance(cost, str) else shortened(cost)
        raise HelError(f"the cost is one of {', '.join(COSTS)}, got {got}; give one of these words")
    formats = Formats() if formats is None else checked(formats)
    driven = 1 if isinstance(system, str) and system == "springs" else inputs
    made = systems.sized(system, neurons=neurons, inputs=driven, usual_neurons=Case.neurons, usual_inputs=Case.inputs)
    case = Case(system, made.n, made.m, steps, cost)
    if not made.parameters:
        raise HelError(f"gradients of parameters are compared, {case.name} has none; declare one")
    program = compile_system(made, formats, cuts)
    posed = problem(case, seed, formats.operand_bits, formats.step)
    wanted, value = _finite_reference(case, seed, formats)
    names = list(made.parameters)
    in_float, _, float_report = rhel.gradient(posed, eps=eps)
    in_fixed, _, report = rhel_fixed.gradient(posed, eps=eps, program=program)
    cosine_float, error_float = compare(in_float, wanted, names)
    cosine_fixed, error_fixed = compare(in_fixed, wanted, names)
    return {
        "system": case.name,
        "neurons": made.n,
        "steps": steps,
        "eps": float(eps),
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
        **described(program, cuts),
    }


def _finite_reference(case: Case, seed: int, formats: Formats) -> tuple[Mapping[str, Array], float]:
    """The reference; refuses one that grew without bound."""
    with np.errstate(all="ignore"):
        wanted, value = reference(case, seed, formats.operand_bits, formats.step)
    if not all(np.all(np.abs(one) < LARGE) for one in (np.asarray(value), *wanted.values())):
        raise HelError(
            f"a trajectory must stay finite, that of {case.name} grows without bound in {case.steps} steps; use a "
            "smaller --step or fewer --steps, or smaller forces in the potential"
        )
    return wanted, value


def names_of(flags: Flags) -> list[str]:
    """The flags raised, by name.

    >>> names_of(Flags.Q_OVERFLOW)
    ['q_overflow']
    """
    return [flag.name.lower() for flag in flags if flag.name]
