"""What a schedule does, read back from its control words: who is busy when, and which products fill the slots.

The words are decoded by the meaning of their fields and the timing of the pipeline alone; nothing is taken from the
scheduler. That the products found equal those that the plan calls for is a test of both.

Example
-------
>>> from golden.lower import compile_system
>>> from golden.systems import get
>>> from rtl.hls import compile_array
>>> found = activity(compile_array(compile_system(get("linear", n=4, m=2)), elements=2), "forward")
>>> [(row.what, row.slots, row.products) for row in found.operations]
[('a * x', 1, 4), ('B @ u', 2, 8)]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rtl.hls.control import AccSource, ImmSource, OpA0, OpA1, OpB, StationarySource
from rtl.hls.emitter import Fields
from rtl.hls.plan import Layout
from rtl.hls.schedule import Schedule
from rtl.hls.timing import (
    ACCUMULATE,
    GRAD_READ,
    GRAD_WRITE,
    LANE,
    MULTIPLY,
    OPERAND,
    STATIONARY,
    STORE,
    TABLE_WRITE,
    UPDATE,
)

__all__ = ["PASSES", "UNITS", "Activity", "Operation", "activity", "explain", "text"]

PASSES = ("forward", "echo", "update")
"""The segments that a learning step repeats."""

UNITS = (
    "multiplier 0",
    "multiplier 1",
    "table",
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
    what : in words of the plan: `W @ x`, `W.T @ s`, `a * x`, `B @ u`, `b * 1`, `G W`; `table`, `move`,
        `update W`
    slots : cycles in which it enters the multipliers (for an update: in which a word is written)
    products : useful products over the whole ring
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
    busy : products over multiplier cycles (two multipliers an element)
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


@dataclass(frozen=True)
class _Slot:
    cycle: int
    what: str
    lanes: tuple[int, ...]
    weights: tuple[str, ...] = ()
    products: int = 0


def activity(schedule: Schedule, name: str) -> Activity:
    """Activity of the segment `name`, one of PASSES."""
    words = schedule.fields(name)
    slots = list(_slots(schedule, words))
    units: dict[str, list[str]] = {unit: [""] * len(words) for unit in UNITS}

    def mark(unit: str, cycle: int, what: str) -> None:
        if 0 <= cycle < len(words):
            units[unit][cycle] = what

    for slot in slots:
        for lane in slot.lanes:
            mark(f"multiplier {lane}", slot.cycle + MULTIPLY, slot.what)
        for port in slot.weights:
            mark(f"weights, port {port}", slot.cycle, slot.what)
        if slot.what == "table":
            for cycle in range(slot.cycle, slot.cycle + TABLE_WRITE + 1):
                mark("table", cycle, "look-up")
    for cycle, f in enumerate(words):
        for unit, at, what in _marks(cycle, f):
            mark(unit, at, what)
    p = schedule.geometry.elements
    products = sum(slot.products for slot in slots)
    cycles = len(words)
    return Activity(
        name,
        cycles,
        {unit: tuple(row) for unit, row in units.items()},
        _operations(slots),
        products,
        products / (2 * p * cycles) if cycles else 0.0,
    )


def _operations(slots: list[_Slot]) -> tuple[Operation, ...]:
    grouped: dict[str, list[_Slot]] = {}
    for slot in sorted(slots, key=lambda slot: slot.cycle):
        grouped.setdefault(slot.what, []).append(slot)
    return tuple(
        Operation(
            what,
            len(group),
            sum(slot.products for slot in group),
            group[0].cycle,
            group[-1].cycle,
        )
        for what, group in grouped.items()
    )


def _slots(schedule: Schedule, words: list[Fields]) -> Iterator[_Slot]:
    """Every entry into the multipliers, and every word that an update writes."""
    names = _Names(schedule, words)
    for cycle, f in enumerate(words):
        if f["lookup"]:
            yield _Slot(cycle, "table", (0, 1), ("A", "B"))
        if f["acc_en"]:
            yield names.product(cycle - ACCUMULATE, words)
        if f["g_we"] and not f["g_clear"]:
            address = f["g_waddr"]
            products = 2 * names.useful.get(address, 0)
            yield _Slot(cycle - GRAD_WRITE, f"G {names.parameter(address)}", (0, 1), products=products)
        if f["we_b"] and f["w_theta"]:
            yield _Slot(cycle, f"update {names.parameter(f['addr_b'])}", ())


class _Names:
    """Addresses to names."""

    def __init__(self, schedule: Schedule, words: list[Fields]) -> None:
        memory = schedule.memory
        self.elements, self.useful = schedule.geometry.elements, memory.useful
        self.layouts = {name: stored.layout for name, stored in schedule.plan.stored.items()}
        self.of = {memory.base[name] + word: name for name in memory.base for word in range(memory.size(name))}
        self.vectors = {
            memory.vector_base[name] + word: name
            for name, length in memory.vectors.items()
            for word in range(memory.blocks(length))
        }
        self.words = words
        self.lane, self.stationary = self._contents()

    def parameter(self, address: int) -> str:
        return self.of.get(address, f"word {address}")

    def _contents(self) -> tuple[list[str], list[str]]:
        """Which vector's words the lanes and the stationary operands hold in every cycle."""
        lane, stationary = [""], [""]
        for cycle, f in enumerate(self.words):
            stored = self.vectors.get(self.words[cycle - LANE + STORE]["s_addr0"], "")
            lane.append((stored if f["x_store"] else "x") if f["x_en"] and f["x_load"] else lane[-1])
            loaded = {StationarySource.X: "x", StationarySource.S: stored, StationarySource.FRACTION: ""}
            stationary.append(loaded.get(StationarySource(f["r_src"]), stationary[-1]))
        return lane, stationary

    def product(self, slot: int, words: list[Fields]) -> _Slot:
        first, multiply, add = words[slot], words[slot + MULTIPLY], words[slot + ACCUMULATE]
        lanes = tuple(lane for lane in (0, 1) if add["acc_en"] >> lane & 1)
        if multiply["opb"] == OpB.IMM and multiply["imm_src"] == ImmSource.ZERO:
            return _Slot(slot, "move", lanes)
        lane, stationary = self.lane[slot + MULTIPLY], self.stationary[slot + MULTIPLY]
        second = {OpB.X: lane, OpB.R: stationary, OpB.IMM: "1" if multiply["imm_src"] == ImmSource.ONE else "u"}
        vector = second[OpB(multiply["opb"])]
        if multiply["opa0"] == OpA0.R:
            return _Slot(slot, f"{stationary} * {vector}", lanes, products=self.elements * len(lanes))
        addresses = (first["addr_a"], first["addr_b"] if multiply["opa1"] == OpA1.WEIGHT_B else first["addr_a"])
        name = self.parameter(addresses[lanes[0]])
        if self.layouts.get(name) is Layout.VECTOR:
            what = f"{name} * {vector}"
        else:
            what = f"{name}.T @ {vector}" if multiply["opb"] == OpB.R else f"{name} @ {vector}"
        ports = ("A", "B") if len(lanes) == 2 and first["addr_b"] != first["addr_a"] else ("A",)
        products = sum(self.useful.get(addresses[lane], 0) for lane in lanes)
        return _Slot(slot, what, lanes, ports, products)


