"""What made a result: the command, a line that makes it again, and the version. Every result of `hel` carries it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

__all__ = ["made_by", "version"]

NAME = "hel-fpga"


def made_by(command: str, line: str) -> dict[str, str]:
    """The key `made_by` of a result.

    Parameters
    ----------
    command : the name of the `hel` command whose result it is, also where it was called from Python
    line : a command line that makes it again, "" where none does

    >>> made = made_by("verify", "hel verify dense --neurons 8")
    >>> made["command"], made["line"]
    ('verify', 'hel verify dense --neurons 8')
    """
    return {"command": command, "line": line, "version": version()}


@cache
def version() -> str:
    """The version of hel-fpga: of the checkout, or as it was installed; "unknown" where nothing says.

    An editable install keeps the version of the day when it was made; the checkout's own is newer.
    """
    try:
        project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        if project["name"] == NAME:
            return str(project["version"])
    except (OSError, KeyError, ValueError):  # no checkout
        pass
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return "unknown"
