"""How well the echo's gradient agrees with back-propagation: one check, and sweeps over formats and eps.

The reference is always float64 BPTT at the very numbers that the words hold: parameters on the operands' grid, inputs,
initial state and targets on coarse grids, so that only the arithmetic in time differs. Cosine and relative error are
over all parameters together: g.r / |g||r| and |g - r| / |r|.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from golden import systems
from golden.arithmetic.formats import Formats
from golden.arithmetic.rounding import Words, power_of_two
from golden.compiler.compile import compiled, described
from golden.compiler.lower import compile_system
from golden.costs import Cost, FinalCost, SummedCost
from golden.dynamics.integrator import Flags, Integrator, quadratic_nudge, twin
from golden.errors import HelError
from golden.language.graph import Array
from golden.program import Program
from golden.rules import bptt, rhel, rhel_fixed
from golden.rules.problem import LARGE

__all__ = ["COSTS", "Case", "Row", "compare", "gradcheck", "problem", "sweep"]

COSTS: dict[str, type[Cost]] = {"final": FinalCost, "summed": SummedCost}
"""Half squared error at the end, or its plain sum over all steps."""


@dataclass(frozen=True)
class Case:
    """A problem family: the system, its size, T, and the cost.

    >>> Case("dense").steps
    1000
    """

    system: str = "dense"
    neurons: int = 16
    inputs: int = 4
    steps: int = 1000
    cost: str = "final"

    def build(self) -> systems.System:
        return systems.get(self.system, n=self.neurons, m=1 if self.system == "springs" else self.inputs)


def problem(case: Case, seed: int, operand_bits: int = 18) -> dict[str, Any]:
    """theta, inputs, targets, q0, p0 as floats that formats with these operands hold exactly.

    That holds from w = 12 and f = 8 on; below, the fixed-point figures also contain the rounding of what is given.

    theta: the system's own initial(seed) on the operand grid. q0, p0 normal(0, 1/2) on 2**-8; inputs normal(0, 1/2) on
    2**-7; targets normal(0, 1) on 2**-8, one a step for a summed cost.
    """
    system = case.build()
    rng = np.random.default_rng([seed, 1])

    def grid(values: Array, bits: int) -> Array:
        return np.asarray(np.ldexp(np.rint(np.ldexp(values, bits)), -bits))

    top = 2.0 - 2.0 ** (2 - operand_bits)
    per_step = (case.steps,) if COSTS[case.cost].per_step else ()
    return {
        "theta": {k: np.clip(grid(v, operand_bits - 2), -2.0, top) for k, v in system.initial(seed).items()},
        "inputs": grid(rng.normal(0.0, 0.5, (case.steps, system.m)), 7),
        "q0": grid(rng.normal(0.0, 0.5, system.n), 8),
        "p0": grid(rng.normal(0.0, 0.5, system.n), 8),
        "targets": grid(rng.normal(0.0, 1.0, (*per_step, system.n)), 8),
    }


@lru_cache(maxsize=256)
def reference(case: Case, seed: int, operand_bits: int, step: float) -> tuple[Mapping[str, Array], float]:
    """BPTT's parameter gradients and the cost."""
    grads, cost, _ = bptt.gradient(
        case.build(), **problem(case, seed, operand_bits), cost=COSTS[case.cost](), step=step
    )
    return grads, cost


def compare(grads: Mapping[str, Array], reference: Mapping[str, Array], names: Iterable[str]) -> tuple[float, float]:
    """(cosine, relative error) over the named gradients together.

    >>> compare({"a": np.array([3.0, 4.0])}, {"a": np.array([3.0, 0.0])}, ["a"])
    (0.6, 1.3333333333333333)
    """
    names = list(names)
    g, r = (np.concatenate([np.ravel(side[name]) for name in names]) for side in (grads, reference))
    if not g.any() or not r.any():
        return 0.0, 1.0
    return float(g @ r / np.linalg.norm(g) / np.linalg.norm(r)), float(np.linalg.norm(g - r) / np.linalg.norm(r))


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
    """HEL against BPTT, in float64 and in fixed point, on one random problem of `problem`.

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
    program = compiled(case.build(), formats, cuts)
    numbers = problem(case, seed, formats.operand_bits)
    shared: dict[str, Any] = {**numbers, "cost": COSTS[cost](), "step": formats.step, "eps": eps}
    with np.errstate(all="ignore"):
        wanted, value = reference(case, seed, formats.operand_bits, formats.step)
    if not all(np.all(np.abs(one) < LARGE) for one in (np.asarray(value), *wanted.values())):
        raise HelError(
            f"a trajectory must stay finite, that of {system} grows without bound in {steps} steps; use a smaller"
            " --step or fewer --steps, or smaller forces in the potential"
        )
    names = list(case.build().parameters)
    in_float, _, float_report = rhel.gradient(case.build(), **shared)
    in_fixed, _, report = rhel_fixed.gradient(case.build(), **shared, program=program)
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
        "flags": _names(report.flags),
        "argument_clamped": list(report.argument_clamped),
        **described(program, case.build(), cuts),
    }


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
    """Agreement at every eps, all eps and seeds in one batch of integers. `program` replaces the compiled one."""
    program = program or compile_system(case.build(), formats)
    problems = [problem(case, seed, formats.operand_bits) for seed in seeds]
    theta = {
        name: np.stack([formats.theta.raw(one["theta"][name]) for one in problems]) for name, _ in program.parameters
    }
    integrator = Integrator(program, theta)
    words = {name: np.stack([one[name] for one in problems], axis=-2) for name in ("inputs", "q0", "p0", "targets")}
    inputs, targets = formats.u.raw(words["inputs"]), formats.q.raw(words["targets"])
    q, p = integrator.forward_many(formats.q.raw(words["q0"]), formats.p.raw(words["p0"]), inputs)
    batch = (len(eps_log2), len(seeds))
    meter = COSTS[case.cost]().start(n=program.n, steps=case.steps, targets=words["targets"])
    weak = power_of_two(meter.strength, "strength")
    q, p = (np.broadcast_to(state, batch + state.shape[-1:]) for state in (q, p))

    def nudge(t: int, q: Words) -> Words | None:
        if case.cost == "final" and t < case.steps - 1:
            return None
        y = targets if case.cost == "final" else targets[t]
        return np.stack([quadratic_nudge(program, q[:, i], y, e + weak) for i, e in enumerate(eps_log2)], axis=1)

    grads = integrator.zero_gradients(batch)
    integrator.echo_many(*twin(q, p), inputs, grads, nudge)
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
            Row(e, float(np.median(losses)), float(np.median(errors)), max(losses), tuple(_names(integrator.flags)))
        )
    return rows


def _names(flags: Flags) -> list[str]:
    return [flag.name.lower() for flag in flags if flag.name]
