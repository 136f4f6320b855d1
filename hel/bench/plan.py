"""What is measured, at which sizes: for the document, or quickly, to see that it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["PARTS", "Plan", "batches_of", "cases", "plan"]

PARTS = ("speed", "growth", "memory")
"""Speed at the sizes that a user has; growth with N and T; peak memory over T."""

STATE_WORDS, PRODUCTS = 2**25, 2**32
"""Of a batch no more than these: T B N words are stored by BPTT, T B N^2 products are minutes."""


@dataclass(frozen=True)
class Plan:
    """Sizes, and how long.

    Members
    -------
    speed, growth : (N, T)
    batches : of speed; `few` of growth
    memory_neurons, memory_batch, memory_steps : N, samples of an update, Ts
    rounds, seconds : `hel.bench.rounds.alternated`
    calls : also a call a sample
    """

    speed: tuple[tuple[int, int], ...]
    growth: tuple[tuple[int, int], ...]
    batches: tuple[int, ...]
    few: tuple[int, ...]
    memory_neurons: int
    memory_batch: int
    memory_steps: tuple[int, ...]
    rounds: int
    seconds: float
    calls: bool = True


_WHOLE = Plan(
    speed=tuple((n, t) for t in (32, 1000) for n in (32, 64, 128)),
    growth=((16, 32), (256, 32), (32, 128), (32, 4000)),
    batches=(1, 16, 64, 256, 1024),
    few=(1, 64),
    memory_neurons=64,
    memory_batch=64,
    memory_steps=(32, 256, 2048, 8192),
    rounds=5,
    seconds=0.2,
)
_QUICK = Plan(
    speed=((8, 16),),
    growth=((16, 16),),
    batches=(1, 4),
    few=(1,),
    memory_neurons=8,
    memory_batch=4,
    memory_steps=(64,),
    rounds=2,
    seconds=0.01,
    calls=False,
)


def plan(quick: bool) -> Plan:
    """The whole of it takes some ten minutes on two processors."""
    return _QUICK if quick else _WHOLE


def cases(chosen: Plan, parts: tuple[str, ...], system: str, with_jax: bool) -> list[dict[str, Any]]:
    """What identifies each step of a run, in order.

    >>> [case["what"] for case in cases(plan(quick=True), ("speed", "memory"), "dense", True)]
    ['speed', 'memory', 'memory', 'memory']
    """
    found: list[dict[str, Any]] = []
    for part in parts:
        if part == "memory":
            sizes = {"neurons": chosen.memory_neurons, "batch": chosen.memory_batch}
            whose = ["golden", *(["hel", "bptt"] if with_jax else [])]
            found += [
                {"what": part, "system": system, **sizes, "steps": steps, "whose": one}
                for steps in chosen.memory_steps
                for one in whose
            ]
            continue
        wanted, batches = (chosen.speed, chosen.batches) if part == "speed" else (chosen.growth, chosen.few)
        for n, steps in wanted:
            fitting = batches_of(batches, n, steps) if with_jax else []
            found.append({"what": part, "system": system, "neurons": n, "steps": steps, "batches": fitting})
    return found


def batches_of(batches: tuple[int, ...], neurons: int, steps: int) -> list[int]:
    """Those that fit.

    >>> batches_of((1, 64, 256, 1024), 128, 1000)
    [1, 64, 256]
    """
    words, products = STATE_WORDS // (neurons * steps), PRODUCTS // (neurons**2 * steps)
    return [batch for batch in batches if batch == 1 or batch <= min(words, products)]
