"""The first word that differs: where, when, what it should be, and which statement of the potential it belongs to.

Inside the simulator it is found, as plain data (`of_registers`, `of_words`); outside, where the design is known with
the lines of the user's file, it is explained (`explained`).

A mismatch is a dict, as `verify` gives it as `first_mismatch`:

- kind: register, state, gradient, parameter or flags
- cycle: clock cycles since power-up; at the edge before it the register took the word (of words that were read: the
  end of the commands that read them)
- pass, step: of `testbench.verify`; t counts the steps of the forward pass from 0
- element; register, or word: a state, gradient or parameter by name, index and context
- expected, found: the cycle model's, or golden's, and the RTL's
- also: other registers that took a wrong word at the same edge
- segment, control_word, control: the schedule's word at that edge, its number in its segment, its fields that are not 0
- operation, statement, line: what the word was for, the program's line, the line of the potential
- command: shows it again, with waves
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rtl.design import Design
from rtl.hls import Schedule
from rtl.hls.plan.debug_bus import UNSIGNED, debug_bus_layout
from rtl.hls.plan.geometry import Geometry
from rtl.hls.report.origin import Origin, Origins

__all__ = ["explained", "of_registers", "of_words", "text"]

Words = npt.NDArray[np.int64]


def of_registers(different: dict[str, list[tuple[int, int, int]]], geometry: Geometry) -> dict[str, Any]:
    """The first register, in the bus's order, of those that differ at one clock: name -> (element, right, found)."""
    register, rows = next(iter(different.items()))
    bits = debug_bus_layout(geometry)[register]
    stem = register[:-1] if register[-1] in "01" else register

    def number(word: int) -> int:
        return word if stem in UNSIGNED or not word >> (bits - 1) else word - (1 << bits)

    element, right, found = rows[0]
    also = [name if name == register else f"{name} of element {each[0][0]}" for name, each in different.items()][1:]
    also = [f"{register} of element {row[0]}" for row in rows[1:]] + also
    return {
        "element": element,
        "register": register,
        "expected": number(right),
        "found": number(found),
        "also": also,
    }


def of_words(kind: str, name: str, found: Words, expected: Words, elements: int) -> dict[str, Any]:
    """The first of words that were read: a `state` (2, 2, N), a `gradient` or a `parameter` by its name, or `flags`."""
    at = tuple(int(i) for i in np.argwhere(np.asarray(found) != expected)[0])
    where = f"{name}[{', '.join(map(str, at))}]" if at else name
    element: int | None = at[0] % elements if at else None
    if kind == "state":
        where = f"{'qp'[at[0]]}[{at[2]}] of context {at[1]}"
        element = at[2] % elements
    if kind == "flags":
        where, element = name, None
    values = {"expected": int(np.asarray(expected)[at]), "found": int(np.asarray(found)[at])}
    return {"kind": kind, "element": element, "word": where, "name": name, **values, "also": []}


def explained(
    first: dict[str, Any], design: Design, options: str | None = None, schedule: Schedule | None = None
) -> dict[str, Any]:
    """With the operation, the program's statement, the potential's line, and the command that shows it with waves.

    `options` of `hel verify` make the run again, None where none do; `schedule` is what the array ran, if that is not
    the design's own.
    """
    origins = Origins(schedule or design.schedule, design.program)
    found = {name: value for name, value in first.items() if name != "name"}
    if "register" in first:
        origin = Origin("a word from before the recording" if first["row"] == 0 else "no control word")
        if first["segment"]:
            origin = origins.of(first["segment"], first["control_word"], first["register"])
        del found["row"]
    elif first["kind"] == "state":
        origin = origins.kick()
    elif first["kind"] == "gradient":
        origin = origins.gradient(first["name"])
    elif first["kind"] == "parameter":
        origin = origins.update(first["name"])
    else:
        origin = Origin("sticky flags")
    found |= vars(origin)
    command = design.command
    found["command"] = f"hel verify {command} {options} --waves first.vcd" if command and options is not None else ""
    return found


def text(first: dict[str, Any]) -> list[str]:
    """The mismatch in three or four lines."""
    f = first
    what = f"register {f['register']}" if "register" in f else f["word"]
    element = "" if f["element"] is None else f", element {f['element']}"
    who = "cycle model" if "register" in f else "golden"
    lines = [f"first mismatch: cycle {f['cycle']}{element}, {what}: {who} {f['expected']}, RTL {f['found']}"]
    where = f"  {f['pass']}, step {f['step']}"
    if f.get("segment"):
        where += f", control word {f['control_word']} of segment {f['segment']}"
    lines.append(f"{where}: {f['operation']}")
    if f["statement"]:
        lines.append(f"  {f['statement']}" + (f"  from {f['line']}" if f["line"] else ""))
    if f["command"]:
        lines.append(f"  again with waves: {f['command']}")
    return lines
