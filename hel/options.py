"""Options that several commands share, so that they are spelt, bounded and explained in one way."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golden.arithmetic.formats import Formats
from golden.native import EXECUTORS
from hel.arguments import UsageError, choose, fraction, integer, megahertz, shared
from rtl.design import ELEMENTS, FORMATS, INPUTS, NEURONS, Design, usual_elements
from rtl.hls.plan.geometry import BANKS

if TYPE_CHECKING:
    from golden.tasks import Way

__all__ = [
    "add_board",
    "add_cuts",
    "add_design",
    "add_elements",
    "add_executor",
    "add_formats",
    "add_report",
    "add_seed",
    "add_size",
    "add_system",
    "add_way",
    "check_size",
    "checked_system",
    "checked_task",
    "design",
    "formats",
    "given_system",
    "way_of",
]


def add_system(parser: argparse.ArgumentParser, *, named: bool = False, optional: bool = False) -> None:
    """The positional SYSTEM; `--system` where the command's subject is something else (`named`).

    `optional` takes either, `args.system` and `args.system_named`, None where it is left out (`given_system`).
    """
    own = "path/to/file.py:Class for one of your own (:Class may be left out where the file has one system)"
    text = f"the Hamiltonian: a built-in one (`hel systems` lists them), {own}, or random-SEED for one drawn at random"
    if named:
        text = f"the Hamiltonian: dense, hru, linear, or {own}"  # golden.training.sequences.TRAINABLE
        parser.add_argument("--system", default="dense", metavar="S", help=f"{text}; default: dense")
    elif optional:
        parser.add_argument("system", nargs="?", metavar="SYSTEM", help=f"{text}; default: dense")
        parser.add_argument("--system", dest="system_named", metavar="S", help="the same, by name")
    else:
        parser.add_argument("system", metavar="SYSTEM", help=text)


def given_system(args: argparse.Namespace) -> str | None:
    """The system of an `optional` SYSTEM, either way, None where there is none."""
    one: str | None = args.system
    two: str | None = args.system_named
    if one is not None and two is not None and one != two:
        raise UsageError(f"the system is given once, got {one} and --system {two}; drop one of them")
    return one if two is None else two


def checked_system(name: str, among: Iterable[str] | None = None, doing: str = "") -> str:
    """`name`, if it is a system and, where `among` is given, a built-in one of those or one of a file."""
    from golden import systems

    if systems.is_random(name):
        return name
    if systems.load.is_file(name):
        systems.load.find(name)
        return name
    if name and name not in systems.SYSTEMS and Path(f"{name}.py").is_file():
        raise UsageError(f"unknown system {name!r}, did you mean {name}.py? a file's name ends in .py")
    choose("system", name, systems.SYSTEMS, "or path/to/file.py:Class")
    if among is not None and name not in among:
        raise UsageError(f"system {name!r} cannot be {doing}; systems that can: {', '.join(sorted(among))}")
    return name


def add_way(parser: argparse.ArgumentParser) -> None:
    """`--hold`, `--step` and `--normalise`, for data that say nothing of it."""
    group = parser.add_argument_group("data of your own", "for a file, or uea:NAME; built-in tasks have theirs")
    group.add_argument(
        "--hold", type=integer(1, 1024), default=None, metavar="H", help="steps that a frame is held; default: 1"
    )
    group.add_argument(
        "--step", type=fraction, default=None, metavar="H", help="time step h, a power of two; default: 2^-2"
    )
    group.add_argument(
        "--normalise", action="store_true", help="scale inputs and targets by mean and deviation of the training set"
    )


def way_of(args: argparse.Namespace) -> Way | None:
    """What the options of `add_way` say; None where they say nothing."""
    from golden.tasks import Way

    if args.hold is None and args.step is None and not args.normalise:
        return None
    k = 2 if args.step is None else log2_inverse(args.step)
    return Way(hold=args.hold or 1, log2_inverse_step=k, normalise=args.normalise)


def checked_task(name: str) -> str:
    """`name`, if `golden.tasks.get` takes it."""
    from golden import tasks

    if tasks.is_known(name):
        return name
    return choose("task", name, tasks.names(), "watch:SUBJECT, uea:NAME, or a file .npz, .csv or .ts")


def add_size(parser: argparse.ArgumentParser, *, neurons: int = NEURONS, inputs: int | None = INPUTS) -> None:
    """`--neurons`, and `--inputs` where they are free."""
    group = parser.add_argument_group("size of the system")
    group.add_argument(
        "-n",
        "--neurons",
        type=integer(1, 4096),
        default=neurons,
        metavar="N",
        help=f"positions q, and as many momenta p; default: {neurons}",
    )
    if inputs is not None:
        group.add_argument(
            "-m",
            "--inputs",
            type=integer(1, 32),
            default=inputs,
            metavar="M",
            help=f"channels of the input u, 1 to 32; default: {inputs}",
        )


def add_elements(
    parser: argparse.ArgumentParser, *, usual: int = ELEMENTS, auto: bool = False, title: str = "array"
) -> None:
    """`--elements` or `--fold`, and `--banks`, where there is an array."""
    parser.set_defaults(usual_elements=usual)
    group = parser.add_argument_group(title)
    either = group.add_mutually_exclusive_group()
    may_be_auto = ", or auto: as many as the board holds" if auto else ""
    either.add_argument(
        "-p",
        "--elements",
        type=elements_or_auto if auto else integer(1, 255),
        default=None,
        metavar="P",
        help="elements of the ring, two multipliers and two block RAMs a bank: more are faster and larger; at most N"
        f"{may_be_auto}; default: the largest P up to {usual} that divides N",
    )
    either.add_argument(
        "--fold", type=integer(1, 16), default=None, metavar="F", help="neurons an element, instead of -p: P = N / F"
    )
    group.add_argument(
        "--banks",
        type=banks,
        default=1,
        metavar="B",
        help="pairs of multipliers an element, 1, 2, 4 or 8, on one state and one table: dense networks use them all,"
        " and rows are padded to whole banks; other systems run, no faster than with 1 (docs/wide.md); N / P is best a"
        " multiple of 2 B; default: 1",
    )


def add_design(parser: argparse.ArgumentParser, *, auto: bool = False) -> None:
    """All that makes a design: system, size, elements, formats, cuts; the same defaults for every command."""
    add_system(parser)
    add_size(parser)
    add_elements(parser, auto=auto)
    add_formats(parser)


def design(args: argparse.Namespace) -> tuple[Design, str]:
    """The design that the options of `add_design` describe; and, where elements are `auto`, why they are so many."""
    checked_system(args.system)
    check_size(args)
    auto = args.elements == "auto"
    made = Design(
        args.system,
        neurons=args.neurons,
        inputs=args.inputs,
        elements=1 if auto else args.elements,
        banks=args.banks,
        formats=formats(args),
        cuts=args.cuts,
    )
    if not auto:
        return made, ""
    from bitstreams.choose import choose_elements

    choice = choose_elements(made, args.board)
    return choice.design, choice.reason


def banks(text: str) -> int:
    """Argument type: B.

    >>> banks("4")
    4
    """
    if text not in map(str, BANKS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of banks; choose from {', '.join(map(str, BANKS))}")
    return int(text)


def elements_or_auto(text: str) -> int | str:
    """Argument type: a number of elements, or the word `auto`."""
    if text == "auto":
        return text
    try:
        return integer(1, 255)(text)
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f"{error}; or auto") from None


def check_size(args: argparse.Namespace) -> None:
    """Sets `args.elements` from --elements, --fold or the usual number."""
    if args.fold is not None:
        if args.neurons % args.fold:
            near = ", ".join(str(f) for f in range(1, 17) if args.neurons % f == 0)
            raise UsageError(f"--fold must divide --neurons ({args.neurons}), not {args.fold}; choose from {near}")
        args.elements = args.neurons // args.fold
    elif args.elements is None:
        args.elements = usual_elements(args.neurons, args.usual_elements)
    elif args.elements != "auto":
        shared(args.neurons, args.elements)


def add_formats(parser: argparse.ArgumentParser) -> None:
    """The numeric format: fraction bits, operand bits, the step h, and where the cuts' formats come from."""
    group = parser.add_argument_group("numbers", "fixed-point formats; docs/numerics.md explains them")
    group.add_argument(
        "--fraction-bits",
        type=integer(4, 24),
        default=FORMATS.fraction_bits,
        metavar="F",
        help=f"bits of the momentum p behind the point, 4 to 24; default: {FORMATS.fraction_bits}",
    )
    group.add_argument(
        "--operand-bits",
        type=integer(8, 18),
        default=FORMATS.operand_bits,
        metavar="W",
        help=f"bits of a multiplier's operand, 8 to 18; default: {FORMATS.operand_bits}",
    )
    group.add_argument(
        "--step",
        type=fraction,
        default=FORMATS.step,
        metavar="H",
        help=f"time step h, a power of two from 2^-8 to 2^-1; default: 2^-{FORMATS.log2_inverse_step}",
    )
    _add_cuts(group)


