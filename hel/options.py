"""Options that several commands share, so that they are spelt, bounded and explained in one way."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from hel.parse import UsageError, choose, integer, multiple, power_of_two

__all__ = ["add_formats", "add_seed", "add_size", "add_system", "check_size", "checked_system", "formats"]


def add_system(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """The positional SYSTEM, or `--system` where the command's subject is something else."""
    text = "a built-in system (`hel systems` lists them)"
    if optional:
        parser.add_argument("--system", default="dense", metavar="S", help=f"{text}; default: dense")
    else:
        parser.add_argument("system", metavar="SYSTEM", help=text)


def checked_system(name: str, among: Iterable[str] | None = None, doing: str = "") -> str:
    """`name`, if it is a built-in system and, where `among` is given, one of those that can do it."""
    from golden import systems

    choose("system", name, systems.SYSTEMS)
    if among is not None and name not in among:
        raise UsageError(f"system {name!r} cannot be {doing}; systems that can: {', '.join(sorted(among))}")
    return name


def add_size(parser: argparse.ArgumentParser, *, neurons: int, elements: int | None = None) -> None:
    """`--neurons`, and `--elements` where there is an array."""
    parser.add_argument(
        "--neurons", type=integer(1, 4096), default=neurons, metavar="N", help=f"state size; default: {neurons}"
    )
    if elements is not None:
        parser.add_argument(
            "--elements",
            type=integer(1, 256),
            default=elements,
            metavar="P",
            help=f"elements of the array; N must be a multiple of P; default: {elements}",
        )


def check_size(args: argparse.Namespace) -> None:
    """P divides N."""
    multiple(args.neurons, args.elements)


def add_formats(parser: argparse.ArgumentParser, *, step: str) -> None:
    """The numeric format: fraction bits, operand bits and the step h."""
    parser.add_argument(
        "--fraction-bits",
        type=integer(4, 24),
        default=16,
        metavar="F",
        help="fraction bits of the momentum p; default: 16",
    )
    parser.add_argument(
        "--operand-bits",
        type=integer(8, 18),
        default=18,
        metavar="W",
        help="width of a multiplier operand; default: 18",
    )
    parser.add_argument(
        "--step",
        type=power_of_two,
        default=power_of_two(step),
        metavar="H",
        help=f"time step h, a power of two from 2^-8 to 2^-1; default: {step}",
    )


def formats(args: argparse.Namespace) -> Any:
    """The `golden.formats.Formats` that the options describe."""
    import math

    from golden.formats import Formats

    k = -round(math.log2(args.step))
    if not 1 <= k <= 8:
        raise UsageError(f"--step must be a power of two from 2^-8 to 2^-1, not {args.step:g}; try 2^-3")
    return Formats(fraction_bits=args.fraction_bits, operand_bits=args.operand_bits, log2_inverse_step=k)


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed`: the same seed gives the same result, bit for bit."""
    parser.add_argument("--seed", type=integer(0, 2**31 - 1), default=0, metavar="S", help="seed; default: 0")
