"""Finished words of a step on an array of several banks, checked without the scheduler's help.

Every product finds the operands that its address asks for; every sum begins from nothing, has all of its products once,
and is looked up or kicked with while it is there; every gradient word gains its product once. What registers hold is
followed by `rtl.hls.wide.contents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rtl.hls.plan.control import Fields, ImmSource
from rtl.hls.plan.requirements import sum_fraction
from rtl.hls.plan.ring_plan import POSITION, Finish, Inputs, Layout, Local, RingPlan, Rotating, Statement, Transposed
from rtl.hls.plan.timing import ACCUMULATE, GRAD_READ, GRAD_WRITE, MULTIPLY, SCALE, SUM_READY, TABLE_WRITE
from rtl.hls.plan.wide_control import VectorSource
from rtl.hls.plan.wide_timing import CHOOSE, FORCE, LOOK_UP, VECTOR
from rtl.hls.schedule.terms import needed_statements
from rtl.hls.wide.bank_map import BankMap
from rtl.hls.wide.contents import Contents

__all__ = ["check_wide_step"]

Cell = tuple[str, int, int, int]
"""Parameter; row group (or block of a local one), column block, step."""


def check_wide_step(plan: RingPlan, memory: BankMap, name: str, words: Sequence[Fields], *, twin: bool) -> None:
    """A forward or an echo step.

    Raises
    ------
    AssertionError
        A position read outside of the half step, a vector before it is written; a product with other operands or
        another shift than its address asks for; a sum that lacks a product, has one twice, starts from something or is
        not there any more when it is used; an operation that is cut off.
    """
    _Step(plan, memory, name, words, twin=twin).run()


@dataclass
class _Sums:
    """What a lane's accumulators have gained since they were cleared, and what the banks hold."""

    clear: bool = False
    cells: list[Cell] = field(default_factory=list)
    last: int = -1
    taken: int = -1
    held: tuple[Statement, int] | None = None
    chosen: set[int] = field(default_factory=set)


