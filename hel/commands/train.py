"""Train a system on a task with Hamiltonian echo learning alone, then read the test set once.

--arithmetic says who computes: float is the mathematics in float64; fixed is the golden model, bit for bit as the
hardware computes; rtl is the array itself in a simulator, with the golden model in step, compared after every sample
(slow: a few hundred samples, or patience). float also knows --rule bptt, for comparison. The still images of
digits-static are learnt at rest: --rule ep, equilibrium propagation, in float.

A task is a built-in one (`hel tasks` lists them), watch:SUBJECT, uea:NAME, or a file .npz, .csv or .ts of your own
(docs/tasks.md). Its cost reads the last step, the mean energies of all steps, or every step: --cost.

Where nothing else is asked for, dense learns a built-in task with the recipe, epochs, cost and step that were chosen on
validation samples (docs/learning.md; `hel tasks TASK` shows them). Options of the optimiser change their own part of
the recipe. With another --cost or --system none of it holds, and one line says so.

A training is one sample at a time, plain clipped descent, the same bits for the same seed; the options of the
optimiser choose another rule, each of shifts and additions (docs/optimisers.md). If flags are raised, words have left
their range.

example:
  hel train digits --neurons 16 --samples 300 --epochs 2 --report train.html
  hel train digits --neurons 32 --epochs 4           # the whole training set
  hel train digits --arithmetic rtl --neurons 8 --elements 4 --samples 20 --epochs 1 --validation
  hel train digits-static --rule ep --arithmetic float --epochs 2
  hel train gunpoint --neurons 16 --cost averaged --epochs 2 --validation
  hel train mackey-glass --neurons 8 --samples 20 --epochs 1 --validation
  hel train digits --neurons 16 --samples 300 --optimiser momentum --rate 5 --rates al=2,readout=-1 --validation
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hel.arguments import UsageError, choose, integer
from hel.optimiser import add_optimiser, checked_recipe
from hel.options import (
    add_cuts,
    add_elements,
    add_executor,
    add_report,
    add_seed,
    add_size,
    add_system,
    add_way,
    check_size,
    checked_system,
    checked_task,
    way_of,
)
from hel.output import Progress, clamped_lines, clipped_lines, cut_lines, flag_lines, report_lines, stability_lines
from hel.report import page
from testbench.tools import SIMULATORS

if TYPE_CHECKING:
    from golden.training.chosen import Choice
    from golden.training.recipe import Recipe

ARITHMETICS = ("float", "fixed", "rtl")
RULES = ("hel", "bptt", "ep")
STATIC = ("digits-static",)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Task, system, arithmetic, size, epochs, seed; elements and simulator for rtl."""
    from golden.tasks.digits import LOG2_INVERSE_STEP

    step = f"2^-{LOG2_INVERSE_STEP}"
    parser.add_argument(
        "task",
        metavar="TASK",
        help=f"what to learn: digits (8 x 8 images as sequences of rows, at the step h = {step}: `hel build` makes its"
        f" array with --step {step}), digits-static (as still images, at rest), any other that `hel tasks` lists,"
        " watch:SUBJECT, uea:NAME, or a file .npz, .csv or .ts",
    )
    add_system(parser, named=True)
    parser.add_argument(
        "--arithmetic", default="fixed", metavar="A", help="who computes: float, fixed or rtl; default: fixed"
    )
    parser.add_argument(
        "--rule",
        default="hel",
        metavar="R",
        help="learning rule: hel, or with float arithmetic bptt or ep; default: hel",
    )
    parser.add_argument(
        "--cost",
        default=None,
        metavar="C",
        help="how the positions are read: final, averaged (mean energies), or per-step; default: as was chosen for the"
        " task, or its own",
    )
    add_size(parser, neurons=32, inputs=None)
    add_elements(parser, usual=16, title="array, for --arithmetic rtl")
    parser.add_argument(
        "--epochs",
        type=integer(1, 10_000),
        default=None,
        metavar="E",
        help="passes over the training samples; default: what was chosen for the task, 4 of any other",
    )
    parser.add_argument(
        "--samples",
        type=integer(10, 10_000_000),
        default=None,
        metavar="K",
        help="learn from the first K samples of the training set only; default: all",
    )
    parser.add_argument(
        "--simulator",
        default="verilator",
        metavar="X",
        help="of --arithmetic rtl: verilator or icarus; default: verilator",
    )
    parser.add_argument(
        "--validation",
        action="store_true",
        help="judge on a part held back from the training set, and leave the test set unread",
    )
    add_way(parser)
    add_optimiser(parser)
    add_cuts(parser)
    add_executor(parser)
    add_seed(parser)
    add_report(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """See `golden.training.sequences`; for rtl `testbench.train_rtl`."""
    checked_task(args.task)
    choose("arithmetic", args.arithmetic, ARITHMETICS)
    choose("simulator", args.simulator, SIMULATORS)
    choose("rule", args.rule, RULES)
    report = page.checked(args.report)
    recipe = checked_recipe(args)
    from golden.training.sequences import TRAINABLE

    checked_system(args.system, TRAINABLE, "trained on a task")
    if (args.rule == "ep") != (args.task in STATIC):
        raise UsageError(
            f"still images and --rule ep go together, not {args.task} with --rule {args.rule}; "
            "use digits-static with ep, or digits with hel"
        )
    if args.task in STATIC and args.cost is not None:
        raise UsageError(f"still images have no steps to read, got --cost {args.cost} with {args.task}; drop --cost")
    if args.rule != "hel" and args.arithmetic != "float":
        instead = "add --arithmetic float" if args.rule == "ep" else "drop --rule"
        raise UsageError(f"--rule {args.rule} is for --arithmetic float, not {args.arithmetic}; {instead}")
    if args.cuts != "default" and args.arithmetic == "float":
        raise UsageError(f"--cuts is for fixed-point arithmetic, got {args.cuts} with float; drop --cuts")
    if args.executor is not None and args.arithmetic != "fixed":
        raise UsageError(f"--executor is for --arithmetic fixed, not {args.arithmetic}; drop --executor")
    with Progress(quiet=args.quiet, unit="samples") as progress:
        result = {"made_by": args.made_by, **_trained(args, recipe, progress)}
    return page.added(result, report)


def _chosen(args: argparse.Namespace, recipe: Recipe | None) -> tuple[int, dict[str, Any]]:
    """Epochs, and options of a training: what was chosen for dense on the task, as far as nothing else is asked for."""
    from golden.training.chosen import EPOCHS, choice_of

    choice = choice_of(args.task)
    if choice.recipe is None or _other(args, choice):
        return args.epochs or EPOCHS, {"cost": args.cost, "recipe": recipe}
    chosen = replace(choice, recipe=checked_recipe(args, choice.recipe) or choice.recipe)
    return args.epochs or choice.epochs, chosen.options


def _other(args: argparse.Namespace, choice: Choice) -> str:
    """What asks for something else than that which was chosen, in words; "" where nothing does."""
    other = [f"--system {args.system}"] if args.system != "dense" else []
    if args.cost not in (None, choice.cost):
        other.append(f"--cost {args.cost}")
    elif args.arithmetic == "rtl" and choice.cost != "final":
        other.append("--arithmetic rtl (whose cost is final)")
    return " and ".join(other)


def _given_up(args: argparse.Namespace, epochs: int, recipe: Recipe | None) -> dict[str, str]:
    """`given_up` of the result: what was chosen for dense on the task and does not hold; nothing where it holds."""
    from golden.training.chosen import OWN, choice_of, told

    choice = choice_of(args.task)
    if choice.recipe is None or not (other := _other(args, choice)):
        return {}
    used = told(epochs, recipe, OWN if args.cost is None else f"{args.cost} cost, the task's own h")
    line = f"{args.task}: {other} gives up what was chosen for dense ({choice.told}); it learns with {used}"
    return {"given_up": line}


def _trained(args: argparse.Namespace, recipe: Recipe | None, progress: Progress) -> dict[str, Any]:
    epochs, chosen = _chosen(args, recipe)
    given_up = _given_up(args, epochs, recipe)
    for line in given_up.values():
        progress.line(line)
    options = {
        "neurons": args.neurons,
        "epochs": epochs,
        "seed": args.seed,
        "samples": args.samples,
        "validation": args.validation,
        "progress": progress,
    }
    if args.rule == "ep":
        from golden.training import still_images

        return still_images.train(args.task, args.system, **options)
    options |= {**chosen, "way": way_of(args)}
    if args.arithmetic == "rtl":
        check_size(args)
        from testbench.train_rtl import train_rtl

        result = train_rtl(
            args.task,
            args.system,
            elements=args.elements,
            banks=args.banks,
            simulator=args.simulator,
            cuts=args.cuts,
            **options,
        )
        left_out = ("training", "parameters")
        return {**{name: value for name, value in result.items() if name not in left_out}, **given_up}
    from golden.training.sequences import train

    how = {"arithmetic": args.arithmetic, "rule": args.rule, "cuts": args.cuts, "executor": args.executor}
    return {**train(args.task, args.system, **how, **options), **given_up}


def text(result: dict[str, Any]) -> str:
    """The learning curve and what it came to."""
    value = "nmse" if "test_nmse" in result else "accuracy"
    lines = [
        f"epoch {k:3d}  cost {row['cost']:.4f}  training {value} {row[f'training_{value}']:.4f}"
        for k, row in enumerate(result["history"], start=1)
    ]
    lines += flag_lines(result["flags"])
    lines += clipped_lines(result) + clamped_lines(result)
    measure = "test" if result[f"test_{value}"] is not None else "validation"
    if "mismatches" in result:
        lines.append(f"array and golden: {result['mismatches']} mismatches in {result['compared_words']} words")
        lines.append(f"{result['cycles']} cycles, {result['cycles_per_second']:.0f} simulated a second")
    lines += cut_lines(result)
    if "stability" in result:
        lines += steady_line(result["stability"]) + stability_lines(result["stability"])
    found = f"{measure} {value} {result[f'{measure}_{value}']:.4f}"
    if value == "nmse":
        found += " (squared error over the targets' variance: 1 is what their mean makes)"
    lines.append(f"{found}   {result['samples_per_s']:.0f} samples/s")
    lines += report_lines(result)
    return "\n".join(lines)


def steady_line(found: dict[str, Any]) -> list[str]:
    """How far the step is from where leapfrog becomes unstable, and how much a perturbation grows over a sample.

    >>> found = {"figure": 0.58, "limit": 4.0, "growth_log2": 3.1, "lyapunov_time": 3.7, "duration": 8.0}
    >>> steady_line(found)
    ['h^2 times the largest curvature 0.58 (stable below 4)   a perturbation grows 2^3.1 times in h T = 8']
    """
    if found["figure"] is None or found["growth_log2"] is None:
        return []
    figure = f"h^2 times the largest curvature {found['figure']:.2g} (stable below {found['limit']:g})"
    return [f"{figure}   a perturbation grows 2^{found['growth_log2']:.1f} times in h T = {found['duration']:g}"]
