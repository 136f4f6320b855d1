"""Hazards of a step's control words: what registers and memories hold, followed cycle by cycle, against what is used.

The words are read by the meaning of their fields, the addresses by the memory map. An address (f, g, t) of a matrix
tells which block its product must find rotating, at which step, and which block must stay; so lanes or stationary
operands that were overwritten too early, or loaded too late, are seen.

One thing is taken from the scheduler, since addresses of the vector store do not tell it: which block of a vector each
write and each read is meant to be of (`rtl.hls.plan.traffic`). The store itself is followed through the
words, by their addresses: every read must find there the block that was meant. Nothing is taken from the allocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rtl.hls.plan.control import AccSource, Fields, ImmSource, KickSource, OpA0, OpA1, OpB, StationarySource
from rtl.hls.plan.geometry import PARAMETER_WORDS
from rtl.hls.plan.memory_map import Cell, MemoryMap
from rtl.hls.plan.ring_plan import POSITION, TURNS, Layout
from rtl.hls.plan.timing import (
    ACCUMULATE,
    CHOICE,
    CUT_WRITE,
    GRAD_READ,
    GRAD_WRITE,
    LANE,
    LOOKUP,
    MULTIPLY,
    OPERAND,
    SIGN_LIFE,
    STATE_WRITE,
    STATIONARY,
    STORE,
    SUM_READY,
    TABLE_WRITE,
    TAKE,
    TURN,
)
from rtl.hls.plan.traffic import Traffic, VectorBlock

__all__ = ["check_gradients", "check_step", "check_weights"]

Words = list[Fields]


@dataclass(frozen=True)
class _Held:
    """An operand's blocks (of context 0 and 1, forward of lane 0 and 1), and how far it has moved on."""

    operand: str
    blocks: tuple[int, int]
    step: int = 0


def check_weights(name: str, words: Words) -> None:
    """No word reads a weight that is being written, and look-ups keep off writes."""
    for cycle, f in enumerate(words):
        if f["we_b"]:
            assert not f.get("lookup", 0), (name, cycle)
            assert f["addr_a"] != f["addr_b"], (name, cycle, "reads the word it writes")


def check_gradients(name: str, words: Words) -> None:
    """Read-modify-writes of one gradient word never overlap, and each has its read."""
    written: dict[int, int] = {}
    lag = GRAD_WRITE - GRAD_READ
    for cycle, f in enumerate(words):
        if f["g_we"] and not f["g_clear"]:
            assert 0 < f["g_waddr"] < PARAMETER_WORDS, (name, cycle)
            assert words[cycle - lag]["g_raddr"] == f["g_waddr"], (name, cycle, "write without its read")
            last = written.get(f["g_waddr"])
            assert last is None or cycle - lag > last, (name, cycle, "reads before the last write")
            written[f["g_waddr"]] = cycle


def check_step(memory: MemoryMap, name: str, words: Words, vectors: Traffic, *, twin: bool) -> None:
    """A forward or an echo step, and what it is meant to write into the vector store and to read from it.

    Raises
    ------
    AssertionError
        A vector read before it is written or after its word was given away, or written twice; a position read outside
        of the half step, or a state word written back elsewhere; a product that
        finds other operands than its address asks for; sums or taken sums overwritten before they are used; an
        operation that the segment's end cuts off.
    """
    _Step(memory, name, words, vectors, twin=twin).run()


