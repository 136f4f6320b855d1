"""What the registers and memories of a wide element hold in every cycle of a step, as its finished words say.

The scheduler has no say in it: positions, lanes and stationary operands are followed from the addresses and the loads
in the words, vectors from the sums that are looked up (`rtl.hls.wide.hazards`). Words may be those of several steps:
what is held is of one of them, counted from 0.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rtl.hls.plan.control import Fields
from rtl.hls.plan.ring_plan import POSITION
from rtl.hls.plan.timing import STATE_WRITE
from rtl.hls.plan.wide_timing import BANK_LOAD, LANE_LOAD, POSITION_READ, STATIONARY_CHOICE, STORE_READ
from rtl.hls.wide.bank_map import BankMap

__all__ = ["Contents", "Held", "Of", "require"]

Block = tuple[str, int]
Of = tuple[Block, int]
"""A block, and of which step it is."""


@dataclass(frozen=True)
class Held:
    """Blocks of positions in the two lanes, of which step they are, and how far they have moved on."""

    blocks: tuple[int, int]
    steps: tuple[int, int]
    moved: int = 0


def require(holds: object, name: str, cycle: int, what: str) -> None:
    """Fails with the segment, the cycle and what the words do wrong there."""
    assert holds, (name, cycle, what)


class Contents:
    """See the module's text; `store` is followed by the caller, who knows what is written."""

    def __init__(self, memory: BankMap, name: str, words: Sequence[Fields], steps: int = 1) -> None:
        self.memory, self.name, self.words, self.steps = memory, name, words, steps
        self.banks = memory.geometry.banks
        self.drifts: dict[int, list[int]] = {}
        self.kicks: list[tuple[int, int, int, int]] = []
        """(cycle of the read, block, contexts, step)."""
        self.store: list[dict[int, list[tuple[int, Of]]]] = [{}, {}]
        """By address: cycles of its writes, and what is written."""
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
        """State words are written back where they were read; half drifts twice a step, kicks in between."""
        kicks = []
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
                kicks.append((cycle - STATE_WRITE, f["w_addr"], f["we_p"]))
        fold = self.memory.geometry.fold
        self.require(sorted(self.drifts) == list(range(fold)), 0, "drifts every block")
        for cycles in self.drifts.values():
            self.require(len(cycles) == 2 * self.steps, 0, "drifts twice")
            for one, other in pairwise(cycles):
                self.require(one < other - STATE_WRITE, other, "drifts before the drift before is written")
        for at, block, contexts in kicks:
            step = self.half_step(at, block, "kicks outside of the half step")
            end = self.drifts[block][2 * step + 1]
            self.require(at + STATE_WRITE < end - STATE_WRITE, at, "kicks between the drifts")
            self.kicks.append((at, block, contexts, step))

    def half_step(self, cycle: int, block: int, what: str = "reads a position outside of the half step") -> int:
        """The step whose half-step position of a block can be read in a cycle."""
        before = bisect_left(self.drifts.get(block, []), cycle)
        self.require(before % 2 == 1, cycle, what)
        return before // 2

    def position(self, cycle: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Blocks of the half-step positions that are read in a cycle, and their steps."""
        f = self.word(cycle)
        self.require(not f["q_io"], cycle, "reads the host's word")
        blocks = f["s_addr0"], f["s_addr1"]
        return blocks, (self.half_step(cycle, blocks[0]), self.half_step(cycle, blocks[1]))

    def vector(self, cycle: int) -> tuple[Of, Of]:
        """The blocks that the store's words are of, by context."""
        f, found = self.word(cycle), []
        for context in range(2):
            writes = self.store[context].get(f[f"s_addr{context}"], [])
            at = bisect_left(writes, cycle, key=lambda write: write[0])
            self.require(at, cycle, "reads a vector before it is written")
            found.append(writes[at - 1][1])
        return found[0], found[1]

    def _lanes(self) -> list[Held | None]:
        held: list[Held | None] = [None]
        for cycle, f in enumerate(self.words):
            now = held[-1]
            if f["x_en"] and f["x_load"]:
                now = Held(*self.position(cycle - LANE_LOAD + POSITION_READ))
            elif f["x_en"]:
                self.require(now is not None, cycle, "moves lanes that hold nothing")
                assert now is not None
                now = Held(now.blocks, now.steps, (now.moved + 1) % self.memory.geometry.elements)
            held.append(now)
        return held

    def stationary(self, cycle: int, bank: int) -> tuple[Of, Of]:
        """What a bank's stationary operand is in a cycle of that bank, by lane."""
        load = max((at for at in self._loads if at < cycle), default=None)
        self.require(load is not None, cycle, "multiplies a stationary operand that is not there")
        assert load is not None
        slot = load - BANK_LOAD + bank
        if self.word(slot + STATIONARY_CHOICE)["r_src"]:
            blocks, steps = self.position(slot + POSITION_READ)
            return ((POSITION, blocks[0]), steps[0]), ((POSITION, blocks[1]), steps[1])
        return self.vector(slot + STORE_READ)