def add_cuts(parser: argparse.ArgumentParser) -> None:
    """`--cuts` alone: formats of the cuts by interval, or by a calibration run."""
    _add_cuts(parser.add_argument_group("numbers"))


def _add_cuts(group: Any) -> None:
    group.add_argument(
        "--cuts",
        default="default",
        metavar="C",
        help="formats of the sums and products that are cut to operands: default, from their intervals; or calibrated,"
        " with room for twice what they reach in three runs of 1000 random inputs and all other bits for the fraction"
        " (calibrated-SEED takes other runs)",
    )


def add_executor(parser: argparse.ArgumentParser) -> None:
    """`--executor`: who runs the golden model."""
    parser.add_argument(
        "--executor",
        type=_executor,
        default=None,
        metavar="E",
        help="who runs the golden model, the same words either way: compiled, C that is made from the program and kept"
        " in the cache; or numpy, the reference; default: compiled where the run is long enough and there is a C"
        " compiler",
    )


def _executor(text: str) -> str:
    """Argument type."""
    if text not in EXECUTORS:
        raise argparse.ArgumentTypeError(f"{text!r} is no executor; choose from {', '.join(EXECUTORS)}")
    return text


def formats(args: argparse.Namespace) -> Formats:
    """The `golden.arithmetic.formats.Formats` that the options describe."""
    k = log2_inverse(args.step, "steps" in args)
    return Formats(fraction_bits=args.fraction_bits, operand_bits=args.operand_bits, log2_inverse_step=k)


