"""A point on a worker of a Dask cluster: run by a process of ours there, ended when nobody waits for it any more."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from distributed import get_worker

from hel.explore import sources
from hel.explore.hands import Answer, Hand

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
    hand: Hand | None = getattr(_mine, "hand", None)
    if hand is None or hand.command != argv[0] or not hand.alive():
        if hand is not None:
            hand.dismiss()
        hand = _mine.hand = Hand(argv[0])
    hand.ask(argv, folder)
    while (heard := hand.heard(_POLL_S)) is None:
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":  # the client has gone, or was stopped: Dask ends no thread
            hand.dismiss()
            raise Unwanted(key)
    return heard
