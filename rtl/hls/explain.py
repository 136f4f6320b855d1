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

from rtl.hls.control import AccSource, ImmSource, OpA0, OpB, StationarySource, decode
from rtl.hls.emitter import Fields
from rtl.hls.plan import Layout
from rtl.hls.schedule import Schedule
from rtl.hls.timing import ACCUMULATE, GRAD_READ, GRAD_WRITE, LANE, MULTIPLY, OPERAND, STATIONARY, TABLE_WRITE, UPDATE

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
    what : in words of the plan: `W @ x`, `W.T @ s`, `a * x`, `B @ u`, `b * 1`, `G W`; `table`, `move`, `update W`
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
    useful: bool = True


def activity(schedule: Schedule, name: str) -> Activity:
    """Activity of the segment `name`, one of PASSES."""
    words = [decode(word) for word in schedule.segments[name].words]
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
    products = p * sum(len(slot.lanes) for slot in slots if slot.useful)
    cycles = len(words)
    return Activity(
        name,
        cycles,
        {unit: tuple(row) for unit, row in units.items()},
        _operations(slots, p),
        products,
        products / (2 * p * cycles) if cycles else 0.0,
    )


def _operations(slots: list[_Slot], elements: int) -> tuple[Operation, ...]:
    grouped: dict[str, list[_Slot]] = {}
    for slot in sorted(slots, key=lambda slot: slot.cycle):
        grouped.setdefault(slot.what, []).append(slot)
    return tuple(
        Operation(
            what,
            len(group),
            elements * sum(len(slot.lanes) for slot in group if slot.useful),
            group[0].cycle,
            group[-1].cycle,
        )
        for what, group in grouped.items()
    )


def _slots(schedule: Schedule, words: list[Fields]) -> Iterator[_Slot]:
    """Every entry into the multipliers, and every word that an update writes."""
    names = _Names(schedule)
    for cycle, f in enumerate(words):
        if f["lookup"]:
            yield _Slot(cycle, "table", (0, 1), ("A", "B"), useful=False)
        if f["acc_en"]:
            yield names.product(cycle - ACCUMULATE, words)
        if f["g_we"] and not f["g_clear"]:
            yield _Slot(cycle - GRAD_WRITE, f"G {names.parameter(f['g_waddr'])}", (0, 1))
        if f["we_b"] and f["w_theta"]:
            yield _Slot(cycle, f"update {names.parameter(f['addr_b'])}", (), useful=False)


class _Names:
    """Addresses to names."""

    def __init__(self, schedule: Schedule) -> None:
        memory = schedule.memory
        self.layouts = dict(schedule.plan.parameters)
        self.of = {memory.base[name] + word: name for name in memory.base for word in range(memory.size(name))}

    def parameter(self, address: int) -> str:
        return self.of.get(address, f"word {address}")

    def product(self, slot: int, words: list[Fields]) -> _Slot:
        first, multiply, add = words[slot], words[slot + MULTIPLY], words[slot + ACCUMULATE]
        lanes = tuple(lane for lane in (0, 1) if add["acc_en"] >> lane & 1)
        if multiply["opb"] == OpB.IMM and multiply["imm_src"] == ImmSource.ZERO:
            return _Slot(slot, "move", lanes, useful=False)
        second = {OpB.X: "x", OpB.R: "s", OpB.IMM: "1" if multiply["imm_src"] == ImmSource.ONE else "u"}
        vector = second[OpB(multiply["opb"])]
        if multiply["opa0"] == OpA0.R:
            return _Slot(slot, f"r * {vector}", lanes)
        name = self.parameter(first["addr_a"])
        if self.layouts.get(name) is Layout.VECTOR:
            what = f"{name} * {vector}"
        else:
            what = f"{name}.T @ {vector}" if vector == "s" else f"{name} @ {vector}"
        ports = ("A", "B") if len(lanes) == 2 and first["addr_b"] != first["addr_a"] else ("A",)
        return _Slot(slot, what, lanes, ports)


def _marks(cycle: int, f: Fields) -> Iterator[tuple[str, int, str]]:
    """(unit, cycle, what) that a field tells directly."""
    if f["x_en"]:
        yield "lanes", cycle, "load" if f["x_load"] else "hop"
        if f["x_load"]:
            yield "state, read", cycle - LANE + OPERAND, "operand"
    if f["r_src"] == StationarySource.X:
        yield "state, read", cycle - STATIONARY + OPERAND, "operand"
    if f["r_src"] == StationarySource.S:
        yield "vectors, read", cycle, "operand"
    if f["s_we"]:
        yield "vectors, write", cycle, "table"
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
