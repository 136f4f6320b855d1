"""Where each parameter and constant lies: element and address, and the tables beside them; and the vectors' blocks.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> from rtl.hls.plan.ring_plan import Layout, Stored
>>> stored = {"W": Stored(Layout.MATRIX, (4, 4)), "b": Stored(Layout.VECTOR, (4,))}
>>> MemoryMap(Geometry(elements=2, neurons=4, inputs=1), stored).base
{'W': 1, 'b': 9}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from golden.arithmetic.function_table import FunctionTable
from golden.errors import HelError
from rtl.hls.plan.geometry import PARAMETER_WORDS, Geometry, more_elements
from rtl.hls.plan.ring_plan import Layout, RingPlan, Stored
from rtl.hls.plan.table_shape import chosen

__all__ = ["Cell", "MemoryMap"]

Words = npt.NDArray[np.int64]
Cell = tuple[int, int, int]
"""Row block f, column block g (or column), step t of a word."""


@dataclass(frozen=True)
class MemoryMap:
    """Addresses in every element: of parameters in the weight and the gradient memory (the same in both), of constants
    behind them in the weight memory, of vectors in the vector store: one for each block of each vector, which
    `rtl.hls.schedule.allocate` replaces where blocks share a word.

    Parameters
    ----------
    stored : parameters first
    vectors : length of each vector
    tables : those that are looked up, each loaded into one of the geometry's shapes
    look_ups : name of the table of each vector that is made by one

    Raises
    ------
    HelError
        More words an element than its memories hold.
    """

    geometry: Geometry
    stored: Mapping[str, Stored]
    vectors: Mapping[str, int] = field(default_factory=dict)
    tables: tuple[FunctionTable, ...] = ()
    look_ups: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.words >= PARAMETER_WORDS:
            raise HelError(
                f"an element holds at most {PARAMETER_WORDS - 1} parameter words, {self.sizes} {self.words};"
                f" {more_elements(self.geometry)}"
            )
        assert not self.tables or self.numbers

    @classmethod
    def of(cls, plan: RingPlan, geometry: Geometry) -> MemoryMap:
        """All that a plan stores, on an array that meets its requirements."""
        return cls(geometry, plan.stored, plan.vectors, plan.tables, plan.look_ups)

    @property
    def sizes(self) -> str:
        """For what is said of a memory that is too small."""
        return f"N = {self.geometry.neurons} on P = {self.geometry.elements} needs"

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Which of the geometry's tables each table is."""
        g = self.geometry
        found = chosen(self.tables, g.tables, self.weight_words, g.weight_words)
        assert found is not None, "requirements are met"
        return {table.name: number for table, number in zip(self.tables, found, strict=True)}

    def blocks(self, length: int) -> int:
        """Words of a vector of so many entries in one element."""
        return -(-length // self.geometry.elements)

    @cached_property
    def cells(self) -> dict[str, tuple[Cell, ...]]:
        """Cells of each array in the order of their addresses: all of a parameter's, a constant's where it is not 0."""
        return {name: self._cells(stored) for name, stored in self.stored.items()}

    def _cells(self, stored: Stored) -> tuple[Cell, ...]:
        p = self.geometry.elements
        fold = self.blocks(stored.rows)
        if stored.words is None or stored.layout is Layout.VECTOR:
            if stored.layout is Layout.VECTOR:
                return tuple((f, 0, 0) for f in range(fold))
            columns = stored.shape[1]
            if stored.layout is Layout.COLUMNS:
                return tuple((f, c, 0) for f in range(fold) for c in range(columns))
            return tuple((f, g, t) for f in range(fold) for g in range(self.blocks(columns)) for t in range(p))
        return tuple(sorted({self._cell(stored, row, column) for row, column, _ in stored.words}))

    def size(self, name: str) -> int:
        """Words of an array in one element."""
        return len(self.cells[name])

    def nonzero(self, name: str) -> int:
        """Entries of an array that are multiplied: all of a parameter's, a constant's that are not zero."""
        return sum(self.useful[address] for address in self.address[name].values())

    @cached_property
    def useful(self) -> dict[int, int]:
        """For each address, the elements whose word there is multiplied by something: no pad, no constant's zero."""
        found: dict[int, int] = {}
        for name, stored in self.stored.items():
            if stored.words is None:
                for word, index in enumerate(self.index(name).T):
                    found[self.base[name] + word] = int(np.count_nonzero(index >= 0))
            else:
                for row, column, _ in stored.words:
                    address = self.address[name][self._cell(stored, row, column)]
                    found[address] = found.get(address, 0) + 1
                for address in self.address[name].values():
                    found.setdefault(address, 0)
        return found

    def _cell(self, stored: Stored, row: int, column: int) -> Cell:
        """Where an entry lies; its element is row mod P."""
        p = self.geometry.elements
        if stored.layout is Layout.VECTOR:
            return row // p, 0, 0
        if stored.layout is Layout.COLUMNS:
            return row // p, column, 0
        return row // p, column // p, (row - column) % p

    @cached_property
    def words(self) -> int:
        """Parameter words in one element."""
        return sum(self.size(name) for name, stored in self.stored.items() if stored.words is None)

    @cached_property
    def weight_words(self) -> int:
        """Words of parameters and constants in one element."""
        return sum(self.size(name) for name in self.stored)

    @cached_property
    def base(self) -> dict[str, int]:
        """First address of each array; address 0 belongs to the table."""
        result, at = {}, 1
        for name in self.stored:
            result[name] = at
            at += self.size(name)
        return result

    @cached_property
    def address(self) -> dict[str, dict[Cell, int]]:
        """Address of each cell of each array."""
        return {
            name: {cell: self.base[name] + index for index, cell in enumerate(cells)}
            for name, cells in self.cells.items()
        }

    @cached_property
    def vector_base(self) -> dict[str, int]:
        """First address of each vector, as the scheduler writes it: none is shared."""
        result, at = {}, 0
        for name, length in self.vectors.items():
            result[name] = at
            at += self.blocks(length)
        return result

    @cached_property
    def vector_words(self) -> int:
        """Words of all vectors in one element, had each block its own."""
        return sum(self.blocks(length) for length in self.vectors.values())

    def matrix(self, name: str, f: int, g: int, t: int) -> int:
        """Address of step t of column block g in row block f."""
        return self.address[name][f, g, t]

    def column(self, name: str, f: int, c: int) -> int:
        """Address of column c in row block f."""
        return self.address[name][f, c, 0]

    def vector(self, name: str, f: int) -> int:
        """Address of row block f."""
        return self.address[name][f, 0, 0]

    def index(self, name: str) -> Words:
        """Flat index into the array for each (element, word), -1 beyond its shape: shape (P, size).

        Storing is ``memory[:, base : base + size] = array.reshape(-1)[index]``; loading assigns the other way.
        """
        stored, p = self.stored[name], self.geometry.elements
        k = np.arange(p)[:, None]
        f, g, t = np.array(self.cells[name], np.int64).reshape(-1, 3).T[:, None, :]
        row = k + f * p
        if stored.layout is Layout.VECTOR:
            return np.where(row < stored.rows, row, -1)
        rows, columns = stored.shape
        column = g + 0 * k if stored.layout is Layout.COLUMNS else g * p + (k - t) % p
        return np.where((row < rows) & (column < columns), row * columns + column, -1)

    def pack(self, parameters: Mapping[str, Words]) -> Words:
        """Words of addresses 0 .. words of every element, shape (P, words + 1); address 0 is left 0 for the table."""
        memory = np.zeros((self.geometry.elements, self.words + 1), np.int64)
        for name, stored in self.stored.items():
            if stored.words is None:
                at, index = self.base[name], self.index(name)
                flat = np.asarray(parameters[name]).reshape(-1)
                memory[:, at : at + self.size(name)] = np.where(index < 0, 0, flat[index])
        return memory

    def constants(self) -> Words:
        """Words of addresses words + 1 .. weight_words of every element."""
        p = self.geometry.elements
        memory = np.zeros((p, self.weight_words + 1), np.int64)
        shift = 18 - self.geometry.operand_bits
        for name, stored in self.stored.items():
            for row, column, word in stored.words or ():
                memory[row % p, self.address[name][self._cell(stored, row, column)]] = word << shift
        return memory[:, self.words + 1 :]

    def unpack(self, memory: Words, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Words]:
        """The parameters (or gradients) out of such words."""
        result = {}
        for name, shape in shapes.items():
            at, index = self.base[name], self.index(name)
            words = memory[:, at : at + self.size(name)]
            flat = np.zeros(int(np.prod(shape)), np.int64)
            flat[index[index >= 0]] = words[index >= 0]
            result[name] = flat.reshape(shape)
        return result

    def table(self, table: FunctionTable) -> list[tuple[int, int]]:
        """(address, word) of a table's words, left-aligned in 18 bits: the operand cut leaves them exact."""
        g = self.geometry
        base, shift = g.tables[self.numbers[table.name]].base, 18 - g.operand_bits
        return [((base + i) % g.weight_words, word << shift) for i, word in enumerate(table.words)]
