"""A point on a worker of a Dask cluster: run by a process of ours there, ended when nobody waits for it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from distributed import get_worker

from hel.explore import sources
from hel.explore.hands import Answer, Hand
from hel.explore.worker import IDLE_S

__all__ = ["answer", "version"]

_POLL_S = 0.2
_mine = threading.local()
"""Each thread of a Dask worker has a process of its own, which imports once."""


class Unwanted(Exception):
    """Whoever asked for the point is gone; nobody reads this."""


def version() -> str:
    """The digest of the sources that a worker has."""
    return sources.ours()


def answer(argv: Sequence[str], folder: str) -> Answer:
    """`hel ARGV...` in a folder, if it is there."""
    worker = get_worker()
    key = worker.get_current_task()
    hand = _hand(argv[0])
    hand.ask(argv, folder)
    while (heard := hand.heard(_POLL_S)) is None:
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":  # the client has gone, or was stopped: Dask ends no thread
            hand.dismiss()
            raise Unwanted(key)
    _mine.last_s = time.monotonic()
    return heard


def _hand(command: str) -> Hand:
    """This thread's process, a new one where there is none that will wait for the question."""
    hand: Hand | None = getattr(_mine, "hand", None)
    if hand is not None:
        if hand.command == command and hand.alive() and time.monotonic() - _mine.last_s < IDLE_S / 2:
            return hand
        hand.dismiss()
    _mine.hand, _mine.last_s = Hand(command), time.monotonic()
    made: Hand = _mine.hand
    return made
