"""Finished words of a step in which the last bank works alone, checked without the scheduler's help.

Every sum begins from nothing, has each product of its statement once, with the right factors, shift and sign, at home
or so many hops away, and is looked up, cut or kicked with while it is there; every gradient word gains its products.
What registers hold is followed by `rtl.hls.wide.alone_contents`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.memory_map import Cell
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import (
    INPUTS,
    ONE,
    POSITION,
    Finish,
    Inputs,
    Layout,
    Local,
    RingPlan,
    Rotating,
    Statement,
    Term,
)
from rtl.hls.plan.timing import CHOICE, CUT_WRITE, MULTIPLY, STATE_WRITE, TAKE
from rtl.hls.plan.traffic import Traffic, VectorBlock
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    CHOOSE,
    FORCE,
    GRAD_READ,
    GRAD_WRITE,
    LOOK_UP,
    SCALE,
    SPLIT,
    SUM_READY,
    TABLE_WRITE,
    VECTOR,
)
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.wide.alone_contents import AloneContents, Factor
from rtl.hls.wide.bank_map import BankMap

__all__ = ["check_alone_step"]

Made = tuple[tuple[Factor, ...], int, bool, int]
"""The factors of a product, in any order; shift, sign, and hops from home."""
ZERO = (ImmSource.ZERO.name, 0, 0)
"""A factor of nothing."""


def check_alone_step(
    plan: RingPlan, memory: BankMap, name: str, words: Sequence[Fields], vectors: Traffic, *, twin: bool
) -> None:
    """A forward or an echo step, and what it is meant to write into the vector store and to read from it.

    Raises
    ------
    AssertionError
        An operand read while its memory does not hold it; a sum with other products than its statement's, or that is
        not there any more when it is used; a gradient with another product; an operation that is cut off.
    """
    _Step(plan, memory, name, words, vectors, twin=twin).run()


@dataclass
class _Sum:
    """What a lane's accumulator has gained since it began: its products, the cycle of the last change, hops."""

    made: Counter[Made] = field(default_factory=Counter)
    first: int = 0
    last: int = 0
    hops: int = 0
    used: bool = False


