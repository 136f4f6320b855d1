"""Finished words of a step, or of a loop of steps, on an array of several banks, checked without the scheduler's help.

Every product finds the operands that its address asks for; every sum begins from nothing, has all of its products once,
and is looked up or kicked with while it is there; every gradient word gains its product once. A sum or a kick takes
operands of one step. What registers hold is followed by `rtl.hls.wide.contents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import POSITION, Finish, Inputs, Layout, Local, RingPlan, Rotating, Statement, Transposed
from rtl.hls.plan.timing import MULTIPLY
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import (
    ACCUMULATE,
    CHOOSE,
    FORCE,
    GRAD_READ,
    GRAD_WRITE,
    LOOK_UP,
    SCALE,
    SUM_READY,
    TABLE_WRITE,
    VECTOR,
)
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.contents import Contents
from rtl.hls.wide.requirements import width_of

__all__ = ["check_wide_loop", "check_wide_step"]

Cell = tuple[str, int, int, int]
"""Parameter; row group (or block of a local one), column block, step."""


def check_wide_step(plan: RingPlan, memory: BankMap, name: str, words: Sequence[Fields], *, twin: bool) -> None:
    """A forward or an echo step.

    Raises
    ------
    AssertionError
        A position read outside of the half step, a vector before it is written; a product of other operands or with
        another shift; a sum that lacks a product, has one twice, starts from something or is gone; what is cut off.
    """
    _Steps(plan, memory, name, words, [0] * len(words), twin=twin).run()


PAUSES = 0, 50
"""Cycles between the parts of a loop, the longer ones beyond any operation: nothing may depend on them."""
NO_INPUTS = -1


def check_wide_loop(
    plan: RingPlan, memory: BankMap, first: Sequence[Fields], repeated: Sequence[Fields], last: Sequence[Fields]
) -> None:
    """The parts of a loop of forward steps (`rtl.hls.wide.rotated`), played as three steps, without pauses and with.

    Raises
    ------
    AssertionError
        As of a step; an operand of another step; what a pause between the parts would break.
    """
    for pause in PAUSES:
        words, inputs = list[Fields](), list[int]()
        for index, part in enumerate((first, repeated, repeated, last)):
            words += [dict.fromkeys(first[0], 0)] * (pause if index else 0)
            inputs += [NO_INPUTS] * (len(words) - len(inputs))
            words += part
            inputs += [NO_INPUTS if part is last else index] * len(part)
        _Steps(plan, memory, "forward", words, inputs, twin=False, steps=3).run()


@dataclass
class _Sums:
    """What a lane's accumulators have gained since they were cleared, and what the banks hold."""

    clear: bool = False
    cells: list[Cell] = field(default_factory=list)
    steps: set[int] = field(default_factory=set)
    last: int = -1
    taken: int = -1
    held: tuple[Statement, int, int] | None = None
    chosen: set[int] = field(default_factory=set)


@dataclass
class _Columns:
    """The sums of a lane of a chain: the first one's column block, products by sum, steps of what they took."""

    cells: list[list[Cell]]
    block: int = -1
    steps: set[int] = field(default_factory=set)


