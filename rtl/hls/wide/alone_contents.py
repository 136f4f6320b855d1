"""What the registers of a wide element hold in every cycle of a step in which the last bank works alone.

As `rtl.hls.wide.contents`, with lanes and stationary operands that hold any operand. Which block of a vector a read is
meant to be of is told (`rtl.hls.plan.traffic`); that the store holds it then is followed by the words' addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.ring_plan import POSITION, TURNS
from rtl.hls.plan.timing import STATE_WRITE, TURN
from rtl.hls.plan.traffic import Traffic, VectorBlock
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import BANK_LOAD, LANE_LOAD, POSITION_READ, STATIONARY_CHOICE, STORE_READ, VECTOR
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.contents import Contents, Held

__all__ = ["AloneContents", "Factor"]

Factor = tuple[str, int, int]
"""Operand, block and the steps that it has moved on; of an input its column, of the constants one and zero nothing."""


@dataclass(frozen=True)
class _Kept:
    """Blocks of an operand, a lane, and how far they have moved on."""

    operand: str
    blocks: tuple[int, int]
    step: int = 0


class AloneContents(Contents):
    """See the module's text."""

    def __init__(self, memory: BankMap, name: str, words: Sequence[Fields], vectors: Traffic, *, twin: bool) -> None:
        self.vectors, self.twin, self.late = vectors, twin, memory.geometry.banks - 1
        self.held: dict[tuple[int, int], VectorBlock] = {}
        """What the vector store holds for each (cycle, context) that reads from it."""
        self.seen: set[tuple[str, int]] = set()
        """Positions that are operands, by block."""
        super().__init__(memory, name, words)

    def _lanes(self) -> list[Held | None]:
        """Follows all of it; what lanes hold, of any operand, is in `rotating`."""
        self._drift_signs()
        self._store()
        self.rotating: list[_Kept | None] = [None]
        self.staying: list[_Kept | None] = [None]
        for cycle, f in enumerate(self.words):
            now, kept = self.rotating[-1], self.staying[-1]
            if f["x_en"] and f["x_load"]:
                now = self._read(cycle - LANE_LOAD, stored=bool(f.get("x_store", 0)))
            elif f["x_en"]:
                self.require(now is not None, cycle, "moves lanes that hold nothing")
                assert now is not None
                step = (now.step + (-1 if f.get("x_back", 0) else 1)) % self.memory.geometry.elements
                now = _Kept(now.operand, now.blocks, step)
            if f["r_en"]:
                slot = cycle - BANK_LOAD + self.late
                kept = self._read(slot, stored=not self.word(slot + STATIONARY_CHOICE)["r_src"])
            self.rotating.append(now)
            self.staying.append(kept)
        return []

    def _drift_signs(self) -> None:
        for cycles in self.drifts.values():
            for cycle in cycles:
                sign = self.word(cycle - STATE_WRITE + 1)["q_sub"]
                self.require(sign == int(self.twin), cycle, "drifts the other way")

    def _store(self) -> None:
        """Every read finds the block that it is meant to be of; in the cycle of a write, as it was before."""
        store: list[dict[int, VectorBlock]] = [{}, {}]
        written: set[tuple[int, VectorBlock]] = set()
        for cycle, f in enumerate(self.words):
            for context in range(2):
                wanted, made = (self.vectors.reads.get((cycle, context)), self.vectors.writes.get((cycle, context)))
                if wanted is not None:
                    self.require((context, wanted) in written, cycle, "reads a vector before it is written")
                    found = self.held[cycle, context] = store[context].get(f[f"s_addr{context}"], ("nothing", 0))
                    self.require(found == wanted, cycle, f"finds {found}, not {wanted}")
                writes = bool(f.get("s_we", 0) >> context & 1)
                self.require(writes == (made is not None), cycle, f"does not write {made}")
                if made is not None:
                    self.require(f["s_waddr"] < self.memory.geometry.vector_words, cycle, "writes beyond the vectors")
                    self.require((context, made) not in written, cycle, "writes a vector's word twice")
                    written.add((context, made))
                    store[context][f["s_waddr"]] = made

    def _read(self, slot: int, *, stored: bool) -> _Kept:
        if not stored:
            read = slot + POSITION_READ
            operand = TURNS if self._in_turns(read + TURN) else POSITION
            blocks, _ = self.position(read)
            self.seen |= {(operand, block) for block in blocks}
            return _Kept(operand, blocks)
        found = [self.held.get((slot + STORE_READ, context)) for context in range(2)]
        self.require(all(found), slot, "reads what is no vector")
        (name, one), (other, two) = (block or ("nothing", 0) for block in found)
        self.require(name == other, slot, "reads two vectors")
        return _Kept(name, (one, two))

    def _in_turns(self, cycle: int) -> bool:
        g = self.memory.geometry
        return bool(self.word(cycle)["x_turn"]) if g.chooses_operand else g.turns

    def kept(self, cycle: int, lane: int) -> Factor:
        """What stays, in a cycle of the last bank."""
        return self._factor(self.staying[cycle], cycle, lane)

    def along(self, slot: int, lane: int) -> Factor:
        """What goes along the banks for the product of a slot."""
        f = self.word(slot + VECTOR)
        self.require(f["v_src"] != VectorSource.INTERPOLATION, slot, "multiplies by a table's weights")
        if f["v_src"] == VectorSource.X:
            return self._factor(self.rotating[slot + VECTOR], slot, lane)
        return ImmSource(f["imm_src"]).name, f["u_index"], 0

    def _factor(self, held: _Kept | None, cycle: int, lane: int) -> Factor:
        self.require(held is not None, cycle, "multiplies an operand that is not there")
        assert held is not None
        return held.operand, held.blocks[lane], held.step
