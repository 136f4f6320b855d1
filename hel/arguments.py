"""Arguments of the command line: a parser whose errors are one line, and the checks commands share.

Errors follow one form: the rule, the offending value, the way out.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

__all__ = ["Parser", "UsageError", "choose", "fraction", "integer", "shared", "power_of_two", "suggest"]


class UsageError(ValueError):
    """A request that cannot be met; its message is shown on one line and the exit code is 2."""


class Parser(argparse.ArgumentParser):
    """`argparse` that raises `UsageError` instead of printing its usage, and keeps the layout of help texts."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}{self._meant(message) or ';'} see `{self.prog} --help`")

    def _meant(self, message: str) -> str:
        """A hint about the first option that there is not, or nothing.

        >>> parser = Parser(prog="a")
        >>> _ = parser.add_argument("-n", "--neurons")
        >>> parser._meant("unrecognized arguments: --nuerons=8"), parser._meant("unrecognized arguments: --n 8")
        (', did you mean --neurons?', ', did you mean -n?')
        """
        head, _, words = message.partition("unrecognized arguments: ")
        typed = next((word.partition("=")[0] for word in words.split() if word.startswith("-")), "")
        if head or not typed.strip("-"):
            return ""
        options = {option.lstrip("-"): option for action in self._actions for option in action.option_strings}
        found = options.get(typed.strip("-"))
        near = [found] if found else difflib.get_close_matches(typed, options.values(), n=1, cutoff=0.7)
        return f", did you mean {near[0]}?" if near else ""


def suggest(value: str, names: Iterable[str]) -> str:
    """A hint about the nearest of `names`, or nothing.

    >>> suggest("dens", ["dense", "hru"])
    ', did you mean dense?'
    """
    near = difflib.get_close_matches(value.lower(), list(names), n=1, cutoff=0.5)
    return f", did you mean {near[0]}?" if near else ""


def choose(kind: str, value: str, names: Iterable[str], also: str = "") -> str:
    """Return `value` if it is one of `names`; else say what there is.

    >>> choose("system", "dens", ["dense", "hru"])
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: unknown system 'dens', did you mean dense? available: dense, hru
    """
    names = sorted(names)
    if value not in names:
        available = ", ".join(names) + (f", {also}" if also else "")
        raise UsageError(f"unknown {kind} {value!r}{suggest(value, names) or ';'} available: {available}")
    return value


class integer:
    """Argument type: an integer in [low, high].

    >>> integer(1)("0")
    Traceback (most recent call last):
    ...
    argparse.ArgumentTypeError: must be an integer of at least 1, not '0'
    """

    def __init__(self, low: int, high: int | None = None) -> None:
        self.low, self.high = low, high

    def __call__(self, text: str) -> int:
        bounds = f"of at least {self.low}" if self.high is None else f"from {self.low} to {self.high}"
        try:
            value = int(text)
        except ValueError:
            value = self.low - 1
        if value < self.low or (self.high is not None and value > self.high):
            raise argparse.ArgumentTypeError(f"must be an integer {bounds}, not {text!r}")
        return value


def megahertz(text: str) -> float:
    """Argument type: a clock in MHz, from 10 to 400 (what the PLL of an ECP5 makes), a fraction if need be.

    >>> megahertz("62.5")
    62.5
    >>> megahertz("62,5")
    Traceback (most recent call last):
    ...
    argparse.ArgumentTypeError: must be a number of MHz from 10 to 400, such as 125 or 62.5, not '62,5'
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 10 <= value <= 400:
        raise argparse.ArgumentTypeError(f"must be a number of MHz from 10 to 400, such as 125 or 62.5, not {text!r}")
    return value


def fraction(text: str) -> float:
    """Argument type: a number, plain or as a power: `0.125`, `2^-3` or `2**-3`.

    >>> fraction("2^-3")
    0.125
    """
    power = re.fullmatch(r"\s*2\s*(?:\^|\*\*)\s*([+-]?\d{1,4})\s*", text)
    try:
        value = math.ldexp(1.0, int(power[1])) if power else float(text)
    except (ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value) or value == 0:
        raise argparse.ArgumentTypeError(f"must be a finite number other than 0 such as 0.125 or 2^-3, not {text!r}")
    return value


def power_of_two(text: str) -> float:
    """Argument type: a positive power of two (steps, eps and learning rates are shifts in hardware).

    >>> power_of_two("0.3")
    Traceback (most recent call last):
    ...
    argparse.ArgumentTypeError: must be a power of two, not '0.3'; nearest: 2^-2
    """
    value = fraction(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be a positive power of two such as 2^-3, not {text!r}")
    if math.frexp(value)[0] != 0.5:
        raise argparse.ArgumentTypeError(f"must be a power of two, not {text!r}; nearest: 2^{round(math.log2(value))}")
    return value


def shared(neurons: int, elements: int) -> None:
    """An element of the array has a neuron at least.

    >>> shared(10, 12)
    Traceback (most recent call last):
    ...
    hel.arguments.UsageError: --elements must be at most --neurons (10), not 12
    """
    if elements > neurons:
        raise UsageError(f"--elements must be at most --neurons ({neurons}), not {elements}")
