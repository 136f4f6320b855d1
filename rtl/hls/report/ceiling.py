"""How fast a step can be, and how fast it is: the multipliers' ceiling by the busiest port, and a bound by all waiting.

An element has one of everything, so a step takes at least as many cycles as its busiest port is needed for: the
**ceiling** of the multipliers' use is products / (multipliers x those cycles). Results wait for each other, too,
through pipelines whose latencies do not shrink with the array. The **bound** counts both: what must come before a port
can be used at all, the port, and what must follow (`rtl.hls.schedule.needs`). What is **reached** is products /
(multipliers x cycles of the schedule's step).

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> found = ceiling(compile_array(compile_system(get("linear", n=64, m=4)), elements=4), "forward")
>>> found.port, found.slots, found.cycles, found.bound, found.products
('state and vectors, read', 56, 69, 58, 320)
>>> f"{found.reached:.2f} of {found.ceiling:.2f}: {found.ratio:.2f}"
'0.58 of 0.71: 0.81'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rtl.hls.schedule.needs import StepNeeds
from rtl.hls.schedule.schedule import Schedule

__all__ = ["Ceiling", "ceiling"]


@dataclass(frozen=True)
class Ceiling:
    """What bounds a step, and what it reaches.

    Members
    -------
    cycles : of the step's control words
    products : useful ones, over the whole ring
    multipliers : two an element
    ports : name -> cycles that the step needs it for, the busiest first
    bound : cycles that no order of these operations undercuts
    bounded_by : the port that the bound is of
    """

    cycles: int
    products: int
    multipliers: int
    ports: dict[str, int]
    bound: int
    bounded_by: str

    @property
    def port(self) -> str:
        """The busiest."""
        return next(iter(self.ports))

    @property
    def slots(self) -> int:
        """Cycles that the busiest port is needed for."""
        return self.ports[self.port]

    @property
    def ceiling(self) -> float:
        """The multipliers' use if the busiest port never waited."""
        return self.products / (self.multipliers * self.slots)

    @property
    def reached(self) -> float:
        """The multipliers' use."""
        return self.products / (self.multipliers * self.cycles)

    @property
    def ratio(self) -> float:
        """Reached, of the ceiling."""
        return self.slots / self.cycles

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        shown = ("cycles", "products", "ceiling", "reached", "ratio", "port", "slots", "bound", "bounded_by", "ports")
        return {name: getattr(self, name) for name in shown}


def ceiling(schedule: Schedule, name: str) -> Ceiling:
    """Of a schedule's step, `forward` or `echo`, on elements of one bank."""
    needs = StepNeeds(schedule.plan, schedule.memory, twin=name == "echo")
    bounds = needs.bounds()
    bounded_by = max(bounds, key=lambda port: bounds[port])
    return Ceiling(
        len(schedule.segments[name].words),
        schedule.products(name),
        2 * schedule.geometry.elements,
        dict(sorted(needs.cycles().items(), key=lambda item: -item[1])),
        bounds[bounded_by],
        bounded_by,
    )
