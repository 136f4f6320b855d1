"""A page of which a part is written by a command, or compared with what the command would write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hel.output import write_whole

__all__ = ["rewrite"]


def rewrite(page: Path, fill: Callable[[str], str], argv: Sequence[str]) -> int:
    """Rewrites a page of the working directory by `fill`, its text -> the new one; returns the exit code.

    With --check among `argv` nothing is written, and the code is 1 where the page is not up to date.
    """
    old = page.read_text(encoding="utf-8")
    new = fill(old)
    if "--check" in argv:
        return int(old != new)
    write_whole({page: new})
    return 0
