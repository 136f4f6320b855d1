"""The file of rows: JSON lines behind a first one that says whose they are; one writer, every row on the disk.

A run that is killed leaves all rows but, perhaps, a last one that is not whole: it is dropped, and its point run again.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hel.arguments import UsageError
from hel.explore.points import Point
from hel.explore.spec import Exploration

__all__ = ["Rows", "read", "writing"]

Row = dict[str, Any]


@dataclass
class Rows:
    """The rows of a file, the newest of every digest; `append` is for `writing` alone."""

    by_digest: dict[str, Row] = field(default_factory=dict)
    broken: bool = False
    """Whether the file ended in a row that was not whole."""
    _file: int = -1

    def of(self, point: Point) -> Row | None:
        """The row of a point, by these very sources."""
        return self.by_digest.get(point.digest)

    def newest(self, points: Iterable[Point]) -> list[Row]:
        """A row for each point that has one: by these sources, else the last one by others."""
        others = {digest.partition("-")[0]: row for digest, row in self.by_digest.items()}
        found = (self.by_digest.get(point.digest, others.get(point.asked)) for point in points)
        return [row for row in found if row is not None]

    def append(self, row: Row) -> None:
        """Writes a row, which is on the disk when this returns."""
        _put(self._file, row)
        self.by_digest.pop(row["digest"], None)  # the newest stands last
        self.by_digest[row["digest"]] = row


def read(path: Path, exploration: Exploration) -> Rows:
    """The rows of a file, none where it is not there. Raises UsageError where it is another's."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return Rows()
    return _parsed(path, text, exploration)[0]


@contextmanager
def writing(path: Path, exploration: Exploration) -> Iterator[Rows]:
    """The rows of a file, to append to; it is made if need be, and no other run writes it meanwhile."""
    made = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            raise UsageError(
                f"rows have one writer, {path} has another run of hel explore; wait for it, or choose another --rows"
            ) from None
        rows, whole = _parsed(path, Path(path).read_bytes(), exploration)
        if rows.broken:
            os.ftruncate(file, whole)
        if not whole:
            _put(file, {"exploration": exploration.name, "command": exploration.command})
        if made:
            _settle(path.absolute().parent)
        rows._file = file
        yield rows
    finally:
        os.close(file)


def _parsed(path: Path, text: bytes, exploration: Exploration) -> tuple[Rows, int]:
    """The rows, and how many bytes of the file are whole rows."""
    whole = text.rfind(b"\n") + 1
    lines = [_line(part) for part in text[:whole].split(b"\n")[:-1]]
    if lines and lines[-1] is None and len(lines) > 1:  # a machine that stops may leave zeros behind
        whole = text.rfind(b"\n", 0, whole - 1) + 1
        lines.pop()
    rows = Rows(broken=whole < len(text))
    if not lines and text and not text.lstrip().startswith(b'{"exploration"'[: len(text.lstrip())]):
        lines = [None]
    for number, line in enumerate(lines, start=1):
        if line is None or (number > 1 and "digest" not in line) or (number == 1 and "exploration" not in line):
            what = "the first line of rows says whose they are" if number == 1 else "rows are JSON, one a line"
            raise UsageError(f"{what}, line {number} of {path} does not; choose another --rows, or take the file away")
        if number > 1:
            rows.by_digest.pop(line["digest"], None)
            rows.by_digest[line["digest"]] = line
            continue
        for key, ours in (("exploration", exploration.name), ("command", exploration.command)):
            if line.get(key) != ours:
                raise UsageError(
                    f"{path} has the rows of another exploration, {key} {line.get(key)!r} where this one has {ours!r};"
                    " choose another --rows"
                    + (f', or say name = "{line[key]}" in the file' if key != "command" else "")
                )
    return rows, whole


def _line(part: bytes) -> Row | None:
    try:
        row = json.loads(part)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _put(file: int, row: Row) -> None:
    """A whole line, and then to the disk; what a full disk leaves of it is the broken tail of the next run."""
    left = memoryview(json.dumps(row, allow_nan=False).encode() + b"\n")
    while left:
        left = left[os.write(file, left) :]
    os.fsync(file)


def _settle(folder: Path) -> None:
    """A new file's name is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
