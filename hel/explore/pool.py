"""Points on this machine: several workers, each with one point at a time."""

from __future__ import annotations

import os
import selectors
from collections.abc import Generator, Sequence

from golden.computer.processes import undisturbed
from hel.explore.hands import Answer, Hand
from hel.explore.points import Point

__all__ = ["jobs_here", "run"]


def jobs_here() -> int:
    """How many processes may run at once: the processors that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(points: Sequence[Point], command: str, jobs: int) -> Generator[tuple[Point, Answer]]:
    """Every point with its answer, as they come; leaving it ends all that runs.

    A worker that dies takes its own point along, and another worker takes its place.
    """
    waiting = list(reversed(points))
    hands: dict[Hand, Point] = {}
    folder = os.getcwd()
    try:
        with selectors.DefaultSelector() as watched:

            def begin(hand: Hand | None) -> None:
                point = waiting.pop()
                if hand is None:
                    with undisturbed():
                        hand = Hand(command)
                        hands[hand] = point
                    watched.register(hand, selectors.EVENT_READ)
                hands[hand] = point
                hand.ask(point.argv, folder)

            for _ in range(min(jobs, len(waiting))):
                begin(None)
            while hands:
                for key, _ in watched.select():
                    hand: Hand = key.fileobj  # type: ignore[assignment]
                    if (answer := hand.heard()) is None:
                        continue
                    yield hands[hand], answer
                    usable = hand.alive()
                    if waiting and usable:
                        begin(hand)
                        continue
                    watched.unregister(hand)
                    del hands[hand]
                    hand.dismiss()
                    if waiting:
                        begin(None)
    finally:
        for hand in hands:
            hand.let_go()
        for hand in hands:
            hand.dismiss()
