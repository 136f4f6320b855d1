"""Signals that ask a command to end: each becomes an exception, so that what is half made goes, and programs end.

Ctrl-C (SIGINT), SIGTERM (batch systems, `timeout`), SIGHUP (the terminal is closed) and SIGQUIT are heeded alike. What
is ignored stays ignored: `nohup hel train ... &` runs on.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from golden.computer.processes import ENDING

__all__ = ["Ended", "heeded", "last_word"]

_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up", "SIGQUIT": "quit"}
_ONE_WISH_S = 2.0
"""A closing terminal sends its signal twice, the impatient press twice: what follows so soon is the same wish."""
_A_MOMENT_S = 0.02


class Ended(KeyboardInterrupt):
    """A signal asks us to end. `code` is the exit status for it, 128 and its number, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(_WORDS[signal.Signals(number).name])
        self.code = 128 + number


@contextmanager
def heeded() -> Iterator[None]:
    """Inside, the first of these signals raises `Ended`, and another one only after two seconds."""
    if threading.current_thread() is not threading.main_thread():  # only there do signals have handlers
        yield
        return
    before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
    last_s = -_ONE_WISH_S  # negative: none yet

    def raised(number: int, frame: FrameType | None) -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if now_s - last_s >= _ONE_WISH_S:
            last_s = now_s
            raise Ended(number)

    for number in ENDING:
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN and handler is not None:
            before[number] = handler
            signal.signal(number, raised)
    told, rung = sys.unraisablehook, signal.getsignal(signal.SIGALRM)

    def swallowed(lost: sys.UnraisableHookArgs) -> None:
        """What is raised inside a destructor goes no further: the wish is said again, a moment later."""
        if not isinstance(lost.exc_value, Ended):
            told(lost)
            return
        again = lost.exc_value.code - 128

        def rings(number: int, frame: FrameType | None) -> None:
            raise Ended(again)

        signal.signal(signal.SIGALRM, rings)
        signal.setitimer(signal.ITIMER_REAL, _A_MOMENT_S)

    sys.unraisablehook = swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = told
        signal.signal(signal.SIGALRM, rung)
        for number, handler in before.items():
            signal.signal(number, handler if last_s < 0 else _later(handler, last_s + _ONE_WISH_S))


def last_word() -> None:
    """For a process that is about to end with its exit code: no signal changes that any more.

    An interpreter on its way out drops its handlers: the second press of an impatient user would end it without its
    code. What is ignored it leaves ignored.
    """
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def _later(handler: Any, at_s: float) -> Callable[[int, FrameType | None], None]:
    """A handler for the way out: what comes before `at_s` is the same wish still, what comes after is `handler`'s."""

    def heard(number: int, frame: FrameType | None) -> None:
        if time.monotonic() >= at_s:
            signal.signal(number, handler)
            signal.raise_signal(number)

    return heard
