"""What enters the multipliers of every element in one cycle, as it is read back from control words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Slot"]


@dataclass(frozen=True)
class Slot:
    """Entry into the multipliers of every element, or the write of an updated word.

    Members
    -------
    what : in words of the plan, as `rtl.hls.report.explain.Operation`
    lanes, weights : lanes that take it, ports of the weight memory that it reads
    products : useful ones over the whole ring
    """

    cycle: int
    what: str
    lanes: tuple[int, ...]
    weights: tuple[str, ...] = ()
    products: int = 0
