"""Control words of elements with several banks, read back: what they multiply, and which units they keep busy.

As `rtl.hls.report.explain` does it for one bank. All is counted in the time of bank 0; bank b does the same b cycles
later. A product of a slot is one in every bank and lane that has a word there which is no padding. In a rotated loop of
forward steps a segment follows itself.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> schedule = compile_array(compile_system(get("dense", n=8, m=2)), elements=2, banks=4)
>>> sorted({slot.what for slot in WideReader(schedule, "forward").slots()})
['B @ u', 'W @ x', 'W.T @ s', 'al * x', 'b * 1', 'table']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from rtl.hls.plan.control import Fields
from rtl.hls.plan.ring_plan import INPUTS, POSITION, Layout
from rtl.hls.plan.timing import KEEP, MULTIPLY, STATE_WRITE, UPDATE
from rtl.hls.plan.traffic import Traffic, VectorBlock
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    BANK_LOAD,
    GRAD_READ,
    GRAD_WRITE,
    LANE_LOAD,
    LATER,
    POSITION_READ,
    STATIONARY_CHOICE,
    STORE_READ,
)
from rtl.hls.report.slot import Slot
from rtl.hls.schedule.schedule import Schedule
from rtl.hls.wide.schedule import WideSchedule

__all__ = ["WideReader"]


class WideReader:
    """Names and counts what the words of one segment multiply."""

    def __init__(self, schedule: Schedule, segment: str) -> None:
        self.words, self.memory = schedule.fields(segment), schedule.memory
        self.stored, self.geometry = schedule.plan.stored, schedule.geometry
        self.loops = segment == "forward" and isinstance(schedule, WideSchedule) and schedule.rotated
        self.position = schedule.plan.shown(POSITION)
        self.names = {
            self.memory.base[name] + word: name for name in self.stored for word in range(self.memory.size(name))
        }
        ones = {name: np.ones(stored.shape, np.int64) for name, stored in self.stored.items() if stored.words is None}
        self.useful = np.count_nonzero(self.memory.pack(ones), axis=(0, 1))
        self.blocks: dict[int, VectorBlock] = {
            base + block: (name, block)
            for name, base in self.memory.vector_base.items()
            for block in range(self.memory.blocks(self.memory.vectors[name]))
        }
        self._loads = [cycle for cycle, f in enumerate(self.words) if f["r_en"]]

    def _word(self, cycle: int) -> Mapping[str, int]:
        cycle = self._of(cycle)
        return self.words[cycle] if 0 <= cycle < len(self.words) else dict.fromkeys(self.words[0], 0)

    def _of(self, cycle: int) -> int:
        """Where a loop has the word of a cycle before its first or after its last one."""
        return cycle % len(self.words) if self.loops else cycle

    def slots(self) -> Iterator[Slot]:
        """Every entry into the multipliers, and every word that an update writes."""
        for cycle, f in enumerate(self.words):
            if f.get("lookup", 0):
                yield Slot(cycle, self._table(cycle), (0, 1), ("A", "B"))
            if f["acc_en"]:
                yield self._product(self._of(cycle - ACCUMULATE), f)
            if f["g_we"] and not f["g_clear"]:
                address = f["g_waddr"]
                products = 2 * int(self.useful[address])
                yield Slot(cycle - GRAD_WRITE, f"G {self._name(address)}", (0, 1), (), products)
            if f["we_b"] and self._updates(cycle):
                yield Slot(cycle, f"update {self._name(f['addr_b'])}", ())

    def _updates(self, cycle: int) -> bool:
        """Whether what is written is a parameter's new word: the choice comes as much later as the bank is late."""
        return bool(self._word(cycle + self.words[cycle]["bank"])["w_theta"])

    def _name(self, address: int) -> str:
        return self.names.get(address, f"word {address}")

    def _table(self, slot: int) -> str:
        return "table"

    def _product(self, slot: int, accumulate: Fields) -> Slot:
        first = self.words[slot]
        lanes = tuple(lane for lane in (0, 1) if accumulate["acc_en"] >> lane & 1)
        addresses = (first["addr_a"], first["addr_b"])
        stored = self.stored.get(self._name(addresses[0]))
        if stored is None:
            return Slot(slot, "start", lanes)
        name, products = self._name(addresses[0]), sum(int(self.useful[addresses[lane]]) for lane in lanes)
        ports = ("A", "B") if 1 in lanes else ("A",)
        if accumulate["first_clear"]:
            return Slot(slot, f"{name} * {self.position}", lanes, ports, products)
        if accumulate["acc_prev"]:
            return Slot(slot, f"{name}.T @ {self._stays(slot + MULTIPLY)}", lanes, ports, products)
        if stored.layout is Layout.VECTOR:
            return Slot(slot, f"{name} * 1", lanes, ports, products)
        return Slot(
            slot, f"{name} @ {INPUTS if stored.layout is Layout.COLUMNS else self.position}", lanes, ports, products
        )

    def _stays(self, cycle: int) -> str:
        """The operand that bank 0 holds."""
        load = max((at for at in self._loads if at < cycle), default=max(self._loads, default=0) - len(self.words))
        if self._word(load - BANK_LOAD + STATIONARY_CHOICE)["r_src"]:
            return self.position
        return self.blocks[self._word(load - BANK_LOAD + STORE_READ)["s_addr0"]][0]

    def _reads(self, load: int) -> Iterator[tuple[str, int]]:
        """(unit, cycle) of the reads for a load of stationary operands: of all banks, or of the one that squares."""
        after = self.words[load + 1 :] + (self.words[: load + 1] if self.loops else [])
        use = next((f for f in after if f["opa"] or f["opb"]), {"opa": 0, "opb": 0})
        late = [1] if use["opa"] and use["opb"] else range(self.geometry.banks)
        for slot in (load - BANK_LOAD + bank for bank in late):
            yield from self._read(slot)

    def _read(self, slot: int) -> Iterator[tuple[str, int]]:
        if self._word(slot + STATIONARY_CHOICE)["r_src"]:
            yield "state, read", self._of(slot + POSITION_READ)
        else:
            yield "vectors, read", self._of(slot + STORE_READ)

    @property
    def traffic(self) -> Traffic:
        """Blocks of vectors that are written and read, and when: each has a word of its own here."""
        writes = {
            (cycle, context): self.blocks[f["s_waddr"]]
            for cycle, f in enumerate(self.words)
            for context in range(2)
            if f["s_we"] >> context & 1
        }
        reads = {
            (cycle, context): self.blocks[self._word(cycle)[f"s_addr{context}"]]
            for load in self._loads
            for unit, cycle in self._reads(load)
            for context in range(2)
            if unit == "vectors, read"
        }
        return Traffic(writes, reads)

    def marks(self) -> Iterator[tuple[str, int, str]]:
        """(unit, cycle, what) that a field tells directly."""
        for cycle, f in enumerate(self.words):
            if f["x_en"]:
                yield "lanes", cycle, "load" if f["x_load"] else "hop"
                if f["x_load"]:
                    yield "state, read", cycle - LANE_LOAD + POSITION_READ, "operand"
            if f["r_en"]:
                yield from ((unit, at, "operand") for unit, at in self._reads(cycle))
            if f.get("s_we", 0):
                yield "vectors, write", cycle, "table"
            for field, what in (("we_q", "drift"), ("we_p", "kick")):
                if f[field]:
                    yield "state, write", cycle, what
                    yield "state, read", cycle - STATE_WRITE, what
            if f["acc_en"] and f["acc_prev"]:
                yield "partial sums", cycle, "hop"
            if f["g_we"]:
                yield "gradient, write", cycle, "clear" if f["g_clear"] else "add"
                yield "gradient, read", cycle - (UPDATE["clear"] if f["g_clear"] else GRAD_WRITE - GRAD_READ), "read"
            if f["we_b"]:
                yield "weights, port B", cycle, "update"
                write = LATER + UPDATE["write"] + (KEEP if self.geometry.ranges else 0)
                yield "weights, port A", cycle - write + UPDATE["weight"], "update"
