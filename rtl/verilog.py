"""Verilog of an array: element and branch once each, then the array that instantiates them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from golden.provenance import made_by
from rtl.array import Array
from rtl.convert import convert
from rtl.design import Design, given
from rtl.element.debug_bus import debug_bus_verilog
from rtl.element.element import Element
from rtl.element.wide.element import WideElement
from rtl.hls import Geometry, Schedule
from rtl.hls.plan.registers import Address
from rtl.hls.plan.stored_word import store_parts
from rtl.hls.plan.width import Width
from rtl.hls.report.runs import schedule_runs
from rtl.hls.report.tables import tables
from rtl.ring import Branch
from rtl.streams.host_request import HostRequest

__all__ = ["KEPT_MODULES", "array_verilog", "cycle_figures", "report"]

KEPT_MODULES = ("hel_element", "hel_branch")
"""Modules whose hierarchy synthesis keeps: one is synthesised once, and no tree register is merged with its twin."""


def array_verilog(geometry: Geometry, technology: str = "behavioural", debug_bus: bool = False) -> str:
    """Verilog text of `hel_array`, `hel_element`, `hel_branch`. Clock `clk`, synchronous reset `rst`."""
    parts = [
        convert(_element(geometry, technology, debug_bus), "hel_element", strip_internal_attrs=True),
        convert(Branch(geometry), "hel_branch", strip_internal_attrs=True),
        convert(Array(geometry, technology, debug_bus), "hel_array", strip_internal_attrs=True),
        *([debug_bus_verilog(geometry)] if debug_bus else []),
    ]
    return "\n".join(parts)


def _element(geometry: Geometry, technology: str, debug_bus: bool) -> Element | WideElement:
    if geometry.banks == 1:
        return Element(geometry, technology, debug_bus)
    return WideElement(geometry, Width.of(geometry), technology, debug_bus)


def report(design: Design) -> dict[str, Any]:
    """What a user of the array must know, as JSON.

    Returns
    -------
    system, neurons, elements, inputs, formats; cycles_per_step, cycles_per_echo_step, cycles_per_update, busy (share of
    multiplier cycles with a useful product, a pass), ports, registers (host port addresses), store_parts (host words of
    a control word), parameters (name -> first address, words, layout), memory (`rtl.hls.report.tables`), segments
    (control store), control_store (hex words),
    accumulator_bits, geometry (what is wired: all of `Geometry`), cuts and cut_formats, schedule
    (`rtl.hls.report.runs`), made_by

    Raises
    ------
    HelError
        The ring cannot hold or compute the system.
    """
    schedule = given(design, "a report").schedule
    geometry, memory = schedule.geometry, schedule.memory
    return {
        **design.described,
        **cycle_figures(schedule),
        "geometry": asdict(geometry),
        "accumulator_bits": geometry.accumulator_bits,
        "ports": {
            "clk": 1,
            "rst": 1,
            "i__payload": HostRequest.size,
            "i__valid": 1,
            "i__ready": 1,
            "o__payload": 32,
            "o__valid": 1,
            "o__ready": 1,
        },
        "registers": {address.name.lower(): int(address) for address in Address},
        "store_parts": store_parts(geometry),
        "parameters": {
            name: {"address": memory.base[name], "words": memory.size(name), "layout": layout.value}
            for name, layout in schedule.plan.parameters.items()
        },
        "memory": tables(schedule),
        "segments": {s.name: {"start": s.start, "words": len(s.words)} for s in schedule.segments.values()},
        "control_store": [f"{word:029x}" for word in schedule.words],
        **design.cut_formats,
        "schedule": schedule_runs(schedule),
        "made_by": made_by("rtl", f"hel rtl {design.command} -o hel_array.v" if design.command else ""),
    }


def cycle_figures(schedule: Schedule) -> dict[str, Any]:
    """Cycles of a forward step, an echo step and an update, and how busy the multipliers are in each pass."""
    cycles = {name: 1 + len(schedule.segments[name].words) for name in ("forward", "echo", "update")}
    return {
        "cycles_per_step": cycles["forward"],
        "cycles_per_echo_step": cycles["echo"],
        "cycles_per_update": cycles["update"] * schedule.update_iterations,
        "busy": {name: schedule.busy(name) for name in ("forward", "echo")},
    }
