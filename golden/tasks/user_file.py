"""A task of your own data: a file .npz, .csv or .ts. The layouts are in docs/tasks.md, and here.

**.npz**, from `np.savez`: ``x`` (samples, frames, channels), or (samples, frames) for one channel, and ``y``: whole
numbers from 0 are labels (samples,); floats are targets (samples,), (samples, k), or one a frame (samples, frames, k).
Optional: ``lengths`` (samples,), where sequences differ in length, and ``classes``, a number. With a test set of
your own the names are x_train, y_train, lengths_train, x_test, y_test, lengths_test.

**.csv**: a header and a line a frame; lines of a sample stand together. Columns: ``sample`` (any word), ``label`` (any
word) or ``target`` (a number; several: target_1, target_2, ...), optional ``part`` (train or test), and all others are
channels. A target that changes within a sample is one a frame.

**.ts**: `golden.tasks.ts_format`. A file NAME_TRAIN.ts takes NAME_TEST.ts beside it as its test set.

Without a test set of its own a file is split here: a fifth of every class, drawn once, is the test set. Of the training
set a fifth is the validation part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError
from golden.tasks.base import Split, Task
from golden.tasks.checks import checked, checked_parts, learnt_classes
from golden.tasks.csv_format import parse_csv
from golden.tasks.normalise import inputs_like, targets_like
from golden.tasks.npz_format import parse_npz
from golden.tasks.split import held_back
from golden.tasks.ts_format import Series, padded, parse_ts

__all__ = ["SUFFIXES", "Way", "is_file", "task_of_file", "task_of_series"]

SUFFIXES = (".npz", ".csv", ".ts")


@dataclass(frozen=True)
class Way:
    """How data that say nothing of it are played.

    Members
    -------
    hold : steps that a frame is held
    log2_inverse_step : k of the step h = 2**-k
    normalise : inputs and targets on the scale of the training set (`golden.tasks.normalise`); else as they are
    """

    hold: int = 1
    log2_inverse_step: int = 2
    normalise: bool = False


def is_file(name: str) -> bool:
    """Whether a task's name is that of a file.

    >>> is_file("mine.csv"), is_file("digits")
    (True, False)
    """
    return name.endswith(SUFFIXES)


def task_of_file(name: str, way: Way | None = None) -> Task:
    """The task of a file.

    Raises
    ------
    HelError : no such file, another layout, data that no task can be made of.
    """
    path = Path(name)
    if not path.is_file():
        known = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
        raise HelError(f"a task's file must exist, '{name}' does not; correct the name ({known})")
    classes = None
    if name.endswith(".npz"):
        train, test, classes = parse_npz(path)
    elif name.endswith(".csv"):
        train, test, classes = parse_csv(_text(path), path.name)
    else:
        test_path = path.with_name(f"{path.name.removesuffix('_TRAIN.ts')}_TEST.ts")
        both = path.name.endswith("_TRAIN.ts") and test_path.is_file()
        series = parse_ts(_text(path), path.name)
        return task_of_series(name, series, parse_ts(_text(test_path), test_path.name) if both else None, way)
    return _made(name, train, test, classes, way or Way())


def task_of_series(name: str, train: Series, test: Series | None, way: Way | None = None) -> Task:
    """The task of one .ts file, or of two."""
    if test is not None and (test.names, test.targets is None) != (train.names, train.targets is None):
        raise HelError(
            f"training and test file have the same classes in the same order, those of {name} have"
            f" {', '.join(train.names)[:40]} and {', '.join(test.names)[:40]}; make the headers agree"
        )
    splits = [None if one is None else _split(one) for one in (train, test)]
    assert splits[0] is not None
    if train.targets is None:
        learnt_classes(train.names, splits[0], splits[1], name)
    return _made(name, splits[0], splits[1], len(train.names) or None, way or Way())


def _made(name: str, train: Split, test: Split | None, classes: int | None, way: Way) -> Task:
    """Checked, split, and normalised if asked for."""
    kind = "classification" if train.targets is None else "regression" if train.targets.ndim == 2 else "forecasting"
    if classes is None and kind == "classification":
        classes = int(max([split.labels.max(initial=-1) for split in (train, test) if split is not None])) + 1
    least = 3 if test is None else 2
    if len(train) < least:
        raise HelError(
            f"a task has at least {least} samples to learn from and to judge on, {name} has {len(train)}; add some"
        )
    whole = _task(name, kind, classes, train, test, 1, way)
    checked_parts(whole, ranges=not way.normalise)  # before samples change their places: they are told as in the file
    if train.targets is not None:
        seen = train.targets if train.targets.ndim == 2 else train.targets[train.mask]
        if (seen == seen[0]).all():
            raise HelError(f"targets differ, those of {name} are all {seen[0].tolist()}; there is nothing to learn")
    if test is None:
        order, held = _held_back(name, train)
        train, test = train.part(order[:-held]), train.part(order[-held:])
    order, held = _held_back(name, train)
    task = _task(name, kind, classes, train.part(order).padded(), test.padded(), held, way)
    found = checked(_normalised(task) if way.normalise else task)
    return replace(found, train=found.train.read_only(), test=found.test.read_only())


def _task(name: str, kind: str, classes: int | None, train: Split, test: Split | None, held: int, way: Way) -> Task:
    return Task(
        name=name,
        classes=classes or 0,
        hold=way.hold,
        log2_inverse_step=way.log2_inverse_step,
        train=train,
        test=train if test is None else test,
        validation_samples=held,
        kind=kind,
        cost="per-step" if kind == "forecasting" else "final",
        unit=(1.0,) * (0 if train.targets is None else train.targets.shape[-1]),
    )


def _held_back(name: str, split: Split) -> tuple[NDArray[np.int64], int]:
    """`golden.tasks.split.held_back`, of targets as of one class."""
    order, held = held_back(split.labels if split.targets is None else np.zeros(len(split), np.int64))
    if not held:
        raise HelError(
            f"a part to judge on is held back of classes with several samples, {name} has one a class; add samples"
        )
    return order, held


def _normalised(task: Task) -> Task:
    checked(task, ranges=False)  # what is not finite would spread over all
    parts = inputs_like(task.train, task.train, task.test)
    if task.kind == "classification":
        return replace(task, train=parts[0], test=parts[1])
    parts, unit = targets_like(parts[0], *parts)
    return replace(task, train=parts[0], test=parts[1], unit=unit)


def _split(series: Series) -> Split:
    inputs, lengths = padded(series.sequences)
    return Split(inputs, series.labels, lengths, None if series.targets is None else series.targets[:, None])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheets write a byte order mark before the first name
    except UnicodeDecodeError as error:
        raise HelError(f"a task's file is UTF-8 text, {path} is not ({error.reason}); save it as UTF-8") from None
