"""Control words of steps in which the last bank works alone, read back: as `rtl.hls.report.wide_reader`.

What registers hold is followed by `rtl.hls.wide.alone_contents`, as the hazards checker does.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> schedule = compile_array(compile_system(get("springs", n=8)), elements=2, banks=2)
>>> sorted({slot.what for slot in AloneReader(schedule, "forward").slots()})
['C @ x', 'C.T @ d1', 'C1.u @ u', 'k * x', 'kc * d']
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rtl.hls.plan.control import ImmSource
from rtl.hls.plan.ring_plan import INPUTS, POSITIONS, Layout
from rtl.hls.plan.timing import CUT_WRITE, MULTIPLY, TAKE
from rtl.hls.plan.traffic import Traffic
from rtl.hls.plan.wide_timing import BANK_LOAD, LANE_LOAD, LOOK_UP, POSITION_READ, SPLIT, STORE_READ
from rtl.hls.report.slot import Slot
from rtl.hls.report.wide_reader import WideReader
from rtl.hls.schedule.schedule import Schedule
from rtl.hls.wide.alone_contents import AloneContents, Factor
from rtl.hls.wide.bank_map import BankMap

__all__ = ["AloneReader"]


class AloneReader(WideReader):
    """Names and counts what the words of one segment multiply, in the last bank."""

    def __init__(self, schedule: Schedule, segment: str) -> None:
        super().__init__(schedule, segment)
        assert isinstance(self.memory, BankMap)
        self.useful = np.concatenate([self.useful, np.count_nonzero(self.memory.constants(), axis=0)])
        self.plan, self._traffic = schedule.plan, schedule.segments[segment].vectors
        self.tables = {number: f"table {name}" for name, number in self.memory.numbers.items()}
        if segment in ("forward", "echo"):
            twin = segment == "echo"
            self.contents = AloneContents(self.memory, segment, self.words, self._traffic, twin=twin)

    @property
    def traffic(self) -> Traffic:
        """Blocks of vectors that are written and read, and when."""
        return self._traffic

    def _table(self, slot: int) -> str:
        number = self._word(slot - LOOK_UP + SPLIT - 1).get("table", 0)
        return self.tables[number] if len(self.tables) > 1 else "table"

    def _product(self, slot: int, accumulate: dict[str, int]) -> Slot:
        first, multiply = self._word(slot), self._word(slot + MULTIPLY)
        lanes = tuple(lane for lane in (0, 1) if accumulate["acc_en"] >> lane & 1)
        kept = [self.contents.kept(slot + MULTIPLY, lane) for lane in lanes] if multiply["opa"] else []
        other = [
            self.contents.kept(slot + MULTIPLY, lane) if multiply["opb"] else self.contents.along(slot, lane)
            for lane in lanes
        ]
        if kept:
            products = sum(min(map(self._count, pair)) for pair in zip(kept, other, strict=True))
            return Slot(slot, f"{self._called(kept[0])} * {self._called(other[0])}", lanes, (), products)
        if other[0][0] == ImmSource.ZERO.name:
            return Slot(slot, "move", lanes)
        addresses = (first["addr_a"], first["addr_b"])
        name, products = self._name(addresses[lanes[0]]), sum(int(self.useful[addresses[lane]]) for lane in lanes)
        if name in self.stored and self.stored[name].layout is Layout.VECTOR:
            what = f"{name} * {self._called(other[0])}"
        else:
            what = f"{name}{'.T' if multiply['opb'] else ''} @ {self._called(other[0])}"
        return Slot(slot, what, lanes, ("A", "B") if 1 in lanes else ("A",), products)

    def _called(self, factor: Factor) -> str:
        name = factor[0]
        if name in (ImmSource.INPUT.name, ImmSource.ONE.name):
            return INPUTS if name == ImmSource.INPUT.name else "1"
        return self.plan.shown(name) if name in POSITIONS else name

    def _count(self, factor: Factor) -> int:
        """Elements that hold an entry of it that is no padding."""
        name, block, _ = factor
        p = self.geometry.elements
        length = self.plan.neurons if name in POSITIONS else self.memory.vectors.get(name, p * (block + 1))
        return max(0, min(p, length - block * p))

    def marks(self) -> Iterator[tuple[str, int, str]]:
        """(unit, cycle, what) that a field tells directly."""
        for unit, cycle, what in super().marks():
            if (unit, what) == ("vectors, write", "table") and self._cuts(cycle):
                yield unit, cycle, "cut"
                yield from (("cut", at, "cut") for at in range(cycle - CUT_WRITE + TAKE, cycle + 1))
            elif (unit, what) != ("state, read", "operand"):
                yield unit, cycle, what
        for cycle, f in enumerate(self.words):
            if f["x_en"] and f["x_load"]:
                stored = bool(f.get("x_store", 0))
                at = STORE_READ if stored else POSITION_READ
                yield "vectors, read" if stored else "state, read", cycle - LANE_LOAD + at, "operand"

    def _cuts(self, cycle: int) -> bool:
        return bool(self.words[cycle].get("s_cut", 0)) or not self.geometry.tables

    def _reads(self, load: int) -> Iterator[tuple[str, int]]:
        """(unit, cycle) of the read for a load of the last bank's stationary operands."""
        yield from super()._read(load - BANK_LOAD + self.geometry.banks - 1)
