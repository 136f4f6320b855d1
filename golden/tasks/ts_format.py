"""Series as text in the .ts format of aeon and sktime: a header of @lines, then a series a line.

    @problemName Two
    @univariate false
    @classLabel true up down
    @data
    0.1,0.2,0.3:1.0,1.1,1.2:up

Channels are separated by colons, values by commas, the answer is last: a class of the header's list, or after
``@targetLabel true`` a number. Series may differ in length; the channels of one may not. ``#`` begins a comment.
Time stamps and missing values (``?``, ``NaN``) are refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from golden.errors import HelError

__all__ = ["Series", "padded", "parse_ts"]

_WORDS = ("problemname", "timestamps", "missing", "univariate", "dimensions", "dimension", "equallength",
          "serieslength", "classlabel", "targetlabel", "data")  # fmt: skip


@dataclass(frozen=True)
class Series:
    """Sequences as a file has them.

    Members
    -------
    sequences : each (frames, m), float64
    names : of the classes, in the header's order; () where there are targets
    labels : (samples,) int64, indices into `names`; (0,) where there are targets
    targets : (samples,) float64, or None
    """

    sequences: list[NDArray[np.float64]]
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    targets: NDArray[np.float64] | None


def padded(sequences: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """(samples, frames, m), zeros behind the end of each; and the lengths, None where all are equal.

    >>> inputs, lengths = padded([np.ones((2, 1)), np.ones((3, 1))])
    >>> inputs[..., 0].tolist(), lengths.tolist()
    ([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]], [2, 3])
    """
    lengths = np.array([len(each) for each in sequences], np.int64)
    inputs = np.zeros((len(sequences), int(lengths.max()), sequences[0].shape[1]))
    for row, each in zip(inputs, sequences, strict=True):
        row[: len(each)] = each
    return inputs, None if (lengths == lengths[0]).all() else lengths


def parse_ts(text: str, source: str) -> Series:
    """The series of a .ts file's text; `source` is what messages call it.

    Raises
    ------
    HelError : with the line, what it should be, and what it is.

    >>> found = parse_ts("@classLabel true up down\\n@data\\n1,2:3,4:down\\n5,6:7,8:up\\n", "two.ts")
    >>> found.sequences[0].tolist(), found.labels.tolist(), found.names
    ([[1.0, 3.0], [2.0, 4.0]], [1, 0], ('up', 'down'))
    """
    header, rows = _split(text, source)
    names, numbers = header["classlabel"][1:], header["targetlabel"][:1] == ["true"]
    if bool(names) == numbers:
        raise HelError(
            f"a .ts file says either `@classLabel true NAMES` or `@targetLabel true`, {source} says"
            f" {'both' if names else 'neither'}; write one of them above @data"
        )
    if header["timestamps"][:1] == ["true"]:
        raise HelError(f"series with time stamps are not read, {source} has @timeStamps true; resample them evenly")
    sequences: list[NDArray[np.float64]] = []
    answers: list[float] = []
    for number, line in rows:
        where = f"{source}, line {number}"
        *channels, answer = line.split(":")
        if not channels:
            raise HelError(f"{where}: a series ends in a colon and its class or target, got {line[:40]!r}; add it")
        sequences.append(_series(channels, where, len(sequences[0][0]) if sequences else None))
        answers.append(_target(answer, where) if numbers else _label(answer, names, where))
    if not rows:
        raise HelError(f"a .ts file has a series a line below @data, {source} has none; add them")
    if numbers:
        return Series(sequences, (), np.zeros(0, np.int64), np.array(answers, np.float64))
    return Series(sequences, tuple(names), np.array(answers, np.int64), None)


def _split(text: str, source: str) -> tuple[dict[str, list[str]], list[tuple[int, str]]]:
    """The header's words by key, and the numbered lines of data."""
    header: dict[str, list[str]] = {word: [] for word in _WORDS}
    rows: list[tuple[int, str]] = []
    begun = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(("#", "%")):
            continue
        if begun:
            rows.append((number, line))
            continue
        key, *values = line.removeprefix("@").split()
        if not line.startswith("@") or key.lower() not in header:
            raise HelError(
                f"{source}, line {number}: a .ts file begins with @lines and then @data, got {line[:40]!r}; see"
                " docs/tasks.md"
            )
        begun = key.lower() == "data"
        header[key.lower()] = [v.lower() for v in values[:1]] + values[1:]
    if not begun:
        raise HelError(f"a .ts file has its series below a line @data, {source} has no such line; add it")
    return header, rows


def _series(channels: list[str], where: str, wanted: int | None) -> NDArray[np.float64]:
    """(frames, m)."""
    columns = [_numbers(text, where) for text in channels]
    if wanted is not None and len(columns) != wanted:
        raise HelError(f"{where}: every series has the same channels, got {len(columns)} where the first has {wanted}")
    if len({len(column) for column in columns}) > 1:
        raise HelError(
            f"{where}: the channels of one series have equal lengths, got {', '.join(str(len(c)) for c in columns)};"
            " fill the shorter ones"
        )
    return np.stack(columns, axis=-1)


def _numbers(text: str, where: str) -> NDArray[np.float64]:
    words = text.split(",")
    try:
        found = np.array(words, np.float64)
    except ValueError:
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        bad = next((word for word in words if not _finite(word)), text[:20])
        raise HelError(f"{where}: a series is finite numbers with commas between, got {bad!r}; fill or leave it out")
    return found


def _finite(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def _target(text: str, where: str) -> float:
    if not _finite(text):
        raise HelError(f"{where}: a target is a finite number, got {text[:20]!r}; correct it")
    return float(text)


def _label(text: str, names: list[str], where: str) -> int:
    if text.strip() not in names:
        raise HelError(
            f"{where}: the class is one of the header's, {', '.join(names)[:60]}; got {text.strip()[:20]!r}; correct"
            " it, or add it to @classLabel"
        )
    return names.index(text.strip())
