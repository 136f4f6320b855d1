"""The range that a parameter's words keep to when they are updated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golden.arithmetic.formats import SQ
from golden.arithmetic.rounding import Words
from golden.errors import HelError

__all__ = ["ParameterRange"]


@dataclass(frozen=True)
class ParameterRange:
    """low <= theta <= high, in words.

    A word that an update does not move stays what it is: the pads of an array are 0, whatever the range.

    >>> al = ParameterRange.of("al", 0.0625, 2.0, SQ(2, 16))
    >>> print(al)
    from 4096 to 131071
    >>> al.limited(np.array([5000, 0]), np.array([4000, 0])).tolist()
    [4096, 0]
    """

    parameter: str
    low: int
    high: int

    @classmethod
    def of(cls, parameter: str, low: float, high: float, theta: SQ) -> ParameterRange:
        """The words of a range of numbers: those that lie in it."""
        scale = 2.0**theta.fraction_bits
        return cls(parameter, max(math.ceil(low * scale), theta.low), min(math.floor(high * scale), theta.high))

    def check(self, theta: SQ) -> None:
        """Raises HelError where it holds no two words of the format."""
        if not theta.low <= self.low < self.high <= theta.high:
            raise HelError(
                f"the range of a parameter goes up, from {theta.low} to {theta.high} at the most, got {self.parameter}"
                f" {self}; give it another"
            )

    def limited(self, before: Words, after: Words) -> Words:
        """What an update makes of these words: inside, where it moves them."""
        return np.where(after == before, before, np.clip(after, self.low, self.high))

    def __str__(self) -> str:
        return f"from {self.low} to {self.high}"
