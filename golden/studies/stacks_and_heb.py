"""How exact the echo is in stacks and in HEB: errors against eps, depth and mass, their fitted orders, words stored.

    python -m golden.studies.stacks_and_heb -o docs/results/stacks_and_heb.json

References: BPTT through the stack (golden.rules.stack_bptt), finite differences and BPTT for HEB. Relative errors and
cosines are over all parameters together. The problem is seeded; ten seconds of one CPU.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from golden.checks.comparison import compare
from golden.cost_functions import FinalCost, SummedCost
from golden.errors import ended
from golden.rules import Problem, StackProblem, bptt, finite_differences, heb, rhel, stack, stack_bptt
from golden.stacks import GluMixing, Stack, TanhMixing
from golden.studies.command import parser
from golden.studies.rows import write
from golden.systems import get

__all__ = ["main", "order", "stack_problem"]

STEPS = 120
FINE = tuple(2.0**-k for k in range(7, 13))
"""Where the error of eps stands far above rounding."""
SMALL = tuple(10.0**-k for k in range(3, 10))
MASSES = (1e3, 1e4, 1e5, 1e6, 1e7)


def stack_problem(depth: int, kind: str = "final", steps: int = STEPS) -> StackProblem:
    """`depth` layers of 8, 9, 10, ... neurons: dense with a tanh mixing and hru with a GLU in turn; seed 0.

    >>> stack_problem(3).stack
    Stack(3 -> dense(8, 4) tanhmixing -> hru(9, 4) glumixing -> dense(10, 4) tanhmixing -> 5)
    """
    rng = np.random.default_rng(0)
    layers = []
    for at in range(depth):
        name, mixing = ("hru", GluMixing) if at % 2 else ("dense", TanhMixing)
        layers.append((get(name, n=8 + at, m=4), mixing(8 + at, 4)))
    built = Stack(layers, 3, 5)
    inputs, targets = rng.normal(size=(steps, 3)), rng.normal(size=(steps, 5) if kind == "summed" else 5)
    return StackProblem(
        built, built.initial(0), inputs, targets, cost=SummedCost() if kind == "summed" else FinalCost()
    )


def order(x: tuple[float, ...], y: list[float]) -> float:
    """The slope of log y over log x.

    >>> round(order((1.0, 2.0, 4.0), [3.0, 12.0, 48.0]), 6)
    2.0
    """
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def stacks() -> dict[str, Any]:
    """Errors by depth, cost and eps; what undivided differences would be worth; words by T."""
    rows = []
    for depth, kind in [(depth, "final") for depth in (1, 2, 3, 4)] + [(3, "summed")]:
        posed = stack_problem(depth, kind)
        built = posed.stack
        wanted, _, _ = stack_bptt.gradient(posed)

        def error(eps: float | list[float], posed: StackProblem = posed, wanted: Any = wanted) -> float:
            return compare(stack.gradient(posed, eps=eps)[0], wanted, posed.theta)[1]

        small = {eps: error(eps) for eps in SMALL}
        best = min(small, key=lambda eps: small[eps])
        row = {"layers": depth, "cost": kind, "neurons": built.n, "steps": STEPS}
        row |= {"parameters": int(sum(np.prod(shape) for shape in built.parameters.values()))}
        row |= {
            "order_symmetric": order(FINE, [error(eps) for eps in FINE]),
            "best_eps": best,
            "best_error": small[best],
        }
        row |= {"rounding_times_eps": small[1e-9] * 1e-9, "errors": {f"{eps:g}": e for eps, e in small.items()}}
        row |= {"undivided_error": error([1e-3 ** (depth - at) for at in range(depth)])}
        cosine, _ = compare(stack.gradient(posed, eps=1e-4)[0], wanted, built.parameters)
        rows.append({**row, "one_minus_cosine_at_1e-4": 1 - cosine})
    words = []
    for steps in (100, 1000):
        posed = stack_problem(3, "final", steps)
        reports = [rule.gradient(posed)[2] for rule in (stack, stack_bptt)]
        words.append({"steps": steps, "rhel": reports[0].stored_words, "bptt": reports[1].stored_words})
    return {"rows": rows, "stored_words": words}


def self_learning() -> dict[str, Any]:
    """HEB on dense, 8 neurons: error against M and against eps, agreement with finite differences, words."""
    rng = np.random.default_rng(1)
    system = get("dense", n=8, m=2)
    inputs, (targets, q0, p0) = rng.normal(size=(STEPS, 2)), (rng.normal(size=8) for _ in range(3))
    posed = Problem(system, system.initial(1), inputs, targets, q0=q0, p0=p0)
    names = list(system.parameters)
    wanted, _, _ = bptt.gradient(posed)
    by_mass = []
    for mass in MASSES:
        cosine, error = compare(heb.gradient(posed, eps=1e-5, mass=mass)[0], wanted, names)
        by_mass.append({"mass": mass, "relative_error": error, "one_minus_cosine": 1 - cosine})
    by_eps = []
    for eps in FINE:
        found = {s: heb.gradient(posed, eps=eps, mass=math.inf, symmetric=s)[0] for s in (True, False)}
        errors = {s: compare(grads, wanted, names)[1] for s, grads in found.items()}
        by_eps.append({"eps": eps, "symmetric": errors[True], "one_sided": errors[False]})
    plain, _, _ = finite_differences.gradient(posed, names=[*names, "q0"])
    grads, _, report = heb.gradient(posed, mass=1e8)
    echo, _, of_rhel = rhel.gradient(posed)
    return {
        "neurons": 8,
        "steps": STEPS,
        "parameters": int(sum(np.prod(shape) for shape in system.parameters.values())),
        "by_mass": by_mass,
        "order_mass_error": order(MASSES[1:], [row["relative_error"] for row in by_mass[1:]]),
        "order_mass_cosine": order(MASSES[1:], [row["one_minus_cosine"] for row in by_mass[1:]]),
        "by_eps": by_eps,
        "order_eps_symmetric": order(FINE, [row["symmetric"] for row in by_eps]),
        "order_eps_one_sided": order(FINE, [row["one_sided"] for row in by_eps]),
        "finite_differences_one_minus_cosine": 1 - compare(grads, plain, names)[0],
        "finite_differences_q0_one_minus_cosine": 1 - compare(grads, plain, ["q0"])[0],
        "stored_words": {"heb": report.stored_words, "rhel": of_rhel.stored_words},
        "infinite_mass_against_rhel": compare(heb.gradient(posed, mass=math.inf)[0], echo, names)[1],
    }


def lines(found: dict[str, Any]) -> dict[str, list[str]]:
    """The measured lines of docs/stacks_and_heb.md, by their place there."""
    of_heb, words = found["heb"], found["stacks"]["stored_words"]
    table = [
        f"| {row['layers']} | {row['parameters']} | {row['order_symmetric']:.2f} | {row['errors']['0.001']:.0e} | "
        f"{row['best_error']:.0e} ({row['best_eps']:.0e}) | {row['rounding_times_eps']:.0e} | "
        f"{row['undivided_error']:.0e} |"
        for row in found["stacks"]["rows"]
        if row["cost"] == "final"
    ]
    stored = [
        f"Three layers, 27 neurons, T = {row['steps']}: {row['rhel']} words of state, where BPTT stores {row['bptt']}."
        for row in words
    ]
    orders = [
        f"| relative error against M | {of_heb['order_mass_error']:.2f} | "
        f"{of_heb['by_mass'][3]['relative_error']:.0e} at M = 1e6 |",
        f"| 1 - cosine against M | {of_heb['order_mass_cosine']:.2f} | "
        f"{of_heb['by_mass'][3]['one_minus_cosine']:.0e} at M = 1e6 |",
        f"| relative error against eps, symmetric | {of_heb['order_eps_symmetric']:.2f} | "
        f"{of_heb['by_eps'][3]['symmetric']:.0e} at eps = 2^-10 |",
        f"| relative error against eps, one-sided | {of_heb['order_eps_one_sided']:.2f} | "
        f"{of_heb['by_eps'][3]['one_sided']:.0e} at eps = 2^-10 |",
    ]
    return {
        "TABLE": table,
        "WORDS": stored,
        "ORDERS": orders,
        "INFINITE": [f"{of_heb['infinite_mass_against_rhel']:.0e}"],
        "FDQ": [f"{of_heb['finite_differences_q0_one_minus_cosine']:.0e}"],
        "FD": [f"{of_heb['finite_differences_one_minus_cosine']:.0e}"],
    }


def main(argv: list[str] | None = None) -> int:
    """Entry point."""
    out = parser("stacks_and_heb", __doc__, default=True, into=False).parse_args(argv).out
    command = f"python -m golden.studies.stacks_and_heb -o {out}"
    write(out, {"command": command, "stacks": stacks(), "heb": self_learning()})
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
