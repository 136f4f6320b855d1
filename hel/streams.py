"""Standard input, output and error as a command can rely on them, whatever it was started with.

A shell may close them (`2>&-`), give them to a full disk (`> /dev/full`) or to a reader that leaves (`| head`), and let
them speak a character set without the user's letters. What cannot be told on standard error is not told: the work
goes on. What a character set lacks is escaped.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any

__all__ = ["drained", "settle"]


def settle() -> None:
    """Opens to nowhere what is closed, and lets every character be written.

    A closed descriptor would be given to the next file that is opened, which then gets what compilers say.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            while os.open(os.devnull, os.O_RDWR) < number:
                pass  # lower ones are open now, too
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        sys.stdout = _writer(_Named(1, "w", closefd=False), sys.stdout)
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _writer(_Forgiving(2, "w", closefd=False), sys.stderr)


def drained() -> OSError | None:
    """Writes out what standard output still holds; what it refused, after which it leads nowhere."""
    try:
        sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        with suppress(OSError):
            sys.stdout.flush()
        return error
    return None


class _Named(io.FileIO):
    """Standard output: what it refuses, it refuses by its name."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            error.filename = "standard output"
            raise


class _Forgiving(io.FileIO):
    """Standard error: what it refuses is dropped."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data).cast("B"))


def _writer(raw: io.FileIO, before: Any) -> io.TextIOWrapper:
    """A text stream in the encoding of the one before it, which it replaces."""
    encoding = "utf-8" if before is None else before.encoding
    by_line = raw.isatty() or isinstance(raw, _Forgiving)
    made = io.TextIOWrapper(io.BufferedWriter(raw), encoding, "backslashreplace", line_buffering=by_line)
    if before is not None:
        before.flush()
    return made
