"""Systems by name: the built-in ones, and a user's own as `path/to/file.py:Class`."""

from __future__ import annotations

from golden.errors import HelError
from golden.systems import load
from golden.systems.base import System
from golden.systems.dense import Dense
from golden.systems.hru import Hru
from golden.systems.linear import Linear
from golden.systems.springs import Springs

__all__ = ["SYSTEMS", "Dense", "Hru", "Linear", "Springs", "System", "get", "load"]

SYSTEMS: dict[str, type[System]] = {cls.__name__.lower(): cls for cls in (Springs, Hru, Dense, Linear)}


def get(name: str, *, n: int, m: int = 1) -> System:
    """The built-in system `name`, or a user's `path/to/file.py:Class`, with n neurons and m inputs.

    >>> get("dense", n=4, m=2).parameters
    {'al': (4,), 'W': (4, 4), 'B': (4, 2), 'b': (4,)}
    """
    if load.is_file(name):
        return load.make(name, n, m)
    if name not in SYSTEMS:
        raise HelError(
            f"there is no built-in system {name!r}; choose from {', '.join(SYSTEMS)}, or name path/to/file.py:Class"
        )
    return SYSTEMS[name](n, m)
