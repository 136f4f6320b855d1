"""What all contestants are: a name, and a block of samples that they learn when told to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Contestant", "Who"]


@dataclass(frozen=True)
class Who:
    """Who learns, how.

    Members
    -------
    name : "golden compiled", "golden NumPy", "JAX HEL", "JAX BPTT"
    batch : samples an update; of golden 1
    how : "" for the usual: one call for many updates; "call a sample"; "N seeds"
    device : "cpu" or what JAX calls it
    """

    name: str
    batch: int = 1
    how: str = ""
    device: str = "cpu"

    def __str__(self) -> str:
        parts = [f"batch {self.batch}" if self.batch > 1 else "", self.how]
        parts.append(self.device if self.device != "cpu" else "")
        return ", ".join([self.name, *(part for part in parts if part)])


class Contestant(Protocol):
    """`learn` makes `samples` samples: forward, gradient, update of system and readout; then everything is done."""

    who: Who
    samples: int

    def learn(self) -> None: ...
