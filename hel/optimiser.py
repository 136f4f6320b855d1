"""The options of `hel train` that choose an optimiser, and the recipe that they make."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hel.arguments import UsageError, choose, integer

if TYPE_CHECKING:
    from golden.training.recipe import Recipe

__all__ = ["add_optimiser", "checked_recipe"]

_OPTIMISER = {"optimiser": "name", "momentum": "momentum", "batch": "batch", "rates": "rates", "threshold": "threshold"}
"""Option -> member of `golden.training.optimiser.Optimiser`; the array has none of these."""

_RATE = {"rate": "log2_inverse_rate", "nudge": "log2_eps0"}
"""Option -> member of `golden.training.recipe.Recipe`."""


def add_optimiser(parser: argparse.ArgumentParser) -> None:
    """`--optimiser` and what goes with it; None where it is left out."""
    group = parser.add_argument_group(
        "optimiser",
        "how gradients become steps, in powers of two, as a device can afford them (docs/numerics.md, section 5). One"
        " sample at a time, plain, is what the array computes; the others are for fixed and float",
    )
    group.add_argument(
        "--optimiser",
        default=None,
        metavar="O",
        help="plain: the gradient by the rate, clipped; momentum: its running mean, a word more a parameter; sign:"
        " three values of it, up, down or 0; default: plain",
    )
    group.add_argument(
        "--rate",
        type=integer(-8, 24),
        default=None,
        metavar="K",
        help="the learning rate is 2^-K, of the system and of the readout: higher is slower; default: as was"
        " chosen for the task, or 6",
    )
    group.add_argument(
        "--rates",
        default=None,
        metavar="NAME=K,...",
        help="parameters with rates of their own, such as al=2,b=-1: al learns at 2^-2 of the rate, b at twice; readout"
        " is the readout",
    )
    group.add_argument(
        "--schedule",
        default=None,
        metavar="S",
        help="when the rate is halved: quarters (at 1/4, 1/2, 3/4 of training), halves (at 1/2, 3/4, 7/8), eighths (at"
        " every one), constant (never); default: quarters",
    )
    group.add_argument(
        "--momentum",
        type=integer(1, 16),
        default=None,
        metavar="J",
        help="a velocity decays by 2^-J a step: a running mean over about 2^J of them, of momentum and sign; default: 3"
        " of momentum, none of sign",
    )
    group.add_argument(
        "--batch",
        type=integer(1, 1 << 16),
        default=None,
        metavar="B",
        help="samples of a minibatch, a power of two: parameters move by the mean of their steps; times 2^J of the"
        " momentum at most 2^(16 - clip_log2), which is 128 where steps are clipped at 2^-7; default: 1",
    )
    group.add_argument(
        "--threshold",
        type=integer(-8, 24),
        default=None,
        metavar="K",
        help="of sign: gradients below 2^-K count as 0, all others as that; default: 6",
    )
    group.add_argument(
        "--nudge",
        type=integer(-16, 4),
        default=None,
        metavar="K",
        help="the largest nudge of a sample is at most 2^K: stronger is less round-off, and less linear; default: -2",
    )


def checked_recipe(args: argparse.Namespace, usual: Recipe | None = None) -> Recipe | None:
    """What these options ask for, all else as in `usual`; None where they ask for nothing. Raises UsageError."""
    from golden.training.optimiser import OPTIMISERS, SCHEDULES, Optimiser
    from golden.training.recipe import Recipe

    asked = [name for name in (*_OPTIMISER, "schedule", *_RATE) if getattr(args, name) is not None]
    if not asked:
        return None
    if args.optimiser is not None:
        choose("optimiser", args.optimiser, OPTIMISERS)
    if args.schedule is not None:
        choose("schedule", args.schedule, SCHEDULES)
    members: dict[str, Any] = {_OPTIMISER[name]: getattr(args, name) for name in asked if name in _OPTIMISER}
    if args.schedule is not None:
        members["schedule"] = args.schedule
    if args.rates is not None:
        members["rates"] = _rates(args.rates)
    _refuse(args, asked, members, usual or Recipe())
    numbers = {_RATE[name]: getattr(args, name) for name in asked if name in _RATE}
    return replace(usual or Recipe(), **numbers, optimiser=Optimiser(**members))


def _refuse(args: argparse.Namespace, asked: list[str], members: dict[str, Any], usual: Recipe) -> None:
    """What does not go together."""
    if args.rule == "ep":
        raise UsageError(f"--{asked[0]} is for learning in time, --rule ep has a recipe of its own; drop --{asked[0]}")
    more = [name for name in asked if name in _OPTIMISER and (name, getattr(args, name)) not in _USUAL]
    if args.arithmetic == "rtl" and more:
        raise UsageError(
            f"the array learns plain, one sample at a time, got --{more[0]} {getattr(args, more[0])} with"
            f" --arithmetic rtl; drop {' '.join(f'--{name}' for name in more)}"
            + (", or use --arithmetic fixed" if _fits(members, usual) else "")
        )
    name = args.optimiser or "plain"
    if args.momentum is not None and name == "plain":
        raise UsageError(f"--momentum is for --optimiser momentum or sign, not {name}; add --optimiser momentum")
    if args.threshold is not None and name != "sign":
        raise UsageError(f"--threshold is for --optimiser sign, not {name}; drop --threshold")


_USUAL = (("optimiser", "plain"), ("batch", 1))


def _fits(members: dict[str, Any], usual: Recipe) -> bool:
    """Whether the golden model takes an optimiser of these members."""
    from golden.errors import HelError
    from golden.training.optimiser import Optimiser

    try:
        Optimiser(**members).checked(members.get("rates", {}), usual.clip_log2)
    except HelError:
        return False
    return True


def _rates(text: str) -> dict[str, int]:
    """Parameter name -> K.

    >>> _rates("al=2, b=-1")
    {'al': 2, 'b': -1}
    >>> _rates("al:2")
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: --rates must be NAME=K with whole K, comma after comma, such as al=2,b=-1, not 'al:2'
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, shift = (word.strip() for word in part.partition("="))
        if name in found:
            raise UsageError(f"--rates must name a parameter once, {name} stands twice in {text!r}; drop one")
        try:
            found[name] = int(shift)
        except ValueError:
            form = "NAME=K with whole K, comma after comma, such as al=2,b=-1"
            raise UsageError(f"--rates must be {form}, not {part.strip()!r}") from None
    return found
