"""Every point of an exploration: its options, its command line, its digest."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, suggest
from hel.explore import sources
from hel.explore.axes import product
from hel.explore.options import Options
from hel.explore.spec import Exploration

__all__ = ["Point", "points"]

_NAMES_A_BUILD = ("system", "neurons", "elements", "fold", "board", "seed")


_LATER = frozenset({("banks", 1)})
"""Options that came after rows had been written, with the value that asks what was asked without them."""


@dataclass(frozen=True)
class Point:
    """A command with all its options.

    Parameters
    ----------
    digest : of the command, of all that it is asked (defaults too, but those of later options) and the files it is
        given; then, behind a dash, of our sources
    options : what the file says, fixed or swept
    argv : behind `hel`
    """

    digest: str
    options: Mapping[str, Any]
    argv: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command as it is typed."""
        return shlex.join(["hel", *self.argv])

    @property
    def asked(self) -> str:
        """The digest without our sources: the same question to another version."""
        return self.digest.partition("-")[0]


def points(exploration: Exploration) -> list[Point]:
    """All points, each once, in the file's order; raises UsageError where a command cannot be asked so."""
    known = Options(exploration.command)
    written, found = known.written(), {}
    places: Counter[tuple[str, ...]] = Counter()
    for own in product(exploration.axes):
        options = _filled({**exploration.options, **own}, set(exploration.swept))
        try:
            argv = known.argv(options)
            asked = known.asked(argv)
        except UsageError as error:
            at = ", ".join(f"{name} = {value}" for name, value in own.items())
            raise UsageError(f"{error} (at {at})" if at else str(error)) from None
        kept = {name: value for name, value in asked.items() if name not in written and (name, value) not in _LATER}
        digest = _digest([exploration.command, kept, sources.theirs(kept.values())])
        if digest in found:
            continue
        found[digest] = Point(f"{digest}-{sources.ours()}", options, (exploration.command, *argv))
        places.update(_places(exploration.command, {name: asked.get(name) for name in written}, asked))
    for (name, place, *_), times in places.items():
        if times > 1:
            axis = next((axis for axis in exploration.swept if axis not in (name, *_NAMES_A_BUILD)), "seed")
            better = Path(place).with_name(f"{{{axis}}}_{Path(place).name}")
            raise UsageError(
                f"each point writes into a place of its own, got {name} {place} for {times}; put an axis into it, as in"
                f' {name} = "{better}"'
            )
    return list(found.values())


def _places(command: str, written: Mapping[str, Any], asked: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What a point writes; a build makes a folder of its own in its output, called by these options."""
    of_a_build = [str(asked[name]) for name in _NAMES_A_BUILD] if command == "build" else []
    return [
        (name, str(place), *(of_a_build if name == "output" else ()))
        for name, place in written.items()
        if place is not None
    ]


def _filled(options: dict[str, Any], axes: set[str]) -> dict[str, Any]:
    """With `{axis}` in texts replaced by the point's value.

    >>> _filled({"report": "{seed}.html", "seed": 3}, {"seed"})
    {'report': '3.html', 'seed': 3}
    """

    def value(match: re.Match[str]) -> str:
        name = match[1].replace("_", "-")
        if name not in axes:
            raise UsageError(f"unknown axis {match[1]!r} in {match.string!r}{suggest(name, axes) or ';'} there"
                             f" {'are ' + ', '.join(sorted(axes)) if axes else 'is none'}")  # fmt: skip
        return str(options[name])

    return {
        name: re.sub(r"\{([\w-]+)\}", value, given) if isinstance(given, str) else given
        for name, given in options.items()
    }


def _digest(asked: Any) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()[:16]