class _Step:
    def __init__(self, plan: RingPlan, memory: BankMap, name: str, words: Sequence[Fields], *, twin: bool) -> None:
        self.plan, self.memory, self.words, self.twin = plan, memory, words, twin
        self.contents = Contents(memory, name, words)
        self.require, self.word = self.contents.require, self.contents.word
        self.geometry, self.banks = memory.geometry, memory.geometry.banks
        self.cells: dict[int, Cell] = {
            address: (stored, *cell) for stored, cells in memory.address.items() for cell, address in cells.items()
        }
        self.statements = needed_statements(plan, gradients=twin)
        self.lanes = [_Sums(), _Sums()]

    def run(self) -> None:
        self._row_sums()
        self._chains()
        self._gradients()

    # Operands.

    def _product(self, slot: int, cell: Cell, lane: int, *, scale: int, negative: bool) -> None:
        """Second factors, and the alignment; `lane` is that of the address."""
        name, row, column, step = cell
        layout, late = self.memory.stored[name].layout, self.word(slot + VECTOR)
        multiply, aligned = self.word(slot + MULTIPLY), self.word(slot + SCALE)
        self.require(self.geometry.alignments[aligned.get("scale", 0)] == scale, slot, f"{name} is shifted otherwise")
        self.require(bool(aligned.get("negate", 0)) == negative, slot, f"{name} has another sign")
        if multiply["opb"]:
            return
        if layout is Layout.COLUMNS:
            given = late["v_src"] == VectorSource.IMM and late["imm_src"] == ImmSource.INPUT
            self.require(given and late["u_index"] == column, slot, "takes another input")
        elif layout is Layout.VECTOR and name not in self.memory.local:
            self.require(late["v_src"] == VectorSource.IMM and late["imm_src"] == ImmSource.ONE, slot, "takes no one")
        else:
            held = self.contents.lanes[slot + VECTOR]
            wanted = (column, step) if layout is Layout.MATRIX else (row, 0)
            found = held is not None and (held.blocks[lane], held.step) == wanted
            self.require(found and late["v_src"] == VectorSource.X, slot, f"{name} finds another word rotating")

    def _stays(self, slot: int, operand: str, group: int) -> None:
        for bank in range(self.banks):
            found = self.contents.stationary(slot + MULTIPLY, bank)
            self.require(found == (operand, bank + self.banks * group), slot, f"finds {found} in bank {bank}")

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
        self._product(slot, cell, lane, scale=scale, negative=term.negative)
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
        sums.cells, sums.taken, sums.held, sums.chosen = [], cycle, (statement, row), set()

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
        statement, group = sums.held
        late = self.word(slot + VECTOR)["v_src"], self.word(slot + MULTIPLY)
        self.require(late[0] == VectorSource.INTERPOLATION, slot, "interpolates with something else")
        self.require(not late[1]["opa"] and not late[1]["opb"], slot, "interpolates what stays")
        self.require(not self.word(slot + ACCUMULATE)["acc_en"], slot, "adds a table entry to a sum")
        write, block = self.word(slot + TABLE_WRITE), (statement.name, bank + self.banks * group)
        contexts = 1 << lane if self.twin else 3
        self.require(write["s_we"] == contexts, slot, "does not write what it looks up")
        address = self.memory.vector_base[statement.name] + block[1]
        self.require(write["s_waddr"] == address < self.geometry.vector_words, slot, "writes another word")
        for context in range(2):
            if contexts >> context & 1:
                self.contents.store[context][address] = block, slot + TABLE_WRITE

    # Chains.

    def _chains(self) -> None:
        kick = next(s for s in self.statements if s.finish is Finish.KICK)
        cycles = [cycle for cycle, f in enumerate(self.words) if f["acc_en"] and f["acc_prev"]]
        terms = [term for term in kick.terms if isinstance(term, Transposed)]
        length = self.banks * (
            1 + self.geometry.elements * sum(self.memory.groups(self.memory.stored[t.matrix].rows) for t in terms)
        )
        self.require(len(cycles) % length == 0, 0, "has a part of a chain")
        wanted: dict[tuple[int, int], tuple[int, int]] = {}
        for at in range(0, len(cycles), length):
            first = cycles[at]
            self.require(cycles[at : at + length] == list(range(first, first + length)), first, "a chain waits")
            for lane in range(2):
                if self.words[first]["acc_en"] >> lane & 1:
                    self._chain(first - ACCUMULATE, length, lane, kick, wanted)
        self._kicks(wanted)

    def _chain(
        self, start: int, length: int, lane: int, kick: Statement, wanted: dict[tuple[int, int], tuple[int, int]]
    ) -> None:
        """The B sums of a lane; adds to `wanted` the cycle and the lane of each kick, by (block, contexts)."""
        fraction, columns = sum_fraction(self.geometry, kick), dict[int, list[Cell]]()
        local = {term.a: term for term in kick.terms if isinstance(term, Local)}
        moving = {term.matrix: term for term in kick.terms if isinstance(term, Transposed)}
        block = -1
        for at in range(length):
            slot, index = start + at, at % self.banks
            f, cell = self.word(slot + ACCUMULATE), self._address(slot, lane)
            self.require(f["acc_en"] >> lane & 1 and not f["acc_clear"], slot, "a chain is cut")
            self.require(bool(f["first_clear"]) == (at < self.banks), slot, "a chain begins from something")
            stays = self.word(slot + MULTIPLY)
            self.require(not stays["opa"] and bool(stays["opb"]) == (at >= self.banks), slot, "multiplies otherwise")
            if at < self.banks:
                if cell is not None:
                    self.require(cell[0] in local, slot, "starts a chain with another term")
                    term = local[cell[0]]
                    self._product(slot, cell, lane, scale=fraction - term.fraction, negative=term.negative)
                    columns[index] = [cell]
                continue
            self.require(cell is not None and cell[0] in moving, slot, "goes on with another term")
            assert cell is not None
            name, row, column, step = cell
            self.require(step == (at // self.banks) % self.geometry.elements, slot, "meets another column")
            self._product(slot, cell, lane, scale=fraction - moving[name].fraction, negative=moving[name].negative)
            self._stays(slot, moving[name].operand, row)
            block = column - index if block < 0 else block
            self.require(column == block + index, slot, "meets another column")
            columns.setdefault(index, []).append(cell)
        for index, cells in columns.items():
            column = block + index
            every = [
                cell
                for cell in self.cells.values()
                if (cell[0] in moving and cell[2] == column) or (cell[0] in local and cell[1] == column)
            ]
            self.require(sorted(cells) == sorted(every), start, "a chain lacks a product")
            come = start + length - self.banks + index + SUM_READY + self.banks - 1 + FORCE
            wanted[column, 1 << lane if self.twin else 3] = come + lane * self.banks, lane

    def _kicks(self, wanted: dict[tuple[int, int], tuple[int, int]]) -> None:
        """Each sum is kicked with in the one cycle in which it is there."""
        found = {
            (block, contexts): (cycle, self.word(cycle)["k_sel"]) for cycle, block, contexts in self.contents.kicks
        }
        self.require(len(found) == len(self.contents.kicks), 0, "kicks twice")
        self.require(found == wanted, 0, "kicks with a sum that is not there")
        contexts = (1, 2) if self.twin else (3,)
        every = {(block, context) for block in range(self.geometry.fold) for context in contexts}
        self.require(set(found) == every, 0, "kicks every block")
        for cycle, _ in found.values():
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
            term = terms[cell[0]]
            for lane in range(2):
                self._product(slot, cell, lane, scale=term.alignment, negative=term.negative)
            if local:
                found = self.contents.stationary(slot + MULTIPLY, self.memory.local_bank)
                self.require(found == (POSITION, cell[1]), slot, f"squares {found}")
            else:
                self._stays(slot, term.r, cell[1])
            written.append(address)
        every = sorted(address for address, cell in self.cells.items() if cell[0] in terms) if self.twin else []
        self.require(sorted(written) == every, 0, "every gradient gains its product once")
