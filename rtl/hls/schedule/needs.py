"""What a step needs of each port of an element: how many cycles, from when on, and what must follow.

Read from the plan and its products alone, in no order: had an element as many ports as it wanted, every result would be
there after the latencies of the pipeline (`rtl.hls.plan.timing`), and from there the rest of the step would take the
longest way to its end. A port has to be shared, so

    cycles >= head + needs + tail        of any set of operations that no port serves two of at a time,

with the smallest head and the smallest tail among them (`least`). Operands that several sums take count once, unless
the lanes turn them away: where they are loaded twice, that is the schedule's choice.

Example
-------
>>> least([Need("lanes", 4, 10, 20), Need("lanes", 0, 5, 3)])
34
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import POSITIONS, Finish, RingPlan, Statement
from rtl.hls.plan.ring_visits import Move
from rtl.hls.plan.timing import (
    CUT_WRITE,
    GRAD_WRITE,
    LOOKUP,
    LOOKUP_SPACING,
    SIGN_LIFE,
    STATE_WRITE,
    STORE,
    SUM_READY,
    TABLE_WRITE,
    TAKE,
)
from rtl.hls.schedule.pieces import Pieces
from rtl.hls.schedule.products import Fetch, Product, Slots
from rtl.hls.schedule.reservation_table import ReservationTable
from rtl.hls.schedule.terms import OutputBlocks, Terms, needed_sums

__all__ = ["Need", "StepNeeds", "least"]

DRIFT = STATE_WRITE + 1
"""From reading a state word to the first cycle in which the new one can be read."""
FINISH = {
    Finish.TABLE: TAKE + LOOKUP + TABLE_WRITE + 1,
    Finish.CUT: CUT_WRITE + 1,
    Finish.KICK: TAKE + 2 * DRIFT,
}
"""From taking a sum to the first cycle in which what it makes can be read; of a force, to the second drift's end."""
APART = {Finish.TABLE: LOOKUP_SPACING, Finish.CUT: TAKE, Finish.KICK: 1}
"""From what the first lane's sum makes to what the second lane's makes."""


@dataclass(frozen=True)
class Need:
    """Cycles that a port is needed for, the first that it can be, and those that must follow to the step's end."""

    port: str
    head: int
    cycles: int
    tail: int


def least(wanted: Iterable[Need]) -> int:
    """Cycles of a step whose one port these need."""
    every = list(wanted)
    heads, tails = sorted({n.head for n in every}), sorted({n.tail for n in every})
    return max(
        min(n.head for n in those) + sum(n.cycles for n in those) + min(n.tail for n in those)
        for head in heads
        for tail in tails
        if (those := [n for n in every if n.head >= head and n.tail >= tail])
    )


@dataclass
class _Sum:
    """A sum, when it can begin and when its first lane can be taken at the earliest.

    `rest` : from taking it to the end of the step.
    """

    statement: Statement
    block: OutputBlocks
    lanes: int
    products: list[Product]
    count: int
    head: int = 0
    take: int = 0
    rest: int = 0

    def owner(self, lane: int) -> int:
        """Block of the vector that a lane's sum becomes."""
        return self.block[min(lane, len(self.block) - 1)]


