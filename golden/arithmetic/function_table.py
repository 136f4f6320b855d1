"""A function of one variable as a table of words, looked up with linear interpolation (docs/numerics.md, section 3).

The words are the values at the ends of segments of equal width; an argument of `fraction` bits has 2**12 steps each:

    z = wrap(z, 12 + period's bits)                 only of a table over a turn
    a = z, or (z if z >= 0 else -1 - z)             of a table that is odd or even
    a = clamp(a, low 4096, high 4096 - 1)           sticky where that end is steep
    i = (a >> 12) - low;  r = a & 4095
    s = (words[i] (4096 - r) + words[i + 1] r + 2048) >> 12, negated of an odd one where z < 0

tanh and sin are such tables by definition, `builtin`; any other is made by golden.compiler and stands in the program:

    table f [odd|even] [turn] fraction A [from LOW] [steep below|above|both] = WORD ...
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.rounding import Words, wrap
from golden.arithmetic.tables import ARGUMENT_FRACTION, FRACTION_LOG2, PERIODIC, entries, interpolated, slopes
from golden.errors import HelError

__all__ = ["MAX_SEGMENTS", "FunctionTable", "Origin", "builtin"]

MAX_SEGMENTS = 2048
"""A table has at most so many segments: what a choice of entries stops at."""

_LINE = re.compile(
    r"table (\w+)(?: (odd|even))?( turn)? fraction (-?\d+)(?: from (-?\d+))?(?: steep (below|above|both))?"
    r" =((?: -?\d+)+)"
)
_SIGN = np.array(63)


@dataclass(frozen=True)
class Origin:
    """What a table was made from.

    Members
    -------
    function : as NumPy text of x
    low, high : the range of x
    stated : whether the user stated it; else it is what a calibration run reached, and room
    shift : x less the table's own argument
    fraction_bits : of the words
    error : how far a look-up in the range is off, at the most, in last places
    """

    function: str
    low: float
    high: float
    stated: bool
    shift: float
    fraction_bits: int
    error: float


@dataclass(frozen=True)
class FunctionTable:
    """See the module's text; the words' binary point is said by who looks one up.

    Members
    -------
    name : a Python name, none of `golden.arithmetic.tables.FUNCTIONS` and `REDUCED`
    fraction : fraction bits of an argument; a segment is 2**(12 - fraction) wide
    words : at the segments' ends, one more than there are segments
    low : the first segment's number, counted from argument 0; 0 of an odd or even table
    fold : "odd", "even" or ""
    turn : the argument is taken modulo the table's width, of an odd or even one twice that
    steep : whether an argument below, above the table raises argument_clamped
    function : the real function, for calibration; no part of the text, nor of equality
    origin : what the compiler made it from; likewise

    >>> ramp = FunctionTable.parse("table ramp fraction 12 from -1 steep above = -8 0 8 16")
    >>> ramp.high, ramp.look_up(np.array([-9999, -4096, 2048, 4096, 9999])).tolist()
    (2, [-8, -8, 4, 8, 16])
    >>> ramp.clamps(np.array([-9999, 8191, 8192])).tolist()
    [False, False, True]
    >>> str(ramp)
    'table ramp fraction 12 from -1 steep above = -8 0 8 16'
    """

    name: str
    fraction: int
    words: tuple[int, ...]
    low: int = 0
    fold: str = ""
    turn: bool = False
    steep: tuple[bool, bool] = (False, False)
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = field(
        default=None, compare=False, repr=False
    )
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @property
    def segments(self) -> int:
        return len(self.words) - 1

    @property
    def high(self) -> int:
        """The number of the segment behind the last one."""
        return self.low + self.segments

    @property
    def interval(self) -> tuple[int, int]:
        """The least and the largest word that a look-up may give."""
        low, high = min(self.words), max(self.words)
        return (min(low, -high), max(high, -low)) if self.fold == "odd" else (low, high)

    @property
    def argument_bits(self) -> int:
        """Bits of the arguments in a turn."""
        return FRACTION_LOG2 + (self.segments * (2 if self.fold else 1)).bit_length() - 1

    def check(self, operand_bits: int) -> None:
        """Raises HelError at the first rule that the table breaks."""
        limit = 1 << (operand_bits - 1)
        low, high = self.interval
        if not 1 <= self.segments <= MAX_SEGMENTS:
            raise self._wrong(f"has 1 to {MAX_SEGMENTS} segments", f"{len(self.words)} words", "use fewer")
        if low < -limit or high > limit - 1:
            got = low if low < -limit else high
            raise self._wrong(f"has words of {operand_bits} bits", str(got), "move the binary point")
        if self.fold and self.low:
            raise self._wrong("that is odd or even starts at 0", f"from {self.low}", "leave it out")
        if not self.low <= 0 < self.high:
            raise self._wrong("holds the argument 0", f"{self.low} to {self.high}", "shift the argument")
        if self.turn:
            if self.segments & (self.segments - 1):
                raise self._wrong("over a turn has a power of two of segments", str(self.segments), "use 512")
            if not self.fold and self.low != -self.segments // 2:
                raise self._wrong("over a turn starts at -1/2", f"from {self.low}", f"write {-self.segments // 2}")
            if any(self.steep):
                raise self._wrong("over a turn has no ends", "steep", "leave it out")

    def _wrong(self, rule: str, got: str, way_out: str) -> HelError:
        return HelError(f"table {self.name}: a table {rule}, got {got}; {way_out}")

    # Execution.

    @cached_property
    def _slopes(self) -> tuple[Words, Words]:
        return slopes(np.array(self.words, np.int64))

    def _folded(self, z: Words) -> tuple[Words, Words | None]:
        """The argument inside a turn, of an odd or even table its magnitude; and the sign, 0 or -1, of an odd one."""
        if self.turn:
            z = wrap(z, self.argument_bits)
        if not self.fold:
            return z, None
        sign = np.right_shift(z, _SIGN)
        return np.bitwise_xor(z, sign), sign if self.fold == "odd" else None

    def look_up(self, z: Words, out: Words | None = None) -> Words:
        """The words for raw arguments of any shape."""
        base, slope = self._slopes
        a, sign = self._folded(z)
        a = np.minimum(np.maximum(a, self.low << FRACTION_LOG2), (self.high << FRACTION_LOG2) - 1)
        s = interpolated(base, slope, a, self.low)
        if sign is not None:
            s = np.subtract(np.bitwise_xor(s, sign), sign)
        if out is None:
            return np.asarray(s)
        np.copyto(out, s)
        return out

    def clamps(self, z: Words) -> NDArray[np.bool_]:
        """Where an argument lies beyond a steep end."""
        a, _ = self._folded(z)
        below, above = self.steep
        beyond = np.zeros(a.shape, np.bool_)
        if below:
            beyond |= a < self.low << FRACTION_LOG2
        if above:
            beyond |= a >= self.high << FRACTION_LOG2
        return beyond

    def values(self, x: NDArray[np.float64], fraction_bits: int) -> NDArray[np.float64]:
        """The real function at real arguments; of a table that was read from a text, the words' own polygon."""
        if self.function is not None:
            return np.asarray(self.function(x), np.float64)
        z = np.asarray(x, np.float64) * 2.0 ** (self.fraction - FRACTION_LOG2)
        if self.turn:
            period = self.segments * (2 if self.fold else 1)
            z = (z + period / 2) % period - period / 2
        ends = self.low + np.arange(len(self.words))
        found = np.interp(np.abs(z) if self.fold else z, ends, np.array(self.words, np.float64))
        found = np.sign(z) * found if self.fold == "odd" else found
        return np.asarray(np.ldexp(found, -fraction_bits))

    # Text.

    def __str__(self) -> str:
        parts = ["table", self.name, self.fold, "turn" * self.turn, f"fraction {self.fraction}"]
        parts += [f"from {self.low}"] if self.low else []
        ends = {(True, False): "below", (False, True): "above", (True, True): "both"}.get(self.steep)
        parts += [f"steep {ends}"] if ends else []
        return " ".join([*filter(None, parts), "=", *map(str, self.words)])

    @classmethod
    def parse(cls, text: str) -> FunctionTable:
        """The inverse of str(). ValueError when it does not read."""
        found = _LINE.fullmatch(text.strip())
        if not found:
            raise ValueError(text)
        name, fold, turn, fraction, low, ends, words = found.groups()
        steep = (ends in ("below", "both"), ends in ("above", "both"))
        return cls(name, int(fraction), tuple(map(int, words.split())), int(low or 0), fold or "", bool(turn), steep)


def builtin(function: str, operand_bits: int) -> FunctionTable:
    """tanh or sin as the table that it is by definition.

    >>> tanh = builtin("tanh", 18)
    >>> tanh.segments, tanh.fold, tanh.look_up(np.array([0, -1, 1 << 18])).tolist()
    (512, 'odd', [0, 0, 99824])
    """
    words = tuple(entries(function, operand_bits).tolist())
    return FunctionTable(function, ARGUMENT_FRACTION, words, fold="odd", steep=(False, function in PERIODIC))
