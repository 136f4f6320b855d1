"""Whether an array that is already built runs another system: what of it the system needs and it does not have.

An array is its geometry; parameters, constants, tables and control words are loaded. `joined` is one that runs several
programs; `read` takes the geometry out of the memory map of `hel rtl` or the report of `hel build`.

Example
-------
>>> from rtl.hls.plan.geometry import Geometry
>>> array = Geometry(elements=4, neurons=16, inputs=8, sum_bits=45)
>>> lacks(array, Geometry(elements=4, neurons=8, inputs=3, sum_bits=40))
[]
>>> lacks(array, Geometry(elements=2, neurons=8, inputs=9, sum_bits=40))
['elements must be 2, the array has 4', 'inputs must be at least 9, the array has 8']
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from golden.arithmetic.formats import Formats
from golden.errors import HelError
from rtl.hls.plan.geometry import MAX_CUTS, STORE_WORDS, Geometry
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.requirements import geometry_of, widened
from rtl.hls.plan.ring_plan import RingPlan
from rtl.hls.plan.table_shape import WEIGHT_DEPTHS, TableShape, chosen, first_table, placed
from rtl.hls.schedule.schedule import schedule

__all__ = ["joined", "lacks", "missing", "read", "stores"]

_EQUAL = (
    "elements",
    "banks",
    "fraction_bits",
    "operand_bits",
    "integer_bits",
    "log2_inverse_step",
    "g_cut",
    "clip_log2",
)
"""Wired: widths and shifts."""
_FREE = ("neurons", "turn_log2")
"""A matter of the schedule, or of what has angles."""
_SETS = ("alignments", "cut_shifts", "tables", "ranges")
"""What is there, by number."""


def lacks(array: Geometry, required: Geometry) -> list[str]:
    """What a system that needs one geometry misses in an array of another; empty where it can be loaded."""
    found = []
    has, wants = ({field.name: getattr(g, field.name) for field in fields(g)} for g in (array, required))
    for name in _EQUAL:
        if has[name] != wants[name]:
            found.append(f"{name} must be {wants[name]}, the array has {has[name]}")
    if array.cut_positions and not required.cut_positions:
        found.append("positions must all be angles, the array has lengths, whose overflow it tells")
    if required.turns and array.turns and array.turn_log2 != required.turn_log2:
        found.append(f"turn_log2 must be {required.turn_log2}, the array has {array.turn_log2}")
    for name in has:
        if name in _EQUAL or name in _FREE:
            continue
        if name in _SETS:
            absent = [value for value in wants[name] if value not in has[name]]
            if absent:
                found.append(f"{name} must include {_list(absent)}, the array has {_list(has[name])}")
        elif has[name] < wants[name]:
            what = "must be there" if isinstance(wants[name], bool) else f"must be at least {wants[name]}"
            found.append(f"{name} {what}, the array has {'none' if has[name] is False else has[name]}")
    return found


def joined(plans: Sequence[RingPlan], formats: Formats, *, elements: int, neurons: int) -> Geometry:
    """One geometry that runs all plans, each of at most so many neurons; its control store is the deepest.

    Every plan's tables lie behind the most words of parameters and constants that one of them has: those of two plans
    may lie at the same addresses, for one plan is loaded at a time.

    Raises
    ------
    HelError
        One of them needs what no array can have, or all together do.
    """
    of = {plan.name: geometry_of(plan, formats, elements=elements, neurons=neurons) for plan in plans}
    angles = [name for name, g in of.items() if not g.cut_positions]
    if 0 < len(angles) < len(of):
        other = next(name for name in of if name not in angles)
        raise HelError(
            f"positions of one array are all angles or all lengths, {angles[0]} has angles and {other} lengths;"
            " build an array for each"
        )
    cuts = sorted({shift for g in of.values() for shift in g.cut_shifts})
    array = replace(
        max(of.values(), key=lambda g: g.inputs),
        z_fraction=max(g.z_fraction for g in of.values()),
        force_fraction=max(g.force_fraction for g in of.values()),
        cut_shifts=widened(cuts, MAX_CUTS),
    )
    # Once the fractions are common ones, the shifts of products follow.
    required = [geometry_of(plan, formats, elements=elements, neurons=neurons, array=array) for plan in plans]
    array = _with_tables(plans, array)
    array = replace(
        array,
        alignments=tuple(sorted({shift for g in required for shift in g.alignments})),
        sum_bits=max(g.sum_bits for g in required),
        gradient_alignment=max(g.gradient_alignment for g in required),
        lane_store=any(g.lane_store for g in required),
        two_way=any(g.two_way for g in required),
        cut_positions=any(g.cut_positions for g in required),
        turns=any(g.turns for g in required),
        turn_log2=max(g.turn_log2 for g in required),
        ranges=tuple(sorted({ends for g in required for ends in g.ranges})),
        control_words=STORE_WORDS[-1],
    )
    return replace(array, vector_words=max(stores(plan, array).vector_words for plan in plans))


def _with_tables(plans: Sequence[RingPlan], array: Geometry) -> Geometry:
    """The array with the tables of all plans."""
    words = max(MemoryMap(replace(array, weight_words=WEIGHT_DEPTHS[-1]), plan.stored).weight_words for plan in plans)
    first = max((first_table(plan.tables, words) for plan in plans if plan.tables), default=0)
    shapes: list[TableShape] = []
    depth = WEIGHT_DEPTHS[0]
    # Those with a flag first: others are loaded into their shapes, too.
    for plan in sorted(plans, key=lambda plan: not any(any(table.steep) for table in plan.tables)):
        own, deep = placed(plan.tables, words, first, f"{plan.name} needs")
        depth = max(depth, deep)
        if chosen(plan.tables, shapes, words, depth) is None:
            shapes += [shape for shape in own if shape not in shapes]
    return replace(array, tables=tuple(shapes), weight_words=depth)


def stores(plan: RingPlan, array: Geometry) -> Geometry:
    """An array of this geometry with stores just as deep as a plan needs there: where lanes move back, lives differ.

    Raises
    ------
    HelError
        No store is as deep.
    """
    places = -(-plan.neurons // array.elements) * array.elements
    return schedule(plan, replace(array, neurons=places)).geometry


def missing(plan: RingPlan, formats: Formats, array: Geometry, *, elements: int, neurons: int) -> list[str]:
    """What a plan misses in an array, in words; empty where it can be loaded. Stores are compared where all else is."""
    found = lacks(array, geometry_of(plan, formats, elements=elements, neurons=neurons, array=array))
    try:
        return found or lacks(array, stores(plan, array))
    except HelError as error:
        return [str(error)]


def read(path: Path) -> Geometry:
    """The geometry in the JSON file of an array.

    Raises
    ------
    HelError
        The file is not there, or is none of `hel rtl` or `hel build`.
    """
    known = {field.name for field in fields(Geometry)}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HelError(
            f"an array is described by its memory map (hel rtl) or report (hel build), {path}: {error.strerror};"
            " check the path"
        ) from None
    except ValueError:
        raise HelError(
            f"the description of an array is a JSON file, {path} is not; name FILE.v.json or report.json"
        ) from None
    found = content.get("geometry") if isinstance(content, dict) else None
    refused = HelError(
        f"the description of an array has its geometry, {path} has none of this version;"
        " write it again with `hel rtl` or `hel build`"
    )
    if not isinstance(found, dict) or not set(found) <= known or not {"elements", "neurons", "inputs"} <= set(found):
        raise refused
    try:
        return Geometry.read(found)
    except (KeyError, TypeError):
        raise refused from None


def _list(values: Sequence[int | TableShape | tuple[int, int]]) -> str:
    apart = "; " if any(isinstance(value, TableShape) for value in values) else ", "
    words = (f"{value[0]} to {value[1]}" if isinstance(value, tuple) else str(value) for value in values)
    return apart.join(words) or "none"
