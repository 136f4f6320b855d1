"""Lines of a user's .csv as splits, a frame a line; the layout is in `golden.tasks.user_file`."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

import numpy as np

from golden.errors import HelError
from golden.tasks.base import Split, no_labels
from golden.tasks.checks import learnt_classes
from golden.tasks.ts_format import padded

__all__ = ["parse_csv"]

_TARGET = re.compile(r"target(_\d+)?")


@dataclass
class _Sample:
    """Lines of one sample so far."""

    name: str
    part: str
    label: str
    line: int
    frames: list[list[float]] = field(default_factory=list)
    targets: list[list[float]] = field(default_factory=list)


def parse_csv(text: str, source: str) -> tuple[Split, Split | None, int | None]:
    """Training set (all samples where no `part` says test), test set, number of classes.

    Raises
    ------
    HelError : with the line, what it should be, and what it is.

    >>> train, test, classes = parse_csv("sample,label,u\\na,up,0.5\\na,up,1\\nb,down,-1\\n", "mine.csv")
    >>> train.inputs[..., 0].tolist(), train.labels.tolist(), train.lengths.tolist(), classes   # down, up
    ([[0.5, 1.0], [-1.0, 0.0]], [1, 0], [2, 1], 2)
    """
    rows = [(number, row) for number, row in enumerate(csv.reader(text.splitlines()), start=1) if any(row)]
    if not rows:
        raise HelError(f"a task's .csv begins with the names of its columns, {source} is empty; see docs/tasks.md")
    columns = [word.strip() for word in rows[0][1]]
    targets = [k for k, name in enumerate(columns) if _TARGET.fullmatch(name)]
    _check_columns(columns, bool(targets), source)
    samples = _samples(rows[1:], columns, targets, source)
    for sample in samples:
        if sample.part not in ("train", "test"):
            raise HelError(
                f"{source}, line {sample.line}: a part is train or test, got {sample.part[:20]!r}; correct it"
            )
    names = sorted({sample.label for sample in samples}, key=_order) if not targets else []
    framed = any(one != sample.targets[0] for sample in samples for one in sample.targets) if targets else False
    parts = [[s for s in samples if s.part == which] for which in ("train", "test")]
    if not parts[0]:
        raise HelError(f"a task has samples to learn from, {source} has none whose part is train; add some")
    made = [None if not part else _split(part, names, framed) for part in parts]
    assert made[0] is not None
    if names:
        learnt_classes(names, made[0], made[1], source)
    return made[0], made[1], len(names) or None


def _check_columns(columns: list[str], targets: bool, source: str) -> None:
    doubled = sorted({name for name in columns if columns.count(name) > 1})
    if doubled:
        raise HelError(f"columns have names of their own, {source} has {doubled[0]!r} twice; rename one")
    if "sample" not in columns or ("label" in columns) == targets:
        raise HelError(
            f"a task's .csv has a column sample, and label or target, {source} has {', '.join(columns)[:60]}; name"
            " them so in its first line"
        )
    if not _channels(columns):
        raise HelError(f"all other columns of a task's .csv are channels, {source} has none; add one")


def _channels(columns: list[str]) -> list[int]:
    own = ("sample", "part", "label")
    return [k for k, name in enumerate(columns) if name not in own and not _TARGET.fullmatch(name)]


def _samples(rows: list[tuple[int, list[str]]], columns: list[str], targets: list[int], source: str) -> list[_Sample]:
    """The samples in the order of their first lines."""
    at = {name: columns.index(name) for name in ("sample", "part", "label") if name in columns}
    channels, samples, seen = _channels(columns), list[_Sample](), set[str]()
    for number, row in rows:
        where = f"{source}, line {number}"
        if len(row) != len(columns):
            raise HelError(f"{where}: every line has {len(columns)} columns, got {len(row)}; correct it")
        name = row[at["sample"]].strip()
        part = row[at["part"]].strip() if "part" in at else "train"
        label = row[at["label"]].strip() if "label" in at else ""
        if not samples or name != samples[-1].name:
            if name in seen:
                raise HelError(f"{where}: lines of a sample stand together, {name[:20]!r} was ended; sort the file")
            seen.add(name)
            samples.append(_Sample(name, part, label, number))
        last = samples[-1]
        if (part, label) != (last.part, last.label):
            raise HelError(
                f"{where}: a sample has one part and one label, {name[:20]!r} began with"
                f" {' '.join([last.part, last.label])[:30]!r}; correct it, or begin another sample"
            )
        last.frames.append([_number(row[k], columns[k], where) for k in channels])
        last.targets.append([_number(row[k], columns[k], where) for k in targets])
    if not samples:
        raise HelError(f"a task's .csv has a line a frame, {source} has none below its first; add them")
    return samples


def _number(word: str, column: str, where: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise HelError(f"{where}: {column} is a finite number, got {word[:20]!r}; fill or leave out the sample")
    return value


def _order(label: str) -> tuple[float, str]:
    """Numbers by size, before words."""
    return (float(label) if re.fullmatch(r"-?\d+(\.\d+)?", label) else np.inf), label


def _split(samples: list[_Sample], names: list[str], framed: bool) -> Split:
    inputs, lengths = padded([np.array(sample.frames) for sample in samples])
    if names:
        return Split(inputs, np.array([names.index(sample.label) for sample in samples], np.int64), lengths)
    if framed:
        return Split(inputs, no_labels(), lengths, padded([np.array(sample.targets) for sample in samples])[0])
    return Split(inputs, no_labels(), lengths, np.array([sample.targets[0] for sample in samples]))