def log2_inverse(step: float, steps: bool = False) -> int:
    """k of a step 2**-k; `steps`: the command has an option of that name, which may have been meant.

    >>> log2_inverse(0.25)
    2
    """
    k = min(max(-round(math.log2(abs(step))), 1), 8)
    if step != 2.0**-k:
        meant = f", or --steps {step:g} for the length in time steps" if step > 1 and step % 1 == 0 else ""
        nearest = f"2^-{k}{meant if steps else ''}"
        raise UsageError(f"--step must be a power of two from 2^-8 to 2^-1, not {step:g}; nearest: {nearest}")
    return k


def add_board(parser: argparse.ArgumentParser) -> None:
    """`--board` and the clock to build for."""
    from bitstreams import boards

    group = parser.add_argument_group("board")
    group.add_argument(
        "--board",
        default="ulx3s_85f",
        metavar="B",
        help=f"one of {', '.join(boards.names())}; default: ulx3s_85f",
    )
    group.add_argument(
        "--clock",
        type=megahertz,
        default=125.0,
        metavar="MHZ",
        help="clock that the array must reach, in MHz, such as 125 or 62.5; default: 125",
    )


def add_report(parser: argparse.ArgumentParser) -> None:
    """`--report`: the page of `hel report` at once."""
    parser.add_argument(
        "--report",
        type=Path,
        default=None,
        metavar="FILE",
        help="also write the result as one HTML page (`hel report` explains it)",
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed`: the same seed gives the same result, bit for bit."""
    parser.add_argument(
        "--seed",
        type=integer(0, 2**31 - 1),
        default=0,
        metavar="S",
        help="of all that is random: the same seed gives the same bits; default: 0",
    )
