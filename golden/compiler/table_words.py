"""The table of a function: its range in segments, its format, and its words, as many as the error asks for.

- an odd or even function is folded: half the words
- the format is the narrowest SQ(i, w - i) that holds the function on its range
- a segment is 2**-s wide, with the smallest s at which no look-up is further off than the error, one last place unless
  somebody asks for another, and no step of the argument moves the function by more than that; at most 2048 segments,
  or fewer where the tables of a program would not fit together (golden.compiler.select)
- a range without 0 is moved there: the table is one of f(x + shift)
- a periodic function of turns has a table over one, without ends
- an end is steep where the function goes on beyond it

A word is the function at the end of a segment, less half of what the chords beside it stand off in their middles: the
error of linear interpolation, centred.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from golden.arithmetic.formats import SQ
from golden.arithmetic.function_table import MAX_SEGMENTS, FunctionTable, Origin
from golden.arithmetic.rounding import Words
from golden.arithmetic.tables import FRACTION_LOG2
from golden.compiler.univariate import Univariate
from golden.errors import HelError, abridged
from golden.language.graph import Array

__all__ = ["Choice", "Range", "fitting", "provisional", "words_of"]

Range = tuple[float, float]

LEAST_SEGMENTS = 16
PROBES = 32
"""Arguments tried in a segment for the error."""
SAMPLES = 4097
"""Points at which a range is looked at."""
PEAKS, ZOOMS = 8, 6
"""Peaks that are looked at for poles, and how often, 32 times closer each time."""
WILD = 64
"""A table that is further off than this part of its largest value, with all segments, is none of a smooth function."""


@dataclass(frozen=True)
class Choice:
    """A table and how it is read.

    Members
    -------
    table : its words
    to : their format
    shift : what the argument is less than the variable; the table's own argument is x - shift
    error : how far a look-up is off, at the most, in last places of `to`
    """

    table: FunctionTable
    to: SQ
    shift: float
    error: float


def words_of(
    function: Univariate, bounds: Range, operand_bits: int, *, stated: bool, most: int = MAX_SEGMENTS
) -> Choice:
    """The table of a function on a range, of at most so many segments; what was asked an error for may have all.

    Raises
    ------
    HelError : the function is not finite in its range, or 2048 segments do not meet an error that was asked for.
    """
    low, high = bounds = (-0.5, 0.5) if function.periodic else bounds
    x = _samples(bounds)
    values = function(x)
    if not np.isfinite(values).all():
        raise _pole(function, f"is not finite at x = {x[~np.isfinite(values)][0]:.4g}", bounds)
    if (at := _between(function, x, values)) is not None:
        raise _pole(function, f"has a pole, or changes too fast, near x = {at:.4g}", bounds)
    fold = _fold(function, bounds)
    if fold:
        low, high = 0.0, max(-low, high)
    to = _format(values, operand_bits)
    wanted = 1.0 if function.error is None else function.error * 2.0**to.fraction_bits
    found: Choice | None = None
    for s in _widths((low, high), most if function.error is None else MAX_SEGMENTS):
        found = _at_width(function, function.name, (low, high), fold, to, s, stated)
        if found.error <= wanted:
            return found
    assert found is not None
    if function.error is None and most == MAX_SEGMENTS and found.error > 2.0 ** (operand_bits - 1) / WILD:
        at = x[np.abs(np.diff(values)).argmax()]
        raise _pole(
            function, f"jumps, has a pole or changes too fast for {MAX_SEGMENTS} segments near x = {at:.4g}", bounds
        )
    if function.error is not None:
        best = found.error * 2.0**-to.fraction_bits
        raise HelError(
            f"{_named(function)} from {low:.4g} to {high:.4g} is off by {best:.2g} with {MAX_SEGMENTS} segments,"
            f" an error of {function.error:.2g} was asked for; ask for a larger one, or shorten the range"
        )
    return found


def _samples(bounds: Range) -> Array:
    """Points of a range: evenly, and the whole numbers in it, where most poles are."""
    low, high = bounds
    whole = np.arange(max(math.ceil(low), -SAMPLES), min(math.floor(high), SAMPLES) + 1, dtype=np.float64)
    return np.unique(np.concatenate([np.linspace(low, high, SAMPLES), whole]))


def _between(function: Univariate, x: Array, values: Array) -> float | None:
    """Where a function grows beyond what was seen of it, between two points at which it was looked at; None: nowhere.

    The largest peaks are looked at again, closer each time: a pole goes on growing.
    """
    sizes = np.abs(values)
    inner = np.flatnonzero((sizes[1:-1] >= sizes[:-2]) & (sizes[1:-1] >= sizes[2:])) + 1
    for peak in inner[np.argsort(-sizes[inner])][:PEAKS]:
        low, high = x[peak - 1], x[peak + 1]
        for _ in range(ZOOMS):
            near = np.linspace(low, high, 65)
            found = np.abs(function(near))
            found[~np.isfinite(found)] = np.inf
            at = int(np.argmax(found))
            if found[at] > 2.0 * sizes.max():
                return float(near[at])
            low, high = near[max(at - 1, 0)], near[min(at + 1, 64)]
    return None


def _pole(function: Univariate, wrong: str, bounds: Range) -> HelError:
    return HelError(
        f"{_named(function)} {wrong}, and x goes from {bounds[0]:.4g} to {bounds[1]:.4g}; state a range that it"
        " stays in by np.clip(x, low, high), or write a function without a pole"
    )


def provisional(function: Univariate, operand_bits: int, number: int = 0) -> Choice:
    """A table that stands for one whose range is not known yet: its program computes with the real function.

    Equal words are one table: the functions of a program have a `number` each, and so many words more.
    """
    top = (1 << (operand_bits - 1)) - 1  # any word may be in it
    words = (-top, *(top,) * (number + 1))
    stand_in = FunctionTable(function.name, FRACTION_LOG2, words, function=function)
    return Choice(stand_in, SQ(1, operand_bits - 1), 0.0, math.inf)


def fitting(function: Univariate, reach: Range, margin: float) -> Range:
    """The range `margin` times as large as what was reached, smaller where the function is not finite there."""
    for times in (margin, 1.5, 1.25, 1.0):
        low, high = reach
        low, high = (low / times if low > 0 else low * times), (high / times if high < 0 else high * times)
        if high - low < 2.0**-6:
            low, high = low - 2.0**-7, high + 2.0**-7
        if np.isfinite(function(_samples((low, high)))).all():
            break
    return low, high


def _named(function: Univariate) -> str:
    """With its line."""
    return (f"{function.source}: " if function.source else "") + abridged(str(function))


def _fold(function: Univariate, bounds: Range) -> str:
    """Whether the function is odd or even where both signs are."""
    low, high = bounds
    if not low < 0.0 < high:
        return ""
    x = np.linspace(0.0, max(-low, high), 257)
    plus, minus = function(x), function(-x)
    if not (np.isfinite(plus).all() and np.isfinite(minus).all()):
        return ""
    close = 1e-12 * np.abs(plus).max()
    if np.abs(plus - minus).max() <= close:
        return "even"
    return "odd" if np.abs(plus + minus).max() <= close else ""


def _format(values: Array, operand_bits: int) -> SQ:
    """The narrowest that holds the values and their negatives."""
    top = float(np.abs(values).max())
    integers = math.floor(math.log2(top)) + 2 if top > 0.0 else 1
    if top * 2.0 ** (operand_bits - integers) > (1 << (operand_bits - 1)) - 1.5:
        integers += 1
    return SQ(integers, operand_bits - integers)


def _widths(bounds: Range, most: int) -> Iterator[int]:
    """s of the segments 2**-s, from few on; at most so many."""
    low, high = bounds
    s = math.ceil(math.log2(LEAST_SEGMENTS / (high - low)))
    yield s
    while math.ceil(high * 2.0 ** (s + 1)) - math.floor(low * 2.0 ** (s + 1)) <= most:
        s += 1
        yield s


@lru_cache(maxsize=128)  # a compile asks twice, and more often where tables are to fit together
def _at_width(function: Univariate, name: str, bounds: Range, fold: str, to: SQ, s: int, stated: bool) -> Choice:
    """The table with segments of 2**-s. Functions may be equal and have other names."""
    low, high = bounds
    first, last = math.floor(low * 2.0**s), max(math.ceil(high * 2.0**s), math.floor(low * 2.0**s) + 1)
    moved = 0 if first <= 0 < last else first
    width = 2.0**-s
    inside = _Inside(function, bounds if not fold else (-high, high))
    grid = np.linspace(first, last, 2 * (last - first) + 1) * width  # exact: halves, times a power of two
    ends = inside(grid[::2])
    chords = (ends[:-1] + ends[1:]) / 2 - inside(grid[1::2])
    off = (np.append(chords, chords[-1]) + np.insert(chords, 0, chords[0])) / 2
    if fold == "odd":
        off[0] = 0.0
    if function.periodic and not fold:
        off[[0, -1]] = (off[0] + off[-1]) / 2
    limit = (1 << (to.width - 1)) - 1
    words = np.clip(np.rint(np.ldexp(ends - off / 2, to.fraction_bits)), -limit, limit).astype(np.int64)
    beyond = (False, False) if function.periodic else _steep(function, bounds, fold, to, stated)
    table = FunctionTable(
        name,
        s + FRACTION_LOG2,
        tuple(words.tolist()),
        first - moved,
        fold,
        function.periodic,
        beyond,
        function if not moved else _Moved(function, moved * width),
    )
    error = _error(table, inside, bounds, to, moved)
    least, shift = -high if fold else low, moved * width
    origin = Origin(str(function), least, high, stated, shift, to.fraction_bits, error)
    return Choice(replace(table, origin=origin), to, shift, error)


@dataclass(frozen=True)
class _Inside:
    """A function, with its last value beyond its range where it has none, and 0 at a pole."""

    function: Univariate
    bounds: Range

    def __call__(self, x: Array) -> Array:
        found = self.function(x)
        found = np.where(np.isfinite(found), found, self.function(np.clip(x, *self.bounds)))
        return np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)


@dataclass(frozen=True)
class _Moved:
    """f(x + shift)."""

    function: Univariate
    shift: float

    def __call__(self, x: Array) -> Array:
        return self.function(x + self.shift)


def _error(table: FunctionTable, inside: _Inside, bounds: Range, to: SQ, moved: int) -> float:
    """How far look-ups are off in the range, in last places; and how far a step of the argument moves the function.

    Tried where a look-up goes over to the next word, just before and there, which is where it is furthest off, and at
    `PROBES` arguments a segment.
    """
    step = 1 << FRACTION_LOG2
    even = (np.arange(table.low, table.high)[:, None] * step + np.arange(0, step, step // PROBES)).ravel()
    jumps = _jumps(table)
    shift, end = moved * step, (table.high << FRACTION_LOG2) - 1
    first, last = (rule(bound * 2.0**table.fraction) - shift for rule, bound in zip(_INWARD, bounds, strict=True))
    z = np.concatenate([even, jumps, jumps - 1, [first, min(last, end)]])
    z = z[(z >= first) & (z <= last)]
    if table.fold:
        z = np.concatenate([z, -1 - z])  # as the magnitude of a negative argument is taken, a step off
    off = np.abs(table.look_up(z) - _values(inside, z + shift, table.fraction, to)).max(initial=0.0)
    even = even[(even >= first) & (even <= last)]
    slope = np.abs(np.diff(_values(inside, even + shift, table.fraction, to))).max(initial=0.0) * PROBES / step
    return float(max(off, slope))


_INWARD = (math.ceil, math.floor)


def _values(inside: _Inside, z: Words, fraction: int, to: SQ) -> Array:
    return np.asarray(np.ldexp(inside(np.ldexp(z.astype(np.float64), -fraction)), to.fraction_bits))


def _jumps(table: FunctionTable) -> Words:
    """The arguments at which a look-up in a table's own segments gives another word than one step before."""
    words = np.array(table.words, np.int64)
    size, rise = np.abs(np.diff(words)), np.repeat(np.diff(words), np.abs(np.diff(words)))
    segment = np.repeat(np.arange(table.segments), size)
    k = np.arange(len(segment)) - np.repeat(np.cumsum(size) - size, size)
    half = (k << FRACTION_LOG2) + (1 << (FRACTION_LOG2 - 1))
    r = np.where(rise > 0, -(-half // np.maximum(rise, 1)), half // np.maximum(-rise, 1) + 1)
    return np.asarray((segment + table.low << FRACTION_LOG2) + r)


def _steep(function: Univariate, bounds: Range, fold: str, to: SQ, stated: bool) -> tuple[bool, bool]:
    """Whether the function goes on below and above its range; what somebody stated has ends."""
    if stated:
        return not fold, True
    low, high = bounds
    size, last_place = high - low, 2.0 * 2.0**-to.fraction_bits

    def goes_on(end: float, sign: int) -> bool:
        beyond = function(end + sign * size * np.array([0.0, 0.25, 0.5, 1.0, 4.0]))
        return not (np.isfinite(beyond).all() and np.abs(beyond - beyond[0]).max() <= last_place)

    return not fold and goes_on(low, -1), goes_on(high, 1)