class _Steps:
    """`inputs`: of which step the inputs are that each word can have."""

    def __init__(
        self,
        plan: RingPlan,
        memory: BankMap,
        name: str,
        words: Sequence[Fields],
        inputs: Sequence[int],
        *,
        twin: bool,
        steps: int = 1,
    ) -> None:
        self.plan, self.memory, self.words, self.twin = plan, memory, words, twin
        self.inputs, self.steps = inputs, steps
        self.contents = Contents(memory, name, words, steps)
        self.require, self.word = self.contents.require, self.contents.word
        self.geometry, self.banks = memory.geometry, memory.geometry.banks
        self.cells: dict[int, Cell] = {
            address: (stored, *cell) for stored, cells in memory.address.items() for cell, address in cells.items()
        }
        self.statements = needed_statements(plan, gradients=twin)
        width = width_of(plan, self.geometry)
        self.first_scales = width.scales(0) or width.negates
        self.lanes = [_Sums(), _Sums()]
        self.taken = dict[tuple[str, int, int], int]()
        """How often a row group of a statement was taken, by context."""

    def run(self) -> None:
        self._row_sums()
        self._chains()
        self._gradients()

    # Operands.

    def _product(self, slot: int, cell: Cell, lane: int, *, scale: int, negative: bool) -> set[int]:
        """Second factors, and the alignment; `lane` is that of the address. Returns of which step the factor is."""
        name, row, column, step = cell
        layout, late = self.memory.stored[name].layout, self.word(slot + VECTOR)
        multiply, aligned = self.word(slot + MULTIPLY), self.word(slot + SCALE)
        self.require(self.geometry.alignments[aligned.get("scale", 0)] == scale, slot, f"{name} is shifted otherwise")
        self.require(bool(aligned.get("negate", 0)) == negative, slot, f"{name} has another sign")
        if multiply["opb"]:
            return set()
        if layout is Layout.COLUMNS:
            given = late["v_src"] == VectorSource.IMM and late["imm_src"] == ImmSource.INPUT
            self.require(given and late["u_index"] == column, slot, "takes another input")
            return {self.inputs[slot + VECTOR]}
        if layout is Layout.VECTOR and name not in self.memory.local:
            self.require(late["v_src"] == VectorSource.IMM and late["imm_src"] == ImmSource.ONE, slot, "takes no one")
            return set()
        held = self.contents.lanes[slot + VECTOR]
        wanted = (column, step) if layout is Layout.MATRIX else (row, 0)
        found = held is not None and (held.blocks[lane], held.moved) == wanted
        self.require(found and late["v_src"] == VectorSource.X, slot, f"{name} finds another word rotating")
        return {held.steps[lane]} if held is not None else set()

    def _stays(self, slot: int, lane: int, operand: str, group: int) -> set[int]:
        """What stays for a lane of all banks; returns of which step it is."""
        steps = set()
        for bank in range(self.banks):
            found, step = self.contents.stationary(slot + MULTIPLY, bank)[lane]
            self.require(found == (operand, bank + self.banks * group), slot, f"finds {found} in bank {bank}")
            steps.add(step)
        return steps

    def _address(self, slot: int, lane: int) -> Cell | None:
        f = self.word(slot)
        self.require(not f["lookup"], slot, "adds a table entry to a sum")
        return self.cells.get(f["addr_b" if lane else "addr_a"])

    # Row sums.

    def _row_sums(self) -> None:
        for cycle, f in enumerate(self.words):
            for lane, sums in enumerate(self.lanes):
                if f["take"] >> lane & 1:
                    self._take(cycle, lane, sums)
                if f["acc_clear"]:
                    self.require(not sums.cells, cycle, "clears a sum that nobody took")
                    sums.clear = True
                elif f["acc_en"] >> lane & 1:
                    self._add(cycle, lane, sums, f)
            self._choice(cycle)
        for sums in self.lanes:
            self.require(not sums.cells, len(self.words), "leaves a sum")
            self._all_chosen(sums)

    def _add(self, cycle: int, lane: int, sums: _Sums, f: Fields) -> None:
        slot = cycle - ACCUMULATE
        if f["acc_prev"]:
            self.require(not sums.cells, cycle, "a chain overwrites a sum")
            sums.clear = False
            return
        self.require(sums.clear or sums.cells, cycle, "adds to what was there before")
        cell = self._address(slot, lane)
        self.require(cell is not None, slot, "multiplies a word that is none")
        assert cell is not None
        multiply = self.word(slot + MULTIPLY)
        self.require(not multiply["opa"] and not multiply["opb"], slot, "multiplies what stays")
        statement, term = self._term(slot, cell)
        scale = sum_fraction(self.geometry, statement) - term.fraction
        sums.steps |= self._product(slot, cell, lane, scale=scale, negative=term.negative)
        sums.clear, sums.last = False, cycle
        sums.cells.append(cell)

    def _term(self, slot: int, cell: Cell) -> tuple[Statement, Rotating | Inputs | Local]:
        for statement in self.statements:
            for term in statement.terms:
                if isinstance(term, Local) and term.a == cell[0] and statement.finish is not Finish.KICK:
                    return statement, term
                if isinstance(term, Rotating | Inputs) and term.matrix == cell[0]:
                    return statement, term
        raise AssertionError((self.contents.name, slot, f"adds {cell[0]}, which is in no row sum"))

    def _take(self, cycle: int, lane: int, sums: _Sums) -> None:
        self.require(sums.cells, cycle, "takes a sum that is not there")
        self.require(cycle - sums.last >= SUM_READY - ACCUMULATE, cycle, "takes a sum too early")
        self._all_chosen(sums)
        statement, _ = self._term(cycle, sums.cells[0])
        names = {term.a if isinstance(term, Local) else term.matrix for term in statement.terms}
        row = sums.cells[0][1]
        wanted = sorted(cell for cell in self.cells.values() if cell[0] in names and cell[1] == row)
        self.require(sorted(sums.cells) == wanted, cycle, f"sums {statement.name} without all of its products")
        of = statement.name, row, lane if self.twin else 0  # in the echo a lane is a context, and has every row group
        step = self.taken.get(of, 0)
        self.taken[of] = step + 1
        self.require(sums.steps <= {step}, cycle, f"sums {statement.name} with operands of another step")
        sums.cells, sums.steps, sums.chosen = [], set(), set()
        sums.taken, sums.held = cycle, (statement, row, step)

    def _all_chosen(self, sums: _Sums) -> None:
        if sums.held is not None:
            self.require(sums.chosen == set(range(self.banks)), sums.taken, "loses a row sum")

    def _choice(self, cycle: int) -> None:
        """A look-up so many cycles later is of what is chosen now."""
        slot = cycle + LOOK_UP
        if not self.word(slot)["lookup"]:
            return
        lane, bank = divmod(self.word(cycle)["z_sel"], self.banks)
        sums = self.lanes[lane]
        self.require(sums.held is not None and bank not in sums.chosen, cycle, "chooses what is not held")
        assert sums.held is not None
        self.require(cycle >= sums.taken + bank + CHOOSE, cycle, "chooses a sum too early")
        sums.chosen.add(bank)
        statement, group, step = sums.held
        source = self.word(slot + VECTOR)["v_src"]
        self.require(source == VectorSource.INTERPOLATION, slot, "interpolates with something else")
        aligned = self.word(slot + SCALE)
        if self.first_scales:
            shift = self.geometry.alignments[aligned.get("scale", 0)]
            self.require(not shift and not aligned.get("negate", 0), slot, "shifts or negates what it looks up")
        self.require(not self.word(slot + ACCUMULATE)["acc_en"], slot, "adds a table entry to a sum")
        write, block = self.word(slot + TABLE_WRITE), (statement.name, bank + self.banks * group)
        contexts = 1 << lane if self.twin else 3
        self.require(write["s_we"] == contexts, slot, "does not write what it looks up")
        address = self.memory.vector_base[statement.name] + block[1]
        self.require(write["s_waddr"] == address < self.geometry.vector_words, slot, "writes another word")
        for context in range(2):
            if contexts >> context & 1:
                written = self.contents.store[context].setdefault(address, [])
                written.append((slot + TABLE_WRITE, (block, step)))

    # Chains.

    def _chains(self) -> None:
        kick = next(s for s in self.statements if s.finish is Finish.KICK)
        cycles = [cycle for cycle, f in enumerate(self.words) if f["acc_en"] and f["acc_prev"]]
        begun = [at for at in cycles if self.words[at]["first_clear"] and not self.word(at - 1)["first_clear"]]
        self.require(begun[:1] == cycles[:1], 0, "goes on with a chain that has not begun")
        wanted: set[tuple[int, int, int, int, int]] = set()
        for first, end in pairwise([*begun, len(self.words)]):
            length = sum(first <= cycle < end for cycle in cycles)
            self.require(set(range(first, first + length)) <= set(cycles), first, "a chain waits")
            self._chain(first - ACCUMULATE, length, kick, wanted)
        self._kicks(wanted)

    def _chain(self, start: int, length: int, kick: Statement, wanted: set[tuple[int, int, int, int, int]]) -> None:
        """The B sums of each lane, or of both together; adds its kicks to `wanted`, as `_kicks` finds them."""
        enabled = self.word(start + ACCUMULATE)["acc_en"]
        lanes = {lane: self._columns(start, length, lane, kick) for lane in range(2) if enabled >> lane & 1}
        for index in range(self.banks):
            come = start + length - self.banks + index + SUM_READY + self.banks - 1 + FORCE
            if self.word(come - FORCE).get("k_add", 0):
                self.require(len(lanes) == 2 and not self.twin, come - FORCE, "adds what is no part of a sum")
                own, other = lanes[0], lanes[1]
                self.require(own.block == other.block, come - FORCE, "adds sums of two columns")
                sums = [(0, own.block, own.cells[index] + other.cells[index], own.steps | other.steps)]
            else:
                sums = [(lane, found.block, found.cells[index], found.steps) for lane, found in lanes.items()]
            for lane, block, cells, steps in sums:
                self.require(sorted(cells) == self._every(kick, block + index), start, "a chain lacks a product")
                self.require(len(steps) == 1, start, "a chain takes operands of two steps")
                contexts = 1 << lane if self.twin else 3
                wanted.add((come + lane * self.banks, block + index, contexts, min(steps), lane))

    def _every(self, kick: Statement, column: int) -> list[Cell]:
        """All products of a column sum."""
        moving = {term.matrix for term in kick.terms if isinstance(term, Transposed)}
        local = {term.a for term in kick.terms if isinstance(term, Local)}
        return sorted(
            cell
            for cell in self.cells.values()
            if (cell[0] in moving and cell[2] == column) or (cell[0] in local and cell[1] == column)
        )

    def _columns(self, start: int, length: int, lane: int, kick: Statement) -> _Columns:
        """What the B sums of a lane gain."""
        fraction, found = sum_fraction(self.geometry, kick), _Columns([[] for _ in range(self.banks)])
        local = {term.a: term for term in kick.terms if isinstance(term, Local)}
        moving = {term.matrix: term for term in kick.terms if isinstance(term, Transposed)}
        for at in range(length):
            slot, index = start + at, at % self.banks
            f, cell = self.word(slot + ACCUMULATE), self._address(slot, lane)
            self.require(f["acc_en"] >> lane & 1 and not f["acc_clear"], slot, "a chain is cut")
            self.require(bool(f["first_clear"]) == (at < self.banks), slot, "a chain begins from something")
            stays = self.word(slot + MULTIPLY)
            self.require(not stays["opa"] and bool(stays["opb"]) == (at >= self.banks), slot, "multiplies otherwise")
            if cell is None or f["acc_en"] != 3:
                self._alike(slot)
            if at < self.banks:
                if cell is not None:
                    self.require(cell[0] in local, slot, "starts a chain with another term")
                    term = local[cell[0]]
                    scale = fraction - term.fraction
                    found.steps |= self._product(slot, cell, lane, scale=scale, negative=term.negative)
                    found.cells[index].append(cell)
                continue
            self.require(cell is not None and cell[0] in moving, slot, "goes on with another term")
            assert cell is not None
            name, row, column, step = cell
            self.require(step == (at // self.banks) % self.geometry.elements, slot, "meets another column")
            scale = fraction - moving[name].fraction
            found.steps |= self._product(slot, cell, lane, scale=scale, negative=moving[name].negative)
            found.steps |= self._stays(slot, lane, moving[name].operand, row)
            found.block = column - index if found.block < 0 else found.block
            self.require(column == found.block + index, slot, "meets another column")
            found.cells[index].append(cell)
        return found

    def _alike(self, slot: int) -> None:
        """A lane that adds nothing has the operands of the other one: no other word is read for it."""
        if self.word(slot + MULTIPLY)["opb"]:
            for bank in range(self.banks):
                own, other = self.contents.stationary(slot + MULTIPLY, bank)
                self.require(own == other, slot, "holds two blocks of a vector")
        elif (held := self.contents.lanes[slot + VECTOR]) is not None:
            self.require(held.blocks[0] == held.blocks[1], slot, "loads what is not multiplied")

    def _kicks(self, wanted: set[tuple[int, int, int, int, int]]) -> None:
        """Each sum is kicked with in the one cycle in which it is there: (cycle, block, contexts, step, lane)."""
        found = {
            (cycle, block, contexts, step, self.word(cycle)["k_sel"])
            for cycle, block, contexts, step in self.contents.kicks
        }
        self.require(found == wanted, 0, "kicks with a sum that is not there")
        every = [
            (block, contexts, step)
            for block in range(self.geometry.fold)
            for contexts in ((1, 2) if self.twin else (3,))
            for step in range(self.steps)
        ]
        self.require(sorted((b, c, s) for _, b, c, s in self.contents.kicks) == sorted(every), 0, "kicks every block")
        for cycle, *_ in found:
            self.require(not self.word(cycle - 1)["k_io"], cycle, "kicks with the host's word")
            self.require(self.word(cycle)["p_sub"] == int(not self.twin), cycle, "kicks the other way")

    # Gradients.

    def _gradients(self) -> None:
        terms = {g.parameter: g.terms[0] for g in self.plan.gradients}
        written: list[int] = []
        for cycle, f in enumerate(self.words):
            if not f["g_we"]:
                continue
            slot, address = cycle - GRAD_WRITE, f["g_waddr"]
            self.require(not f["g_clear"] and not f["alone"], cycle, "clears a gradient")
            self.require(self.word(slot + GRAD_READ)["g_raddr"] == address, cycle, "writes without its read")
            self.require(not self.word(slot + ACCUMULATE)["acc_en"], cycle, "adds a gradient to a sum")
            cell = self.cells.get(address)
            self.require(cell is not None and cell[0] in terms, cycle, "writes a word that is no parameter")
            assert cell is not None
            local, multiply = cell[0] in self.memory.local, self.word(slot + MULTIPLY)
            self.require(bool(f["g_local"]) == local and bool(multiply["opb"]) == local, cycle, "multiplies otherwise")
            self.require(multiply["opa"], cycle, "multiplies otherwise")
            self.require(local or not self.word(slot)["lookup"], cycle, "gains what is looked up")
            term = terms[cell[0]]
            for lane in range(2):
                self._product(slot, cell, lane, scale=term.alignment, negative=term.negative)
            for lane in range(2):
                if local:
                    found, _ = self.contents.stationary(slot + MULTIPLY, self.memory.local_bank)[lane]
                    self.require(found == (POSITION, cell[1]), slot, f"squares {found}")
                else:
                    self._stays(slot, lane, term.r, cell[1])
            written.append(address)
        every = sorted(address for address, cell in self.cells.items() if cell[0] in terms) if self.twin else []
        self.require(sorted(written) == every, 0, "every gradient gains its product once")
