"""What a command prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.errors import HelError, abridged

__all__ = ["Progress", "clamped_lines", "clipped_lines", "cut_lines", "flag_lines", "report_lines", "stability_lines",
           "stdout_to_stderr",
           "table", "table_lines", "takes_files", "write_whole"]  # fmt: skip


COARSE = 16.0
"""Last places by which a table is off that are worth a word."""
CHAOTIC = 16.0
"""log2 of a growth that makes the last place of a word as large as the state."""


class Progress:
    """Progress of long work on standard error: a bar on a terminal, a line now and then elsewhere, or nothing.

    Call it with (done, total, text); `total` may be 0 where it is not known. Leaving it as a context takes the bar
    away, after an error and Ctrl-C too. Where standard error is closed, or its reader has left, nothing is said.

    Parameters
    ----------
    interval_s : between two lines where there is no terminal
    quiet : say nothing at all
    unit : what is counted, in the plural: with one the rate and the remaining time are told
    """

    def __init__(self, interval_s: float = 10.0, *, quiet: bool = False, unit: str = "") -> None:
        self.stream = None if quiet or sys.stderr is None else _Steady(sys.stderr)
        self.terminal = self.stream is not None and self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.interval_s, self.unit = (0.2 if self.terminal else interval_s), unit
        self.total = -1
        self.first = (0, time.monotonic())  # done and time of the first call with this total: rates count from there
        self.last_s = self.first[1]
        self.bar: Any = None
        self.drawn = False  # before there is a bar: an interrupt may come while it draws itself for the first time

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __call__(self, done: int, total: int, text: str = "") -> None:
        if self.stream is None:
            return
        now_s, ended = time.monotonic(), 0 < total == done
        if total != self.total:
            self.close()
            self.total, self.first = total, (done, now_s)
        elif now_s - self.last_s < self.interval_s and not ended:
            return
        if self.terminal:
            self.last_s = now_s
            self._draw(done, total, text)
        elif now_s - self.last_s >= self.interval_s or ended:
            self.last_s = now_s
            self._tell(done, total, now_s, text)

    def _draw(self, done: int, total: int, text: str) -> None:
        self.drawn = True
        if self.bar is None:
            self.bar = _bar(self.stream, done, total, self.unit)
        self.bar.set_postfix_str(text, refresh=False)
        if not self.bar.update(done - self.bar.n):
            self.bar.refresh()

    def _tell(self, done: int, total: int, now_s: float, text: str) -> None:
        start, start_s = self.first
        parts = [f"{100 * done / total:5.1f} %  {done}/{total}" if total else f"{done}", f"{now_s - start_s:6.0f} s"]
        if self.unit and done > start and now_s > start_s:
            rate = (done - start) / (now_s - start_s)
            parts.append(f"{rate:.3g} {self.unit}/s")
            parts += [f"{(total - done) / rate:.0f} s left"] if total > done else []
        self._write("  ".join([*parts, text]).rstrip() + "\n")

    def line(self, text: str) -> None:
        """Write a line that stays."""
        self.close()
        self._write(text + "\n")

    def close(self) -> None:
        """Take the bar away, and all that is left of it."""
        if self.drawn:
            bar, self.bar, self.drawn = self.bar, None, False
            if bar is not None:
                bar.close()
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self.stream is not None:
            self.stream.write(text)
            self.stream.flush()


class _Steady:
    """A stream whose reader may leave: what can no longer be written is dropped."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        try:
            return bool(self._stream.isatty())
        except (OSError, ValueError):
            return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _bar(stream: Any, done: int, total: int, unit: str) -> Any:
    """A bar of tqdm as wide as the terminal; no thread watches it, and it shares no lock with other processes."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        monitor_interval = 0

    Bar.set_lock(threading.RLock())
    rate, left = ("  {rate_fmt}", "<{remaining}") if unit else ("", "")
    share = "{percentage:3.0f} % {bar:10} {n_fmt}/{total_fmt}" if total else "{n_fmt}"
    return Bar(
        initial=done,
        total=total or None,
        unit=f" {unit}",
        file=stream,
        leave=False,
        dynamic_ncols=True,
        mininterval=0.0,
        miniters=1,
        bar_format=f"{share}  {{elapsed}}{left if total else ''}{rate}{{postfix}}",
    )


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


def takes_files(path: Path) -> str:
    """Why the folder of a file that is to be written takes none, in the system's words; "" where it does.

    >>> takes_files(Path("no/folder/a.html"))
    'No such file or directory'
    """
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            return ""
    except OSError as error:
        return error.strerror or str(error)


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
    """A line for each argument that went beyond the end of a table, with the table's function and range.

    >>> clamped_lines({"argument_clamped": ["a.py:9: `np.sinh(q)`: x of sinh(x) beyond -4 to 2.5"]})[0][:95]
    'a.py:9: `np.sinh(q)`: x of sinh(x) beyond -4 to 2.5, and taken for the end; state a wider range'
    """
    return [f"{line}, and taken for the end; {_wider(line)}" for line in result.get("argument_clamped", ())]


def _wider(line: str) -> str:
    """What to do about an argument beyond its table: that of sin and cos cannot be stated, any other can."""
    held = "hold q by a restoring term"
    if ": an angle beyond" in line:
        return f"write it with a smaller factor, {held}, or declare the positions angles, angles = True"
    return f"state a wider range, np.clip(x, low, high) or hel.table(f, low=, high=), or {held}"


def clipped_lines(result: Mapping[str, Any], shown: int = 3) -> list[str]:
    """Which cuts saturated, where it is known: a few of them.

    >>> clipped_lines({"operand_clipped": ["a.py:9: `q**3`: x_x beyond SQ(5, 13), +-16", "q as a factor"]}, 1)
    ['clipped: a.py:9: `q**3`: x_x beyond SQ(5, 13), +-16; and 1 more']
    """
    lines = result.get("operand_clipped", ())
    more = f"; and {len(lines) - shown} more" if len(lines) > shown else ""
    return [f"clipped: {'; '.join(lines[:shown])}{more}"] if lines else []


def flag_lines(flags: Sequence[str]) -> list[str]:
    """What a training says of the flags that were raised, and what to do about them.

    >>> flag_lines([])
    []
    >>> flag_lines(["operand_clipped"])[1]
    'a factor left its format and was held at its end: harmless where rare; smaller initial values avoid it'
    """
    if not flags:
        return []
    lines = [f"flags raised on the way: {', '.join(flags)}"]
    if {"q_overflow", "p_overflow"} & set(flags):
        lines.append(
            "positions or momenta wrapped round, and what is learnt from those samples is no physics: a range that"
            ' keeps a stiffness positive (ranges = {"k": (0.0625, 2.0)}) or smaller initial values avoid it'
        )
    elif "operand_clipped" in flags:
        lines.append(
            "a factor left its format and was held at its end: harmless where rare; smaller initial values avoid it"
        )
    return lines


def cut_lines(result: Mapping[str, Any]) -> list[str]:
    """A line for each table, and for each cut that a calibration has changed (`golden.compiler.compile.described`).

    >>> row = {"name": "d", "of": "y", "format": "SQ(4, 14)", "default": "SQ(5, 13)", "line": "a.py:9: `q**2`"}
    >>> cut_lines({"cuts": "calibrated", "cut_formats": [row]})
    ['cut d of y: SQ(4, 14) instead of SQ(5, 13)  a.py:9: `q**2`']
    """
    tables = table_lines(result)
    if result.get("cuts", "default") == "default":
        return tables
    lines = [
        f"cut {row['name']} of {row['of']}: {row['format']} instead of {row['default']}  {row['line']}".rstrip()
        for row in result["cut_formats"]
        if row["format"] != row["default"]
    ]
    return tables + (lines or ["the calibration leaves every cut as it is by default"])


def table_lines(result: Mapping[str, Any]) -> list[str]:
    """A line for each table of a program's own: what it holds, where, and how far a look-up is off at the most.

    >>> row = {"name": "exp", "function": "exp(x)", "low": -4.0, "high": 2.5, "stated": False, "segments": 832}
    >>> row |= {"format": "SQ(5, 13)", "fold": "", "steep": ["below", "above"], "error_lsb": 1.02}
    >>> row |= {"error": 1.25e-4, "line": ""}
    >>> for part in table_lines({"tables": [row]})[0].split("; "):
    ...     print(part[-88:])
    (reached, and room), 832 segments, SQ(5, 13), off by at most 1.02 last places = 0.000125
    beyond either end argument_clamped is raised
    """
    lines = []
    for row in result.get("tables", ()):
        both = len(row["steep"]) == 2 or (row["steep"] and row["fold"])
        ends = "either end" if both else f"the end {row['steep'][0]}" if row["steep"] else ""
        lines.append(
            f"table {row['name']}: {abridged(row['function'])} for x from {row['low']:.4g} to {row['high']:.4g}"
            f" ({_range(row)}), {row['segments']} segments, {row['format']},"
            f" off by at most {row['error_lsb']:.3g} last places = {row['error']:.3g}{_finer(row)}"
            + (f"; beyond {ends} argument_clamped is raised" if ends else "" if row.get("turn") else "; flat beyond")
            + (f"  {row['line']}" if row["line"] else "")
        )
    return lines


def _finer(row: Mapping[str, Any]) -> str:
    """What makes a coarse table finer."""
    if row["error_lsb"] <= COARSE or row.get("turn"):
        return ""
    shorter = "stated range" if row["stated"] else "range, np.clip(x, low, high),"
    return f" (a shorter {shorter} makes it finer)"


def _range(row: Mapping[str, Any]) -> str:
    """Where a table's range is from."""
    if row.get("turn"):
        return "one turn, and round"
    return "stated" if row["stated"] else "reached, and room"


def stability_lines(found: dict[str, Any]) -> list[str]:
    """What is wrong with the step, or with the length; nothing where both are well.

    >>> stability_lines({"figure": 5.0, "limit": 4.0, "growth_log2": 2.0, "lyapunov_time": 9.0, "duration": 12.5})
    ['h^2 times the largest curvature is 5, leapfrog is stable below 4: take a smaller --step']
    """
    figure, grown = (math.inf if found[name] is None else found[name] for name in ("figure", "growth_log2"))
    if figure >= found["limit"]:
        rule = f"leapfrog is stable below {found['limit']:g}: take a smaller --step"
        return [f"h^2 times the largest curvature is {figure:.3g}, {rule}"]
    if grown < CHAOTIC:
        return []
    return [
        f"chaotic: a perturbation grows by 2^{grown:.0f} in h T = {found['duration']:g}, e times in"
        f" {found['lyapunov_time']:.2g}; no gradient says anything over more than a few such times: use fewer --steps"
    ]


def report_lines(result: Mapping[str, Any]) -> list[str]:
    """The line that says where the page of `--report` is."""
    return [f"report: {result['report']}"] if "report" in result else []


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_cell(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "x".join(_cell(v) for v in value)
    return "" if value is None else str(value)
