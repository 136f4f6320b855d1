"""What a plan requires of an array: the smallest geometry that runs it, and how its sums are aligned there.

Every product of a sum is shifted left to the sum's fraction, by one of the array's `alignments`. The kick has one; a
cut's sum has the fraction of its operand plus one of the array's `cut_shifts`, and a table's that of its argument plus
the array's one `z_shift`.
"""

from __future__ import annotations

from dataclasses import replace

from golden.arithmetic.formats import Formats
from golden.arithmetic.tables import ARGUMENT_FRACTION
from golden.errors import HelError
from rtl.hls.plan.geometry import MAX_CUTS, VECTOR_WORDS, Geometry
from rtl.hls.plan.memory_map import MemoryMap
from rtl.hls.plan.ring_plan import POSITIONS, TURNS, Finish, Layout, Local, RingPlan, Rotating, Statement
from rtl.hls.plan.ring_visits import visits
from rtl.hls.plan.table_shape import WEIGHT_DEPTHS, TableShape, chosen, placed

__all__ = ["alignment", "geometry_of", "sum_fraction", "widened"]


def geometry_of(
    plan: RingPlan, formats: Formats, *, elements: int, neurons: int, array: Geometry | None = None
) -> Geometry:
    """The smallest geometry for a plan; where there is an array already, with its fractions and cuts as far as they go.

    How deep the control store and the vector store must be is known once there is a schedule
    (`rtl.hls.schedule.schedule`); here they are as small as can be.

    Raises
    ------
    HelError
        Sizes or requirements beyond what an array can have.
    """
    places = -(-neurons // max(1, elements)) * elements or neurons
    base = replace(Geometry.of(formats, elements=elements, neurons=places, inputs=plan.inputs), tables=())
    fractions = {finish: _wired(finish, array) for finish in (Finish.TABLE, Finish.KICK)}
    fractions[Finish.KICK] = max(fractions[Finish.KICK], formats.kick_fraction + 1)
    if plan.tables:
        fractions[Finish.TABLE] = max(fractions[Finish.TABLE], 1)  # for 0 means the usual one
    cuts: set[int] = set()
    for s in plan.statements:
        finest = max(t.fraction for t in s.terms)
        if s.finish is Finish.CUT:
            shift = max(0, finest - s.fraction)
            cuts.add(min((there for there in (array.cut_shifts if array else ()) if there >= shift), default=shift))
        else:
            fractions[s.finish] = max(fractions[s.finish], finest - _beyond(s))
    shifts = widened(sorted(cuts), MAX_CUTS)
    gradients = [term for gradient in plan.gradients for term in gradient.terms]
    aligned = {0, *(term.alignment for term in gradients)}
    width = 1
    for s in plan.statements:
        if s.finish is Finish.CUT:
            finest = max(s.fraction, *(t.fraction for t in s.terms))
            target = s.fraction + min(shift for shift in shifts if shift >= finest - s.fraction)
        else:
            target = fractions[s.finish] + _beyond(s)
        aligned |= {target - term.fraction for term in s.terms}
        width = max(width, s.sum_bits + target - s.sum_fraction)
    memory = MemoryMap(replace(base, weight_words=WEIGHT_DEPTHS[-1]), plan.stored, plan.vectors)
    tables, weight_words = _tables(plan, memory, array)
    return replace(
        base,
        tables=tables,
        weight_words=weight_words,
        z_fraction=fractions[Finish.TABLE],
        force_fraction=fractions[Finish.KICK],
        cut_shifts=shifts,
        alignments=tuple(sorted(aligned)),
        sum_bits=width,
        gradient_alignment=max((term.alignment for term in gradients), default=0),
        vector_words=VECTOR_WORDS[1] if plan.vectors else 0,
        lane_store=_lanes_load_vectors(plan),
        two_way=_is_shorter_both_ways(plan, memory),
        cut_positions=plan.positions != {TURNS},
        turns=TURNS in plan.positions,
        turn_log2=plan.turn_log2,
        ranges=tuple(sorted({gradient.range for gradient in plan.gradients if gradient.range})),
    )


def _beyond(statement: Statement) -> int:
    """Fraction bits that a sum has more than another one of its kind: a table's by its argument."""
    return statement.fraction - ARGUMENT_FRACTION if statement.finish is Finish.TABLE else 0


def _tables(plan: RingPlan, memory: MemoryMap, array: Geometry | None) -> tuple[tuple[TableShape, ...], int]:
    """Those of an array that is there, as far as they are what the plan needs; else where they lie best."""
    words = memory.weight_words
    if array is not None and words < array.weight_words:
        numbers = chosen(plan.tables, array.tables, words, array.weight_words)
        if numbers is not None:
            return tuple(array.tables[number] for number in numbers), WEIGHT_DEPTHS[0]
    return placed(plan.tables, words, sizes=memory.sizes)


def _wired(finish: Finish, array: Geometry | None) -> int:
    """Fraction bits that an array's sums have in any case."""
    if array is None:
        return 0
    return array.z_fraction if finish is Finish.TABLE else array.force_fraction


def widened(shifts: list[int], count: int) -> tuple[int, ...]:
    """At most so many shifts, each of the given ones at most as large as one of them; a sum can be aligned further."""
    while len(shifts) > count:
        gap = min(range(len(shifts) - 1), key=lambda i: shifts[i + 1] - shifts[i])
        del shifts[gap]
    return tuple(shifts)


def sum_fraction(geometry: Geometry, statement: Statement) -> int:
    """Fraction bits of a statement's sum on an array.

    Raises
    ------
    HelError
        The array lacks a shift that it takes.
    """
    if statement.finish is Finish.TABLE:
        candidates = [statement.fraction + geometry.z_shift]
    elif statement.finish is Finish.KICK:
        candidates = [geometry.force_fraction]
    else:
        candidates = [statement.fraction + shift for shift in geometry.cut_shifts]
    for fraction in candidates:
        if all(fraction - term.fraction in geometry.alignments for term in statement.terms):
            return fraction
    raise HelError(
        f"this array has the alignments {geometry.alignments} and the cuts {geometry.cut_shifts}, which do not make"
        f" {statement.name}; use an array of its own"
    )


def alignment(geometry: Geometry, shift: int) -> int:
    """What the control field `scale` says for a left shift."""
    return geometry.alignments.index(shift)


def _lanes_load_vectors(plan: RingPlan) -> bool:
    for statement in plan.statements:
        for term in statement.terms:
            if isinstance(term, Rotating) and term.operand not in POSITIONS:
                return True
            if isinstance(term, Local) and term.a in plan.vectors and term.b in plan.vectors:
                return True
    return any(term.y in plan.vectors for gradient in plan.gradients for term in gradient.terms)


def _is_shorter_both_ways(plan: RingPlan, memory: MemoryMap) -> bool:
    p = memory.geometry.elements
    for stored_name, stored in plan.stored.items():
        if stored.layout is Layout.MATRIX and stored.words is not None:
            steps: dict[tuple[int, int], list[int]] = {}
            for f, g, t in memory.cells[stored_name]:
                steps.setdefault((f, g), []).append(t)
            if any(len(visits(s, p, two_way=True)) < len(visits(s, p, two_way=False)) for s in steps.values()):
                return True
    return False
