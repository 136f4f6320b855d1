"""Contestants in turns: every round, each learns for a while, in an order that turns about; medians over the rounds.

Wall seconds are those of the clock, CPU seconds those of all threads of this process together: their quotient is how
many processors a contestant kept busy. Ratios are taken within a round, and then the median.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from hel.bench.contestant import Contestant

__all__ = ["alternated"]


def alternated(
    contestants: Sequence[Contestant], rounds: int, seconds: float, tell: Callable[[str], None] = lambda text: None
) -> list[dict[str, Any]]:
    """A row each, in their order.

    Parameters
    ----------
    rounds : how often each has its turn
    seconds : of a turn, at least; of one block where that takes longer

    Returns
    -------
    samples_per_s (median), slowest, fastest, wall_s and cpu_s a sample (medians), processors kept busy, and `behind`:
    by what factor the first contestant is faster (median over the rounds).
    """
    repeats = []
    for one in contestants:
        one.learn()  # caches, threads, first touch of memory
        began = time.perf_counter()
        one.learn()
        repeats.append(max(1, math.ceil(seconds / max(time.perf_counter() - began, 1e-9))))
    walls: list[list[float]] = [[] for _ in contestants]
    cpus: list[list[float]] = [[] for _ in contestants]
    turns = list(range(len(contestants)))
    for number in range(rounds):
        for k in turns if number % 2 == 0 else reversed(turns):
            tell(f"round {number + 1}: {contestants[k].who}")
            wall, cpu = _turn(contestants[k], repeats[k])
            walls[k].append(wall)
            cpus[k].append(cpu)
    return [_row(one, walls[k], cpus[k], walls[0]) for k, one in enumerate(contestants)]


def _turn(one: Contestant, repeats: int) -> tuple[float, float]:
    """Wall and CPU seconds of a sample."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(repeats):
        one.learn()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall / (repeats * one.samples), cpu / (repeats * one.samples)


def _row(one: Contestant, walls: Sequence[float], cpus: Sequence[float], first: Sequence[float]) -> dict[str, Any]:
    return {
        "who": one.who.name,
        "batch": one.who.batch,
        "how": one.who.how,
        "device": one.who.device,
        "samples_per_s": 1.0 / median(walls),
        "slowest": 1.0 / max(walls),
        "fastest": 1.0 / min(walls),
        "wall_s": median(walls),
        "cpu_s": median(cpus),
        "processors": median(cpu / wall for cpu, wall in zip(cpus, walls, strict=True)),
        "behind": median(wall / ours for wall, ours in zip(walls, first, strict=True)),
    }