class _Step:
    def __init__(self, memory: MemoryMap, name: str, words: Words, vectors: Traffic, *, twin: bool) -> None:
        self.memory, self.name, self.words, self.vectors, self.twin = memory, name, words, vectors, twin
        self.cells: dict[int, tuple[str, Cell]] = {
            address: (stored, cell) for stored, cells in memory.address.items() for cell, address in cells.items()
        }
        self.held: dict[tuple[int, int], VectorBlock] = {}
        """What the vector store holds for each (cycle, context) that reads from it."""
        self.drifts: dict[int, list[int]] = {}

    def require(self, holds: object, cycle: int, what: str) -> None:
        """Fails with the segment, the cycle and what the words do wrong there."""
        assert holds, (self.name, cycle, what)

    def run(self) -> None:
        self._states()
        self._store()
        self._reads()
        lanes, stationary = self._contents()
        for cycle, f in enumerate(self.words):
            if f["acc_en"] or (f["g_we"] and not f["g_clear"]):
                slot = cycle - (ACCUMULATE if f["acc_en"] else GRAD_WRITE)
                self.require(slot >= 0, cycle, "starts before the segment")
                self._product(slot, f, lanes[slot + MULTIPLY], stationary[slot + MULTIPLY])
        self._sums()
        self._taken()

    def _states(self) -> None:
        """A state word is written back where it was read, half drifts twice."""
        for cycle, f in enumerate(self.words):
            if f["we_q"] or f["we_p"]:
                read = self.words[cycle - STATE_WRITE]
                self.require(
                    f["w_addr"] == read["s_addr0"] == read["s_addr1"], cycle, "reads the state of another block"
                )
            if f["we_q"]:
                self.drifts.setdefault(f["w_addr"], []).append(cycle)
        fold = self.memory.geometry.fold
        self.require(sorted(self.drifts) == list(range(fold)), 0, "drifts every block")
        self.require(all(len(cycles) == 2 for cycles in self.drifts.values()), 0, "drifts twice")

    def _store(self) -> None:
        """Every read finds the block that it is meant to be of; in the cycle of a write, as it was before."""
        store: list[dict[int, VectorBlock]] = [{}, {}]
        written: set[tuple[int, VectorBlock]] = set()
        depth = self.memory.geometry.vector_words
        for cycle, f in enumerate(self.words):
            for context in range(2):
                wanted = self.vectors.reads.get((cycle, context))
                if wanted is not None:
                    self.require((context, wanted) in written, cycle, "reads a vector before it is written")
                    self.held[cycle, context] = found = store[context].get(f[f"s_addr{context}"], ("nothing", 0))
                    self.require(found == wanted, cycle, f"finds {_named(found)}, not {_named(wanted)}")
                made = self.vectors.writes.get((cycle, context))
                if f["s_we"] >> context & 1:
                    self.require(made is not None, cycle, "writes what is no vector")
                if made is not None:
                    self.require(f["s_we"] >> context & 1, cycle, f"does not write {_named(made)}")
                    self.require(f["s_waddr"] < depth, cycle, "writes beyond the vectors")
                    self.require((context, made) not in written, cycle, "writes a vector's word twice")
                    written.add((context, made))
                    store[context][f["s_waddr"]] = made

    def _reads(self) -> None:
        """Every operand is read while its memory holds it, from the store only what is meant to be."""
        for cycle, f in enumerate(self.words):
            loads = f["x_en"] and f["x_load"]
            if (loads and f["x_store"]) or f["r_src"] == StationarySource.S:
                at = cycle - STATIONARY + STORE
                self.require({(at, 0), (at, 1)} <= self.held.keys(), at, "reads what is no vector")
            if (loads and not f["x_store"]) or f["r_src"] == StationarySource.X:
                at = cycle - STATIONARY + OPERAND
                for context in range(2):
                    first, second = self.drifts[self.words[at][f"s_addr{context}"]]
                    self.require(first < at <= second, at, "reads a position outside of the half step")

    def _contents(self) -> tuple[list[_Held | None], list[_Held | None]]:
        """What lanes and stationary operands hold in every cycle."""
        lane: list[_Held | None] = [None]
        stay: list[_Held | None] = [None]
        p = self.memory.geometry.elements
        for cycle, f in enumerate(self.words):
            now, kept = lane[-1], stay[-1]
            if f["x_en"] and f["x_load"]:
                now = self._read(cycle - LANE, bool(f["x_store"]))
            elif f["x_en"] and now is not None:
                now = _Held(now.operand, now.blocks, (now.step + (-1 if f["x_back"] else 1)) % p)
            source = f["r_src"]
            if source in (StationarySource.X, StationarySource.S):
                kept = self._read(cycle - STATIONARY, source == StationarySource.S)
            elif source == StationarySource.FRACTION:
                kept = None
            lane.append(now)
            stay.append(kept)
        return lane, stay

    def _read(self, slot: int, stored: bool) -> _Held:
        if not stored:
            f, in_turns = self.words[slot + OPERAND], self.words[slot + TURN].get("x_turn", 0)
            return _Held(TURNS if in_turns else POSITION, (f["s_addr0"], f["s_addr1"]))
        (name, one), (other, two) = (self.held[slot + STORE, context] for context in range(2))
        self.require(name == other, slot, "reads two vectors")
        return _Held(name, (one, two))

    def _product(self, slot: int, f: Fields, lane: _Held | None, stay: _Held | None) -> None:
        """The operands are those that the address asks for."""
        multiply = self.words[slot + MULTIPLY]
        if f["acc_en"]:
            if multiply["opb"] == OpB.IMM and multiply["imm_src"] == ImmSource.ZERO:
                return
            own = multiply["opa0"] != OpA0.R
            second = multiply["opa1"] == OpA1.WEIGHT_B
            addresses = (self.words[slot]["addr_a"], self.words[slot]["addr_b" if second else "addr_a"])
            cells = [(m, self.cells[a]) for m, a in enumerate(addresses) if f["acc_en"] >> m & 1] if own else []
            moves = f["acc_src"] == AccSource.PREV
        else:
            cells, moves = [(m, self.cells[f["g_waddr"]]) for m in range(2)], False
        for m, (name, cell) in cells:
            self._operands(slot, name, cell, m, f, multiply, lane, stay, moves)
        if not cells:
            self.require(stay is not None, slot, "multiplies a stationary operand that is not there")
            if multiply["opb"] == OpB.X:
                self.require(lane is not None and lane.step == 0, slot, "multiplies a lane that is not at home")

    def _operands(
        self,
        slot: int,
        name: str,
        cell: Cell,
        m: int,
        f: Fields,
        multiply: Fields,
        lane: _Held | None,
        stay: _Held | None,
        moves: bool,
    ) -> None:
        row, column, step = cell
        layout = self.memory.stored[name].layout
        gradient = not f["acc_en"]
        if layout is Layout.COLUMNS:
            self.require(multiply["opb"] == OpB.IMM and multiply["u_index"] == column, slot, "takes another input")
        if multiply["opb"] == OpB.X:
            wanted = (column, step) if layout is Layout.MATRIX else (row, 0)
            found = lane is not None and (lane.blocks[m], lane.step) == wanted
            self.require(found, slot, f"{name} finds another word rotating")
        if gradient or multiply["opb"] == OpB.R:
            found = stay is not None and stay.blocks[m] == row
            self.require(found, slot, f"{name} finds another operand")
        self.require(moves <= (layout is Layout.MATRIX), slot, "moves a sum that stays")

    def _sums(self) -> None:
        """A sum starts from nothing, and only after the last one was taken from both lanes."""
        open_lanes = 0
        last = [0, 0]
        for cycle, f in enumerate(self.words):
            taken = open_lanes if f["k_src"] == KickSource.ACC else f["z_take"]
            self.require(taken or f["k_src"] != KickSource.ACC, cycle, "takes a force that is not there")
            for lane in range(2):
                if taken >> lane & 1:
                    self.require(open_lanes >> lane & 1, cycle, "takes a sum that is not there")
                    self.require(cycle - last[lane] >= SUM_READY - ACCUMULATE, cycle, "takes a sum too early")
                    open_lanes &= ~(1 << lane)
            if f["acc_en"]:
                starts = f["acc_src"] == AccSource.ZERO
                busy = open_lanes & f["acc_en"]
                self.require(busy == (0 if starts else f["acc_en"]), cycle, "overwrites a sum, or adds to none")
                open_lanes |= f["acc_en"]
                last = [cycle if f["acc_en"] >> lane & 1 else last[lane] for lane in range(2)]
        self.require(not open_lanes, len(self.words), "leaves a sum")

    def _written(self, cycle: int) -> str:
        """The vector that a cycle writes."""
        blocks = (self.vectors.writes.get((cycle, context)) for context in range(2))
        return next((block[0] for block in blocks if block), "nothing")

    def _taken(self) -> None:
        """A taken sum is split or cut before the next is taken; the look-up follows its split at once."""
        takes = [cycle for cycle, f in enumerate(self.words) if f["z_take"]]
        for cycle, following in pairwise([*takes, len(self.words)]):
            window = range(cycle + TAKE, min(following + 1, len(self.words)))
            splits = [c for c in window if self.words[c]["z_en"]]
            writes = cycle + CUT_WRITE < len(self.words) and self.words[cycle + CUT_WRITE]["s_we"]
            self.require(splits or writes, cycle, "loses a taken sum")
        splits = [cycle for cycle, f in enumerate(self.words) if f["z_en"]]
        lookups = [cycle for cycle, f in enumerate(self.words) if f["lookup"]]
        self.require(lookups == [cycle + LOOKUP for cycle in splits], 0, "looks up what was not split")
        free = [0, 0]
        for cycle in splits:
            lane = self.words[cycle]["z_lane"]
            slot = cycle + LOOKUP
            self.require(cycle >= free[lane], cycle, "overwrites a sign")
            free[lane] = cycle + (SIGN_LIFE if self.memory.geometry.odd_table else 0)
            made = self._written(slot + TABLE_WRITE)
            number = self.memory.numbers.get(self.memory.look_ups.get(made, ""))
            self.require(
                self.words[cycle - CHOICE].get("table", 0) == number, cycle, f"looks {made} up in another table"
            )
            self.require(self.words[slot + STATIONARY]["r_src"] == StationarySource.FRACTION, cycle, "interpolates")
            self.require(
                slot + TABLE_WRITE < len(self.words) and self.words[slot + TABLE_WRITE]["s_we"], cycle, "is lost"
            )
            self.require(not self.words[slot + ACCUMULATE]["acc_en"], cycle, "adds a table entry to a sum")
            # Both ways are LOOKUP long: from this split to its look-up, and from the next split to the fraction.
            later = self.words[cycle + 1 : cycle + 1 + STATIONARY]
            self.require(not any(f["z_en"] for f in later), cycle, "overwrites a fraction")


def _named(block: VectorBlock) -> str:
    return f"{block[0]}[{block[1]}]"