def _marks(cycle: int, f: Fields) -> Iterator[tuple[str, int, str]]:
    """(unit, cycle, what) that a field tells directly."""
    if f["x_en"]:
        yield "lanes", cycle, "load" if f["x_load"] else "back" if f["x_back"] else "hop"
        if f["x_load"] and f["x_store"]:
            yield "vectors, read", cycle - LANE + STORE, "operand"
        elif f["x_load"]:
            yield "state, read", cycle - LANE + OPERAND, "operand"
    if f["r_src"] == StationarySource.X:
        yield "state, read", cycle - STATIONARY + OPERAND, "operand"
    if f["r_src"] == StationarySource.S:
        yield "vectors, read", cycle - STATIONARY + STORE, "operand"
    if f["s_we"]:
        yield "vectors, write", cycle, "cut" if f["s_cut"] else "word"
    for field, what in (("we_q", "drift"), ("we_p", "kick")):
        if f[field]:
            yield "state, write", cycle, what
            yield "state, read", cycle - 2, what
    if f["acc_en"] and f["acc_src"] == AccSource.PREV:
        yield "partial sums", cycle, "hop"
    if f["g_we"]:
        yield "gradient, write", cycle, "clear" if f["g_clear"] else "add"
        yield "gradient, read", cycle - (UPDATE["clear"] if f["g_clear"] else GRAD_WRITE - GRAD_READ), "read"
    if f["we_b"]:
        yield "weights, port B", cycle, "update"
        yield "weights, port A", cycle - UPDATE["write"] + UPDATE["weight"], "update"


def explain(schedule: Schedule) -> dict[str, Any]:
    """All passes as plain data: cycles, busy, products, the share of every unit, and the operations."""
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
    return "\n".join(lines)
