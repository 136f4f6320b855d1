"""Outside programs: each in a process group of its own, which ends with us.

A compiler is a tree of processes: make, g++, cc1plus. To end the one that was started leaves the others at work, so
the whole group is ended, whenever the wait for it is left: by an error, by Ctrl-C, by a signal that became an exception
(`hel.signals`). What the programs write is read as UTF-8, whatever the locale; they read nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

__all__ = ["ENDING", "Done", "end", "end_children", "run", "running", "start", "undisturbed"]

Done = subprocess.CompletedProcess[str]
ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
"""Signals that ask a program to end."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that raise an exception here wait until the block is left: what it makes is known by then.

    >>> with undisturbed():
    ...     made = "a folder, a process"
    """
    if threading.current_thread() is not threading.main_thread():  # only there do handlers run
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def start(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdout: int | IO[Any] = subprocess.PIPE,
    stderr: int | IO[Any] = subprocess.STDOUT,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """A program in a group (and session) of its own. `end` ends it; better, `running` sees to it."""
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
    )


def end(process: subprocess.Popen[Any]) -> None:
    """Ends a program of `start` and all it has started; harmless when it has ended."""
    if process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """`start`, and `end` when the block is left, however."""
    process = None
    try:
        with undisturbed():
            process = start(command, **options)
        yield process
    finally:
        if process is not None:
            with undisturbed():  # a second signal comes while the first one ends it
                end(process)
                if process.stdout is not None:
                    process.stdout.close()


def run(
    command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None, *, timeout_s: float | None = None
) -> Done:
    """Runs a program to its end; `stdout` of the answer has both its streams, in the order they were written.

    Raises TimeoutError where it takes longer than `timeout_s`, and ends it.

    >>> run(["sh", "-c", "echo out; echo err >&2; exit 3"], Path("."))
    CompletedProcess(args=['sh', '-c', 'echo out; echo err >&2; exit 3'], returncode=3, stdout='out\\nerr\\n')
    """
    with running(command, cwd=cwd, env=env) as process:
        try:
            words, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"no answer within {timeout_s:g} s") from None
    return Done(command, process.returncode, words.decode(errors="replace"))


def end_children() -> None:
    """Ends what other packages have started and not waited for (Amaranth's yosys); Linux says which these are."""
    for child in reversed(_descendants("self")):
        with suppress(OSError):
            os.kill(int(child), signal.SIGKILL)


def _descendants(process: str) -> list[str]:
    """Numbers of all processes below one, each after its parent."""
    found = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text(encoding="ascii").split():
                found += [child, *_descendants(child)]
    return found
