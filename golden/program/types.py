"""Types of a program's values: what is derived of each from the operations alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from golden.arithmetic.formats import SQ
from golden.arithmetic.function_table import FunctionTable
from golden.program.constants import Constant

__all__ = ["EXACT_BITS", "Type"]

EXACT_BITS = 53
"""float64 adds and multiplies integers below 2**53 exactly; every value of a program stays below."""


@dataclass(frozen=True)
class Type:
    """Shape, fraction bits and the interval of raw values, derived, never guessed; of constants and tables the words.

    >>> t = Type((16,), 30, -(1 << 34), 1 << 34)
    >>> t.bits, str(t)
    (36, 'SQ(6, 30) [16]')
    """

    shape: tuple[int, ...]
    fraction: int
    low: int
    high: int
    constant: Constant | None = field(default=None, compare=False)
    table: FunctionTable | None = field(default=None, compare=False)

    @property
    def bits(self) -> int:
        """Width of the narrowest signed word that holds the interval."""
        return max((~v if v < 0 else v).bit_length() for v in (self.low, self.high)) + 1

    def __str__(self) -> str:
        return f"{SQ(self.bits - self.fraction, self.fraction)} {list(self.shape)}"

    @classmethod
    def of(cls, word: SQ, shape: tuple[int, ...]) -> Type:
        return cls(shape, word.fraction_bits, word.low, word.high)

    @classmethod
    def of_constant(cls, constant: Constant, word: SQ) -> Type:
        words = [run.word for run in constant.runs] + [0]
        return cls(constant.shape, word.fraction_bits, min(words), max(words), constant)

    @classmethod
    def of_table(cls, table: FunctionTable) -> Type:
        """Of a table's name: the fraction is that of its argument, the interval that of its words."""
        return cls((), table.fraction, *table.interval, table=table)
