"""What a command prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.errors import HelError

__all__ = ["Progress", "clamped_lines", "cut_lines", "stdout_to_stderr", "table", "write_whole"]


class Progress:
    """Progress of long work on standard error: a line redrawn on a terminal, a line now and then elsewhere.

    Call it with (done, total, text); `total` may be 0 where it is not known.
    """

    def __init__(self, interval_s: float = 10.0) -> None:
        self.terminal = sys.stderr.isatty()
        self.interval_s = 0.2 if self.terminal else interval_s
        self.start_s = self.last_s = time.monotonic()
        self.drawn = False

    def __call__(self, done: int, total: int, text: str = "") -> None:
        now_s = time.monotonic()
        if now_s - self.last_s < self.interval_s and done != total:
            return
        self.last_s = now_s
        share = f"{100 * done / total:5.1f} %  {done}/{total}" if total else f"{done}"
        line = f"{share}  {now_s - self.start_s:6.0f} s  {text}"
        if self.terminal:
            sys.stderr.write("\r\x1b[K" + line)
            self.drawn = True
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def line(self, text: str) -> None:
        """Write a line that stays."""
        self.close()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def close(self) -> None:
        """End a redrawn line."""
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self.drawn = False


@contextlib.contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send everything written to file descriptor 1 (by compilers and simulators, too) to standard error."""
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def write_whole(texts: Mapping[Path, str | bytes]) -> None:
    """Write files (text, or bytes) whole, all of them or none: into temporary neighbours, then renamed.

    Raises HelError where something stands that is not a regular file, and OSError where nothing can be written.
    """
    for path in texts:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise HelError(f"output goes to a regular file, '{path}' is none; choose another name")
    made: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            try:
                handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
                made.append((name, path))
                with os.fdopen(handle, "wb") as file:
                    file.write(text if isinstance(text, bytes) else bytes(text, "utf-8"))
                os.chmod(name, 0o644)
            except OSError as error:
                error.filename = str(path)  # the user's file, not its temporary neighbour
                raise
        for name, path in made:
            os.replace(name, path)
    except BaseException:
        for name, _ in made:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
        raise


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str] | None = None) -> str:
    """Rows as aligned columns.

    >>> print(table([{"name": "a", "n": 1}, {"name": "bc", "n": 20}]))
    name  n
    a     1
    bc    20
    """
    columns = list(columns or (rows[0] if rows else ()))
    cells = [columns, *([_cell(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(columns))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells)
    return "\n".join(lines)


def clamped_lines(result: Mapping[str, Any]) -> list[str]:
    """A line for each angle that went beyond the table of sin."""
    return [
        f"{line}: an angle went beyond +-8, where the table of sin ends (cos x is sin(x + pi / 2)); golden and array"
        " take it for +-8: write it with a smaller angle, or hold q with a restoring term"
        for line in result.get("argument_clamped", ())
    ]


def cut_lines(result: Mapping[str, Any]) -> list[str]:
    """A line for each cut that a calibration has changed, from the rows of `golden.compiler.compile.described`.

    >>> row = {"name": "d", "of": "y", "format": "SQ(4, 14)", "default": "SQ(5, 13)", "line": "a.py:9: `q**2`"}
    >>> cut_lines({"cuts": "calibrated", "cut_formats": [row]})
    ['cut d of y: SQ(4, 14) instead of SQ(5, 13)  a.py:9: `q**2`']
    """
    if result.get("cuts", "default") == "default":
        return []
    lines = [
        f"cut {row['name']} of {row['of']}: {row['format']} instead of {row['default']}  {row['line']}".rstrip()
        for row in result["cut_formats"]
        if row["format"] != row["default"]
    ]
    return lines or ["the calibration leaves every cut as it is by default"]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_cell(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "x".join(_cell(v) for v in value)
    return "" if value is None else str(value)
