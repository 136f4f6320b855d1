"""Every point of an exploration: its options, its command line, its digest."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hel.arguments import UsageError, suggest
from hel.explore import sources
from hel.explore.axes import product
from hel.explore.options import Options
from hel.explore.spec import Exploration

__all__ = ["Point", "points"]


@dataclass(frozen=True)
class Point:
    """A command with all its options.

    Parameters
    ----------
    digest : of the command, of all that it is asked (defaults too) and the files it is given; then, behind a dash, of
        our sources
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
    files: Counter[tuple[str, str]] = Counter()
    for own in product(exploration.axes):
        options = _filled({**exploration.options, **own}, set(exploration.swept))
        try:
            argv = known.argv(options)
            asked = known.asked(argv)
        except UsageError as error:
            at = ", ".join(f"{name} = {value}" for name, value in own.items())
            raise UsageError(f"{error} (at {at})" if at else str(error)) from None
        kept = {name: value for name, value in asked.items() if name not in written}
        digest = _digest([exploration.command, kept, sources.theirs(kept.values())])
        if digest in found:
            continue
        found[digest] = Point(f"{digest}-{sources.ours()}", options, (exploration.command, *argv))
        files.update((name, str(options[name])) for name in written if name in options)
    for (name, file), times in files.items():
        if times > 1:
            axis = exploration.swept[0]
            raise UsageError(
                f"{name} must name a file for each point, got {file} for {times}; put an axis into it, as in"
                f' {name} = "{{{axis}}}_{file}"'
            )
    return list(found.values())


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
