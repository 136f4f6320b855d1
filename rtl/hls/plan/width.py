"""What an element with several banks has beside its geometry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from rtl.hls.plan.geometry import Geometry

__all__ = ["Links", "Width"]


class Links(Enum):
    """What a bank's accumulator takes on, of a sum of W^T s on its way."""

    RINGS = "rings"
    """That of the same bank of the previous element: B sums that are added up when they are home."""
    CHAIN = "chain"
    """That of the bank before it, and the first bank that of the previous element's last one: one sum through all."""


@dataclass(frozen=True)
class Width:
    """Banks of an element and what their lanes can do.

    Parameters
    ----------
    banks : B; bank b holds the row blocks f = b mod B
    links : see `Links`
    scales_all : every bank aligns products; else the one with the local terms alone (`local_bank`)
    negates : products can be subtracted
    adds : the lanes' sums of a chain can be added before the kick
    alone : the last bank can work alone, as an element of one bank does; it has the local terms then

    >>> Width(4).local_bank, Width(4, Links.RINGS).local_bank, Width(4, alone=True).local_bank
    (1, 0, 3)
    """

    banks: int
    links: Links = Links.CHAIN
    scales_all: bool = False
    negates: bool = False
    adds: bool = False
    alone: bool = False

    def __post_init__(self) -> None:
        assert self.banks >= 2 and self.banks & (self.banks - 1) == 0
        assert self.chain or not (self.adds or self.alone)

    @classmethod
    def of(cls, geometry: Geometry) -> Width:
        """Of the elements of an array."""
        g = geometry
        return cls(g.banks, scales_all=g.scales_all, negates=g.negates, adds=g.adds, alone=g.alone)

    @property
    def chain(self) -> bool:
        """There is one sum through all banks."""
        return self.links is Links.CHAIN

    @property
    def local_bank(self) -> int:
        """The bank with the factors of terms like al q: of a chain one whose predecessors are cleared then."""
        if self.alone:
            return self.banks - 1
        return 1 if self.chain else 0

    def scales(self, bank: int) -> bool:
        """Whether a bank's products have more than one alignment."""
        return self.scales_all or bank == self.local_bank

    def first_bit(self, geometry: Geometry) -> int:
        """Lowest bit of a sum that the sum register must have: all of them where it adds them up."""
        if not self.chain:
            return 0
        return max(0, min([geometry.z_shift] * bool(geometry.tables) + list(geometry.cut_shifts), default=0))