class _Step:
    def __init__(
        self, plan: RingPlan, memory: BankMap, name: str, words: Sequence[Fields], vectors: Traffic, *, twin: bool
    ) -> None:
        self.plan, self.memory, self.words, self.vectors, self.twin = plan, memory, words, vectors, twin
        self.geometry, self.banks = memory.geometry, memory.geometry.banks
        self.contents = AloneContents(memory, name, words, vectors, twin=twin)
        self.require, self.word, self.late = self.contents.require, self.contents.word, self.contents.late
        self.cells: dict[int, tuple[str, Cell]] = {
            address: (stored, cell) for stored, cells in memory.address.items() for cell, address in cells.items()
        }
        self.statements = {s.name: s for s in needed_statements(plan, gradients=twin)}
        self.kick = next(s for s in self.statements.values() if s.finish is Finish.KICK)
        self.sums: list[list[_Sum]] = [[], []]

    def run(self) -> None:
        self._sums()
        self._vectors()
        self._kicks()
        for sums in self.sums:
            self.require(all(s.used for s in sums), len(self.words), "leaves a sum")
        self._gradients()
        if any(operand == POSITION for operand, _ in self.contents.seen):
            blocks = {block for operand, block in self.contents.seen if operand == POSITION}
            self.require(blocks == set(range(self.geometry.fold)), 0, "does not see every position clipped")

    # Products.

    def _made(self, slot: int, lane: int, hops: int) -> Made | None:
        """The product of a slot; None of one with zero."""
        f, multiply, aligned = self.word(slot), self.word(slot + MULTIPLY), self.word(slot + SCALE)
        second = self.contents.kept(slot + MULTIPLY, lane) if multiply["opb"] else self.contents.along(slot, lane)
        address = f["addr_b" if lane else "addr_a"]
        if multiply["opa"]:
            first = self.contents.kept(slot + MULTIPLY, lane)
        elif second == ZERO:
            return None
        else:
            self.require(not f.get("lookup", 0), slot, "adds a table entry to a sum")
            self.require(address in self.cells, slot, "multiplies a word that is none")
            first = self._word(*self.cells[address])
        shift = self.geometry.alignments[aligned.get("scale", 0)]
        return _product(first, second, shift, bool(aligned.get("negate", 0)), hops)

    def _word(self, name: str, cell: Cell) -> Factor:
        return f"word {name} of column {cell[1]}", cell[0], cell[2]

    # Sums.

    def _sums(self) -> None:
        for cycle, f in enumerate(self.words):
            self.require(not f["acc_clear"] and not f["alone"], cycle, "clears sums")
            for lane in range(2):
                if f["acc_en"] >> lane & 1:
                    self._add(cycle, lane, f)

    def _add(self, cycle: int, lane: int, f: Fields) -> None:
        slot, sums = cycle - ACCUMULATE, self.sums[lane]
        if f["acc_prev"] and f["first_clear"]:
            sums.append(_Sum(first=cycle))
        self.require(sums, cycle, "adds to what was there before")
        found = sums[-1]
        if f["acc_prev"] and not f["first_clear"]:
            self.require(cycle - found.last >= self.banks, cycle, "moves a sum on before it is complete")
            found.hops = (found.hops + 1) % self.geometry.elements
        else:
            self.require(not f["first_clear"] or found.first == cycle, cycle, "begins a sum otherwise")
            self.require(not found.hops or not f["acc_prev"], cycle, "begins a sum away from home")
        made = self._made(slot, lane, found.hops)
        found.last = cycle
        if made is not None:
            found.made[made] += 1

    def _taken(self, cycle: int, lane: int, statement: Statement, block: int) -> None:
        """The sum that is complete in the accumulator when a cycle of the last bank takes it."""
        sums = [s for s in self.sums[lane] if s.first < cycle]
        self.require(sums, cycle, "takes a sum that is not there")
        found = sums[-1]
        self.require(cycle - found.last >= SUM_READY - ACCUMULATE, cycle, "takes a sum too early")
        self.require(not found.used and found.hops == 0, cycle, "takes a sum twice, or away from home")
        wanted = Counter(self._wanted(statement, block))
        self.require(found.made == wanted, cycle, f"sums {statement.name}[{block}] of other products")
        found.used = True

    def _wanted(self, statement: Statement, block: int) -> Iterator[Made]:
        fraction = sum_fraction(self.geometry, statement)
        for term in statement.terms:
            shift, negative = fraction - term.fraction, term.negative
            for first, second, hops in self._factors(term, block):
                yield _product(first, second, shift, negative, hops)

    def _factors(self, term: Term, block: int) -> Iterator[tuple[Factor, Factor, int]]:
        if isinstance(term, Local):
            second = (ImmSource.ONE.name, 0, 0) if term.b == ONE else (term.b, block, 0)
            stored = term.a in self.memory.stored
            yield (self._word(term.a, (block, 0, 0)) if stored else (term.a, block, 0)), second, 0
            return
        for cell in self.memory.cells[term.matrix]:
            row, column, step = cell
            if isinstance(term, Inputs):
                if row == block:
                    yield self._word(term.matrix, cell), (ImmSource.INPUT.name, column, 0), 0
            elif isinstance(term, Rotating):
                if row == block:
                    yield self._word(term.matrix, cell), (term.operand, column, step), 0
            elif column == block:
                yield self._word(term.matrix, cell), (term.operand, row, 0), step

    # What becomes of sums.

    def _vectors(self) -> None:
        """Every vector's block is written by the look-up or the cut of its sum."""
        used, lookups, splits = list[tuple[int, int]](), set[int](), set[int]()
        for (cycle, (name, block)), mask in self._writes().items():
            statement = self.statements[name]
            looked_up = statement.finish is Finish.TABLE
            choose = cycle - (LOOK_UP + TABLE_WRITE if looked_up else SPLIT + CUT_WRITE - TAKE)
            lane, bank = divmod(self.word(choose)["z_sel"], self.banks)
            self.require(bank == self.late, choose, "chooses the sum of another bank")
            self.require(mask == (1 << lane if self.twin else 3), choose, "writes another context")
            if self.geometry.tables and self.geometry.cut_shifts:
                self.require(self.word(cycle)["s_cut"] == int(not looked_up), cycle, "writes the other word")
            if looked_up:
                lookups.add(choose + LOOK_UP)
                splits.add(choose + SPLIT)
                self._look_up(choose, statement)
            else:
                shift = sum_fraction(self.geometry, statement) - statement.fraction
                chosen = self.geometry.cut_shifts[self.word(choose + SPLIT)["cut"]]
                self.require(chosen == shift, choose, "cuts otherwise")
            take = self._held(choose, lane)
            used.append((take, lane))
            self._taken(take, lane, statement, block)
        takes = [(cycle, lane) for cycle, f in enumerate(self.words) for lane in range(2) if f["take"] >> lane & 1]
        self.require(sorted(used) == takes, 0, "takes every sum for one vector")
        self.require(self._cycles("lookup") == lookups, 0, "looks up what was not taken")
        if self.geometry.steep_table:
            self.require(self._cycles("z_en") == splits, 0, "raises a flag for another sum")

    def _writes(self) -> dict[tuple[int, VectorBlock], int]:
        """The contexts that a block of a vector is written in, by cycle: every block of every vector once a context."""
        found: dict[tuple[int, VectorBlock], int] = {}
        for (cycle, context), made in self.vectors.writes.items():
            found[cycle, made] = found.get((cycle, made), 0) | 1 << context
        vectors = [s for s in self.statements.values() if s is not self.kick]
        masks = (1, 2) if self.twin else (3,)
        every = Counter((s.name, b, m) for s in vectors for b in range(self.memory.blocks(s.length)) for m in masks)
        written = Counter((name, block, mask) for (_, (name, block)), mask in found.items())
        self.require(written == every, 0, "writes every vector once")
        return found

    def _cycles(self, name: str) -> set[int]:
        return {cycle for cycle, f in enumerate(self.words) if f.get(name, 0)}

    def _held(self, choose: int, lane: int) -> int:
        """The cycle that took the sum that a lane of the last bank holds in a cycle."""
        takes = [cycle for cycle, f in enumerate(self.words) if f["take"] >> lane & 1 and cycle + self.late < choose]
        self.require(takes, choose, "chooses what is not held")
        self.require(choose >= takes[-1] + self.late + CHOOSE, choose, "chooses a sum too early")
        return takes[-1]

    def _look_up(self, choose: int, statement: Statement) -> None:
        slot = choose + LOOK_UP
        multiply = self.word(slot + MULTIPLY)
        weights = self.word(slot + VECTOR)["v_src"] == VectorSource.INTERPOLATION
        self.require(weights and not multiply["opa"] and not multiply["opb"], slot, "interpolates something else")
        self.require(not self.word(slot + ACCUMULATE)["acc_en"], slot, "adds a table entry to a sum")
        self.require(not self.word(slot + SCALE).get("negate", 0), slot, "subtracts a table entry")
        number = self.word(choose + SPLIT - CHOICE).get("table", 0)
        self.require(number == self.memory.numbers[statement.table], slot, "looks up in another table")

    def _kicks(self) -> None:
        found = Counter((block, mask) for _, block, mask, _ in self.contents.kicks)
        masks = (1, 2) if self.twin else (3,)
        every = Counter((block, mask) for block in range(self.memory.blocks(self.kick.length)) for mask in masks)
        self.require(found == every, 0, "kicks every block once")
        for cycle, block, mask, _ in self.contents.kicks:
            lane = self.word(cycle)["k_sel"]
            self.require(mask == (1 << lane if self.twin else 3), cycle, "kicks another context")
            self.require(not self.word(cycle - 1)["k_io"], cycle, "kicks with the host's word")
            self.require(self.word(cycle)["p_sub"] == int(not self.twin), cycle, "kicks the other way")
            self._taken(self._forced(cycle, lane), lane, self.kick, block)
            self.require(cycle + STATE_WRITE < len(self.words), cycle, "is lost")

    def _forced(self, cycle: int, lane: int) -> int:
        """The cycle in which the accumulator had the sum that a kick takes."""
        return cycle - FORCE - self.late - lane * self.banks

    # Gradients.

    def _gradients(self) -> None:
        found = Counter[tuple[int, int, Made]]()
        for cycle, f in enumerate(self.words):
            if not f["g_we"]:
                continue
            slot, address = cycle - GRAD_WRITE, f["g_waddr"]
            self.require(not f["g_clear"] and f["g_local"], cycle, "writes gradients of all banks")
            self.require(self.word(slot + GRAD_READ)["g_raddr"] == address, cycle, "writes without its read")
            self.require(not self.word(slot + ACCUMULATE)["acc_en"], cycle, "adds a gradient to a sum")
            self.require(self.word(slot + MULTIPLY)["opa"], cycle, "multiplies a parameter")
            for lane in range(2):
                made = self._made(slot, lane, 0)
                assert made is not None
                found[address, lane, made] += 1
        wanted = Counter((*key, lane) for key in self._densities() for lane in range(2)) if self.twin else Counter()
        turned = Counter({(address, made, lane): count for (address, lane, made), count in found.items()})
        self.require(turned == wanted, 0, "every gradient gains its products once")

    def _densities(self) -> Iterator[tuple[int, Made]]:
        for gradient in self.plan.gradients:
            layout = self.memory.stored[gradient.parameter].layout
            for (row, column, step), address in self.memory.address[gradient.parameter].items():
                for term in gradient.terms:
                    y: Factor = (term.y, column, step) if layout is Layout.MATRIX else (term.y, row, 0)
                    if term.y == INPUTS:
                        y = ImmSource.INPUT.name, column, 0
                    if term.y == ONE:
                        y = ImmSource.ONE.name, 0, 0
                    yield address, _product((term.r, row, 0), y, term.alignment, term.negative, 0)


def _product(first: Factor, second: Factor, shift: int, negative: bool, hops: int) -> Made:
    return tuple(sorted((first, second))), shift, negative, hops
