"""Tasks by name: what is to be learnt, with its data, and a test set that was fixed before anything was tried.

In: a name. Out: a `Task` of sequences and labels, loaded when it is asked for.

May import of golden: errors.
"""

from __future__ import annotations

from collections.abc import Callable

from golden.errors import HelError
from golden.tasks.base import Split, Task

__all__ = ["Split", "Task", "get", "names"]


def _digits() -> Task:
    from golden.tasks.digits import digits

    return digits()


def _digits_static() -> Task:
    from golden.tasks.digits_static import digits_static

    return digits_static()


_LOADERS: dict[str, Callable[[], Task]] = {"digits": _digits, "digits-static": _digits_static}


def names() -> list[str]:
    """Names of the built-in tasks.

    >>> names()
    ['digits', 'digits-static']
    """
    return sorted(_LOADERS)


def get(name: str) -> Task:
    """The built-in task `name`.

    >>> get("digits").steps
    32
    """
    if name not in _LOADERS:
        raise HelError(f"there is no built-in task {name!r}; choose from {', '.join(names())}")
    return _LOADERS[name]()
