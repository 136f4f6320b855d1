"""What a step writes into the vector store and reads from it, by block: a scheduler's intention, for the checker.

Addresses do not tell, for blocks share words (`rtl.hls.schedule.allocate`).

Example
-------
>>> found = Traffic(writes={(3, 0): ("s", 1)}, reads={(9, 0): ("s", 1)})
>>> found.writes[3, 0] == found.reads[9, 0]
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Port", "Traffic", "VectorBlock"]

VectorBlock = tuple[str, int]
"""A vector and one of its blocks: in every element one word a context."""
Port = tuple[int, int]
"""Cycle and context: each context has one read and one write a cycle."""


@dataclass(frozen=True)
class Traffic:
    """What a step writes into the vector store and reads from it, whatever the addresses are."""

    writes: Mapping[Port, VectorBlock] = field(default_factory=dict)
    reads: Mapping[Port, VectorBlock] = field(default_factory=dict)
