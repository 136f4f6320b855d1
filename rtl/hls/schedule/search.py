"""A step's control words in the order that makes them fewest.

What can start first goes next: dense networks come within a few cycles of their bound with that, and nothing else is
tried there. Sparse ones, whose sums are of a product or two, wait for tables, cuts and the lanes; for them a few orders
are played, and the shortest is kept.
"""

from __future__ import annotations

from rtl.hls.plan.control import Fields
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.schedule.needs import StepNeeds
from rtl.hls.schedule.step import Order, StepScheduler

__all__ = ["ENOUGH", "ORDERS", "step_segment"]

ENOUGH = 0.85
"""Of the bound: where the first order reaches it, no other is tried."""
ORDERS = (Order(waits=False), Order(tail=2, block=8), Order(tail=1, brief=16))
"""Beside the first. Played on all built-in systems, these leave little to others."""


def step_segment(plan: RingPlan, memory: MemoryMap, *, twin: bool) -> list[Fields]:
    """Control words of one forward (`twin=False`) or echo step."""
    best = StepScheduler(plan, memory, twin=twin).run()
    needs = StepNeeds(plan, memory, twin=twin)
    bound = max(needs.bounds().values())
    for order in ORDERS:
        if bound >= ENOUGH * len(best):
            break
        found = StepScheduler(plan, memory, twin=twin, order=order, rest=needs.rest).run()
        best = min(best, found, key=len)
    return best
