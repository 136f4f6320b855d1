"""What a result comes from besides the options: our sources, and the files of the user's that options name."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["ours", "theirs"]

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("golden", "rtl", "testbench", "bitstreams", "hel")
_APART = ("golden/studies", "bitstreams/results", "hel/pages", "hel/report", "hel/figures", "hel/doctor", "hel/explore")
"""Rooms that no result of a command depends on: studies, pages, drawings, and what runs the points."""


@functools.cache
def ours() -> str:
    """The digest of our sources, code and data: 8 digits.

    >>> len(ours())
    8
    """
    found = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*")):
            name = path.relative_to(_ROOT).as_posix()
            if "__pycache__" in name or name.startswith(_APART) or not path.is_file():
                continue
            found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:8]


def theirs(asked: Iterable[Any]) -> dict[str, str]:
    """Path -> digest of every file among values of options: `ring.py`, `ring.py:Ring`, `data.npz`.

    >>> theirs(["dense", 8, None, "nowhere.py:Ring"])
    {}
    """
    names = [word for value in asked if isinstance(value, (str, Path)) for word in _paths(str(value))]
    return {name: _digest(Path(name), Path(name).stat().st_mtime_ns) for name in names if Path(name).is_file()}


def _paths(word: str) -> list[str]:
    return [word, *([word.rpartition(":")[0]] if ":" in word else [])]


@functools.lru_cache
def _digest(path: Path, changed_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
