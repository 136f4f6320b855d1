"""What a schedule does, read back from its control words: who is busy when, and which products fill the slots.

The words are decoded by the meaning of their fields and the timing of the pipeline alone; nothing is taken from the
scheduler. That the products found equal those that the plan calls for is a test of both.

Example
-------
>>> from golden.compiler import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> found = activity(compile_array(compile_system(get("linear", n=4, m=2)), elements=2), "forward")
>>> sorted((row.what, row.slots, row.products) for row in found.operations)
[('B @ u', 2, 8), ('a * x', 1, 4)]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rtl.hls.plan.control import AccSource, Fields, ImmSource, OpA0, OpA1, OpB, StationarySource
from rtl.hls.plan.geometry import Geometry
from rtl.hls.plan.ring_plan import INPUTS, ONE, POSITION, POSITIONS, TURNS, Layout
from rtl.hls.plan.timing import (
    ACCUMULATE,
    CHOICE,
    CUT_WRITE,
    GRAD_READ,
    GRAD_WRITE,
    KEEP,
    LANE,
    LOOKUP,
    MULTIPLY,
    OPERAND,
    STATE_WRITE,
    STATIONARY,
    STORE,
    TABLE_WRITE,
    TURN,
    UPDATE,
)
from rtl.hls.report.alone_reader import AloneReader
from rtl.hls.report.ceiling import ceiling
from rtl.hls.report.slot import Slot
from rtl.hls.report.wide_reader import WideReader
from rtl.hls.schedule.schedule import Schedule

__all__ = ["PASSES", "UNITS", "Activity", "Operation", "activity", "explain", "reader_of_banks", "slots", "text"]

PASSES = ("forward", "echo", "update")
"""The segments that a learning step repeats."""

UNITS = (
    "multiplier 0",
    "multiplier 1",
    "table",
    "cut",
    "weights, port A",
    "weights, port B",
    "state, read",
    "state, write",
    "vectors, read",
    "vectors, write",
    "gradient, read",
    "gradient, write",
    "lanes",
    "partial sums",
)
"""What an element has one of; all elements do the same in the same cycle."""


@dataclass(frozen=True)
class Operation:
    """One kind of product in a pass.

    Members
    -------
    what : in words of the plan: `W @ x`, `W.T @ s`, `a * x`, `B @ u`, `b * 1`, `G W`; `table` (of several `table f`),
        `move`, `update W`
    slots : cycles in which it enters the multipliers (for an update: in which a word is written)
    products : useful products over the whole ring; those with a padded or absent word do not count
    first, last : cycle of the first and of the last slot
    """

    what: str
    slots: int
    products: int
    first: int
    last: int


@dataclass(frozen=True)
class Activity:
    """One pass, cycle by cycle.

    Members
    -------
    cycles : control words, one a cycle
    units : name -> for each cycle what the unit does, "" for nothing
    operations : in the order of their first slots
    products : useful products over the whole ring
    busy : products over multiplier cycles (two multipliers a bank)
    """

    name: str
    cycles: int
    units: dict[str, tuple[str, ...]]
    operations: tuple[Operation, ...]
    products: int
    busy: float

    def share(self, unit: str) -> float:
        """Part of the cycles in which a unit does something."""
        return sum(map(bool, self.units[unit])) / self.cycles if self.cycles else 0.0


def activity(schedule: Schedule, name: str) -> Activity:
    """Activity of the segment `name`, one of PASSES."""
    reader = _reader(schedule, name)
    words, taken = reader.words, sorted(reader.slots(), key=lambda slot: slot.cycle)
    units: dict[str, list[str]] = {unit: [""] * len(words) for unit in UNITS}

    def mark(unit: str, cycle: int, what: str) -> None:
        if 0 <= cycle < len(words):
            units[unit][cycle] = what

    for slot in taken:
        for lane in slot.lanes:
            mark(f"multiplier {lane}", slot.cycle + MULTIPLY, slot.what)
        for port in slot.weights:
            mark(f"weights, port {port}", slot.cycle, slot.what)
        if slot.what.split()[0] == "table":
            for cycle in range(slot.cycle, slot.cycle + TABLE_WRITE + 1):
                mark("table", cycle, slot.what.replace("table", "look-up", 1))
    for unit, at, what in reader.marks():
        mark(unit, at, what)
    products, cycles = sum(slot.products for slot in taken), len(words)
    return Activity(
        name,
        cycles,
        {unit: tuple(row) for unit, row in units.items()},
        _operations(taken),
        products,
        products / (2 * schedule.geometry.elements * schedule.geometry.banks * cycles) if cycles else 0.0,
    )


def slots(schedule: Schedule, name: str) -> dict[int, str]:
    """Cycle -> what enters the multipliers in it, in a segment of PASSES."""
    return {slot.cycle: slot.what for slot in _reader(schedule, name).slots()}


def _reader(schedule: Schedule, name: str) -> _Reader | WideReader:
    return _Reader(schedule, name) if schedule.geometry.banks == 1 else reader_of_banks(schedule, name)


def reader_of_banks(schedule: Schedule, name: str) -> WideReader:
    """For words of elements with several banks: all of which work, or the last one alone."""
    return (AloneReader if schedule.geometry.alone else WideReader)(schedule, name)


def _operations(taken: list[Slot]) -> tuple[Operation, ...]:
    grouped: dict[str, list[Slot]] = {}
    for slot in taken:
        grouped.setdefault(slot.what, []).append(slot)
    return tuple(
        Operation(what, len(group), sum(slot.products for slot in group), group[0].cycle, group[-1].cycle)
        for what, group in grouped.items()
    )


_Word = tuple[str, int]
"""Operand, and how many elements hold a word of it that is no padding."""


class _Reader:
    """Names and counts what the words of one segment multiply."""

    def __init__(self, schedule: Schedule, segment: str) -> None:
        self.words, self.memory, self.geometry = schedule.fields(segment), schedule.memory, schedule.geometry
        self.stored, self.elements = schedule.plan.stored, schedule.geometry.elements
        self.all_in_turns = not schedule.geometry.cut_positions
        self.shown = {operand: schedule.plan.shown(operand) for operand in POSITIONS}
        bases = self.memory.base
        self.arrays = {bases[name] + word: name for name in bases for word in range(self.memory.size(name))}
        ones = {name: np.ones(stored.shape, np.int64) for name, stored in self.stored.items() if stored.words is None}
        content = np.concatenate([self.memory.pack(ones), self.memory.constants()], axis=1)
        self.useful = np.count_nonzero(content, axis=0)
        self.reads = schedule.segments[segment].vectors.reads
        self.neurons = schedule.plan.neurons
        names = {number: name for name, number in self.memory.numbers.items()}
        self.tables = {
            n: f"table {name}" if len(schedule.geometry.tables) > 1 else "table" for n, name in names.items()
        }
        self.lanes = self._loads(LANE, lambda f: bool(f["x_en"] and f["x_load"]), lambda f: bool(f["x_store"]))
        self.stay = self._loads(
            STATIONARY,
            lambda f: f["r_src"] in (StationarySource.S, StationarySource.X),
            lambda f: f["r_src"] == StationarySource.S,
        )

    def _loads(
        self, stage: int, loads: Callable[[Fields], bool], from_store: Callable[[Fields], bool]
    ) -> dict[int, tuple[_Word, _Word]]:
        """Cycle of a load -> the words of both contexts."""
        found = {}
        for cycle, f in enumerate(self.words):
            if loads(f):
                read, at = (self._block, STORE) if from_store(f) else (self._positions, OPERAND)
                found[cycle] = read(cycle - stage + at, 0), read(cycle - stage + at, 1)
        return found

    def _positions(self, cycle: int, context: int) -> _Word:
        """What is read from the state in a cycle."""
        block = self.words[cycle][f"s_addr{context}"]
        in_turns = self.all_in_turns or self.words[cycle - OPERAND + TURN].get("x_turn", 0)
        return self.shown[TURNS if in_turns else POSITION], min(self.elements, self.neurons - block * self.elements)

    def _block(self, cycle: int, context: int) -> _Word:
        """What is read from the vector store in a cycle."""
        name, block = self.reads[cycle, context]
        return name, min(self.elements, self.memory.vectors[name] - block * self.elements)

    def slots(self) -> Iterator[Slot]:
        """Every entry into the multipliers, and every word that an update writes."""
        for cycle, f in enumerate(self.words):
            if f["lookup"]:
                yield Slot(cycle, self.tables[self.words[cycle - LOOKUP - CHOICE].get("table", 0)], (0, 1), ("A", "B"))
            if f["acc_en"]:
                yield self._product(cycle - ACCUMULATE)
            if f["g_we"] and not f["g_clear"]:
                address = f["g_waddr"]
                yield Slot(cycle - GRAD_WRITE, f"G {self._name(address)}", (0, 1), (), 2 * int(self.useful[address]))
            if f["we_b"] and f["w_theta"]:
                yield Slot(cycle, f"update {self._name(f['addr_b'])}", ())

    def marks(self) -> Iterator[tuple[str, int, str]]:
        """(unit, cycle, what) that a field tells directly."""
        for cycle, f in enumerate(self.words):
            yield from _marks(cycle, f, self.geometry)

    def _name(self, address: int) -> str:
        return self.arrays.get(address, f"word {address}")

    def _product(self, slot: int) -> Slot:
        first, multiply, add = (self.words[slot + stage] for stage in (0, MULTIPLY, ACCUMULATE))
        lanes = tuple(lane for lane in (0, 1) if add["acc_en"] >> lane & 1)
        if multiply["opb"] == OpB.IMM and multiply["imm_src"] == ImmSource.ZERO:
            return Slot(slot, "move", lanes)
        if multiply["opb"] == OpB.IMM:
            name = ONE if multiply["imm_src"] == ImmSource.ONE else INPUTS
            second = ((name, self.elements),) * 2
        else:
            second = self._held(self.lanes if multiply["opb"] == OpB.X else self.stay, slot)
        vector = "1" if second[0][0] == ONE else second[0][0]
        if multiply["opa0"] == OpA0.R:
            stays = self._held(self.stay, slot)
            products = sum(min(stays[lane][1], second[lane][1]) for lane in lanes)
            return Slot(slot, f"{stays[0][0]} * {vector}", lanes, (), products)
        addresses = [first["addr_a"], first["addr_b"] if multiply["opa1"] == OpA1.WEIGHT_B else first["addr_a"]]
        name = self._name(addresses[0])
        products = sum(int(self.useful[addresses[lane]]) for lane in lanes)
        ports = ("A", "B") if multiply["opa1"] == OpA1.WEIGHT_B and 1 in lanes else ("A",)
        if name in self.stored and self.stored[name].layout is Layout.VECTOR:
            return Slot(slot, f"{name} * {vector}", lanes, ports, products)
        turned = ".T" if multiply["opb"] == OpB.R else ""
        return Slot(slot, f"{name}{turned} @ {vector}", lanes, ports, products)

    def _held(self, loads: dict[int, tuple[_Word, _Word]], slot: int) -> tuple[_Word, _Word]:
        """What a register holds for the product of a slot: the last load before it multiplies."""
        return loads[max(cycle for cycle in loads if cycle < slot + MULTIPLY)]


def _marks(cycle: int, f: Fields, geometry: Geometry) -> Iterator[tuple[str, int, str]]:
    """(unit, cycle, what) that a field tells directly."""
    if f["x_en"]:
        yield "lanes", cycle, "load" if f["x_load"] else "hop back" if f["x_back"] else "hop"
        if f["x_load"] and f["x_store"]:
            yield "vectors, read", cycle - LANE + STORE, "operand"
        elif f["x_load"]:
            yield "state, read", cycle - LANE + OPERAND, "operand"
    if f["r_src"] == StationarySource.X:
        yield "state, read", cycle - STATIONARY + OPERAND, "operand"
    if f["r_src"] == StationarySource.S:
        yield "vectors, read", cycle - STATIONARY + STORE, "operand"
    if f["s_we"]:
        cut = bool(f["s_cut"]) or not geometry.tables
        yield "vectors, write", cycle, "cut" if cut else "table"
        if cut:
            yield from (("cut", at, "cut") for at in range(cycle - CUT_WRITE, cycle + 1))
    for field, what in (("we_q", "drift"), ("we_p", "kick")):
        if f[field]:
            yield "state, write", cycle, what
            yield "state, read", cycle - STATE_WRITE, what
    if f["acc_en"] and f["acc_src"] == AccSource.PREV:
        yield "partial sums", cycle, "hop"
    if f["g_we"]:
        yield "gradient, write", cycle, "clear" if f["g_clear"] else "add"
        yield "gradient, read", cycle - (UPDATE["clear"] if f["g_clear"] else GRAD_WRITE - GRAD_READ), "read"
    if f["we_b"]:
        yield "weights, port B", cycle, "update"
        write = UPDATE["write"] + (KEEP if geometry.ranges else 0)
        yield "weights, port A", cycle - write + UPDATE["weight"], "update"


def explain(schedule: Schedule) -> dict[str, Any]:
    """All passes as plain data: cycles, busy, products, the share of every unit, operations.

    Of steps on elements of one bank the ceiling, too (`rtl.hls.report.ceiling`).
    """
    result = {}
    for name in PASSES:
        found = activity(schedule, name)
        result[name] = {
            "cycles": found.cycles,
            "products": found.products,
            "busy": found.busy,
            "units": {unit: found.share(unit) for unit in UNITS if any(found.units[unit])},
            "operations": [vars(operation) for operation in found.operations],
        }
        if name != "update" and schedule.geometry.banks == 1:
            result[name]["ceiling"] = ceiling(schedule, name).plain()
    return result


def text(report: dict[str, Any]) -> str:
    """`explain`'s result as tables."""
    lines = []
    for name, found in report.items():
        busy = (
            f", multipliers {100 * found['busy']:.1f} % busy with {found['products']} products"
            if found["products"]
            else ""
        )
        lines.append(f"{name}: {found['cycles']} cycles{busy}")
        lines.append(f"  {'operation':20} {'slots':>6} {'products':>9} {'first':>6} {'last':>6}")
        for row in found["operations"]:
            lines.append(f"  {row['what']:20} {row['slots']:6} {row['products']:9} {row['first']:6} {row['last']:6}")
        units = "  ".join(f"{unit} {100 * share:.0f} %" for unit, share in found["units"].items())
        lines.append(f"  in use: {units}")
        if "ceiling" in found:
            most = found["ceiling"]
            lines.append(
                f"  ceiling: {100 * most['ceiling']:.1f} % ({most['port']}, {most['slots']} cycles),"
                f" {most['ratio']:.2f} of it reached;"
                f" no order takes fewer than {most['bound']} cycles ({most['bounded_by']})"
            )
    return "\n".join(lines)
