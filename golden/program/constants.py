"""A constant of a program: a sparse matrix or vector of words in the weight format, stored as runs along diagonals.

The wiring of a potential (slices, shifts, gathers, incidence matrices, fixed couplings) and its fixed vectors. Text:

    constant D [3, 4] +0[0:3]=65536 +1[0:3]=-65536      rows 0..2: D[i, i] = 1, D[i, i + 1] = -1   (w = 18)
    constant c [4] [0:4]=51472                          a vector: c[i] = 0.785...

A run is offset[start:stop]=word: element (i, i + offset) of rows start <= i < stop. Prose: docs/program.md, section 3.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from golden.arithmetic.rounding import Words
from golden.errors import HelError

__all__ = ["Constant", "Run", "normalised"]

_RUN = re.compile(r"([+-]\d+)?\[(\d+):(\d+)\]=(-?\d+)")


@dataclass(frozen=True, order=True)
class Run:
    """Equal words in rows start <= i < stop on one diagonal; the offset of a vector is 0."""

    offset: int
    start: int
    stop: int
    word: int


@dataclass(frozen=True)
class Constant:
    """A named array of words with one or two axes, zero where no run is.

    >>> d = Constant.of("D", np.array([[4, -4, 0], [0, 4, -4]]))
    >>> str(d), d.diagonals
    ('constant D [2, 3] +0[0:2]=4 +1[0:2]=-4', (0, 1))
    >>> Constant.parse(str(d)) == d
    True
    """

    name: str
    shape: tuple[int, ...]
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, name: str, words: Words) -> "Constant":
        """From a dense array of integers."""
        words = np.asarray(words, np.int64)
        runs = []
        if words.ndim == 1:
            runs = _runs(0, 0, words)
        else:
            rows, columns = words.shape
            for offset in range(1 - rows, columns):
                runs += _runs(offset, max(0, -offset), np.diagonal(words, offset))
        return cls(name, words.shape, tuple(runs))

    @cached_property
    def words(self) -> Words:
        """The dense array."""
        words = np.zeros(self.shape, np.int64)
        for run in self.runs:
            rows = np.arange(run.start, run.stop)
            words[rows if len(self.shape) == 1 else (rows, rows + run.offset)] = run.word
        words.flags.writeable = False
        return words

    @property
    def diagonals(self) -> tuple[int, ...]:
        """The offsets that hold a word."""
        return tuple(sorted({run.offset for run in self.runs}))

    @property
    def entries(self) -> int:
        """Number of words that are not zero."""
        return sum(run.stop - run.start for run in self.runs)

    def check(self, low: int, high: int) -> None:
        """HelError where a run leaves the array, overlaps another or holds a word that does not fit."""
        seen: set[tuple[int, int]] = set()
        for run in self.runs:
            columns = self.shape[-1] if len(self.shape) == 2 else self.shape[0]
            inside = 0 <= run.start < run.stop <= self.shape[0]
            if not (inside and run.start + run.offset >= 0 and run.stop + run.offset <= columns):
                raise HelError(f"constant {self.name}: a run lies inside {list(self.shape)}, got {_text(run)}; move it")
            if len(self.shape) == 1 and run.offset:
                raise HelError(f"constant {self.name}: a run of a vector has no offset, got {run.offset}; drop it")
            if not low <= run.word <= high or run.word == 0:
                rule = f"a word lies in {low} to {high} and is not 0"
                raise HelError(f"constant {self.name}: {rule}, got {run.word}; move a power of two into a scale")
            cells = {(run.offset, row) for row in range(run.start, run.stop)}
            if cells & seen:
                raise HelError(f"constant {self.name}: an element has one word, got a second by {_text(run)}; merge")
            seen |= cells

    def __str__(self) -> str:
        sign = len(self.shape) == 2
        return " ".join([f"constant {self.name} {list(self.shape)}", *(_text(run, sign) for run in self.runs)])

    @classmethod
    def parse(cls, text: str) -> "Constant":
        """The inverse of str(). ValueError when it does not read."""
        found = re.fullmatch(r"constant (\w+) \[(\d+)(?:, ?(\d+))?\]((?: \S+)*)", text.strip())
        if not found:
            raise ValueError(text)
        runs = []
        for item in found[4].split():
            run = _RUN.fullmatch(item)
            if not run:
                raise ValueError(text)
            runs.append(Run(int(run[1] or 0), int(run[2]), int(run[3]), int(run[4])))
        return cls(found[1], tuple(int(size) for size in found.group(2, 3) if size), tuple(sorted(runs)))


def _text(run: Run, signed: bool = True) -> str:
    return (f"{run.offset:+d}" if signed else "") + f"[{run.start}:{run.stop}]={run.word}"


def _runs(offset: int, first: int, line: Words) -> list[Run]:
    """The stretches of equal non-zero words of a diagonal that starts in row `first`."""
    runs: list[Run] = []
    if not line.any():
        return runs
    edges = np.flatnonzero(np.diff(line)) + 1
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(line)], strict=True):
        if line[start]:
            runs.append(Run(offset, first + start, first + stop, int(line[start])))
    return runs


def normalised(values: NDArray[np.float64], fraction: int) -> tuple[Words, int]:
    """(words, e) with values = words 2**(e - fraction), rounded half to even; the largest word lies in [1, 2).

    >>> normalised(np.array([0.75, -0.25]), 16)
    (array([ 98304, -32768]), -1)
    """
    exponent = int(np.frexp(np.abs(values).max())[1]) - 1
    words = np.rint(np.ldexp(values, fraction - exponent))
    if np.abs(words).max() >= 2.0 ** (fraction + 1):  # rounded up to 2: one binary place more
        exponent += 1
        words = np.rint(np.ldexp(values, fraction - exponent))
    return words.astype(np.int64), exponent