class StepNeeds:
    """Of a forward (`twin=False`) or an echo step.

    `rest` : (vector, its first block) -> cycles from taking the sum that makes it to the end of the step.
    """

    def __init__(self, plan: RingPlan, memory: MemoryMap, *, twin: bool) -> None:
        self.fold, self.slots = memory.geometry.fold, Slots(memory, ReservationTable(), twin=twin)
        self.odd = memory.geometry.odd_table
        self.terms, pieces = Terms(plan, self.slots), Pieces(plan, self.slots)
        self.slots.ready.update({(name, f): DRIFT for name in POSITIONS for f in range(self.fold)})
        self.sums = [self._sum(s, block, twin) for s, block in needed_sums(plan, memory, twin=twin)]
        self.pieces = [(pieces.start(p), list(pieces.products(p))) for p in pieces.all()] if twin else []
        self.after: dict[tuple[str, int], int] = {}
        """Cycles from when a block can be read to the end of the step."""
        for _, products in self.pieces:
            self._wait(products, GRAD_WRITE + 1)
        for s in reversed(self.sums):
            lanes = [(lane * APART[s.statement.finish], s.owner(lane)) for lane in range(s.lanes)]
            if s.statement.finish is Finish.KICK:
                lanes = lanes[: len(s.block)]
            s.rest = FINISH[s.statement.finish] + max(
                apart + self.after.get((s.statement.name, owner), 0) for apart, owner in lanes
            )
            self._wait(s.products, SUM_READY + s.rest)
        self.rest = {(s.statement.name, s.block[0]): s.rest for s in self.sums}

    def bounds(self) -> dict[str, int]:
        """For each port the cycles that the step takes at least for its sake."""
        ports: dict[str, list[Need]] = {}
        for need in self.all():
            ports.setdefault(need.port, []).append(need)
        return {port: least(found) for port, found in ports.items()}

    def cycles(self) -> dict[str, int]:
        """For each port the cycles that it is needed for."""
        found: Counter[str] = Counter()
        for need in self.all():
            found[need.port] += need.cycles
        return dict(found)

    def _sum(self, statement: Statement, block: OutputBlocks, twin: bool) -> _Sum:
        base = Product(enable=3)
        products = [p for term in statement.terms for p in self.terms.products(term, block, base)]
        used = [p for p in products if not p.glides]
        s = _Sum(statement, block, 2 if twin else len(block), products, max(1, len(used)))
        starts = [max((self.slots.readable(fetch) for fetch in _fetches(p)), default=0) for p in used]
        s.head = min(starts, default=0)
        last = [self.slots.readable(fetch) + count for fetch, count in _count(used).items()]
        s.take = max([s.head + s.count, *last]) - 1 + SUM_READY
        for lane in range(s.lanes):
            made = s.take + lane * APART[statement.finish] + FINISH[statement.finish]
            if statement.finish is not Finish.KICK:
                self.slots.ready[statement.name, s.owner(lane)] = made
        return s

    def _wait(self, products: list[Product], rest: int) -> None:
        """Operands of products: after the last slot come `rest` cycles."""
        for fetch, count in _count([p for p in products if not p.glides]).items():
            for block in {fetch.first, fetch.second}:
                longest = count - 1 + rest - _offset(fetch)
                key = fetch.operand, block
                self.after[key] = max(longest, self.after.get(key, 0))

    def all(self) -> Iterator[Need]:
        """Every need."""
        yield from self._drifts()
        for s in self.sums:
            yield from self._products(s)
            yield from self._kicks(s) if s.statement.finish is Finish.KICK else self._vectors(s)
        for start, products in self.pieces:
            yield Need("multipliers", start, len(products), GRAD_WRITE)
            yield Need("gradient memory", start, len(products), GRAD_WRITE)
        yield from self._operands()

    def _drifts(self) -> Iterator[Need]:
        for f in range(self.fold):
            after = max(self.after.get((name, f), 0) for name in POSITIONS)
            yield Need("state and vectors, read", 0, 1, DRIFT - 1 + after)
            yield Need("state, write", STATE_WRITE, 1, after)

    def _products(self, s: _Sum) -> Iterator[Need]:
        rest = SUM_READY - 1 + s.rest
        wait = 0 if s.statement.finish is Finish.KICK else TAKE * (s.lanes - 1)
        yield Need("multipliers", s.head, s.count, rest)
        # The next sum begins in the cycle in which the last lane's is taken. One product alone would then wait for the
        # sum register a cycle more, unless a force was before it, which goes another way.
        short = max(s.count, _turning(s.products), 2 if wait else 1) - (s.statement.finish is Finish.KICK)
        yield Need("accumulators", s.head, short + wait, max(0, rest - wait))

    def _kicks(self, s: _Sum) -> Iterator[Need]:
        for lane in range(len(s.block)):
            kick = s.take + TAKE + lane
            yield Need("state and vectors, read", kick, 1, 2 * DRIFT - 1)
            yield Need("state, write", kick + STATE_WRITE, 1, DRIFT)
            yield Need("state and vectors, read", kick + DRIFT, 1, DRIFT - 1)
            yield Need("state, write", kick + DRIFT + STATE_WRITE, 1, 0)

    def _vectors(self, s: _Sum) -> Iterator[Need]:
        finish = s.statement.finish
        for lane in range(s.lanes):
            after = self.after.get((s.statement.name, s.owner(lane)), 0)
            take, split = s.take + lane * TAKE, s.take + TAKE + lane * LOOKUP_SPACING
            rest = FINISH[finish] + after
            yield Need("sum register", take, TAKE, rest - TAKE)
            yield Need("vectors, write", take + FINISH[finish] - 1, 1, after)
            if finish is Finish.TABLE:
                yield Need("table", split, LOOKUP_SPACING, rest - TAKE - LOOKUP_SPACING)
                yield Need("multipliers", split + LOOKUP, 1, TABLE_WRITE + after)
                yield Need("stationary operands", split + LOOKUP, 1, TABLE_WRITE + after)
                if self.odd:
                    yield Need(f"signs of lane {lane}", split, SIGN_LIFE, rest - TAKE - SIGN_LIFE)

    def _operands(self) -> Iterator[Need]:
        """Reads and loads: one for every rotation, of what does not turn one for each block or pair of blocks."""
        users = [(s.products, SUM_READY - 1 + s.rest) for s in self.sums]
        users += [(products, GRAD_WRITE) for _, products in self.pieces]
        single: dict[tuple[str, Fetch], int] = {}
        reads: dict[Fetch, list[int]] = {}
        for products, rest in users:
            turning = Counter(p.lane for p in products if p.lane is not None and p.turns)
            for fetch, moves in turning.items():
                if moves > 1:
                    yield Need("lanes", self.slots.readable(fetch), moves, rest)
                    loads = sum(p.lane == fetch and p.move is Move.LOAD for p in products)
                    reads.setdefault(fetch, []).extend([rest] * loads)
            for p in products:
                for port, of in (("lanes", p.lane), ("stationary operands", p.stationary)):
                    if of is not None and not (port == "lanes" and turning[of] > 1):
                        single[port, of] = min(rest, single.get((port, of), rest))
        for (port, fetch), rest in single.items():
            yield Need(port, self.slots.readable(fetch), 1, rest)
            if fetch not in reads:
                reads[fetch] = [rest]
        for fetch, rests in reads.items():
            # A kick and the second drift read the position, too, and may serve as well.
            spared = 2 if fetch.operand in POSITIONS and fetch.first == fetch.second else 0
            for rest in sorted(rests)[spared:]:
                cycle = self.slots.readable(fetch) + _offset(fetch)
                yield Need("state and vectors, read", cycle, 1, max(0, rest - _offset(fetch)))


def _turning(products: list[Product]) -> int:
    """Slots from the first to the last product of a sum's rotations; one of them may glide before the first."""
    moves, before, longest = 0, 0, 0
    for product in products:
        if product.turns or product.glides:
            moves += 1
            if product.move is Move.LOAD and product.step == 0:
                before = 0 if not product.glides else before
            before = before + 1 if product.glides else 0
            longest = max(longest, before)
    return moves - longest


def _fetches(product: Product) -> set[Fetch]:
    return {fetch for fetch in (product.lane, product.stationary) if fetch is not None}


def _count(products: Iterable[Product]) -> Counter[Fetch]:
    """Products that take each block."""
    return Counter(fetch for product in products for fetch in _fetches(product))


def _offset(fetch: Fetch) -> int:
    """From a slot to the read of its operand."""
    return 0 if fetch.operand in POSITIONS else STORE
