"""Where each parameter word lies: element and address, and the table beside it.

Example
-------
>>> from rtl.hls.geometry import Geometry
>>> from rtl.hls.plan import Layout
>>> MemoryMap(Geometry(elements=2, neurons=4, inputs=1), {"W": Layout.MATRIX, "b": Layout.VECTOR}).base
{'W': 1, 'b': 9}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from golden.errors import HelError
from rtl.hls.geometry import PARAMETER_WORDS, TABLE_BASE, WEIGHT_WORDS, Geometry
from rtl.hls.plan import Layout

__all__ = ["MemoryMap"]

Words = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MemoryMap:
    """Addresses of the parameters in every element's weight and gradient memory (the same in both).

    Raises
    ------
    HelError
        More words an element than its memories hold.
    """

    geometry: Geometry
    layouts: Mapping[str, Layout]

    def __post_init__(self) -> None:
        if self.words >= PARAMETER_WORDS:
            raise HelError(
                f"an element holds at most {PARAMETER_WORDS - 1} parameter words, N = {self.geometry.neurons} on"
                f" P = {self.geometry.elements} needs {self.words}; use more elements"
            )

    def size(self, name: str) -> int:
        """Words of a parameter in one element."""
        g = self.geometry
        return {
            Layout.MATRIX: g.fold * g.neurons,
            Layout.COLUMNS: g.fold * g.inputs,
            Layout.VECTOR: g.fold,
        }[self.layouts[name]]

    @cached_property
    def words(self) -> int:
        """Parameter words in one element."""
        return sum(self.size(name) for name in self.layouts)

    @cached_property
    def base(self) -> dict[str, int]:
        """First address of each parameter; address 0 belongs to the table."""
        result, at = {}, 1
        for name in self.layouts:
            result[name] = at
            at += self.size(name)
        return result

    def matrix(self, name: str, f: int, g: int, t: int) -> int:
        """Address of step t of column block g in row block f."""
        return self.base[name] + (f * self.geometry.fold + g) * self.geometry.elements + t

    def column(self, name: str, f: int, c: int) -> int:
        """Address of column c in row block f."""
        return self.base[name] + f * self.geometry.inputs + c

    def vector(self, name: str, f: int) -> int:
        """Address of row block f."""
        return self.base[name] + f

    def index(self, name: str) -> Words:
        """Flat index into the parameter, for each (element, word): shape (P, size).

        Storing is ``memory[:, base : base + size] = parameter.reshape(-1)[index]``; loading assigns the other way.
        """
        g = self.geometry
        k = np.arange(g.elements)[:, None]
        word = np.arange(self.size(name))[None, :]
        layout = self.layouts[name]
        if layout is Layout.VECTOR:
            return k + word * g.elements
        if layout is Layout.COLUMNS:
            row = k + (word // g.inputs) * g.elements
            return np.asarray(row * g.inputs + word % g.inputs)
        f, rest = np.divmod(word, g.neurons)
        block, t = np.divmod(rest, g.elements)
        row = k + f * g.elements
        column = block * g.elements + (k - t) % g.elements
        return np.asarray(row * g.neurons + column)

    def pack(self, parameters: Mapping[str, Words]) -> Words:
        """Words of addresses 0 .. words of every element, shape (P, words + 1); address 0 is left 0 for the table."""
        memory = np.zeros((self.geometry.elements, self.words + 1), np.int64)
        for name in self.layouts:
            at = self.base[name]
            memory[:, at : at + self.size(name)] = np.asarray(parameters[name]).reshape(-1)[self.index(name)]
        return memory

    def unpack(self, memory: Words, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Words]:
        """The parameters (or gradients) out of such words."""
        result = {}
        for name in self.layouts:
            at = self.base[name]
            flat = np.zeros(int(np.prod(shapes[name])), np.int64)
            flat[self.index(name)] = memory[:, at : at + self.size(name)]
            result[name] = flat.reshape(shapes[name])
        return result

    def table(self, entries: Words) -> list[tuple[int, int]]:
        """(address, word) of the 513 table entries, left-aligned in 18 bits: the operand cut leaves them exact."""
        shift = 18 - self.geometry.operand_bits
        return [((TABLE_BASE + i) % WEIGHT_WORDS, int(entry) << shift) for i, entry in enumerate(entries)]
