"""What of a function table is wired: its segments, how an argument gets into them, and where its words lie.

The words are loaded, and so is the argument's fraction: sums are aligned to it (`rtl.hls.plan.requirements`).

Example
-------
>>> TableShape(), str(TableShape("even", low=0, high=20, base=100))
(TableShape(fold='odd', turn=False, low=0, high=512, steep=(False, False), base=512), 'even, 20 segments at 100')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golden.arithmetic.function_table import FunctionTable
from golden.arithmetic.tables import FRACTION_LOG2, SEGMENTS_LOG2
from golden.errors import HelError

__all__ = ["TABLE_BASE", "WEIGHT_DEPTHS", "TableShape", "chosen", "first_table", "placed"]

TABLE_BASE = 512
"""Where the one table of a tanh network stands, 512 ..., its last entry wrapping to address 0; parameters from 1 on."""
WEIGHT_DEPTHS = (1024, 2048, 4096)
"""Depths an element's weight memory may have: block RAMs of 1024 words of 18 bits."""


@dataclass(frozen=True)
class TableShape:
    """See golden.arithmetic.function_table.FunctionTable for the first five.

    Members
    -------
    fold : "odd", "even" or ""
    turn : the argument is taken modulo the table's width
    low, high : number of the first segment and of the one behind the last, counted from argument 0
    steep : whether an argument below, above raises argument_clamped
    base : address of the first word
    """

    fold: str = "odd"
    turn: bool = False
    low: int = 0
    high: int = 1 << SEGMENTS_LOG2
    steep: tuple[bool, bool] = (False, False)
    base: int = TABLE_BASE

    @classmethod
    def of(cls, table: FunctionTable, base: int = TABLE_BASE) -> TableShape:
        return cls(table.fold, table.turn, table.low, table.high, table.steep, base)

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> TableShape:
        """The inverse of `dataclasses.asdict`, after JSON."""
        return cls(**{**plain, "steep": tuple(plain["steep"])})

    @property
    def segments(self) -> int:
        return self.high - self.low

    @property
    def words(self) -> int:
        """One more than there are segments."""
        return self.segments + 1

    @property
    def argument_bits(self) -> int:
        """Bits of the arguments in a turn."""
        return FRACTION_LOG2 + (self.segments * (2 if self.fold else 1)).bit_length() - 1

    @property
    def reach(self) -> int:
        """Bits of the numbers of its segments, with a sign."""
        return max(max(self.high - 1, 0).bit_length(), (-self.low - 1).bit_length() if self.low else 0) + 1

    @property
    def clamps_by_bits(self) -> bool:
        """An argument is beyond it where one of its upper bits is set, and its address is base or number."""
        power = self.segments & (self.segments - 1) == 0
        return bool(self.fold) and not self.turn and power and self.segments > 1 and self.base % self.segments == 0

    def addresses(self, depth: int) -> set[int]:
        """Of its words in a memory so deep; the last may wrap to 0."""
        return {(self.base + word) % depth for word in range(self.words)}

    @property
    def kind(self) -> str:
        """All but the address, in words."""
        ends = {(True, False): ", steep below", (False, True): ", steep above", (True, True): ", steep at both ends"}
        kind = f"{self.fold or 'plain'}{', over a turn' if self.turn else ''}{ends.get(self.steep, '')}"
        return f"{kind}, {self.segments} segments{f' from {self.low}' if self.low else ''}"

    def __str__(self) -> str:
        return f"{self.kind} at {self.base}"


def placed(
    tables: Sequence[FunctionTable], words: int, first: int = 0, sizes: str = ""
) -> tuple[tuple[TableShape, ...], int]:
    """The tables behind so many words of parameters and constants, from `first` on if that is given; and the depth of
    the memory that holds all.

    One table as large as that of tanh stands at TABLE_BASE while it can. The last word of the last one may lie at
    address 0, which nobody else has.

    Raises
    ------
    HelError
        No memory is as deep.
    """
    at = (first or first_table(tables, words)) if tables else words + 1
    shapes = []
    for table in tables:
        shapes.append(TableShape.of(table, at))
        at += len(table.words)
    for depth in WEIGHT_DEPTHS:
        if at - 1 <= (depth if shapes else depth - 1):
            return tuple(shapes), depth
    most = WEIGHT_DEPTHS[-1]
    takes = [f"table {table.name} takes {len(table.words)}" for table in tables]
    if not takes:
        raise HelError(
            f"an element holds at most {most - 1} words of parameters and constants, {sizes} {words}; use more elements"
        )
    raise HelError(
        f"an element's weight memory holds {most} words, got {at}: parameters and constants take {words},"
        f" {', '.join(takes)}; give a table a smaller range or an error= of its own, use fewer tables, or use more"
        " elements for the parameters"
    )


def first_table(tables: Sequence[FunctionTable], words: int) -> int:
    """Where the first of these tables lies, behind so many words."""
    alone = len(tables) == 1 and tables[0].segments == TABLE_BASE
    return TABLE_BASE if alone and words < TABLE_BASE else words + 1


def chosen(
    tables: Sequence[FunctionTable], shapes: Sequence[TableShape], words: int, depth: int
) -> tuple[int, ...] | None:
    """For each table the number of a shape of an array that it can be loaded into; None where there are not enough.

    The words of no two meet, nor those of parameters and constants, which lie at 1 to `words`.
    """

    def rest(index: int, taken: set[int]) -> tuple[int, ...] | None:
        if index == len(tables):
            return ()
        for number, shape in enumerate(shapes):
            there = shape.addresses(depth)
            if shape != TableShape.of(tables[index], shape.base) or there & taken:
                continue
            found = rest(index + 1, taken | there)
            if found is not None:
                return (number, *found)
        return None

    return rest(0, set(range(1, words + 1)))
