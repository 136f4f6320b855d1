"""Tasks by name: what is to be learnt, with its data, and a test set that was fixed before anything was tried.

===============  =====================================================================================================
`base`           what a task is: `Task`, `Split`, kinds, costs
`cards`          what each built-in task is, without its data: sizes, source, licence
`digits`         scikit-learn's digits as rows; `digits_pixels` as pixels, `digits_static` as still images
`archive`        data sets of the UCR and UEA archives that lie in packages
`watch`          exercises seen by a smartwatch, tested on a person left out
`forecasts`      Mackey-Glass and a pulse, a while ahead
`user_file`      .npz, .csv or .ts of your own; `uea`: any set of the archive, by the network
`package_files`  files of installed packages, found without importing them, known by their hash
`normalise`      data as inputs, on the scale of the training set alone; `split`: parts drawn once
`ts_format`      the .ts text, with `csv_format` and `npz_format` for files of your own
`checks`         what a task must be
===============  =====================================================================================================

In: a name. Out: a `Task` of sequences and answers, loaded when it is asked for.

May import of golden: errors, arithmetic, language, computer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from golden.errors import HelError
from golden.tasks.base import COSTS, KINDS, Split, Task
from golden.tasks.cards import CARDS, Card
from golden.tasks.checks import checked, cost_of
from golden.tasks.user_file import SUFFIXES, Way, is_file, task_of_file

__all__ = [
    "CARDS",
    "COSTS",
    "KINDS",
    "Card",
    "Split",
    "Task",
    "Way",
    "checked",
    "cost_of",
    "get",
    "is_file",
    "is_known",
    "names",
]


def _digits() -> Task:
    from golden.tasks.digits import digits

    return digits()


def _digits_pixels() -> Task:
    from golden.tasks.digits_pixels import digits_pixels

    return digits_pixels()


def _digits_static() -> Task:
    from golden.tasks.digits_static import digits_static

    return digits_static()


def _archived(name: str) -> Task:
    from golden.tasks.archive import archived

    return archived(name)


def _mackey_glass() -> Task:
    from golden.tasks.forecasts import mackey_glass

    return mackey_glass()


def _ppg() -> Task:
    from golden.tasks.forecasts import ppg

    return ppg()


def _watch() -> Task:
    from golden.tasks.watch import watch

    return watch()


_ARCHIVED = ("acsf1", "basic-motions", "covid-deaths", "gunpoint", "japanese-vowels", "osu-leaf", "pig-cvp")
_LOADERS: dict[str, Callable[[], Task]] = {
    **{name: partial(_archived, name) for name in _ARCHIVED},
    "digits": _digits,
    "digits-pixels": _digits_pixels,
    "digits-static": _digits_static,
    "mackey-glass": _mackey_glass,
    "ppg": _ppg,
    "watch": _watch,
}


def names() -> list[str]:
    """Names of the built-in tasks.

    >>> names()[:5]
    ['acsf1', 'basic-motions', 'covid-deaths', 'digits', 'digits-pixels']
    """
    return sorted(_LOADERS)


def is_known(name: str) -> bool:
    """Whether `get` takes the name: built-in, `watch:SUBJECT`, `uea:NAME`, or a file's.

    >>> is_known("watch:3"), is_known("mine.csv"), is_known("letters")
    (True, True, False)
    """
    return name in _LOADERS or name.startswith(("watch:", "uea:")) or is_file(name)


def get(name: str, way: Way | None = None) -> Task:
    """The task `name`: a built-in one, `watch:SUBJECT`, `uea:NAME`, or the path of a file .npz, .csv or .ts.

    way : how the data of a file, or of `uea:NAME`, are played; built-in tasks have their own

    >>> get("digits").steps
    32
    """
    if way is not None and (name in _LOADERS or name.startswith("watch:")):
        raise HelError(f"hold, step and normalise are for data of your own, {name} has its own; leave them out")
    if name in _LOADERS:
        return _LOADERS[name]()
    if name.startswith("watch:"):
        from golden.tasks.watch import watch_but

        return watch_but(name.removeprefix("watch:"))
    if name.startswith("uea:"):
        from golden.tasks.uea import uea

        return uea(name.removeprefix("uea:"), way)
    if is_file(name):
        return task_of_file(name, way)
    raise HelError(
        f"there is no built-in task {name!r}; choose from {', '.join(names())}, or name a file"
        f" ({', '.join(f'*{suffix}' for suffix in SUFFIXES)}) or uea:NAME"
    )
