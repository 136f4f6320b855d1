"""A page of which a part is written by a command, or compared with what the command would write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from golden.errors import HelError
from hel.output import write_whole

__all__ = ["rewrite"]


def rewrite(page: Path, fill: Callable[[str], str], argv: Sequence[str]) -> int:
    """Rewrites a page of the working directory by `fill`, its text -> the new one; returns the exit code.

    With --check as `argv` nothing is written, and the code is 1 where the page is not up to date. HelError for any
    other argument, and where the working directory has no such page.
    """
    if list(argv) not in ([], ["--check"]):
        raise HelError(f"a page is rewritten without arguments and compared with --check, got {' '.join(argv)}")
    if not page.is_file():
        raise HelError(f"a page is rewritten in the repository's root, {page} is not in {Path.cwd()}; go there first")
    old = page.read_text(encoding="utf-8")
    new = fill(old)
    if argv:
        return int(old != new)
    write_whole({page: new})
    return 0
