"""How well the echo's gradient agrees with back-propagation: one check in float64 and in fixed point.

The reference is always float64 BPTT at the very numbers that the words hold: parameters on the operands' grid, inputs,
initial state and targets on coarse grids, so that only the arithmetic in time differs. Cosine and relative error are
over all parameters together: g.r / |g||r| and |g - r| / |r|.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats, checked
from golden.checks import own_cost
from golden.checks.cases import Case, problem, reference
from golden.checks.comparison import compare
from golden.checks.strengths import Progress, Strengths
from golden.compiler.compile import compile_system, described
from golden.compiler.realised import told
from golden.cost_functions import Cost
from golden.dynamics.integrator import Flags
from golden.dynamics.stability import stability
from golden.errors import HelError
from golden.language.graph import Array
from golden.language.validate import whole
from golden.problems.problem import Problem
from golden.problems.validity import LARGE
from golden.program import Program
from golden.rules import rhel, rhel_fixed

__all__ = ["AUTO", "Posed", "compared", "gradcheck", "names_of", "pose"]

AUTO = "auto"
"""For eps: the power of two with the smallest error in fixed point."""


def gradcheck(
    system: str | systems.System,
    *,
    steps: int = 100,
    neurons: int | None = None,
    inputs: int | None = None,
    eps: float | str = AUTO,
    seed: int = 0,
    formats: Formats | None = None,
    cost: str | Cost = "final",
    targets: int | None = None,
    cuts: str = "default",
    executor: str | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """HEL against BPTT, in float64 and in fixed point, on one random problem of `golden.checks.cases.problem`.

    Parameters
    ----------
    system : a name, with N = `neurons` (default 16) and m = `inputs` (default 4), or a `System` with its own
    eps : a power of two, the nudge's strength; "auto": the one with the smallest error in fixed point
    cost : "final", "summed" or "averaged", `path/to/file.py:function`, or a `Cost` (`golden.checks.own_cost`)
    targets : numbers in a target; default N
    executor : as `golden.rules.rhel_fixed.gradient`
    progress : called with (done, total, text)

    Returns
    -------
    cosine_float, relative_error_float, cosine_fixed, relative_error_fixed : at `eps`, the number that was used
    return_error_lsb : of an echo without nudge
    round_off : |fixed - float64| / |reference|; asymmetry : of the two echoes in float64
    best_eps, best_relative_error_fixed : of the powers of two, the best in fixed point and what it has
    stability : of the motion without a nudge (`golden.dynamics.stability`)
    the arguments with the cost's value, the flags raised, the arguments beyond their table (`argument_clamped`), the
    cuts that saturated (`operand_clipped`), the cuts of the program (`golden.compiler.compile`)

    Raises
    ------
    HelError : an unknown system or cost, an eps that is no power of two, cuts that a calibration does not find; any
        other argument that cannot be.

    >>> result = gradcheck("linear", steps=50, neurons=4)
    >>> result["cosine_fixed"] > 0.999999, result["return_error_lsb"], result["flags"], result["eps"]
    (True, 0, [], 1.0)
    >>> gradcheck(systems.Linear(4, 2), steps=50, eps=1.0, cost="averaged")["cost_kind"]
    'averaged'
    """
    given = None if isinstance(eps, str) and eps == AUTO else rhel_fixed.log2_eps(eps)  # type: ignore[arg-type]
    size: dict[str, Any] = {"steps": steps, "neurons": neurons, "inputs": inputs, "targets": targets}
    posed = pose(system, **size, seed=seed, formats=formats, cost=cost, cuts=cuts, progress=progress)
    strengths = Strengths(posed.problem, posed.wanted, posed.program, progress, executor)
    best = strengths.best()
    return compared(posed, strengths, best, best if given is None else given)


@dataclass(frozen=True)
class Posed:
    """A problem with its reference, its program, and what was asked for."""

    case: Case
    problem: Problem
    wanted: Mapping[str, Array]
    cost: float
    program: Program
    asked: Mapping[str, Any]
    told: Mapping[str, Any]


def pose(
    system: str | systems.System,
    *,
    steps: int,
    neurons: int | None,
    inputs: int | None,
    targets: int | None,
    seed: int,
    formats: Formats | None,
    cost: str | Cost,
    cuts: str,
    progress: Progress | None = None,
) -> Posed:
    """The problem of a `gradcheck` with these arguments, differentiated by back-propagation."""
    steps, seed = whole(steps, "the number of steps", 1), whole(seed, "the seed", 0)
    measure = own_cost.cost_of(cost)
    formats = Formats() if formats is None else checked(formats)
    driven = 1 if isinstance(system, str) and system == "springs" else inputs
    made = systems.sized(system, neurons=neurons, inputs=driven, usual_neurons=Case.neurons, usual_inputs=Case.inputs)
    numbers = made.n if targets is None else whole(targets, "the size of a target", 1)
    kept = isinstance(cost, str) and cost in own_cost.COSTS
    case = Case(system, made.n, made.m, steps, cost if kept else measure, numbers)
    if not made.parameters:
        raise HelError(f"gradients of parameters are compared, {case.name} has none; declare one")
    own_cost.examined(measure, made.n, numbers)
    program = compile_system(made, formats, cuts)
    posed = problem(case, seed, formats.operand_bits, formats.step)
    if progress is not None:
        progress(0, 0, "back-propagation")
    wanted, value = _finite_reference(case, seed, formats)
    asked = {
        "system": case.name,
        "neurons": made.n,
        "steps": steps,
        "seed": seed,
        "cost_kind": cost if isinstance(cost, str) else repr(cost),
        "targets": numbers,
        "fraction_bits": formats.fraction_bits,
        "operand_bits": formats.operand_bits,
        "integer_bits": formats.integer_bits,
    }
    return Posed(case, posed, wanted, value, program, asked, described(program, cuts) | told(made, program.formats))


def compared(posed: Posed, strengths: Strengths, best: int, e: int) -> dict[str, Any]:
    """What `gradcheck` returns for eps = 2**e, where `best` is the best log2 eps of `strengths`."""
    names, eps, p = strengths.names, 2.0**e, posed.problem
    in_float, _, float_report = rhel.gradient(posed.problem, eps=eps)
    in_fixed, _, report = rhel_fixed.gradient(
        posed.problem, eps=eps, program=posed.program, executor=strengths.executor
    )
    cosine_float, error_float = compare(in_float, posed.wanted, names)
    cosine_fixed, error_fixed = compare(in_fixed, posed.wanted, names)
    return {
        **posed.asked,
        "executor": report.executor,
        "eps": eps,
        "best_eps": 2.0**best,
        "best_relative_error_fixed": strengths.fixed[best].error,
        "cost": posed.cost,
        "cosine_float": cosine_float,
        "relative_error_float": error_float,
        "asymmetry": float_report.asymmetry,
        "cosine_fixed": cosine_fixed,
        "relative_error_fixed": error_fixed,
        "round_off": strengths.apart(in_fixed, in_float),
        "stability": stability(p.system, p.theta, p.inputs, p.step, p.q0, p.p0).told,
        "return_error_lsb": report.return_error_lsb,
        "flags": names_of(report.flags),
        "argument_clamped": list(report.argument_clamped),
        "operand_clipped": list(report.operand_clipped),
        **posed.told,
    }


def _finite_reference(case: Case, seed: int, formats: Formats) -> tuple[Mapping[str, Array], float]:
    """The reference; refuses one that grew without bound."""
    with np.errstate(all="ignore"):
        wanted, value = reference(case, seed, formats.operand_bits, formats.step)
    if not all(np.all(np.abs(one) < LARGE) for one in (np.asarray(value), *wanted.values())):
        raise HelError(
            f"a trajectory must stay finite, that of {case.name} grows without bound in {case.steps} steps; take a "
            "smaller step or fewer of them, add a restoring term such as np.sum(a * q**2) / 2, or weaken the forces"
        )
    return wanted, value


def names_of(flags: Flags) -> list[str]:
    """The flags raised, by name.

    >>> names_of(Flags.Q_OVERFLOW)
    ['q_overflow']
    """
    return [flag.name.lower() for flag in flags if flag.name]
