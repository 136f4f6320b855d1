"""One finding of `hel doctor`, and the rule that looking never fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

__all__ = ["Check", "found"]


@dataclass(frozen=True)
class Check:
    """One thing that a command may need.

    Members
    -------
    group, name : under which heading, what
    found : whether it is there and works
    needed : whether a command fails without it; else it is a lack that one can live with
    version, path : of what was found; "" where there is none
    without : what its lack takes away
    remedy : how to get it
    """

    group: str
    name: str
    found: bool
    needed: bool = True
    version: str = ""
    path: str = ""
    without: str = ""
    remedy: str = ""


Looks = tuple[str, str, Callable[[], Iterable[Check]]]
"""Group, name, and what looks: a name for the finding that looking itself failed."""


def found(looks: Iterable[Looks]) -> list[Check]:
    """All findings, in order; what cannot even be looked at is one that is not there, and says why.

    >>> found([("machine", "clock", lambda: 1 // 0)])[0].without
    'looking for it failed: ZeroDivisionError: integer division or modulo by zero'
    """

    def looked(look: Looks) -> list[Check]:
        group, name, function = look
        try:
            return list(function())
        except Exception as error:  # a broken package may raise anything: it is a finding, too
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            return [Check(group, name, False, without=f"looking for it failed: {said}", remedy="install it anew")]

    with ThreadPoolExecutor(8) as pool:  # most of the time goes into waiting for programs to say their version
        return [check for checks in pool.map(looked, looks) for check in checks]
