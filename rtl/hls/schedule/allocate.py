"""Words of the vector store by liveness: blocks of vectors share a word where their lives do not meet.

The scheduler writes addresses as if every block had a word of its own (`MemoryMap.vector_base`). This pass reads the
finished words of a step, takes each block's life from them, gives every life a word and rewrites the addresses. Nothing
moves in time, so a step has the cycles that it had.

A life goes from the first write of a block to its last read, [first, end): a word that is written in a cycle is read
in it as it was, so the next life may begin in the cycle of the last read. Lives are intervals. Taken in the order of
their beginnings, each into the lowest word that is free until its end, they need as many words as are alive at once:
no allocation needs fewer.

One thing binds a block to an address. States and vectors are addressed by the same fields, and the scheduler reads both
in one cycle where their addresses happen to be equal. Such a block keeps its address, which is below the fold; others
go round it, and may then need more words than are alive at once, never more than there are blocks. Without these
meetings some steps would be longer: the echo of `dense`, N = 16 on P = 4, 306 words for 305.

Example
-------
>>> places = allocate({("s", 0): Life(3, 9), ("s", 1): Life(5, 12), ("d", 0): Life(9, 14)})
>>> places
{('s', 0): 0, ('s', 1): 1, ('d', 0): 0}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from rtl.hls.plan.control import Fields, StationarySource
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.timing import LANE, OPERAND, STATE_WRITE, STATIONARY, STORE
from rtl.hls.plan.traffic import Port, Traffic, VectorBlock

__all__ = ["Life", "allocate", "allocated", "bound", "lives", "operand_loads", "peak", "rewritten", "traffic"]

Loads = Callable[[Sequence[Fields]], Iterable[tuple[int, bool]]]
"""See `operand_loads`, which is that of an element of one bank."""


@dataclass(frozen=True)
class Life:
    """Cycles in which a block's word is taken: from its first write to before `end`."""

    first: int
    end: int

    def meets(self, other: Life) -> bool:
        """Whether there is a cycle in both."""
        return self.first < other.end and other.first < self.end


def allocated(memory: MemoryMap, words: Sequence[Fields], loads: Loads | None = None) -> tuple[list[Fields], Traffic]:
    """The words of a step with addresses by liveness, and what they address; `loads` says how words load operands."""
    loads = loads or operand_loads
    blocks = {
        memory.vector_base[vector] + block: (vector, block)
        for vector, length in memory.vectors.items()
        for block in range(memory.blocks(length))
    }
    found = traffic(words, blocks, loads)
    return rewritten(words, found, allocate(lives(found), bound(words, found, loads))), found


def traffic(words: Sequence[Fields], blocks: Mapping[int, VectorBlock], loads: Loads | None = None) -> Traffic:
    """What words read and write, by the block that each address stands for."""
    writes: dict[Port, VectorBlock] = {}
    reads: dict[Port, VectorBlock] = {}
    for cycle, f in enumerate(words):
        for context in range(2):
            if f.get("s_we", 0) >> context & 1:
                writes[cycle, context] = blocks[f["s_waddr"]]
    for at, vector in (loads or operand_loads)(words):
        if vector:
            reads |= {(at, context): blocks[words[at][f"s_addr{context}"]] for context in range(2)}
    return Traffic(writes, reads)


def operand_loads(words: Sequence[Fields]) -> Iterator[tuple[int, bool]]:
    """The cycles with the address of an operand that is loaded, and whether it is one of the vector store or a state;
    loads of lanes and of stationary operands are equally late."""
    assert LANE == STATIONARY
    for cycle, f in enumerate(words):
        source, loads = f.get("r_src", 0), f.get("x_en", 0) and f.get("x_load", 0)
        if (loads and f.get("x_store", 0)) or source == StationarySource.S:
            yield cycle - STATIONARY + STORE, True
        if (loads and not f.get("x_store", 0)) or source == StationarySource.X:
            yield cycle - STATIONARY + OPERAND, False


def lives(found: Traffic) -> dict[VectorBlock, Life]:
    """The life of every block that is written. One that is never read lives while it is written."""
    first: dict[VectorBlock, int] = {}
    end: dict[VectorBlock, int] = {}
    for (cycle, _), block in found.writes.items():
        first[block] = min(cycle, first.get(block, cycle))
        end[block] = max(cycle + 1, end.get(block, 0))
    for (cycle, _), block in found.reads.items():
        end[block] = max(cycle, end[block])
    return {block: Life(first[block], end[block]) for block in sorted(first, key=lambda b: first[b])}


def peak(living: Mapping[VectorBlock, Life]) -> int:
    """The largest number of blocks alive in one cycle; it is reached where one begins."""
    return max((sum(o.first <= life.first < o.end for o in living.values()) for life in living.values()), default=0)


def bound(words: Sequence[Fields], found: Traffic, loads: Loads | None = None) -> dict[VectorBlock, int]:
    """Blocks that are read in a cycle which reads a state word, too, and the address that is both."""
    states = {cycle - STATE_WRITE for cycle, f in enumerate(words) if f.get("we_q", 0) or f.get("we_p", 0)}
    states |= {at for at, vector in (loads or operand_loads)(words) if not vector}
    return {
        block: words[cycle][f"s_addr{context}"] for (cycle, context), block in found.reads.items() if cycle in states
    }


def allocate(
    living: Mapping[VectorBlock, Life], kept: Mapping[VectorBlock, int] | None = None
) -> dict[VectorBlock, int]:
    """A word for every life, so that those which meet have different ones.

    Parameters
    ----------
    kept : addresses of blocks that must stay there; no two of one address may meet
    """
    places: dict[VectorBlock, int] = dict(kept or {})
    there: dict[int, list[Life]] = {}
    for block, address in places.items():
        there.setdefault(address, []).append(living[block])
    for block, life in sorted(living.items(), key=lambda found: found[1].first):
        if block not in places:
            word = next(w for w in count() if not any(life.meets(other) for other in there.get(w, ())))
            places[block] = word
            there.setdefault(word, []).append(life)
    return {block: places[block] for block in living}


def rewritten(words: Sequence[Fields], found: Traffic, places: Mapping[VectorBlock, int]) -> list[Fields]:
    """The words with the blocks in their places."""
    result = [dict(f) for f in words]
    for (cycle, _), block in found.writes.items():
        result[cycle]["s_waddr"] = places[block]
    for (cycle, context), block in found.reads.items():
        result[cycle][f"s_addr{context}"] = places[block]
    return result
