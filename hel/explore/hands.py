"""A worker process (`hel.explore.worker`) from the side of who starts it: ask, wait for the answer, dismiss."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from golden.computer import cache as caches
from golden.computer.processes import end, start, undisturbed
from golden.errors import HelError

__all__ = ["Answer", "Hand"]

_START = (
    "import json, sys; root = sys.argv[1]; sys.path[:] = [root, *json.loads(sys.argv[2])];"
    " from hel.explore.worker import main; sys.path.remove(root); sys.exit(main(int(sys.argv[3]), sys.argv[4]))"
)
"""With the path of who starts it, ours first until `hel` is found: the sources are the same."""
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""The processes are many: each has one thread of linear algebra, unless the environment says otherwise."""
_LEAVING_S = 8.0
"""More than a worker's grace for the point it runs."""


@dataclass(frozen=True)
class Answer:
    """How a command ended: exit code (negative for a signal), standard output and error, seconds."""

    code: int
    out: str
    err: str
    seconds: float


def _cache() -> dict[str, str]:
    """Where the cache is a temporary folder: ours, for all, which was told of here and goes with us."""
    with suppress(HelError):  # a point says what it lacks
        if (folder := caches.folder()) != caches.usual()[0]:
            return {"HEL_CACHE": str(folder)}
    return {}


class Hand:
    """A worker process for points of one command; it ends when it is dismissed, and when we die."""

    def __init__(self, command: str) -> None:
        self.command = command
        self._text = b""
        self._channel, theirs = socket.socketpair()
        words = [sys.executable, "-c", _START, str(Path(__file__).parents[2]), json.dumps(sys.path)]
        with theirs, undisturbed():
            self._process = start(
                [*words, str(theirs.fileno()), command],
                cwd=Path.cwd(),
                env={**_ONE_THREAD, **os.environ, **_cache()},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def fileno(self) -> int:
        """Of the socket: readable when an answer comes, or the worker has died."""
        return self._channel.fileno()

    def ask(self, argv: Sequence[str], folder: str) -> None:
        """Begins `hel ARGV... --json --quiet` in a folder; a worker that has died is noticed by `heard`."""
        self._text = b""
        with suppress(OSError):
            self._channel.sendall(json.dumps({"argv": [*argv, "--json", "--quiet"], "folder": folder}).encode() + b"\n")

    def heard(self, patience_s: float = 0.0) -> Answer | None:
        """The answer, None where it is not complete yet; of a worker that died, how.

        A large answer comes in parts: call it again when the socket is readable.
        """
        if not select.select([self._channel], [], [], patience_s)[0]:
            return None
        try:
            part = self._channel.recv(1 << 20)
        except OSError:
            part = b""
        if not part:
            return Answer(self._process.wait(), "", "", 0.0)
        self._text += part
        return Answer(**json.loads(self._text)) if part.endswith(b"\n") else None

    def alive(self) -> bool:
        """Whether the worker can be asked again."""
        return self._process.poll() is None

    def let_go(self) -> None:
        """Says that it may go, with the point that it runs; `dismiss` waits for it."""
        self._channel.close()

    def dismiss(self) -> None:
        """Ends the worker and its point."""
        self.let_go()
        try:
            self._process.wait(_LEAVING_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            end(self._process)
