"""What the registers and memories of a wide element hold in every cycle of a step, as its finished words say.

The scheduler has no say in it: positions, lanes and stationary operands are followed from the addresses and the loads
in the words, vectors from the sums that are looked up (`rtl.hls.wide.hazards`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rtl.hls.plan.control import Fields
from rtl.hls.plan.ring_plan import POSITION
from rtl.hls.plan.timing import STATE_WRITE
from rtl.hls.plan.wide_timing import BANK_LOAD, LANE_LOAD, POSITION_READ, STATIONARY_CHOICE, STORE_READ
from rtl.hls.wide.bank_map import BankMap

__all__ = ["Contents", "Held", "require"]

Block = tuple[str, int]


@dataclass(frozen=True)
class Held:
    """Blocks of positions in the two lanes, and how far they have moved on."""

    blocks: tuple[int, int]
    step: int = 0


def require(holds: object, name: str, cycle: int, what: str) -> None:
    """Fails with the segment, the cycle and what the words do wrong there."""
    assert holds, (name, cycle, what)


class Contents:
    """See the module's text; `store` is followed by the caller, who knows what is written."""

    def __init__(self, memory: BankMap, name: str, words: Sequence[Fields]) -> None:
        self.memory, self.name, self.words = memory, name, words
        self.banks = memory.geometry.banks
        self.drifts: dict[int, list[int]] = {}
        self.kicks: list[tuple[int, int, int]] = []
        """(cycle of the read, block, contexts)."""
        self.store: list[dict[int, tuple[Block, int]]] = [{}, {}]
        """By address: the block and the cycle of its write."""
        self._states()
        self.lanes = self._lanes()
        self._loads = [cycle for cycle, f in enumerate(words) if f["r_en"]]

    def word(self, cycle: int) -> Mapping[str, int]:
        """Nothing before and after the segment."""
        return self.words[cycle] if 0 <= cycle < len(self.words) else dict.fromkeys(self.words[0], 0)

    def require(self, holds: object, cycle: int, what: str) -> None:
        """See the function."""
        require(holds, self.name, cycle, what)

    def _states(self) -> None:
        """State words are written back where they were read; half drifts twice, kicks in between."""
        for cycle, f in enumerate(self.words):
            if f["we_q"] or f["we_p"]:
                read = self.word(cycle - STATE_WRITE)
                same = f["w_addr"] == read["s_addr0"] == read["s_addr1"]
                self.require(
                    same and not read["q_io"] and not read["p_zero"], cycle, "reads the state of another block"
                )
                self.require(not (f["we_q"] and f["we_p"]), cycle, "drifts and kicks at once")
            if f["we_q"]:
                self.drifts.setdefault(f["w_addr"], []).append(cycle)
            if f["we_p"]:
                self.kicks.append((cycle - STATE_WRITE, f["w_addr"], f["we_p"]))
        fold = self.memory.geometry.fold
        self.require(sorted(self.drifts) == list(range(fold)), 0, "drifts every block")
        self.require(all(len(cycles) == 2 for cycles in self.drifts.values()), 0, "drifts twice")
        for at, block, _ in self.kicks:
            first, second = self.drifts[block]
            self.require(first < at and at + STATE_WRITE < second - STATE_WRITE, at, "kicks between the drifts")

    def position(self, cycle: int) -> tuple[int, int]:
        """Blocks of the half-step positions that are read in a cycle."""
        f = self.word(cycle)
        blocks = f["s_addr0"], f["s_addr1"]
        for block in blocks:
            first, second = self.drifts.get(block, (cycle, cycle))
            self.require(first < cycle <= second and not f["q_io"], cycle, "reads a position outside of the half step")
        return blocks

    def vector(self, cycle: int) -> Block:
        """The block that the store's words are of, the same in both contexts."""
        f, found = self.word(cycle), []
        for context in range(2):
            block, written = self.store[context].get(f[f"s_addr{context}"], (("nothing", 0), len(self.words)))
            self.require(written < cycle, cycle, "reads a vector before it is written")
            found.append(block)
        self.require(found[0] == found[1], cycle, "reads two blocks of a vector")
        return found[0]

    def _lanes(self) -> list[Held | None]:
        held: list[Held | None] = [None]
        for cycle, f in enumerate(self.words):
            now = held[-1]
            if f["x_en"] and f["x_load"]:
                now = Held(self.position(cycle - LANE_LOAD + POSITION_READ))
            elif f["x_en"]:
                self.require(now is not None, cycle, "moves lanes that hold nothing")
                assert now is not None
                now = Held(now.blocks, (now.step + 1) % self.memory.geometry.elements)
            held.append(now)
        return held

    def stationary(self, cycle: int, bank: int) -> Block:
        """What a bank's stationary operand is in a cycle of that bank."""
        load = max((at for at in self._loads if at < cycle), default=None)
        self.require(load is not None, cycle, "multiplies a stationary operand that is not there")
        assert load is not None
        slot = load - BANK_LOAD + bank
        if self.word(slot + STATIONARY_CHOICE)["r_src"]:
            first, second = self.position(slot + POSITION_READ)
            self.require(first == second, cycle, "holds positions of two blocks")
            return POSITION, first
        return self.vector(slot + STORE_READ)
