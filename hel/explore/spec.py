"""The file of an exploration: a command, its fixed options, its axes, what a row keeps.

command = "gradcheck"             # any command of hel
keep = ["relative_error_fixed"]   # of the result; all of it where this is left out
[options]                         # the same at every point
system = "dense"
[axes]                            # every value with every other one
fraction-bits = [12, 16, 20]
seed = "0..9"
[[zip]]                           # these go together, value by value
neurons = [8, 16]
steps = [50, 100]
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hel.arguments import UsageError, suggest
from hel.explore import keys
from hel.explore.axes import Axes, count, values, zipped
from hel.explore.keys import KEYS
from hel.explore.options import Options

__all__ = ["Exploration", "read"]

_KEYS = ("command", "name", "keep", "options", "axes", "zip")


@dataclass(frozen=True)
class Exploration:
    """What a file says, its names checked.

    Parameters
    ----------
    name : of the file, or as the file says
    command : a command of `hel`
    options : the same at every point
    axes : groups of axes, see `hel.explore.axes`
    keep : keys of the result, dotted where they lie deeper; all of it where there are none
    """

    name: str
    command: str
    options: Mapping[str, Any]
    axes: Axes
    keep: tuple[str, ...]

    @property
    def swept(self) -> list[str]:
        """The names of all axes."""
        return [name for group in self.axes for name in group]


def read(path: Path, commands: Iterable[str], limit: int) -> Exploration:
    """The exploration of a file; raises UsageError, in one line that names the file.

    Parameters
    ----------
    commands : names of all commands but this one
    limit : the most points that may be meant
    """
    try:
        return _checked(path.stem, _table(path), tuple(commands), limit)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _table(path: Path) -> dict[str, Any]:
    if not path.is_file():
        near = [each.name for each in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        found = difflib.get_close_matches(path.name, near, n=1, cutoff=0.5)
        hint = f"; did you mean {path.parent / found[0]}?" if found else "; `hel explore --help` shows how to write one"
        raise UsageError(f"an exploration is a file, which is not there{hint}")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise UsageError(f"it must be UTF-8, line {line} is not ({error.reason}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"it must be TOML, {error}; mend that line (a text stands in quotes, a list in [])") from None


def _checked(stem: str, table: Mapping[str, Any], commands: tuple[str, ...], limit: int) -> Exploration:
    for key in table:
        if key not in _KEYS:
            raise UsageError(f"unknown key {key!r}{suggest(key, _KEYS) or ';'} it has {', '.join(_KEYS)}")
    command = _text(table, "command", "")
    if command not in commands:
        got = f"unknown command {command!r}" if command else "it must name a command, got none"
        raise UsageError(f"{got}{suggest(command, commands) or ';'} available: {', '.join(commands)}")
    known = Options(command)
    options = {known.named(key, "option"): value for key, value in _section(table, "options").items()}
    groups = [{name: axis} for name, axis in _axes(known, _section(table, "axes")).items()]
    zips = table.get("zip", [])
    if not isinstance(zips, list) or not all(isinstance(group, dict) for group in zips):
        raise UsageError(f"zipped axes stand under [[zip]], got {zips!r}; double the brackets")
    groups += [dict(zipped(_axes(known, group))) for group in zips if group]
    swept: set[str] = set(options)
    for name in (name for group in groups for name in group):
        if name in swept:
            raise UsageError(f"an option is given once, got {name} twice; take it from [options] or from an axis")
        swept.add(name)
    if (points := count(groups)) > limit:
        raise UsageError(
            f"an exploration has at most --limit {limit} points, got {points}; add --limit {points} if they are meant"
        )
    return Exploration(_text(table, "name", stem), command, options, groups, _keep(table, command))


def _section(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = table.get(key, {})
    if not isinstance(section, dict):
        raise UsageError(f"{key} is a section, got {section!r}; write [{key}] on a line of its own")
    return section


def _axes(known: Options, section: Mapping[str, Any]) -> dict[str, Any]:
    return {known.named(key, "axis"): values(key, given) for key, given in section.items()}


def _text(table: Mapping[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise UsageError(f'{key} must be a text, got {value!r}; write it in quotes, as in {key} = "{value}"')
    return value


def _keep(table: Mapping[str, Any], command: str) -> tuple[str, ...]:
    keep = table.get("keep", [])
    if not isinstance(keep, list) or not all(isinstance(key, str) for key in keep):
        raise UsageError(f'keep must be a list of keys of the result, got {keep!r}; as in keep = ["cosine_fixed"]')
    for key in keep:
        keys.checked(key, KEYS[command])
    return tuple(keep)
