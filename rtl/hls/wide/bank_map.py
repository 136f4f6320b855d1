"""Where each parameter lies in an array of B banks: element, bank and address.

Bank b of element k has the rows k + P (b + B j), j = 0, 1, ... Parameters that a kick multiplies with positions, entry
by entry, lie in one bank of each element (`rtl.hls.plan.width.Width.local_bank`), and the other banks have zeros there.
So does all that a plan stores whose sums are made in the last bank alone, as in an element of one bank. The gradient
memory has the same addresses.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> from rtl.hls.plan.ring_plan import Layout, Stored
>>> stored = {"al": Stored(Layout.VECTOR, (8,)), "b": Stored(Layout.VECTOR, (8,))}
>>> there = BankMap(Geometry(elements=2, neurons=8, inputs=1, banks=2), stored, local=frozenset({"al"}))
>>> there.base, there.index("b").tolist()
({'al': 1, 'b': 5}, [[[0, 4], [1, 5]], [[2, 6], [3, 7]]])
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from golden.errors import HelError
from rtl.hls.plan.geometry import more_elements
from rtl.hls.plan.memory_map import Cell, MemoryMap
from rtl.hls.plan.ring_plan import Layout, Stored
from rtl.hls.plan.width import Width

__all__ = ["BankMap"]

Words = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BankMap(MemoryMap):
    """Addresses in every bank of every element; a cell's first number is the row group j of all banks, or the row block
    f of what lies in one bank. Whether they fit is asked with `check`: a step can be planned for memories yet to come.

    Parameters
    ----------
    local : parameters that lie in one bank
    alone : everything does, in the last one
    stride : every parameter begins at a multiple of it, a power of two: an update is a loop of so many iterations then,
        each with every stride-th word, from the word with its number on
    """

    local: frozenset[str] = frozenset()
    alone: bool = False
    stride: int = 1

    def __post_init__(self) -> None:
        assert self.alone or all(stored.words is None for stored in self.stored.values()), "no constants"
        assert not self.alone or self.local == set(self.stored)

    def check(self) -> None:
        """HelError where a bank's memories do not hold all words."""
        depth = self.geometry.gradient_words
        if self.words >= depth:
            raise HelError(
                f"a bank holds at most {depth - 1} parameter words, {self.sizes} {self.words};"
                f" {more_elements(self.geometry)}{'' if self.alone else ', or more banks'}"
            )
        assert not self.tables or self.numbers

    @cached_property
    def base(self) -> dict[str, int]:
        """First address of each array, constants last; what lies before the first one belongs to the table, or is 0."""
        result, at = {}, self.stride
        for name, stored in self.stored.items():
            if stored.words is None:
                result[name] = at
                at += self._whole(self.size(name))
        for name, stored in self.stored.items():
            if stored.words is not None:
                result[name] = at
                at += self.size(name)
        return result

    def _whole(self, words: int) -> int:
        return -(-words // self.stride) * self.stride

    @cached_property
    def words(self) -> int:
        """Address of the last parameter word of all strides."""
        parameters = (name for name, stored in self.stored.items() if stored.words is None)
        return self.stride - 1 + sum(self._whole(self.size(name)) for name in parameters)

    @cached_property
    def weight_words(self) -> int:
        """Address of the last word of all, constants included."""
        return self.words + sum(self.size(name) for name, stored in self.stored.items() if stored.words is not None)

    @property
    def sizes(self) -> str:
        """For what is said of a memory that is too small."""
        return f"N = {self.geometry.neurons} on P = {self.geometry.elements}, B = {self.geometry.banks} needs"

    @property
    def local_bank(self) -> int:
        """The bank with the local parameters."""
        return Width(self.geometry.banks, alone=self.alone).local_bank

    def blocks(self, length: int) -> int:
        """Words of a vector of so many entries in one element: as many in every bank."""
        return self.groups(length) * self.geometry.banks

    def groups(self, length: int) -> int:
        """Row groups of so many rows."""
        return -(-length // (self.geometry.elements * self.geometry.banks))

    def _cells(self, stored: Stored) -> tuple[Cell, ...]:
        if self.alone:
            return super()._cells(stored)
        groups = range(self.groups(stored.rows))
        if any(self.stored[name] is stored for name in self.local):
            return tuple((f, 0, 0) for f in range(self.blocks(stored.rows)))
        if stored.layout is Layout.VECTOR:
            return tuple((j, 0, 0) for j in groups)
        if stored.layout is Layout.COLUMNS:
            return tuple((j, c, 0) for j in groups for c in range(stored.shape[1]))
        columns, steps = range(self.blocks(stored.shape[1])), range(self.geometry.elements)
        return tuple((j, g, t) for j in groups for g in columns for t in steps)

    def nonzero(self, name: str) -> int:
        """Entries that are multiplied: no pads, and of a constant no zeros."""
        words = self.stored[name].words
        return int(np.prod(self.stored[name].shape)) if words is None else len(words)

    def index(self, name: str) -> Words:
        """Flat index into the parameter for each (bank, element, word), -1 beyond its shape or in another bank."""
        g, stored = self.geometry, self.stored[name]
        if self.alone:
            index = np.full((g.banks, g.elements, self.size(name)), -1)
            index[self.local_bank] = super().index(name)
            return index
        b, k = (axis[..., None] for axis in np.ix_(range(g.banks), range(g.elements)))
        j, column, t = np.array(self.cells[name], np.int64).reshape(-1, 3).T
        if name in self.local:
            row = np.where(b == self.local_bank, k + g.elements * j, stored.rows)
        else:
            row = k + g.elements * (b + g.banks * j)
        if stored.layout is Layout.VECTOR:
            return np.where(row < stored.rows, row, -1)
        if stored.layout is Layout.MATRIX:
            column = column * g.elements + (k - t) % g.elements
        rows, columns = stored.shape
        return np.where((row < rows) & (column < columns), row * columns + column, -1)

    def pack(self, parameters: Mapping[str, Words]) -> Words:
        """Words of addresses 0 .. words, shape (B, P, words + 1); address 0 is left 0 for the table."""
        g = self.geometry
        memory = np.zeros((g.banks, g.elements, self.words + 1), np.int64)
        for name, stored in self.stored.items():
            if stored.words is not None:
                continue
            at, index = self.base[name], self.index(name)
            flat = np.asarray(parameters[name]).reshape(-1)
            memory[..., at : at + self.size(name)] = np.where(index < 0, 0, flat[index])
        return memory

    def unpack(self, memory: Words, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Words]:
        """The parameters (or gradients) out of such words."""
        result = {}
        for name, shape in shapes.items():
            at, index = self.base[name], self.index(name)
            flat = np.zeros(int(np.prod(shape)), np.int64)
            flat[index[index >= 0]] = memory[..., at : at + self.size(name)][index >= 0]
            result[name] = flat.reshape(shape)
        return result
