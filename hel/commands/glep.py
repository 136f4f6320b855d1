"""Compare every boundary condition of the GLEP learning rule on one system, against finite differences.

civp    q and p held at the start: the gradient needs the boundary residual, two runs for each parameter
cbvp    q held at both ends: a two-point problem is solved
pfvp    nudged runs end where the free one ended: this is Hamiltonian echo learning
pbvp    periodic: the end is the start
mixed   q held at the start, p at the end: a two-point problem

cosine_without_residual leaves the residual out: it stays at 1 where there is none. The reference moves each parameter
and solves the boundary problem again. --demo two-oscillators learns the spring between two masses from the path the
second one should take, with Hamiltonian echo learning or the conditions asked for.

example:
  hel glep dense --figure glep.png                   # all conditions: a table and a figure
  hel glep hru --conditions civp,pfvp --eps 1e-5     # two of them
  hel glep --demo two-oscillators --figure two_oscillators.png
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, choose, fraction, integer
from hel.options import add_seed, add_system, checked_system, given_system
from hel.output import Progress, table

DEMO = "two-oscillators"
COLUMNS = ("condition", "1 - cosine", "relative_error", "cosine_without_residual", "passes", "stored_words",
           "solver_iterations", "hessian_products", "local", "causal")  # fmt: skip
OWN = {"system": "dense", "neurons": 8, "inputs": 4, "seed": 0}
"""What the demonstration has of its own."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """System, size, length, step, eps, seed, conditions, figure; the demonstration."""
    add_system(parser, optional=True)
    parser.add_argument("--neurons", type=integer(1, 64), metavar="N", help="positions q, 1 to 64; default: 8")
    parser.add_argument(
        "--inputs", type=integer(1, 64), metavar="M", help="channels of the input u, 1 to 64; default: 4"
    )
    parser.add_argument(
        "--steps", type=integer(2, 10_000), metavar="T", help="length in time steps; default: 100, the demo's 40"
    )
    parser.add_argument("--step", type=fraction, default=0.125, metavar="H", help="time step h; default: 0.125")
    parser.add_argument(
        "--eps", type=fraction, default=1e-4, metavar="E", help="nudge strength of a whole run; default: 1e-4"
    )
    parser.add_argument(
        "--conditions", metavar="C,C", help="boundary conditions, separated by commas; default: all, the demo's pfvp"
    )
    parser.add_argument(
        "--figure",
        type=Path,
        metavar="FILE",
        help="draw trajectories, and errors against eps, into a .png, .svg or .pdf file",
    )
    parser.add_argument(
        "--demo", metavar="NAME", help=f"{DEMO}: learn a spring from a path; it has its own system and size"
    )
    parser.add_argument(
        "--epochs", type=integer(1, 10_000), metavar="K", help="steps of descent in the demo; default: 60"
    )
    add_seed(parser)
    parser.set_defaults(seed=None)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `golden.checks.glepcheck` and `golden.studies.two_oscillators`."""
    for name, value in (("--step", args.step), ("--eps", args.eps)):
        if value < 0:
            raise UsageError(f"{name} must be positive, not {value:g}; try {-value:g}")
    args.system = given_system(args)
    from golden.rules.glep import CONDITIONS
    from hel.figures import canvas, rules

    conditions = list(dict.fromkeys(name.strip() for name in (args.conditions or "").split(",") if name.strip()))
    for name in conditions:
        choose("condition", name, CONDITIONS)
    if args.demo is not None:
        return _demo(args, conditions)
    if args.epochs is not None:
        raise UsageError(f"--epochs belongs to --demo {DEMO}; drop it, or add the demo")
    size: dict[str, Any] = {name: OWN[name] if getattr(args, name) is None else getattr(args, name) for name in OWN}
    size |= {"steps": args.steps or 100, "step": args.step}
    checked_system(size["system"])
    path = canvas.checked(args.figure)
    from golden.checks.glepcheck import errors_by_eps, glepcheck, shown

    conditions = conditions or list(CONDITIONS)
    with Progress(quiet=args.quiet) as progress:
        result = glepcheck(**size, eps=args.eps, conditions=conditions, progress=progress)
        trajectories, errors = {}, {}
        for k, name in enumerate(conditions if path is not None else ()):
            trajectories[name] = shown(**size, condition=name, eps=args.eps)
            errors[name] = errors_by_eps(**size, condition=name)
            progress(k + 1, len(conditions), f"figure: {name}")
    if path is not None:
        result["errors"] = {name: [{"eps": e, "relative_error": r} for e, r in rows] for name, rows in errors.items()}
        result["figure"] = str(rules.boundary_conditions(trajectories, errors, path))
    return result


def _demo(args: argparse.Namespace, conditions: list[str]) -> dict[str, Any]:
    choose("demo", args.demo, [DEMO])
    for name in OWN:
        if getattr(args, name) is not None:
            what = args.system if name == "system" and args.system_named is None else f"--{name}"
            raise UsageError(f"--demo {DEMO} has its own system, start and size; drop {what}")
    from golden.studies.two_oscillators import study
    from hel.figures import canvas, rules

    path = canvas.checked(args.figure)
    options = {"epochs": args.epochs or 60, "steps": args.steps or 40, "step": args.step, "eps": args.eps}
    with Progress(quiet=args.quiet) as progress:
        result = study(conditions or ["pfvp"], **options, progress=progress)
    result["demo"] = DEMO
    if path is not None:
        result["figure"] = str(rules.two_oscillators(result, path))
    return result


def text(result: dict[str, Any]) -> str:
    """A line per condition."""
    figure = [f"figure: {result['figure']}"] if "figure" in result else []
    if "demo" in result:
        rows = [{key: row[key] for key in ("condition", "k12", "cost", "passes")} for row in result["rows"]]
        return "\n".join([table(rows), f"the teacher's k12 is {result['true_k12']:g}", *figure])
    rows = [{**row, "1 - cosine": f"{max(0.0, 1 - row['cosine']):.1e}"} for row in result["rows"]]
    for row in rows:
        row["relative_error"] = f"{row['relative_error']:.1e}"
    head = f"{result['system']}: {result['neurons']} neurons, {result['parameters']} parameters, T = {result['steps']}"
    return "\n".join([head, table(rows, COLUMNS), *figure])
